"""What pages show of a dispute: read once, inside the purpose, for each of the three who read it. Clause 4.1.1(5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.disputes.choosing import FIELDS
from app.disputes.lifecycle import MEMBER, OTHER
from app.disputes.models import Dispute, DisputeEntry
from app.foundation.data_keys import KeyDestroyed
from app.foundation.money import Money
from app.foundation.personal_data import Purpose, purpose

MOMENTS = frozenset({"at", "shipped", "opened", "placed", "paid", "completed"})
AMOUNTS = frozenset({"fen", "freight", "total"})


@dataclass(frozen=True)
class Block:
    """One chosen item for a page, with moments and money as such. `sort` picks how it is printed."""

    code: str
    facts: Mapping[str, Any]

    @property
    def sort(self) -> str:
        return self.code.partition("-")[0]


@dataclass(frozen=True)
class Said:
    """A message for a page. `files` is how many pictures came with it."""

    id: int
    side: str
    at: datetime
    text: str
    files: int
    is_hidden: bool


@dataclass(frozen=True)
class DisputeShown:
    """A dispute as one of the three reads it. `contact` is the reader's own word, `their_contact` the other's."""

    statement: str
    blocks: Sequence[Block]
    said: Sequence[Said]
    finding: str | None
    other_name: str | None
    other_mobile: str | None
    signed_name: str | None
    contact: str | None
    their_contact: str | None

    @property
    def given(self) -> dict[str, object]:
        """What of the member's a look of the other side shows, by the fields of the ledger."""
        given: dict[str, object] = {"statement": self.statement}
        for block in self.blocks:
            if block.sort != "picture":  # each picture is a share of its own
                given.setdefault(FIELDS[block.sort], []).append(block.facts)  # type: ignore[attr-defined]
        more = {"said": self.said, "contact": self.their_contact}
        return {**given, **{name: value for name, value in more.items() if value}}


def for_member(dispute: Dispute) -> DisputeShown:
    """Everything of the member's own, and what of the other side's was not taken out of sight."""
    return _shown(dispute, MEMBER)


def for_staff(dispute: Dispute) -> DisputeShown:
    """Everything that the two sides wrote, on whose ledger the look stands; contacts are the two sides' own matter."""
    return _shown(dispute, "")


def for_other_side(dispute: Dispute) -> DisputeShown:
    """The allow-list and nothing else. Raises KeyDestroyed once the member was erased."""
    return _shown(dispute, OTHER)


def blocks_of(shown: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Chosen items, ready for a page."""
    return [Block(str(item["code"]), _typed(item)) for item in shown]


def _shown(dispute: Dispute, reader: str) -> DisputeShown:
    is_other, side = reader == OTHER, _of_side(dispute)
    with purpose(Purpose.SERVICE):
        return DisputeShown(
            statement=dispute.statement,
            blocks=blocks_of(dispute.shown),
            said=[_said(entry) for entry in dispute.entries if _is_for(entry, reader)],
            finding=None if is_other else dispute.finding,
            other_name=None if is_other else side["name"],
            other_mobile=None if is_other else side["mobile"],
            signed_name=side["signed_name"],
            contact=side["contact"] if is_other else dispute.contact if reader == MEMBER else None,
            their_contact=dispute.contact if is_other and dispute.have_both_agreed else None,
        )


def _of_side(dispute: Dispute) -> dict[str, str | None]:
    """What the other side's own key opens; nothing once it is gone."""
    side = dispute.side
    try:
        with purpose(Purpose.SERVICE):
            return {
                "name": side.name, "mobile": side.mobile, "signed_name": side.signed_name, "contact": side.contact
            }  # fmt: skip
    except KeyDestroyed:
        return dict.fromkeys(("name", "mobile", "signed_name", "contact"))


def _is_for(entry: DisputeEntry, reader: str) -> bool:
    return entry.hidden_at is None or reader in ("", entry.side)


def _said(entry: DisputeEntry) -> Said:
    """What an erased side wrote is gone; that it wrote stays."""
    try:
        text, files = entry.text, len(entry.files or ())
    except KeyDestroyed:
        text, files = "", 0
    return Said(entry.id, entry.side, entry.at, text, files, entry.hidden_at is not None)


def _typed(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _typed(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    if name in MOMENTS:
        return datetime.fromisoformat(value)
    return Money(value) if name in AMOUNTS else value
