"""The desk's forms: a campaign, a principal."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.widgets import ListWidget

from app.foundation.fields import DayField
from app.foundation.forms import Form, Given, LinesField, TextField
from app.foundation.languages import page_at
from app.measurement.pages import known_page_keys
from app.promotions.drafting import Wording
from app.promotions.models import BRAND, HOME, LISTING, MODEL, PRODUCT, SLOTS, Campaign, Principal
from app.promotions.principals import Profile

LONGEST_DAYS = 366
TARGETS = frozenset({"catalog.home", "catalog.products", "catalog.category", "catalog.brand", "catalog.product"})
SLOT_NAMES = {"home": _l("Home page"), "listing": _l("Lists of machines"), "product": _l("Product pages")}


class CampaignForm(Form):
    """Everything of a campaign. Its words are in both languages, because every page is."""

    principal = SelectField(_l("Principal"), [Given()], coerce=int)
    name_zh = TextField(_l("Name in Chinese"), [Given()], at_most=60)
    name_en = TextField(_l("Name in English"), [Given()], at_most=60)
    text_zh = TextField(_l("Line in Chinese"), [Given()], at_most=40)
    text_en = TextField(_l("Line in English"), [Given()], at_most=80)
    target = TextField(_l("Leads to"), [Given()], at_most=200)
    slots = SelectMultipleField(
        _l("Shown on"),
        [Given()],
        choices=[SelectChoice(slot, SLOT_NAMES[slot]) for slot in SLOTS],
        widget=ListWidget(prefix_label=False),
    )
    starts_on = DayField(_l("First day"), [Given(_l("Please write the day as 2026-11-23."))])
    ends_on = DayField(_l("Last day"), [Given(_l("Please write the day as 2026-11-23."))])
    holds_back = BooleanField(_l("Withhold it from one in ten browsers that allowed counting"))

    def offer(self, principals: list[Principal], locale: str) -> None:
        """Let one of these be chosen."""
        self.principal.choices = [SelectChoice(each.id, each.name(locale)) for each in principals]

    def show(self, campaign: Campaign) -> None:
        self.principal.data = campaign.principal_id
        self.slots.data = campaign.slots
        for name in ("name_zh", "name_en", "text_zh", "text_en", "target", "starts_on", "ends_on", "holds_back"):
            self[name].data = getattr(campaign, name)

    def validate_slots(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Please choose at least one place."))

    def validate_target(self, field: Any) -> None:
        if page_at(field.data)[0] not in TARGETS:
            raise ValidationError(
                _l("Please give the address of a product, a list or the home page of this shop, such as /products.")
            )

    def validate_ends_on(self, field: Any) -> None:
        first = self.starts_on.data
        if first and field.data and not 0 <= (field.data - first).days < LONGEST_DAYS:
            raise ValidationError(_l("Please choose a last day within a year after the first one."))

    def wording(self) -> Wording:
        """What was written, once it is valid."""
        first, last = self.starts_on.data, self.ends_on.data
        if first is None or last is None:
            raise ValueError("a period was not checked")
        return Wording(
            self.principal.data,
            self.name_zh.data,
            self.name_en.data,
            self.text_zh.data,
            self.text_en.data,
            self.target.data,
            HOME in self.slots.data,
            LISTING in self.slots.data,
            PRODUCT in self.slots.data,
            first,
            last,
            self.holds_back.data,
        )


class PrincipalForm(Form):
    """Who pays, and which goods are theirs: whole brands, or single products by the last part of their address."""

    name_zh = TextField(_l("Name in Chinese"), [Given()], at_most=120)
    name_en = TextField(_l("Name in English"), [Given()], at_most=120)
    brands = LinesField(_l("Brands"), at_most=2000)
    products = LinesField(_l("Products"), at_most=8000)

    def show(self, principal: Principal) -> None:
        self.name_zh.data, self.name_en.data = principal.name_zh, principal.name_en
        self.brands.data = "\n".join(principal.codes(BRAND))
        self.products.data = "\n".join(principal.codes(MODEL))

    def validate_brands(self, field: Any) -> None:
        _all_known(field, BRAND)

    def validate_products(self, field: Any) -> None:
        _all_known(field, MODEL)

    def profile(self) -> Profile:
        return Profile(self.name_zh.data, self.name_en.data, _codes(self.brands), _codes(self.products))


def _codes(field: Any) -> list[str]:
    return list(dict.fromkeys((field.data or "").split()))


def _all_known(field: Any, kind: str) -> None:
    unknown = set(_codes(field)) - set(known_page_keys(kind))
    if unknown:
        # not a lazy text: pages print those unescaped, and these codes are as they were typed
        raise ValidationError(gettext("The catalogue does not know: %(codes)s", codes=", ".join(sorted(unknown))[:200]))
