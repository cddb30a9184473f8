"""What the items of a dispute are called, on the form where they are chosen and above what is shown."""

from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.disputes.showing import Block
from app.foundation.languages import format_moment

ITEMS: dict[str, LazyString] = {
    "number": _l("Order number"),
    "goods": _l("Goods and quantities"),
    "amounts": _l("Amounts"),
    "dates": _l("Days of the order"),
    "parcel": _l("Delivery"),
    "case": _l("After-sales case"),
    "message": _l("Message"),
    "picture": _l("Photograph"),
    "question": _l("Question to the shop"),
    "answer": _l("Answer of the shop"),
}
KINDS: dict[str, LazyString] = {
    "order": _l("Order"),
    "case": _l("After-sales case"),
    "ticket": _l("Question to the shop"),
}
BEGINNING = 40
"""Characters of a text by which it is known on the form."""


def choices_of(blocks: Iterable[Block]) -> list[tuple[str, str]]:
    """Every item with its code, told apart by its number, moment or beginning."""
    return [(block.code, " ".join(filter(None, (str(ITEMS[block.sort]), _detail(block))))) for block in blocks]


def _detail(block: Block) -> str:
    facts = block.facts
    if block.sort == "parcel":
        return str(facts["tracking"])
    if block.sort == "picture":
        return str(facts["position"])
    if "text" in facts:
        text = " ".join(str(facts["text"]).split())
        begins = text[:BEGINNING] + "…" * (len(text) > BEGINNING)
        return f"{format_moment(facts['at'])}: {begins}"
    return ""
