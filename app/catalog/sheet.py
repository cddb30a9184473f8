"""Reading a catalogue sheet: bytes in, checked rows and faults out. Pure; nothing here touches a database.

A fault names the line on which its row begins, so that it can be found in an editor even when a quoted cell above
it runs over several lines. Full-width digits and spaces around a cell are forgiven; anything else odd is a fault.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.catalog import units
from app.catalog.names import slug_of
from app.catalog.vocabulary import AIR, HYDRO, IMMERSION

COLUMNS = (
    "brand", "model", "algorithm", "coin", "hashrate", "hashrate_unit", "power_w", "efficiency", "efficiency_unit",
    "release_date", "noise_db", "weight_kg", "dimensions_mm", "input_voltage", "cooling", "interface", "price_usd",
    "price_asof", "sources", "notes",
)  # fmt: skip
LONGEST = {"brand": 40, "model": 60, "algorithm": 30, "coin": 30, "input_voltage": 40, "interface": 40, "sources": 40}
LONGEST_CELL = 400
LARGEST_FILE = 20_000_000
DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
MONTH = re.compile(r"(19|20)[0-9]{2}(-(0[1-9]|1[0-2]))?")
DAY = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
SIZE = re.compile(r"[0-9]{1,5}(\.[0-9])?x[0-9]{1,5}(\.[0-9])?x[0-9]{1,5}(\.[0-9])?")
NOISE = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?")
TOLERANCE_PERCENT = 5


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the sheet. Line 0 is the file as a whole."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason


@dataclass(frozen=True)
class MachineFacts:
    """One row: one model at one hashrate. None is "not known", never zero.

    Where a fact comes from, and the day of an asking price, stay in the sheet: the shop shows neither.
    """

    line: int
    brand: str
    model: str
    algorithm: str
    coins: tuple[str, ...]
    hashrate: units.Hashrate
    power_mw: int | None
    efficiency_fj: int | None
    released: str | None
    noise_db: tuple[int, int] | None
    weight_g: int | None
    size_mm: str | None
    voltage: str | None
    cooling: str | None
    interface: str | None
    list_price_usd_cents: int | None
    notes: str | None


def read_sheet(content: bytes) -> tuple[list[MachineFacts], list[Fault]]:
    """All rows that can be read and all faults found. A caller imports only when there are no faults."""
    try:
        text = _text_of(content)
    except ValueError as problem:
        return [], [Fault(0, str(problem))]
    records, faults = _records(text)
    rows: list[MachineFacts] = []
    for line, cells in records:
        try:
            rows.append(_machine(line, cells))
        except ValueError as problem:
            faults.append(Fault(line, str(problem)))
    return rows, sorted(faults + _repeated(rows), key=lambda fault: fault.line)


def _text_of(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise ValueError(f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise ValueError(f"the file is not UTF-8 text (first at line {line}); save it as CSV UTF-8") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ValueError(f"the file is not text: it holds a NUL at line {line}")
    return text


def _records(text: str) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
    except csv.Error as problem:
        return [], [Fault(1, f"the header cannot be read ({problem})")]
    if fault := _header_fault(header):
        return [], [fault]
    records: list[tuple[int, dict[str, str]]] = []
    faults: list[Fault] = []
    for line, cells in _numbered(reader, faults):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            faults.append(Fault(line, f"has {len(cells)} cells where the header has {len(header)}"))
            continue
        records.append((line, dict(zip(header, cells, strict=True))))
    if not records and not faults:
        faults.append(Fault(0, "the file holds no rows"))
    return records, faults


def _numbered(reader: "csv._reader", faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            faults.append(Fault(line, f"cannot be read as CSV ({problem})"))
            return


def _header_fault(header: list[str]) -> Fault | None:
    missing = [name for name in COLUMNS if name not in header]
    unknown = [name or "(empty)" for name in header if name not in COLUMNS]
    twice = sorted({name for name in header if header.count(name) > 1})
    for what, names in (("lacks", missing), ("has unknown", unknown), ("repeats", twice)):
        if names:
            return Fault(1, f"the header {what} column {', '.join(names)[:200]}")
    return None


def _machine(line: int, cells: dict[str, str]) -> MachineFacts:
    cells = {name: _clean(name, cell) for name, cell in cells.items()}
    hashrate = _hashrate(cells)
    power_mw = _scaled(cells, "power_w", 1_000)
    _matching(cells, "price_asof", DAY, "YYYY-MM-DD")
    slug_of(_required(cells, "brand"))
    slug_of(_required(cells, "model"))
    return MachineFacts(
        line=line,
        brand=cells["brand"],
        model=cells["model"],
        algorithm=_required(cells, "algorithm"),
        coins=_coins(_required(cells, "coin")),
        hashrate=hashrate,
        power_mw=power_mw,
        efficiency_fj=_efficiency(cells, hashrate, power_mw),
        released=_matching(cells, "release_date", MONTH, "YYYY-MM or YYYY"),
        noise_db=_noise(cells),
        weight_g=_scaled(cells, "weight_kg", 1_000),
        size_mm=_matching(cells, "dimensions_mm", SIZE, "length x width x height, as 400x195x290"),
        voltage=cells["input_voltage"] or None,
        cooling=_cooling(cells),
        interface=cells["interface"] or None,
        list_price_usd_cents=_scaled(cells, "price_usd", 100),
        notes=cells["notes"] or None,
    )


def _clean(name: str, cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell).strip() if name != "notes" else cell.strip()
    if any(unicodedata.category(mark) in {"Cc", "Cs", "Co"} and mark not in "\n\r\t" for mark in text):
        raise ValueError(f"{name} holds a control character")
    if name != "notes" and any(mark in "\n\r\t" for mark in text):
        raise ValueError(f"{name} runs over several lines")
    longest = LONGEST.get(name, LONGEST_CELL)
    if len(text) > longest:
        raise ValueError(f"{name} is longer than {longest} characters")
    return text


def _required(cells: dict[str, str], name: str) -> str:
    if not cells[name]:
        raise ValueError(f"{name} is missing")
    return cells[name]


def _decimal(cells: dict[str, str], name: str) -> Decimal | None:
    if not cells[name]:
        return None
    if not DECIMAL.fullmatch(cells[name]):
        raise ValueError(f"{name} is not a plain number: {cells[name][:40]}")
    return Decimal(cells[name])


def _scaled(cells: dict[str, str], name: str, factor: int) -> int | None:
    number = _decimal(cells, name)
    if number is None:
        return None
    scaled = number * factor
    if scaled <= 0:
        raise ValueError(f"{name} is zero; leave the cell empty where it is not known")
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{name} is finer than this shop keeps: {cells[name]}")
    if scaled > units.LARGEST:
        raise ValueError(f"{name} is too large: {cells[name]}")
    return int(scaled)


def _hashrate(cells: dict[str, str]) -> units.Hashrate:
    _required(cells, "hashrate")
    amount = _decimal(cells, "hashrate")
    unit = _required(cells, "hashrate_unit")
    try:
        return units.Hashrate.of(amount or Decimal(0), units.unit_named(unit))
    except units.UnknownUnit:
        raise ValueError(f"hashrate_unit is not known: {unit}") from None
    except units.NotExact:
        raise ValueError(f"hashrate cannot be kept exactly: {cells['hashrate']} {unit}") from None


def _efficiency(cells: dict[str, str], hashrate: units.Hashrate, power_mw: int | None) -> int | None:
    """As stated; worked out from power where nothing is stated. A stated one far from power / hashrate is a fault."""
    amount = _decimal(cells, "efficiency")
    worked_out = units.efficiency_from_power(power_mw, hashrate.base) if power_mw else None
    if amount is None:
        return worked_out
    try:
        stated = units.efficiency_from_stated(amount, cells["efficiency_unit"])
    except units.UnknownUnit:
        raise ValueError(f"efficiency_unit is not known: {cells['efficiency_unit'] or '(empty)'}") from None
    except units.NotExact:
        raise ValueError(f"efficiency cannot be kept exactly: {cells['efficiency']}") from None
    if worked_out and abs(stated - worked_out) * 100 > worked_out * TOLERANCE_PERCENT:
        raise ValueError(f"efficiency contradicts power and hashrate by more than {TOLERANCE_PERCENT} %")
    return stated


def _matching(cells: dict[str, str], name: str, form: re.Pattern[str], wanted: str) -> str | None:
    if cells[name] and not form.fullmatch(cells[name]):
        raise ValueError(f"{name} must be {wanted}: {cells[name][:40]}")
    return cells[name] or None


def _noise(cells: dict[str, str]) -> tuple[int, int] | None:
    if not cells["noise_db"]:
        return None
    found = NOISE.fullmatch(cells["noise_db"])
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 0 < low <= high <= 150:
        raise ValueError(f"noise_db must be whole dB or a range as 33-55: {cells['noise_db'][:40]}")
    return low, high


def _cooling(cells: dict[str, str]) -> str | None:
    if cells["cooling"] not in {"", AIR, HYDRO, IMMERSION}:
        raise ValueError(f"cooling must be {AIR}, {HYDRO} or {IMMERSION}: {cells['cooling'][:40]}")
    return cells["cooling"] or None


def _coins(cell: str) -> tuple[str, ...]:
    coins = tuple(part.strip() for part in cell.split("/"))
    for coin in coins:
        slug_of(coin)
    return coins


def _repeated(rows: list[MachineFacts]) -> list[Fault]:
    """A machine listed twice, or two machines whose names would share an address."""
    faults: list[Fault] = []
    first_row: dict[tuple[str, int], int] = {}
    spelling: dict[str, tuple[str, str, int]] = {}
    for row in rows:
        address = slug_of(f"{row.brand} {row.model}")
        brand, model, line = spelling.setdefault(address, (row.brand, row.model, row.line))
        if (brand, model) != (row.brand, row.model):
            faults.append(Fault(row.line, f"would share its page with {brand} {model} of line {line}"))
        line = first_row.setdefault((address, row.hashrate.base), row.line)
        if line != row.line:
            faults.append(Fault(row.line, f"repeats the machine of line {line}"))
    return faults
