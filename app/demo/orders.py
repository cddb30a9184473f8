"""The past of the demonstration shop: orders in every state, each placed and moved at the moment its story tells of."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import click
from PIL import Image
from sqlalchemy import Select, func, select

from app.accounts.known_browsers import Browser
from app.cart.changing import add
from app.cart.holding import MemberCart
from app.catalog.models import PUBLISHED, Product, Sku
from app.catalog.pricing import prices_of, set_price
from app.catalog.vocabulary import FUTURES, MACHINE, SERVICE, SPOT
from app.checkout.addresses import addresses_of
from app.checkout.placing import Buyer, place_order
from app.checkout.reviewing import review
from app.demo.money import pay_online
from app.demo.parcels import send_on_its_way
from app.demo.people import CUSTOMERS, account_of, actor_of
from app.demo.refunds import refund
from app.foundation.clock import SHANGHAI, at
from app.foundation.database import db
from app.foundation.money import Money
from app.orders.cancelling import cancel, expire_holds
from app.orders.checking import release
from app.orders.lifecycle import AWAITING_RECEIPT, AWAITING_SHIPMENT, ONLINE, REMITTANCE
from app.orders.models import Order, OrderPart
from app.orders.receiving import confirm_receipt
from app.payments.confirming import confirm_remittance
from app.payments.queries import remittance_of
from app.payments.vouchers import add_voucher, voucher_of
from app.shipping.handing_over import Packed, ship
from app.stock.queries import left_in_total

TELLING = 0.9
"""The share of orders that are seen being placed: some browsers are not counted."""
PRICE_REASON = "demonstration price"
KEYS = "demo-1"
"""The placing keys of these orders begin with it: by them a repeated load knows its orders again."""


@dataclass(frozen=True)
class Story:
    """An order's life: placed so many days ago, then what happened after so many more days."""

    who: str
    placed: float
    goods: tuple[str, ...]
    then: tuple[tuple[str, float], ...] = ()
    units: int = 1
    browser: Browser | None = None
    method: str = REMITTANCE
    elsewhere: bool = False
    """To the last address of the book instead of the usual one."""


STRANGE = Browser("Opera, ChromeOS", "", is_trusted=False)
LOOKED_AT_AFTER = timedelta(hours=2)
"""So soon a clerk has looked at an unusual order, and let it go on; the newest one still waits."""
TOLD = (
    Story("buyer", 33, (SPOT,), (("pay", 1), ("ship", 2), ("receive", 7)), units=2),
    Story("company", 31, (SPOT, SPOT), (("pay", 2), ("ship", 3.2), ("receive", 9)), units=6),
    Story("buyer", 27, (SPOT, SERVICE), (("pay", 0.5), ("ship", 1.5), ("receive", 5), ("discount_due", 26))),
    Story("buyer", 22, (SPOT,), (("expire", 5.1),)),
    Story("company", 20, (SPOT,), (("cancel", 1),), units=3),
    Story("company", 16, (SPOT, FUTURES), (("pay", 1.2), ("ship", 2)), units=4),
    Story("buyer", 8, (SPOT,), (("pay", 1), ("ship", 2), ("discount", 4))),
    Story("buyer", 6, (FUTURES,), (("pay", 1.4),)),
    Story("buyer", 5, (SPOT,), (("online", 0.01), ("ship", 0.8), ("way", 2.5)), method=ONLINE),
    Story("company", 5.6, (SPOT, SPOT), (("pay", 2), ("call_off", 3)), units=8),
    Story("buyer", 4.3, (SPOT,)),
    Story("company", 2.5, (SPOT, SPOT), (("voucher", 1),), units=5),
    Story("company", 1.2, (FUTURES,), units=10),
    Story("buyer", 0.4, (SPOT, SERVICE), (("voucher", 0.1),)),
    Story("company", 0.05, (SPOT,), units=15, browser=STRANGE, elsewhere=True),
)
FIRST_SALE_DAYS_AGO, EVERYDAY_SALES = 58, 42
LIVES = (
    (("pay", 0.6), ("ship", 1.6), ("receive", 6)),
    (("pay", 1.1), ("ship", 2.4), ("receive", 8)),
    (("cancel", 0.7),),
    (("pay", 0.2), ("ship", 1.2), ("receive", 5)),
    (("expire", 5.1),),
)
BASKETS = ((SPOT,), (SPOT, SERVICE), (SPOT,), (SPOT, SPOT), (FUTURES,), (SPOT,), (SPOT, SPOT, SERVICE))


def everyday() -> Iterator[Story]:
    """What customers ordered in two months, more and less evenly spread. Of late orders only what can be over is."""
    for number in range(EVERYDAY_SALES):
        placed = FIRST_SALE_DAYS_AGO * (1 - (number + _chance(f"day-{number}")) / EVERYDAY_SALES)
        then = tuple((event, days) for event, days in LIVES[number % len(LIVES)] if days < placed)
        units = (1, 1, 2, 1, 3, 5)[int(_chance(f"units-{number}") * 6)]
        yield Story(CUSTOMERS[number % len(CUSTOMERS)].name, placed, BASKETS[number % len(BASKETS)], then, units)


PRICE_CHANGES = (
    (47, 96), (39, 94), (26, 97), (20, 95), (13, 103), (9, 93), (6, 98), (3, 96), (1, 95),
)  # fmt: skip
"""So many days ago a machine's price became so many hundredths of what it was; each time another of the newest."""


def live_through_orders(start: datetime) -> int:
    """Every story, placed and moved at the moments it tells of."""
    changes = list(enumerate(PRICE_CHANGES))
    stories = sorted((*TOLD, *everyday()), key=lambda story: -story.placed)
    for number, story in enumerate(stories):
        while changes and changes[0][1][0] > story.placed:
            _change_price(start, *changes.pop(0))
        placed = start - timedelta(days=story.placed)
        order = _placed(story, f"{KEYS}-{number}", placed)
        if order.is_being_checked and (looked := placed + LOOKED_AT_AFTER) < start:
            with at(looked):
                release(order.id, actor_of("clerk"), looked)
        for event, days in story.then:
            moment = placed + timedelta(days=days)
            with at(moment):
                _happen(story.who, event, order, moment)
    for change in changes:
        _change_price(start, *change)
    return len(stories)


def orders_placed() -> Iterator[tuple[date, Money]]:
    """Day in China and amount of the goods of every order there is, but of a few that no browser told of."""
    for order in db.session.scalars(select(Order).order_by(Order.placed_at)):
        if _chance(order.placing_key) < TELLING:
            yield order.placed_at.astimezone(SHANGHAI).date(), order.goods


def _change_price(start: datetime, number: int, change: tuple[int, int]) -> None:
    """The price of the newest machine but `number` from then on, unless its history says so already."""
    (days_ago, hundredths), session = change, db.session()
    moment = start - timedelta(days=days_ago)
    sku = session.scalars(_newest(MACHINE, SPOT)).all()[number]
    if sku.price is None or any(entry.reason == PRICE_REASON for entry in prices_of(session, sku.id)):
        return
    with at(moment):
        tens_of_yuan = sku.price.fen * hundredths // 100_000
        set_price(sku.id, Money.yuan(10 * tens_of_yuan), moment, reason=PRICE_REASON)


def _newest(kind: str, delivery: str) -> Select[Sku]:
    """What can be ordered, the newest first, as made-up visitors like it."""
    on_sale = (Product.state == PUBLISHED, Product.kind == kind, Sku.price.is_not(None), Sku.available)
    term = (Sku.delivery == delivery,) if kind == MACHINE else ()
    newest = func.coalesce(Sku.released, "").desc()
    return select(Sku).join(Product).where(*on_sale, *term).order_by(newest, Product.slug, Sku.code)


def _chance(of: str) -> float:
    """From 0 to 1, the same for the same text on every machine."""
    return int.from_bytes(hashlib.sha256(of.encode()).digest()[:4]) / 2**32


def _placed(story: Story, key: str, moment: datetime) -> Order:
    account = account_of(story.who)
    if account is None:
        raise click.ClickException(f"the demo account {story.who} is missing")
    session = db.session()
    known = select(Order).where(Order.account_id == account.id, Order.placing_key == key)
    if order := session.scalars(known).one_or_none():
        return order
    with at(moment):
        cart = MemberCart(session, account.id)
        for sku in _goods(story, key):
            add(session, cart, sku.id, max(story.units if sku.product.kind == MACHINE else 1, sku.moq), moment)
        address_id = addresses_of(session, account.id)[-1].id if story.elsewhere else None
        seen = review(session, account.id, address_id)
        if seen.offer is None or seen.address is None:
            raise click.ClickException("a demo cart cannot be ordered")
        buyer = Buyer(account.id, account.subject_id, account.audit_ref, story.browser)
        return place_order(buyer, seen.address.id, key, seen.offer.fingerprint, moment, method=story.method)


def _goods(story: Story, key: str) -> Iterator[Sku]:
    """Goods that fit the story and are there, the newest most often, chosen by the key alone."""
    session, chosen = db.session(), set[int]()
    for term in story.goods:
        newest = _newest(SERVICE, term) if term == SERVICE else _newest(MACHINE, term)
        skus = [sku for sku in session.scalars(newest) if sku.id not in chosen]
        left = left_in_total(session, [sku.id for sku in skus])
        fitting = [sku for sku in skus if term == SERVICE or left[sku.id] >= 2 * max(story.units, sku.moq)]
        sku = fitting[int(_chance(f"{key}/{term}") ** 2.5 * len(fitting))]
        chosen.add(sku.id)
        yield sku


def _happen(who: str, event: str, order: Order, moment: datetime) -> None:
    """One event of a story, if it has not happened yet."""
    if event in {"pay", "online", "cancel"} and not order.is_unpaid:
        return
    if event == "pay":
        day, reference = moment.astimezone(SHANGHAI).date(), f"DEMO{order.number}"
        confirm_remittance(order.id, reference, order.due_now, day, actor_of("finance"), moment)
    elif event == "online":
        pay_online(order, moment)
    elif event == "way":
        send_on_its_way(order, moment)
    elif event == "cancel":
        cancel(order.id, actor_of(who), moment)
    elif event == "expire":
        expire_holds()
    elif event == "voucher" and order.is_unpaid and voucher_of(db.session(), order.id) is None:
        add_voucher(order, slip_of(order), actor_of(who), moment)
    elif event == "ship":
        for part in [each for each in order.parts if each.state == AWAITING_SHIPMENT and each.delivery != FUTURES]:
            carrier = None if part.is_service else "sf"
            number = f"SF{int(order.number) * 7 % 10**12:012d}" if carrier else None
            ship(part.id, carrier, number, actor_of("clerk"), moment, _packed(order, part))
    elif event in {"call_off", "discount", "discount_due"}:
        refund(event, who, order, moment)
    elif event == "receive":
        for part in [each for each in order.parts if each.state == AWAITING_RECEIPT]:
            confirm_receipt(part.id, actor_of(who), moment)


def _packed(order: Order, part: OrderPart) -> list[Packed]:
    """All of a part in one parcel, its machines with made-up serial numbers."""
    return [
        Packed(
            line.id,
            line.quantity,
            tuple(f"DEMO{order.number}{line.id % 10**8:08d}{n:03d}" for n in range(line.quantity)),
        )
        for line in part.lines
        if not part.is_service
    ]


def slip_of(order: Order) -> bytes:
    """A drawn bank slip with amount and code: plainly a demonstration."""
    from PIL import ImageDraw  # with its fonts 2 MB, which no web server needs

    picture = Image.new("RGB", (900, 420), "#f6f4ee")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 880, 400), outline="#0a6b6b", width=3)
    remark = remittance_of(db.session(), order.id).spoken_code
    for line, text in enumerate(("DEMO BANK - TRANSFER SLIP", f"Amount  CNY {order.total}", f"Remark  {remark}")):
        draw.text((60, 70 + 100 * line), text, fill="#1c1e21", font_size=40)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def fill_carts(start: datetime) -> int:
    """Two machines wait in the buyer's cart."""
    buyer = account_of("buyer")
    session = db.session()
    if buyer is None or MemberCart(session, buyer.id).lines():
        return 0
    goods = list(_goods(Story("buyer", 0, (SPOT, SPOT)), "demo-cart"))
    for sku in goods:
        add(session, MemberCart(session, buyer.id), sku.id, sku.moq, start)
    return len(goods)
