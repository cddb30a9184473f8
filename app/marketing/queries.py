"""Notes, goals and links, as the page that edits them and the dashboard read them."""

from datetime import date

from sqlalchemy import Select, select

from app.marketing.models import Goal, Note, RegisteredLink


def notes_between(first: date, last: date) -> Select[Note]:
    """Oldest first, both days included."""
    return select(Note).where(Note.day.between(first, last)).order_by(Note.day, Note.id)


def latest_notes() -> Select[Note]:
    """Newest first."""
    return select(Note).order_by(Note.day.desc(), Note.id.desc())


def goals_in_order() -> Select[Goal]:
    """In the order in which they were named."""
    return select(Goal).order_by(Goal.id)


def live_links() -> Select[RegisteredLink]:
    """Newest first."""
    return select(RegisteredLink).where(RegisteredLink.retired_at.is_(None)).order_by(RegisteredLink.id.desc())


def retired_links() -> Select[RegisteredLink]:
    """The latest retired first."""
    retired_at = RegisteredLink.retired_at
    return select(RegisteredLink).where(retired_at.is_not(None)).order_by(retired_at.desc(), RegisteredLink.id.desc())
