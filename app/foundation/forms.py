"""Forms: our own tokens, clean text, one page-wide token for buttons. Clauses 5.1.3a, 3 (guests need no cookie).

A form token is signed and bound to the form's name, the minute and, for members, to their session; a guest's token is
bound to form and minute, and the Origin or Sec-Fetch-Site header is checked for every unsafe request (`http_edge`).
Each holds a random number, another one at every rendering, by which `idempotency` knows a form that is sent twice.
A stale token is an error of the form like any other: what was typed stays.
"""

import hmac
import secrets
import unicodedata
from datetime import timedelta
from functools import lru_cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, g, request, session
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.form import SUBMIT_METHODS, _Auto
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field, HiddenField, PasswordField, StringField, TextAreaField, ValidationError
from wtforms.csrf.core import CSRF
from wtforms.i18n import messages_path
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput

from app.foundation.clock import now
from app.foundation.encryption import signing_keys
from app.foundation.unknown_fields import knows

TOKEN_LIFE = timedelta(hours=12)
NONCE_BYTES = 12
LONGEST_TEXT = 2000
HIDDEN = Markup('<input type="hidden" id="{}" name="{}" value="{}">')


class FormToken(CSRF):
    """The token of one form class. See the module for what it is bound to."""

    def setup_form(self, form: Any) -> Any:
        self.form_name = form.form_name()
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: Field) -> str:
        return make_token(self.form_name)

    def validate_csrf_token(self, form: Any, field: Field) -> None:
        if not token_is_good(self.form_name, field.data):
            raise ValidationError(
                _l("This page was open for too long or was sent twice. What you typed is kept: please send it again.")
            )


def make_token(form_name: str) -> str:
    minute, nonce = int(now().timestamp() // 60), secrets.token_hex(NONCE_BYTES)
    return f"{minute:x}.{nonce}.{_sign(signing_keys('form')[0], form_name, minute, nonce)}"


def token_is_good(form_name: str, token: str | None) -> bool:
    """Whether a token was made for this form and this session within its life."""
    minute_text, nonce, signature = _parts(token)
    try:
        minute = int(minute_text, 16)
    except ValueError:
        return False
    age = now().timestamp() - minute * 60
    if not signature.isascii() or not -60 <= age <= TOKEN_LIFE.total_seconds():
        return False
    return any(hmac.compare_digest(_sign(key, form_name, minute, nonce), signature) for key in signing_keys("form"))


def sent_token() -> str:
    """The form token of the present request, whatever prefix its form has; "" where there is none."""
    return next((value for name, value in request.form.items() if name.endswith("form_token")), "")


def nonce_of(token: str) -> str:
    """The random number of the rendering that a token was made for; it proves nothing by itself."""
    return _parts(token)[1][: 2 * NONCE_BYTES]


def _parts(token: str | None) -> tuple[str, str, str]:
    minute, _, rest = (token or "").partition(".")
    nonce, _, signature = rest.partition(".")
    return minute, nonce, signature


def _sign(key: bytes, form_name: str, minute: int, nonce: str) -> str:
    row = getattr(session, "row", None)
    bound_to = row.token_hash if row else "guest"
    return hmac.digest(key, f"{form_name}\0{minute}\0{nonce}\0{bound_to}".encode(), "sha256").hex()[:32]


class Form(FlaskForm):
    """Root of all forms. Unknown fields in a request are dropped by construction."""

    class Meta:
        csrf = True
        csrf_class = FormToken
        csrf_field_name = "form_token"

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Form fields and files only: a JSON body is not a form, whatever it claims to be."""
            if formdata is not _Auto:
                return formdata
            if request.method not in SUBMIT_METHODS:
                return None
            return CombinedMultiDict((request.files, request.form)) if request.files else request.form

        def get_translations(self, form: Any) -> Any:
            """The library's own messages; it would read their file anew for every form."""
            return _library_messages(g.get("locale", "zh"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        knows([field.name for field in self])

    def hidden_tag(self, *fields: Any) -> Markup:
        """The form token and every hidden field, without the library's general widget for each."""
        return Markup().join(
            HIDDEN.format(field.id, field.name, field._value())
            for field in self
            if isinstance(field.widget, HiddenInput)
        )

    @classmethod
    def form_name(cls) -> str:
        return cls.__name__


@lru_cache
def _library_messages(locale: str) -> NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")


def button_token(name: str) -> Markup:
    """The hidden field of a form that has no fields of its own; the view asks `button_pressed(name)`."""
    return Markup('<input type="hidden" name="form_token" value="{}">').format(make_token(name))


def button_pressed(name: str) -> bool:
    """Whether the request carries a good token for the form of buttons `name`."""
    return token_is_good(name, request.form.get("form_token"))


def clean_text(value: str | None) -> str | None:
    """Full-width letters and digits become plain ones (NFKC), outer space goes. None stays None."""
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


def clean_line_breaks(value: str | None) -> str | None:
    return clean_text(value.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(value, str) else value


class NoControlCharacters:
    """Refuses control characters, lone surrogates and text-direction overrides; `multiline` allows line breaks."""

    BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

    def __init__(self, *, multiline: bool = False) -> None:
        self.allowed = frozenset("\n\t") if multiline else frozenset()

    def __call__(self, form: Any, field: Field) -> None:
        for character in field.data or "":
            hostile = unicodedata.category(character) in ("Cc", "Cs") or character in self.BIDI
            if hostile and character not in self.allowed:
                raise ValidationError(_l("Please remove the characters that cannot be shown."))


class AtMost:
    """Refuses text longer than `characters`, and gives the browser the same limit."""

    def __init__(self, characters: int) -> None:
        self.characters = characters
        self.field_flags = {"maxlength": characters}

    def __call__(self, form: Any, field: Field) -> None:
        if len(field.data or "") > self.characters:
            raise ValidationError(_l("At most %(n)s characters, please.", n=self.characters))


class Given:
    """Refuses an empty field and names what is wanted. Marks the field as required for the template."""

    field_flags = {"required": True}

    def __init__(self, message: Any = None) -> None:
        self.message = message or _l("Please fill in this field.")

    def __call__(self, form: Any, field: Field) -> None:
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(self.message)


class TextField(StringField):
    """One line of text: normalised, without control characters, at most `at_most` characters."""

    def __init__(self, label: Any, validators: Any = (), *, at_most: int = 100, **options: Any) -> None:
        checks = [*validators, AtMost(at_most), NoControlCharacters()]
        super().__init__(label, checks, filters=[clean_text], **options)


class LinesField(TextAreaField):
    """Several lines of text, treated as `TextField` treats one."""

    def __init__(self, label: Any, validators: Any = (), *, at_most: int = LONGEST_TEXT, **options: Any) -> None:
        checks = [*validators, AtMost(at_most), NoControlCharacters(multiline=True)]
        super().__init__(label, checks, filters=[clean_line_breaks], **options)


class SecretField(PasswordField):
    """A password: taken exactly as typed, never sent back to the page, at most 256 characters."""

    def __init__(self, label: Any, validators: Any = (), **options: Any) -> None:
        super().__init__(label, [*validators, AtMost(256)], **options)


class OneTimeKey(HiddenField):
    """An idempotency key made with the form, so that a double submit is one act (clause 1.1.3a)."""

    def __init__(self, **options: Any) -> None:
        super().__init__("", [Given(), AtMost(64)], **options)


def init_forms(app: Flask) -> None:
    """Template globals for forms."""
    app.jinja_env.globals.update(button_token=button_token)
