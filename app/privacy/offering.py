"""Which shares wait for a person's own consent, and the words that are shown for it. Clauses 4.1.1(1), 4.1.2.

A recipient is asked for apart where consent is the ground it was declared with, or where it got a purpose after its
first agreement. Whoever has no papers in order, or is no recipient of the policy that binds us, is offered to nobody.
Cases of slices above may ask too: for a transfer to the one whom the case names (4.2.1, 4.2.4).
"""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.foundation.personal_data import Purpose
from app.foundation.recipients import RECIPIENTS, Ground, Papers, Recipient, papers_of_all
from app.privacy.agreed_terms import version_for
from app.privacy.asking import Offer, asked_by_cases
from app.privacy.grounds import is_named
from app.privacy.texts import Text


def offers_to(session: Session, account_ref: int, lang: str, on: date) -> list[Offer]:
    """What a person is asked separately on a day, in a few queries however many recipients there are."""
    mine = version_for(session, account_ref, on)
    papers = papers_of_all(session, list(RECIPIENTS))
    standing = [
        Offer(one, purpose, _in_words(one, purpose, mine.texts[lang]))
        for code, one in RECIPIENTS.items()
        for purpose in sorted(one.purposes)
        if _waits_for_consent(one, purpose, papers[code], on) and is_named(code, mine.manifest)
    ]
    return standing + asked_by_cases(session, lang, on)


def _waits_for_consent(one: Recipient, purpose: Purpose, papers: Papers, on: date) -> bool:
    agreement = papers.agreement_on(on)
    if agreement is None or papers.fault(on) or purpose not in agreement.purposes:
        return False
    return Ground.CONSENT in one.grounds or purpose not in papers.first_purposes


def _in_words(one: Recipient, purpose: Purpose, text: Text) -> str:
    fields = [_(one.fields[name]) for name in one.fields if name in one.allowed(purpose)]
    for_what = next(clause.summary for clause in text.clauses if clause.id == purpose.value)
    return _(
        "%(recipient)s may be given: %(fields)s. What for (clause %(clause)s): %(purpose)s It may use them "
        "for %(days)s days and for nothing else. Refusing changes nothing else, and from a withdrawal on nothing more "
        "goes.",
        recipient=one.name_in(text.lang), fields=_(", ").join(fields), clause=purpose.value, purpose=for_what,
        days=one.use_days,
    )  # fmt: skip
