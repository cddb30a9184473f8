"""The one declaration behind every field about a person. Clauses 1, 2a, 5.1.1c, 5.1.1d, 5.1.2a; DESIGN.md 4.

`phone = personal(...)` makes the encrypted column and records why it exists. Encryption, masking, the "my data" page,
export, erasure, retention and the public register all walk `REGISTER`. Values are sealed at flush under the data key of
the row's `subject_id`, bound to table, column and row, so a ciphertext moved elsewhere does not open. Reading works
only inside `with purpose(...)`, and only for the purposes that the field names.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, ClassVar

from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary, event, inspect
from sqlalchemy.orm import Session, mapped_column, object_session

from app.foundation.data_keys import KeyDestroyed, data_keys
from app.foundation.encryption import blind_index, seal, unseal

_PENDING = b""
WHOLLY_MASKED = "••••••"
_KEYS = "data_keys"


class Purpose(StrEnum):
    """The closed list of purposes: chapter 2 of the policy."""

    SERVICE = "2.1"
    PERSONAL_NEEDS = "2.2"
    IMPROVEMENT = "2.3"
    SECURITY = "2.4"
    RECOMMENDATION = "2.5"
    PROMOTION = "2.6"
    SURVEY = "2.7"
    STATISTICS = "2.9"


class Kind(Enum):
    """What a field is, which decides its mask."""

    NAME = "name"
    CONTACT = "contact"
    ADDRESS = "address"
    CONSIGNEE = "consignee"
    COMPANY = "company"
    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - the name of a kind


class Keep(StrEnum):
    """How long, by the name of a retention rule in the policy's manifest (CLAUSES.md A.6)."""

    UNTIL_CLOSED = "account"
    SECURITY_EVENTS = "security_events"
    SESSIONS = "sessions"
    SMS_CODES = "sms_codes"
    HISTORY = "history"
    ORDERS = "orders"
    ACCOUNTING = "accounting"
    VOUCHERS = "vouchers"
    TICKETS = "tickets"
    OUTBOX = "outbox"


class Grade(StrEnum):
    """How data is classed; with the class comes how it is treated (`TREATMENTS`). Clause 5.1.2a."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class Treatment:
    """What a class demands: sealed in the store, masked on staff's screens ("" not, "middle", "wholly"), whether its
    values may stand in a log or in evidence, and whether it must have a keeping time."""

    sealed: bool
    masked: str
    logged: bool
    ends: bool


TREATMENTS = {
    Grade.PUBLIC: Treatment(sealed=False, masked="", logged=True, ends=False),
    Grade.INTERNAL: Treatment(sealed=False, masked="", logged=True, ends=False),
    Grade.PERSONAL: Treatment(sealed=True, masked="middle", logged=False, ends=True),
    Grade.SENSITIVE: Treatment(sealed=True, masked="wholly", logged=False, ends=True),
}


class PurposeRefused(PermissionError):
    """A personal field was read outside a purpose that covers it."""


Agreed = Callable[["PersonalData", Purpose], bool]
_agreements: list[Agreed] = []


def ask_before_reading(agreed: Agreed) -> Agreed:
    """Register who says whether a person has agreed to a purpose. Clause 2b."""
    _agreements.append(agreed)
    return agreed


_current_purpose: ContextVar[Purpose | None] = ContextVar("purpose", default=None)


@contextmanager
def purpose(of: Purpose) -> Iterator[None]:
    """Read personal fields for this purpose inside the block."""
    token = _current_purpose.set(of)
    try:
        yield
    finally:
        _current_purpose.reset(token)


REGISTER: list["personal"] = []
READS: Counter[tuple[Purpose, str]] = Counter()
"""How often fields were read for each purpose in this process since the last time that it was written down."""


@dataclass(eq=False)
class personal:  # noqa: N801 - reads as a declaration in a model, like mapped_column
    """Declare a personal field: a descriptor over an encrypted column named after it.

    The attribute takes and gives `str`, or JSON-able values where `json_value` is set; None means not given. With
    `index` there is also `<name>_index`, a keyed blind index for look-ups (made by `index_of`).
    """

    clause: str
    kind: Kind
    purposes: Set[Purpose]
    keep: Keep
    why: str
    required: bool = False
    index: bool = False
    json_value: bool = False
    name: str = field(default="", init=False)
    table: str = field(default="", init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def grade(self) -> Grade:
        """Secrets are sensitive: nobody is shown them, not even in the middle of a mask."""
        return Grade.SENSITIVE if self.kind is Kind.SECRET else Grade.PERSONAL

    @property
    def sealed_name(self) -> str:
        return f"{self.name}_sealed"

    def columns(self) -> dict[str, Any]:
        """The mapped columns behind the declaration, by attribute name."""
        made: dict[str, Any] = {
            self.sealed_name: mapped_column(self.name, LargeBinary, nullable=not self.required, info={"personal": self})
        }
        if self.index:
            info = {"personal": self}
            made[f"{self.name}_index"] = mapped_column(LargeBinary(32), nullable=True, index=True, info=info)
        return made

    def index_of(self, value: str) -> bytes:
        return blind_index(f"{self.table}.{self.name}", value)

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        wanted = _current_purpose.get()
        if wanted is None or wanted not in self.purposes:
            raise PurposeRefused(f"{self.table}.{self.name} is not for purpose {wanted}")
        if not all(agreed(row, wanted) for agreed in _agreements):
            raise PurposeRefused(f"the person has not agreed to purpose {wanted}")
        READS[wanted, f"{self.table}.{self.name}"] += 1
        return self.read(row)

    def __set__(self, row: Any, value: Any) -> None:
        if value is None:
            row._plain[self.name] = None
            setattr(row, self.sealed_name, None)
        else:
            row._plain[self.name] = (_PENDING, value)
            setattr(row, self.sealed_name, _PENDING)
        if self.index:
            setattr(row, f"{self.name}_index", None if value is None else self.index_of(value))

    def read(self, row: Any) -> Any:
        """The value without the gate; for masking and for the engines of export and erasure only."""
        sealed = getattr(row, self.sealed_name)
        if sealed is None:
            return None
        known = row._plain.get(self.name)
        if known and known[0] == sealed:
            return known[1]
        value = self._open(row, sealed)
        row._plain[self.name] = (sealed, value)
        return value

    def seal_pending(self, row: Any, session: Session) -> None:
        known = row._plain.get(self.name)
        if not known or known[0] != _PENDING or getattr(row, self.sealed_name) != _PENDING:
            return
        value = known[1]
        text = json.dumps(value, ensure_ascii=False) if self.json_value else value
        sealed = seal(_key_in(session, row.subject_id), text.encode(), self._bound_to(row))
        setattr(row, self.sealed_name, sealed)
        row._plain[self.name] = (sealed, value)

    def _open(self, row: Any, sealed: bytes) -> Any:
        try:
            text = unseal(key_of(row), sealed, self._bound_to(row)).decode()
        except InvalidTag as problem:
            raise ValueError(f"{self.table}.{self.name} of row {row.id} does not open: moved or damaged") from problem
        return json.loads(text) if self.json_value else text

    def _bound_to(self, row: Any) -> str:
        return f"{self.table}/{self.name}/{row.id}"


class PersonalData:
    """Mixin of models with personal fields, to stand first among the bases. The model has `id` and `subject_id`."""

    _personal: ClassVar[tuple[personal, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        declared = tuple(value for value in vars(cls).values() if isinstance(value, personal))
        for declaration in declared:
            for name, column in declaration.columns().items():
                setattr(cls, name, column)
        super().__init_subclass__(**options)
        for declaration in declared:
            declaration.table = cls.__tablename__  # type: ignore[attr-defined]
        cls._personal = declared
        REGISTER.extend(declared)

    @property
    def _plain(self) -> dict[str, Any]:
        """Values already opened, beside the sealed bytes they came from; never stored."""
        opened: dict[str, Any] = self.__dict__.setdefault("_opened", {})
        return opened


def impersonal(what: str) -> dict[str, str]:
    """`info=` of a column beside personal ones that says nothing about anybody by itself."""
    return {"impersonal": what}


def masked(row: PersonalData, name: str) -> str:
    """The value as staff lists and screens show it: replaced in the middle. Needs no purpose. Clause 5.1.1d."""
    declaration = next(each for each in type(row)._personal if each.name == name)
    try:
        value = declaration.read(row)
    except KeyDestroyed:
        return "—"
    if value and TREATMENTS[declaration.grade].masked == "wholly":
        return WHOLLY_MASKED
    if isinstance(value, dict):
        return " ".join(str(part) for part in mask_consignee(value).values() if part)
    return mask(declaration.kind, value) if value else ""


def mask(kind: Kind, value: str) -> str:
    """138****0000, a****@q****.com, 张* for names, the first six characters for addresses, dots for secrets."""
    if kind is Kind.CONTACT and "@" in value:
        local, _, host = value.rpartition("@")
        return f"{local[:1]}****@{host[:1]}****{host[host.rfind('.') :] if '.' in host else ''}"
    if kind is Kind.CONTACT:
        value = value.removeprefix("+86")
        return f"{value[:3]}****{value[-4:]}" if len(value) >= 8 else "****"
    if kind in (Kind.NAME, Kind.COMPANY):
        return value[:1] + "*" * min(max(len(value) - 1, 1), 8)
    if kind is Kind.ADDRESS:
        return value[:6] + "****"
    return WHOLLY_MASKED


def mask_consignee(block: dict[str, Any]) -> dict[str, str]:
    """A consignee block with each part masked by its own kind."""
    kinds = {"consignee": Kind.NAME, "mobile": Kind.CONTACT, "address": Kind.ADDRESS, "warehouse": Kind.ADDRESS}
    return {part: mask(kinds.get(part, Kind.TEXT), str(value)) for part, value in block.items() if value}


def key_of(row: Any) -> bytes:
    """The data key of the row's person. Loads the keys of every person in the session in the same query.

    Raises KeyDestroyed for an erased person.
    """
    session = object_session(row)
    if session is None:
        return _existing(data_keys().load([row.subject_id]), row.subject_id)
    return _key_in(session, row.subject_id)


def _key_in(session: Session, subject_id: int) -> bytes:
    known: dict[int, bytes] = session.info.setdefault(_KEYS, {})
    if subject_id not in known:
        known.update(data_keys().load(_subjects_in(session) | {subject_id}))
    return _existing(known, subject_id)


def _existing(keys: dict[int, bytes], subject_id: int) -> bytes:
    try:
        return keys[subject_id]
    except KeyError:
        raise KeyDestroyed(f"the key of subject {subject_id} was destroyed") from None


def _subjects_in(session: Session) -> set[int]:
    """Subjects of the personal rows in the session, as far as they are loaded: no query is made to find out."""
    rows = (row for row in session if isinstance(row, PersonalData))
    return {subject for row in rows if (subject := inspect(row).dict.get("subject_id")) is not None}


@event.listens_for(Session, "before_flush")
def _seal_at_flush(session: Session, *_: Any) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, PersonalData):
            seal_fields(session, row)


def seal_fields(session: Session, row: PersonalData) -> None:
    """Seal what was given to a row that is about to be written by `session`. Raises KeyDestroyed."""
    for declaration in type(row)._personal:
        declaration.seal_pending(row, session)


def seal_bytes(subject_id: int, content: bytes, bound_to: str) -> bytes:
    """Seal a file of a person (voucher, photograph) under their key. Raises KeyDestroyed."""
    return seal(_existing(data_keys().load([subject_id]), subject_id), content, bound_to)


def unseal_bytes(subject_id: int, sealed: bytes, bound_to: str) -> bytes:
    """Undo `seal_bytes`. Raises KeyDestroyed once the person was erased."""
    return unseal(_existing(data_keys().load([subject_id]), subject_id), sealed, bound_to)
