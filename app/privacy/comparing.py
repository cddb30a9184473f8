"""What a new version changes, found by comparison, and the class that follows from it. Clauses 6.1a, 6.2, 6.2(1)-(4).

Nobody declares a class. A change is a reduction where it takes or worsens a right, lets a time run longer, keeps
longer, or adds a purpose or a recipient; it is major where it is one of those that 6.2 names; what is left is wording.
A figure whose better direction is not known counts as a reduction whichever way it moves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from app.privacy.manifest import ANCHOR, Manifest, Period
from app.privacy.texts import LANGUAGES, Version

FIRST = "first"


class ChangeClass(IntEnum):
    """From the lightest to the heaviest."""

    WORDING = 0
    MAJOR = 1
    REDUCTION = 2

    @property
    def code(self) -> str:
        return self.name.lower()


WORDING, MAJOR, REDUCTION = ChangeClass

LONGER_IS_BETTER = frozenset(
    {"agreement.warning", "choice.kept", "policy.notice", "promotion.hidden", "service_end.notice", "survey.pause"}
    | {"after_sales.return", "after_sales.exchange", "remittance.hold", "online.hold", "invoice.apply"}
)
"""Times that protect: notice, warnings, pauses, and how long a buyer may do something. Of all others a longer one is
worse."""

MORE_IS_BETTER = frozenset(
    {"approvals", "asvs.level", "asvs.level_in_part", "choices.switches", "closure.province_floor", "notice.channels"}
    | {"outside.floor", "password.characters", "search.term_floor", "sms_code.digits", "age.child"}
)
FEWER_IS_BETTER = frozenset(
    {"cookies", "device.width_classes", "order.required", "promotion.shown_per_day", "publication.cases"}
    | {"registration.required", "search.repeats_guest", "search.repeats_member", "sharing.cases", "sms_code.tries"}
    | {"survey.invitations", "transfer.cases"}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: how heavy, by which clause of chapter 6, of what (`right.gone`), named how, and from what to
    what.
    """

    weight: ChangeClass
    clause: str
    what: str
    name: str
    before: str = ""
    after: str = ""


def class_of(findings: list[Finding]) -> ChangeClass:
    """The heaviest weight among them; wording where there is none."""
    return max((finding.weight for finding in findings), default=WORDING)


def compare(old: Manifest, new: Manifest) -> list[Finding]:
    """Every difference between two manifests that is more than wording."""
    return [
        *_set("purpose", "6.2(1)", old.purposes, new.purposes, added=REDUCTION),
        *_set("kind", "6.2(1)", old.kinds, new.kinds, added=MAJOR),
        *_set("field", "6.2(1)", _fields(old), _fields(new), added=MAJOR),
        *_set("recipient", "6.2(3)", old.recipients, new.recipients, added=REDUCTION, changed=REDUCTION),
        *_set("code", "6.2(3)", _codes(old), _codes(new), added=MAJOR),
        *_set("right", "6.2(4)", old.rights, new.rights, added=MAJOR, gone=REDUCTION),
        *_deadlines(old.deadlines, new.deadlines),
        *_limits(old.limits, new.limits),
        *_keeping(old, new),
        *_offers(old.not_offered, new.not_offered),
    ]


def compare_versions(old: Version, new: Version) -> list[Finding]:
    """The manifests, and what only the texts and the operator's entry show."""
    return [*compare(old.manifest, new.manifest), *_operator(old, new), *_clauses(old, new), *_annexes(old, new)]


def _set(
    what: str,
    clause: str,
    old: Mapping[str, str],
    new: Mapping[str, str],
    *,
    added: ChangeClass,
    changed: ChangeClass = MAJOR,
    gone: ChangeClass = MAJOR,
) -> Iterator[Finding]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before is None:
            yield Finding(added, clause, f"{what}.added", name, "", after or "")
        elif after is None:
            yield Finding(gone, clause, f"{what}.gone", name, before)
        elif before != after:
            yield Finding(changed, clause, f"{what}.changed", name, before, after)


def _fields(manifest: Manifest) -> dict[str, str]:
    return {f"{table}.{name}": "" for table, names in manifest.fields.items() for name in names}


def _codes(manifest: Manifest) -> dict[str, str]:
    return {code: kind for kind, codes in manifest.codes.items() for code in codes}


def _deadlines(old: Mapping[str, Period], new: Mapping[str, Period]) -> Iterator[Finding]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before is None:
            yield Finding(MAJOR, "6.2(4)", "deadline.added", name, "", str(after))
        elif after is None:
            yield Finding(REDUCTION, "6.1a", "deadline.gone", name, str(before))
        elif before.is_longer_than(after) or after.is_longer_than(before):
            is_worse = before.is_longer_than(after) if name in LONGER_IS_BETTER else after.is_longer_than(before)
            yield Finding(
                REDUCTION if is_worse else MAJOR, "6.1a" if is_worse else "6.2(4)", "deadline.changed", name,
                str(before), str(after),
            )  # fmt: skip


def _limits(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[Finding]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before is None:
            yield Finding(MAJOR, "6.2(4)", "limit.added", name, "", str(after))
        elif after is None:
            yield Finding(REDUCTION, "6.1a", "limit.gone", name, str(before))
        elif before != after:
            is_better = (name in MORE_IS_BETTER and after > before) or (name in FEWER_IS_BETTER and after < before)
            yield Finding(
                MAJOR if is_better else REDUCTION, "6.2(4)" if is_better else "6.1a", "limit.changed", name,
                str(before), str(after),
            )  # fmt: skip


def _keeping(old: Manifest, new: Manifest) -> Iterator[Finding]:
    for name in sorted(old.retention.keys() | new.retention.keys()):
        before, after = old.stated_of_keeping.get(name), new.stated_of_keeping.get(name)
        if before is None:
            yield Finding(MAJOR, "6.2(1)", "keeping.added", name, "", _said(after))
        elif after is None:
            yield Finding(REDUCTION, "6.1a", "keeping.gone", name, _said(before))
        elif before != after:
            is_shorter = _is_kept_no_longer(old, new, name)
            yield Finding(
                MAJOR if is_shorter else REDUCTION, "6.2(1)" if is_shorter else "6.1a", "keeping.changed", name,
                _said(before), _said(after),
            )  # fmt: skip


def _is_kept_no_longer(old: Manifest, new: Manifest, name: str) -> bool:
    """Whether the keeping time, and every further time of the row in its order, is no longer than before."""
    before, after = old.retention[name], new.retention[name]
    if before is None and after is not None:
        return False
    if before and after and after.is_longer_than(before):
        return False
    further = [
        sorted(map(Period.parse, _further(each, name)), key=lambda period: period.after(ANCHOR)) for each in (old, new)
    ]
    pairs = zip(*further, strict=False)
    return len(further[0]) >= len(further[1]) and not any(late.is_longer_than(early) for early, late in pairs)


def _further(manifest: Manifest, name: str) -> list[str]:
    kept, stated = manifest.retention[name], list(manifest.stated_of_keeping[name])
    if kept is not None:
        stated.remove(str(kept))
    return stated


def _offers(old: frozenset[str], new: frozenset[str]) -> Iterator[Finding]:
    """What was not offered and is now, or the other way round: the service itself has changed."""
    for clause in sorted(old ^ new):
        what = "offer.began" if clause in old else "offer.ended"
        yield Finding(MAJOR, "6.2(1)", what, clause)


def _operator(old: Version, new: Version) -> Iterator[Finding]:
    for entry in ("name", "name_en", "contact_mail", "hotline", "address"):
        before, after = getattr(old.operator, entry), getattr(new.operator, entry)
        if before != after:
            yield Finding(MAJOR, "6.2(2)", "operator.changed", entry, before, after)


def _clauses(old: Version, new: Version) -> Iterator[Finding]:
    before, after = ({clause.id for clause in each.texts["zh"].clauses} for each in (old, new))
    for id_ in sorted(before ^ after):
        if id_ in before:
            yield Finding(REDUCTION, "6.1a", "clause.gone", id_)
        else:
            yield Finding(MAJOR, "6.2(1)", "clause.added", id_)


def _annexes(old: Version, new: Version) -> Iterator[Finding]:
    """A row of an annex that reads otherwise in any language: what a recipient gets stands nowhere else."""
    for lang in LANGUAGES:
        rows = [
            {f"{annex}.{name}": " | ".join(row.values()) for annex, _, rows in each.texts[lang].tables()
             for name, row in rows.items()}
            for each in (old, new)
        ]  # fmt: skip
        for name in sorted(rows[0].keys() & rows[1].keys()):
            if rows[0][name] != rows[1][name]:
                yield Finding(MAJOR, "6.2(3)", "annex.changed", name, rows[0][name], rows[1][name])


def _said(times: tuple[str, ...] | None) -> str:
    return ", ".join(times or ())
