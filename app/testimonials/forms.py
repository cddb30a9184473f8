"""What a member writes, and item by item what stands beside it."""

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import BooleanField, HiddenField, TextAreaField

from app.accounts.models import Account
from app.companies.declaring import company_of
from app.foundation.fields import ChoiceField, TicksField
from app.foundation.forms import AtMost, Form, Given, NoControlCharacters, TextField
from app.shipping.provinces import PROVINCES
from app.testimonials.composing import Chosen, bought_by, portrait_of

CHECKS = (AtMost(1000), NoControlCharacters(multiline=True))


def _as_written(value: str | None) -> str | None:
    """Line breaks of one kind, no outer space. Punctuation keeps its width: these are somebody's own words."""
    return value.replace("\r\n", "\n").replace("\r", "\n").strip() if value else value


class WordsField(TextAreaField):
    """Words that are published as they are written."""

    def __init__(self, label: Any, validators: Any, **options: Any) -> None:
        super().__init__(label, validators, filters=[_as_written], **options)


class TestimonialForm(Form):
    """Only the words are required. What the member does not have is not asked for."""

    text = WordsField(_l("Your words"), [Given(_l("Please write your words.")), *CHECKS])
    name = TextField(_l("Name beside your words"), at_most=40, render_kw={"autocomplete": "off"})
    company = BooleanField(_l("Name your company"))
    province = ChoiceField(_l("Province"), [], optional=True)
    avatar = BooleanField(_l("Show your picture"))
    goods = TicksField(_l("Machines you bought"), [])
    on_products = BooleanField(_l("Show your words on the pages of these machines as well"))
    seen = HiddenField()

    def __init__(self, *arguments: Any, session: Session, account: Account, **options: Any) -> None:
        super().__init__(*arguments, **options)
        provinces = [(code, each.name(g.locale)) for code, each in PROVINCES.items()]
        self.province.choices = [("", _("not shown")), *provinces]
        self.goods.choices = [(str(each.product_id), each.name(g.locale)) for each in bought_by(session, account.id)]
        if company_of(session, account.id) is None:
            del self.company
        if portrait_of(session, account) is None:
            del self.avatar

    def chosen(self) -> Chosen:
        """What was chosen, once it is valid."""
        return Chosen(
            text=self.text.data or "",
            language=g.lang,
            name=self.name.data or "",
            company="company" in self and bool(self.company.data),
            province=self.province.data or "",
            avatar="avatar" in self and bool(self.avatar.data),
            goods={int(each) for each in self.goods.data or ()},
            on_products=bool(self.on_products.data),
        )
