"""The goods desk: a product, and the pictures on its page. The form of a SKU is in `skus.py`."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectMultipleField, ValidationError

from app.catalog.models import ALGORITHM, PART_TYPE, SERVICE_TYPE, Brand, Category, Product
from app.catalog.publishing import ProductText
from app.catalog.vocabulary import KINDS, MACHINE, PART, SERVICE
from app.foundation.fields import ChoiceField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.foundation.languages import is_chinese

WRITTEN = ("kind", "model", "name_zh", "name_en", "about_zh", "about_en")
CATEGORY_OF_KIND = {MACHINE: ALGORITHM, PART: PART_TYPE, SERVICE: SERVICE_TYPE}


class ProductForm(Form):
    """A model and its page. The view offers the makers and categories to choose from."""

    kind = ChoiceField(_l("Kind"), ())
    brand = ChoiceField(_l("Maker"), ())
    category = ChoiceField(_l("Category"), ())
    coins = SelectMultipleField(_l("Coins"), validate_choice=False)
    model = TextField(_l("Model, as its maker writes it"), [Given()], at_most=60)
    name_zh = TextField(_l("Name in Chinese"), [Given()], at_most=120)
    name_en = TextField(_l("Name in English"), [Given()], at_most=120)
    about_zh = LinesField(_l("Text in Chinese"))
    about_en = LinesField(_l("Text in English"))

    def offer(self, brands: Sequence[Brand], categories: Sequence[Category], coins: Sequence[Category]) -> None:
        """Fill the lists to choose from."""
        locale = "zh" if is_chinese() else "en"
        self.kind.choices = [(each.code, each.zh if locale == "zh" else each.en) for each in KINDS]
        self.brand.choices = [(str(each.id), each.name(locale)) for each in brands]
        self.category.choices = [(str(each.id), each.name(locale)) for each in categories]
        self.coins.choices = [(str(each.id), each.name(locale)) for each in coins]
        self.category_kinds = {str(each.id): each.kind for each in categories}

    def show(self, product: Product) -> None:
        """Fill in what is known of a product."""
        for name in WRITTEN:
            self[name].data = getattr(product, name)
        self.brand.data, self.category.data = str(product.brand_id), str(product.category_id)
        self.coins.data = [str(coin.id) for coin in product.coins]

    def text(self) -> ProductText:
        """What was written, once it is valid."""
        written = {name: self[name].data or "" for name in WRITTEN}
        coins = [int(coin) for coin in self.coins.data or ()]
        brand, category = int(self.brand.data), int(self.category.data)
        return ProductText(brand_id=brand, category_id=category, coin_ids=coins, **written)

    def validate_category(self, field: Any) -> None:
        wanted = CATEGORY_OF_KIND.get(self.kind.data)
        if wanted and self.category_kinds.get(field.data) != wanted:
            raise ValidationError(_l("Please choose a category that fits the kind."))

    def validate_coins(self, field: Any) -> None:
        if not set(field.data or ()) <= {value for value, _ in field.choices or ()}:
            raise ValidationError(_l("Please choose from the list."))


class PictureForm(Form):
    """A photograph with what it shows, in both languages."""

    file = FileField(_l("Picture (JPEG, PNG or WebP, at most 8 MB)"), [Given(_l("Please choose a picture."))])
    alt_zh = TextField(_l("What it shows, in Chinese"), [Given()], at_most=120)
    alt_en = TextField(_l("What it shows, in English"), [Given()], at_most=120)

    def validate_file(self, field: Any) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_l("Please choose a picture."))


class MakerForm(Form):
    """A maker that the catalogue does not know yet."""

    name_zh = TextField(_l("Name in Chinese"), [Given()], at_most=40)
    name_en = TextField(_l("Name in English"), [Given()], at_most=40)
    aliases = LinesField(_l("What people type for it, one a line"), at_most=400)

    def words(self) -> list[str]:
        """The aliases, without empty lines and repetitions."""
        return list(dict.fromkeys(filter(None, (line.strip() for line in (self.aliases.data or "").split("\n")))))
