"""The life of an after-sales case: its states, every move between them and the clock of each, in one table.

Buttons, acts, the desk, the worker and the tests read it. Where a move leads may depend on the kind of the case and on
where the goods are: a case that ends while the goods lie with us first sends them back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.after_sales.trade_rules import (
    BUYER_ANSWERS,
    BUYER_SENDS_BACK,
    EXCHANGE,
    GOODS_ARE_EXAMINED,
    GOODS_ARE_SENT,
    PLATFORM_DECIDES,
    REFUND_ONLY,
    REPAIR,
    RETURN,
    SELLER_ANSWERS,
    SHORT_HASHRATE,
)
from app.foundation.errors import BusinessError
from app.foundation.permissions import ROLES
from app.orders.lifecycle import CLOCK, Actor

AWAITING_SELLER = "awaiting_seller"
AWAITING_BUYER = "awaiting_buyer"
REFUSED = "refused"
PLATFORM = "platform"
AWAITING_RETURN = "awaiting_return"
RETURNING = "returning"
TO_REFUND = "to_refund"
REFUNDING = "refunding"
TO_SEND = "to_send"
CLOSED = "closed"

STATES: Mapping[str, LazyString] = {
    AWAITING_SELLER: _l("Waiting for our answer"),
    AWAITING_BUYER: _l("Waiting for the buyer's answer"),
    REFUSED: _l("Refused"),
    PLATFORM: _l("Platform steps in"),
    AWAITING_RETURN: _l("Agreed: goods to be sent back"),
    RETURNING: _l("Goods on their way back"),
    TO_REFUND: _l("Refund to be asked for anew"),
    REFUNDING: _l("Refund under way"),
    TO_SEND: _l("Goods to be sent to the buyer"),
    CLOSED: _l("Closed"),
}
"""In the order of a case's life; the tabs of the desk follow it."""

MARKS = {
    AWAITING_SELLER: "waiting", AWAITING_BUYER: "waiting", REFUSED: "stopped", PLATFORM: "waiting",
    AWAITING_RETURN: "waiting", RETURNING: "working", TO_REFUND: "waiting", REFUNDING: "working", TO_SEND: "working",
    CLOSED: "done",
}  # fmt: skip

BUYER, SELLER, BY_PLATFORM = "buyer", "seller", "platform"


@dataclass(frozen=True)
class Limit:
    """Who must act in a state and within what time; `then`: the move of the clock, none where it only shows."""

    whose: str
    within: timedelta
    then: str | None = None


LIMITS: Mapping[str, Limit] = {
    AWAITING_SELLER: Limit(SELLER, SELLER_ANSWERS, "escalate"),
    AWAITING_BUYER: Limit(BUYER, BUYER_ANSWERS, "lapse"),
    REFUSED: Limit(BUYER, BUYER_ANSWERS, "lapse"),
    PLATFORM: Limit(BY_PLATFORM, PLATFORM_DECIDES),
    AWAITING_RETURN: Limit(BUYER, BUYER_SENDS_BACK, "lapse"),
    RETURNING: Limit(SELLER, GOODS_ARE_EXAMINED, "escalate"),
    TO_REFUND: Limit(SELLER, SELLER_ANSWERS, "escalate"),
    TO_SEND: Limit(SELLER, GOODS_ARE_SENT, "escalate"),
}
"""The platform's own clock makes no move: nobody decides by saying nothing. What is late stands on top of the desk."""

REFUNDED, REPLACED, REPAIRED = "refunded", "replaced", "repaired"
WITHDRAWN, LAPSED, DISMISSED = "withdrawn", "lapsed", "dismissed"
OUTCOMES: Mapping[str, LazyString] = {
    REFUNDED: _l("Refunded"),
    REPLACED: _l("Exchanged"),
    REPAIRED: _l("Repaired"),
    WITHDRAWN: _l("Withdrawn by the buyer"),
    LAPSED: _l("Ended: no answer in time"),
    DISMISSED: _l("Refused by the platform's decision"),
}

WITH_BUYER, ON_THE_WAY, HERE, TAKEN = "buyer", "way", "here", "taken"
"""Where the goods of a case are: `HERE` they are still the buyer's, `TAKEN` they are ours again."""

ACCEPTED = {
    REFUND_ONLY: REFUNDING, SHORT_HASHRATE: REFUNDING,
    RETURN: AWAITING_RETURN, EXCHANGE: AWAITING_RETURN, REPAIR: AWAITING_RETURN,
}  # fmt: skip
EXAMINED = {RETURN: REFUNDING, EXCHANGE: TO_SEND, REPAIR: TO_SEND}
HANDLE, DECIDE = "after_sales.handle", "after_sales.decide"


@dataclass(frozen=True)
class Move:
    """One allowed change: from where, to where, and who may make it.

    `ends` is a state, or one for each kind of case. `over`: the case ends with this outcome, goods that lie with us are
    sent back first. `follows`: it happens with a refund, and nobody presses a button for it.
    """

    name: str
    starts: tuple[str, ...]
    ends: str | Mapping[str, str]
    buyer: bool = False
    permission: str | None = None
    clock: bool = False
    follows: bool = False
    over: str | None = None


MOVES: Mapping[str, Move] = {
    move.name: move
    for move in (
        Move("accept", (AWAITING_SELLER,), ACCEPTED, permission=HANDLE),
        Move("ask_more", (AWAITING_SELLER,), AWAITING_BUYER, permission=HANDLE),
        Move("supply", (AWAITING_BUYER,), AWAITING_SELLER, buyer=True),
        Move("refuse", (AWAITING_SELLER, TO_REFUND), REFUSED, permission=HANDLE),
        Move("escalate", (AWAITING_SELLER, REFUSED, RETURNING, TO_REFUND, TO_SEND), PLATFORM, buyer=True, clock=True),
        Move("uphold", (PLATFORM,), ACCEPTED, permission=DECIDE),
        Move("dismiss", (PLATFORM,), CLOSED, permission=DECIDE, over=DISMISSED),
        Move("hand_in", (AWAITING_RETURN,), RETURNING, buyer=True),
        Move("examine", (AWAITING_RETURN, RETURNING), EXAMINED, permission=HANDLE),
        Move("reject_goods", (AWAITING_RETURN, RETURNING), REFUSED, permission=HANDLE),
        Move("refund_again", (TO_REFUND,), REFUNDING, permission=HANDLE),
        Move("refund_refused", (REFUNDING,), TO_REFUND, follows=True),
        Move("refund_paid", (REFUNDING,), CLOSED, follows=True, over=REFUNDED),
        Move("send", (TO_SEND,), CLOSED, permission=HANDLE),
        Move("withdraw", (AWAITING_SELLER, AWAITING_BUYER, REFUSED, PLATFORM, AWAITING_RETURN), CLOSED, buyer=True,
             over=WITHDRAWN),
        Move("lapse", (AWAITING_BUYER, REFUSED, AWAITING_RETURN), CLOSED, clock=True, over=LAPSED),
    )
}  # fmt: skip

EVENTS: Mapping[str, LazyString] = {
    "open": _l("Case opened"),
    "accept": _l("Agreed"),
    "ask_more": _l("More was asked for"),
    "supply": _l("More was given"),
    "refuse": _l("Refused"),
    "escalate": _l("Platform steps in"),
    "uphold": _l("Decided for the buyer"),
    "dismiss": _l("Decided against the claim"),
    "hand_in": _l("Goods handed to a carrier"),
    "split": _l("Some of the goods were not accepted: they are a case of their own"),
    "examine": _l("Goods arrived and were examined"),
    "reject_goods": _l("Goods arrived and were not accepted"),
    "refund_again": _l("Refund asked for anew"),
    "refund_refused": _l("The refund was not approved"),
    "refund_paid": _l("Refund paid"),
    "send": _l("Goods sent to the buyer"),
    "withdraw": _l("Withdrawn by the buyer"),
    "lapse": _l("Ended: no answer in time"),
}


class CaseMoved(BusinessError):
    """The case does not stand where this move begins; perhaps somebody else moved it just now."""

    message = _l("The case has moved on in the meantime. Please look at its present state.")


class NotYetLate(BusinessError):
    """The platform steps in after a refusal, or when our time to answer is over."""

    message = _l("Our time to answer is not over yet. The platform steps in after a refusal or when it is.")


class AgreedAlready(BusinessError):
    """What the platform decided, or what was agreed and carried out in part, is not refused afterwards."""

    message = _l("This was agreed already and cannot be refused any more.")


class GoodsAreAway(BusinessError):
    """Goods that are on their way to us, or ours again, bind both sides."""

    message = _l("The goods were sent back already. The case ends when they are examined.")


def may(by: Actor, name: str) -> bool:
    """Whether the table lets this actor make the move at all."""
    move = MOVES[name]
    if by.role == "buyer":
        return move.buyer
    if by == CLOCK:
        return move.clock
    return move.permission is not None and move.permission in ROLES.get(by.role, frozenset())


def moves_from(state: str, by: Actor) -> list[str]:
    """What this actor may do with a case that stands in `state`: the buttons to show."""
    return [move.name for move in MOVES.values() if state in move.starts and may(by, move.name)]


def end_of(name: str, kind: str, goods: str, came_from: str | None = None) -> str:
    """Where a move leads. `goods`: where the goods are; `came_from`: where it stood when the platform stepped in."""
    move = MOVES[name]
    if move.over and goods == HERE:
        return TO_SEND
    if name == "uphold":
        if came_from in (RETURNING, TO_REFUND, TO_SEND):
            return came_from
        if goods == HERE:
            return RETURNING
    return move.ends if isinstance(move.ends, str) else move.ends[kind]
