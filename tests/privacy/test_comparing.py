"""The class of a change is found by comparison, and is never lighter than what changed. Clauses 6.1a, 6.2(1)-(4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.comparing import (
    LONGER_IS_BETTER,
    MAJOR,
    REDUCTION,
    WORDING,
    ChangeClass,
    class_of,
    compare,
    compare_versions,
)
from app.privacy.manifest import Manifest, Period
from app.privacy.texts import FOLDERS, Version, read_version
from app.settings import Settings

OPERATOR = Settings.from_environment({}).operator
NAMES = st.sampled_from(["a", "b", "c", "d", "survey.pause", "policy.notice", "cookies", "approvals"])
CLAUSES = st.sampled_from(["1.1", "2.5", "4.1.1(4)", "5.2.2a"])
PERIODS = st.builds(Period, st.integers(1, 60), st.sampled_from(["minute", "hour", "day", "month", "year"]))
TABLES = ("purposes", "kinds", "recipients", "rights")


def shipped() -> Version:
    return read_version("policy", FOLDERS["policy"] / "1", OPERATOR)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    keeping = draw(st.dictionaries(NAMES, st.none() | PERIODS, max_size=4))
    return Manifest(
        version="1", reason="", published=date(2027, 1, 1), effective=date(2027, 1, 1), links={}, stated={},
        deadlines=draw(st.dictionaries(NAMES, PERIODS, max_size=4)),
        limits=draw(st.dictionaries(NAMES, st.integers(0, 30), max_size=4)),
        retention=keeping,
        stated_of_keeping={name: (str(time),) if time else () for name, time in keeping.items()},
        fields=draw(st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True).map(tuple), max_size=3)),
        codes=draw(st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True).map(tuple), max_size=3)),
        not_offered=draw(st.frozensets(CLAUSES)),
        **{table: draw(st.dictionaries(NAMES, CLAUSES, max_size=4)) for table in TABLES},
    )  # fmt: skip


def true_class(old: Manifest, new: Manifest) -> ChangeClass:
    """What clause 6.1a calls a reduction and 6.2 major, said a second time and in another way."""

    def later(some: Period | None, other: Period | None) -> bool:
        days = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "month": 30, "year": 365}
        return bool(some) and (other is None or some.amount * days[some.unit] > other.amount * days[other.unit] * 1.1)

    takes = [
        set(new.purposes) - set(old.purposes),
        set(new.recipients) - set(old.recipients),
        set(old.rights) - set(new.rights),
        [name for name, time in new.retention.items() if name in old.retention and later(time, old.retention[name])],
        [
            name
            for name, time in new.deadlines.items()
            if name in old.deadlines
            and (later(old.deadlines[name], time) if name in LONGER_IS_BETTER else later(time, old.deadlines[name]))
        ],
        [name for name in ("cookies",) if new.limits.get(name, 0) > old.limits.get(name, 99)],
        [name for name in ("approvals",) if new.limits.get(name, 99) < old.limits.get(name, 0)],
    ]
    if any(takes):
        return REDUCTION
    major = any(getattr(old, table) != getattr(new, table) for table in TABLES)
    return (
        MAJOR
        if major or old.not_offered != new.not_offered or old.retention.keys() != new.retention.keys()
        else WORDING
    )


@pytest.mark.clause("6.1a")
@pytest.mark.clause("6.2(1)")
@pytest.mark.clause("6.2(3)")
@pytest.mark.clause("6.2(4)")
@given(manifests(), manifests())
def test_a_class_is_never_lighter_than_the_true_one(old, new):
    assert class_of(compare(old, new)) >= true_class(old, new)


@given(manifests())
def test_a_manifest_changes_nothing_against_itself(same):
    assert compare(same, same) == []


@given(manifests(), manifests())
def test_what_differs_in_one_direction_differs_in_the_other(old, new):
    there, back = compare(old, new), compare(new, old)
    assert {finding.name for finding in there} == {finding.name for finding in back}


def _with(table: str, **entries: Any) -> Callable[[Manifest], Manifest]:
    return lambda old: replace(old, **{table: {**getattr(old, table), **entries}})


def _without(table: str, name: str) -> Callable[[Manifest], Manifest]:
    return lambda old: replace(old, **{table: {k: v for k, v in getattr(old, table).items() if k != name}})


def _dated(table: str, name: str, time: str) -> Callable[[Manifest], Manifest]:
    return _with(table, **{name: Period.parse(time)})


@pytest.mark.clause("6.1a")
@pytest.mark.clause("6.2(1)")
@pytest.mark.clause("6.2(3)")
@pytest.mark.clause("6.2(4)")
@pytest.mark.parametrize(
    ("change", "weight", "clause"),
    [
        (_with("purposes", advertising="2.6"), REDUCTION, "6.2(1)"),
        (_without("purposes", "survey"), MAJOR, "6.2(1)"),
        (_with("kinds", face="1.1.1c"), MAJOR, "6.2(1)"),
        (_with("fields", accounts=("name", "phone", "face")), MAJOR, "6.2(1)"),
        (_with("recipients", advertiser="4.1.1(1)"), REDUCTION, "6.2(3)"),
        (_with("recipients", carrier="4.1.1(1)"), REDUCTION, "6.2(3)"),
        (_without("recipients", "mail"), MAJOR, "6.2(3)"),
        (_without("rights", "copy"), REDUCTION, "6.2(4)"),
        (_with("rights", copy="help"), MAJOR, "6.2(4)"),
        (_dated("deadlines", "closure.decision", "72 hours"), REDUCTION, "6.1a"),
        (_dated("deadlines", "closure.decision", "24 hours"), MAJOR, "6.2(4)"),
        (_dated("deadlines", "policy.notice", "3 days"), REDUCTION, "6.1a"),
        (_dated("deadlines", "policy.notice", "30 days"), MAJOR, "6.2(4)"),
        (_without("deadlines", "reply"), REDUCTION, "6.1a"),
        (_with("limits", approvals=1), REDUCTION, "6.1a"),
        (_with("limits", cookies=6), MAJOR, "6.2(4)"),
        (_with("limits", **{"order.required": 5}), REDUCTION, "6.1a"),
        (_with("limits", **{"age.minimum": 16}), REDUCTION, "6.1a"),
        (_without("limits", "approvals"), REDUCTION, "6.1a"),
        (lambda old: replace(old, not_offered=old.not_offered - {"1.4"}), MAJOR, "6.2(1)"),
    ],
)  # fmt: skip
def test_each_change_has_its_class_and_its_clause(change, weight, clause):
    old = replace(shipped().manifest, fields={"accounts": ("name", "phone")})
    findings = compare(old, change(old))
    assert class_of(findings) is weight
    assert clause in {finding.clause for finding in findings}


@pytest.mark.clause("6.1a")
@pytest.mark.parametrize(
    ("stated", "kept", "weight"),
    [
        (("90 days",), "90 days", REDUCTION),
        (("10 days",), "10 days", MAJOR),
        ((), None, MAJOR),
        (("30 days", "5 minutes"), "30 days", REDUCTION),
    ],
)
def test_keeping_longer_is_a_reduction(stated, kept, weight):
    old = shipped().manifest
    new = replace(
        old,
        retention={**old.retention, "outbox": Period.parse(kept) if kept else None},
        stated_of_keeping={**old.stated_of_keeping, "outbox": stated},
    )
    assert class_of(compare(old, new)) is weight


@pytest.mark.clause("6.2(2)")
@pytest.mark.parametrize("entry", ["name", "name_en", "contact_mail", "hotline", "address"])
def test_another_operator_or_contact_is_major(entry):
    old = shipped()
    new = read_version("policy", FOLDERS["policy"] / "1", replace(OPERATOR, **{entry: "another"}))
    (finding,) = compare_versions(old, new)
    assert (finding.weight, finding.clause, finding.name) == (MAJOR, "6.2(2)", entry)


@pytest.mark.clause("6.2(3)")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_recipient_gets_is_major_in_whichever_language_it_changed(lang):
    old = shipped()
    text = old.texts[lang]
    rows = {**text.recipients, "sms": {**text.recipients["sms"], "gets": "everything"}}
    new = replace(old, texts={**old.texts, lang: replace(text, recipients=rows)})
    assert class_of(compare_versions(old, new)) is MAJOR


@pytest.mark.clause("6.1a")
def test_a_clause_that_goes_is_a_reduction_and_one_that_comes_is_major():
    old = shipped()
    shorter = {lang: replace(text, clauses=text.clauses[:-1]) for lang, text in old.texts.items()}
    new = replace(old, texts=shorter)
    assert class_of(compare_versions(old, new)) is REDUCTION
    assert class_of(compare_versions(new, old)) is MAJOR


def test_other_words_alone_are_wording():
    old = shipped()
    first, *others = old.texts["en"].clauses
    text = replace(old.texts["en"], clauses=(replace(first, text="Said otherwise."), *others))
    assert class_of(compare_versions(old, replace(old, texts={**old.texts, "en": text}))) is WORDING
