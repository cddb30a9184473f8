"""The stock page of a SKU and the page of a warehouse."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from app.foundation.fields import ChoiceField, FigureField
from app.foundation.forms import Form, Given, TextField
from app.foundation.languages import is_chinese
from app.shipping.provinces import PROVINCES
from app.stock.models import Lot, Warehouse
from app.stock.receiving import MOST_AT_ONCE
from app.stock.warehouses import Place

MORE, FEWER = "more", "fewer"


class StockForm(Form):
    """What every change of stock says: where, how many, why."""

    warehouse = ChoiceField(_l("Warehouse"), ())
    quantity = FigureField(_l("Units"), [Given()], least=1, most=MOST_AT_ONCE)
    reason = TextField(_l("Reason"), [Given()], at_most=200)

    def offer(self, warehouses: Sequence[Warehouse], lots: Sequence[Lot]) -> None:
        """Fill the lists of warehouses and lots to choose from."""
        locale = "zh" if is_chinese() else "en"
        self.warehouse.choices = [(str(each.id), each.name(locale)) for each in warehouses]


class ReceiveForm(StockForm):
    """Goods that arrived, of a lot known or new."""

    lot = TextField(_l("Lot"), at_most=40)


class LotForm(StockForm):
    """A change of units that are there: of which lot."""

    lot = ChoiceField(_l("Lot"), ())

    def offer(self, warehouses: Sequence[Warehouse], lots: Sequence[Lot]) -> None:
        super().offer(warehouses, lots)
        self.lot.choices = [(each.code, each.code) for each in lots]


class AdjustForm(LotForm):
    """What a count found."""

    direction = ChoiceField(_l("The count found"), ((MORE, _l("more units")), (FEWER, _l("fewer units"))))

    @property
    def difference(self) -> int:
        return (self.quantity.whole or 0) * (1 if self.direction.data == MORE else -1)


class MoveForm(LotForm):
    """Free units that go from one warehouse to another."""

    target = ChoiceField(_l("To warehouse"), ())

    def offer(self, warehouses: Sequence[Warehouse], lots: Sequence[Lot]) -> None:
        super().offer(warehouses, lots)
        self.warehouse.label.text = _l("From warehouse")
        self.target.choices = self.warehouse.choices

    def validate_target(self, field: Any) -> None:
        if field.data == self.warehouse.data:
            raise ValidationError(_l("Please choose another warehouse than the one it leaves."))


class WarehouseForm(Form):
    """A place goods leave from. The code is given once."""

    code = TextField(_l("Warehouse code"), [Given()], at_most=20)
    name_zh = TextField(_l("Name in Chinese"), [Given()], at_most=120)
    name_en = TextField(_l("Name in English"), [Given()], at_most=120)
    province = ChoiceField(_l("Province"), ())
    position = FigureField(_l("Place in the list"), [Given()], most=10_000)
    return_address = TextField(_l("Address for returns"), at_most=200)

    def __init__(self, *arguments: Any, fixed_code: str | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        locale = "zh" if is_chinese() else "en"
        self.province.choices = [(code, province.name(locale)) for code, province in PROVINCES.items()]
        if fixed_code is not None:
            self.code.data = fixed_code

    def show(self, warehouse: Warehouse) -> None:
        """Fill in what is known of a warehouse."""
        for name in ("code", "name_zh", "name_en", "province", "position", "return_address"):
            self[name].data = str(getattr(warehouse, name))

    def place(self) -> Place:
        """What was written, once it is valid."""
        names = {name: self[name].data or "" for name in ("code", "name_zh", "name_en", "province", "return_address")}
        return Place(position=self.position.whole or 0, **names)

    def validate_code(self, field: Any) -> None:
        if field.data and not re.fullmatch(r"[a-z0-9-]+", field.data):
            raise ValidationError(_l("Please use small Latin letters, digits and dashes."))
