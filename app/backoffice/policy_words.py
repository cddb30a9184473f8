"""What the desk says of a new version: the classes of change, and each kind of difference in words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

CLASSES: dict[str, LazyString] = {
    "first": _l("First version"),
    "wording": _l("Wording"),
    "major": _l("Major change"),
    "reduction": _l("Reduction of rights"),
}
MARKS = {"first": "done", "wording": "done", "major": "working", "reduction": "waiting"}

FINDINGS: dict[str, LazyString] = {
    "purpose.added": _l("New purpose"),
    "purpose.gone": _l("Purpose dropped"),
    "purpose.changed": _l("Purpose under another clause"),
    "kind.added": _l("New kind of data"),
    "kind.gone": _l("Kind of data dropped"),
    "kind.changed": _l("Kind of data under another clause"),
    "field.added": _l("New field about a person"),
    "field.gone": _l("Field about a person dropped"),
    "recipient.added": _l("New recipient"),
    "recipient.gone": _l("Recipient dropped"),
    "recipient.changed": _l("Recipient on another ground"),
    "code.added": _l("New recipient of a known type"),
    "code.gone": _l("Recipient of a known type dropped"),
    "code.changed": _l("Recipient counted under another type"),
    "right.added": _l("New right"),
    "right.gone": _l("Right taken away"),
    "right.changed": _l("Another way to use a right"),
    "deadline.added": _l("New binding time"),
    "deadline.gone": _l("Binding time dropped"),
    "deadline.changed": _l("Binding time changed"),
    "limit.added": _l("New figure"),
    "limit.gone": _l("Figure dropped"),
    "limit.changed": _l("Figure changed"),
    "keeping.added": _l("New keeping time"),
    "keeping.gone": _l("Keeping time dropped"),
    "keeping.changed": _l("Keeping time changed"),
    "offer.began": _l("Now offered"),
    "offer.ended": _l("No longer offered"),
    "operator.changed": _l("Operator or contact changed"),
    "clause.added": _l("New clause"),
    "clause.gone": _l("Clause taken away"),
    "annex.changed": _l("Annex reads otherwise"),
}
"""By `Finding.what`."""
