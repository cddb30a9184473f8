"""Who a leak affects is worked out and true, and each is told once, whatever stops the telling. Clause 5.1.5b."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts.models import SHUT_OUT, Account
from app.breaches.acting import open_breach, tell_affected
from app.breaches.affected import Leak, NoLeak, affected_by
from app.breaches.models import Breach, BreachPerson
from app.foundation.audit import LedgerEntry
from app.foundation.clock import now
from app.foundation.database import db, transaction
from app.foundation.personal_data import Purpose, purpose
from app.notifications.models import OutboxMessage
from app.privacy.keeping import enforce
from app.support.asking import Question, open_ticket
from tests.accounts.builders import a_staff_member, an_account
from tests.backoffice.builders import Desk
from tests.breaches.builders import HOUR, TEXTS, leak, let_go, read_by
from tests.checkout.builders import a_buyer, an_address, an_order
from tests.privacy.closures import erased


@pytest.mark.clause("5.1.5b")
def test_those_whom_a_reader_saw_in_the_period_are_affected_and_nobody_else(app, clock):
    clerk, other = a_staff_member("clerk"), a_staff_member("clerk")
    early, seen, twice, late, unseen = (an_account() for _ in range(5))
    invoiced = a_buyer()
    order = an_order(account=invoiced)
    read_by(clerk, early)
    clock.travel(hours=3)
    begun = now()
    for person in (seen, twice, twice):
        read_by(clerk, person, "consignee.unmasked")
    read_by(clerk, None, "invoice.read", order=order.number)
    read_by(other, unseen)
    read_by(clerk, unseen, "order.shipped")
    ended = now()
    clock.travel(hours=3)
    read_by(clerk, late)
    found = affected_by(db.session(), Leak(begun, ended, (clerk.audit_ref,)))
    assert found == sorted(person.audit_ref for person in (seen, twice, invoiced))


@pytest.mark.clause("5.1.5b")
def test_a_reading_at_the_desk_is_among_what_is_found(app):
    clerk, alice = Desk(app, "clerk"), an_account()
    ticket = open_ticket(Question("delivery", "when?"), alice, now())
    assert clerk.get(f"/questions/{ticket.id}").status_code == 200
    assert affected_by(db.session(), leak(readers=(clerk.account.audit_ref,))) == [alice.audit_ref]


@pytest.mark.clause("5.1.5b")
def test_a_leaked_table_affects_the_owners_of_its_rows_that_were_there(app, clock):
    old, new, without = a_buyer(), a_buyer(), an_account()
    an_order(account=old)
    then = now()
    clock.travel(hours=2)
    an_order(account=new)
    assert affected_by(db.session(), Leak(then - HOUR, then, tables=("orders",))) == [old.audit_ref]
    both = affected_by(db.session(), Leak(then - HOUR, now(), tables=("orders", "addresses")))
    assert both == sorted((old.audit_ref, new.audit_ref)) and without.audit_ref not in both


@pytest.mark.parametrize(
    "wrong",
    [{}, {"readers": (5,), "tables": ("orders",)}, {"tables": ("nothing",)}, {"readers": (5,), "to_at": "before"}],
)
def test_a_leak_is_of_a_reader_or_of_tables_and_has_a_period(app, wrong):
    changes = {**wrong, **({"to_at": now() - 2 * HOUR} if "to_at" in wrong else {})}
    with pytest.raises(NoLeak):
        affected_by(db.session(), leak(**changes))


@pytest.mark.clause("5.1.5b")
def test_opening_contains_it_and_tells_nobody_before_it_is_released(app):
    clerk, alice = Desk(app, "clerk"), an_account()
    read_by(clerk.account, alice)
    breach = open_breach(leak(readers=(clerk.account.audit_ref,)), now())
    assert db.session.get(Account, clerk.account.id, populate_existing=True).state == SHUT_OUT
    assert clerk.get("").status_code == 302
    assert (breach.persons, breach.kinds, tell_affected()) == (1, ["ticket.read"], 0)
    assert "breach.opened" in db.session.scalars(select(LedgerEntry.event)).all()


@pytest.mark.clause("5.1.5b")
def test_each_is_told_once_in_their_language_and_who_cannot_be_reached_reads_the_notice(app, client):
    chinese, english, gone = an_account(language="zh-cn"), an_account(language="en"), an_account()
    for person in (chinese, english, gone):
        an_address(person)
    breach, gone_ref = open_breach(leak(tables=("addresses",)), now()), gone.audit_ref
    erased(gone)
    assert breach.number not in client.get("/en/privacy/breaches").text
    let_go(breach)
    assert (tell_affected(), tell_affected()) == (2, 0)
    said = db.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "breach.told")).all()
    found = sorted((message.language, message.channel, message.account_id) for message in said)
    assert found == sorted((p.language, c, p.id) for p in (chinese, english) for c in ("site", "sms"))
    told = db.session.scalars(select(BreachPerson.audit_ref).where(BreachPerson.told_at.is_(None))).all()
    assert told == [gone_ref]
    page = client.get("/en/privacy/breaches").text
    assert all(text in page for text in (breach.number, *TEXTS["en"].values()))
    assert TEXTS["zh"]["cause"] in client.get("/zh-cn/privacy/breaches").text


@pytest.mark.clause("5.1.5b")
def test_interrupted_in_the_middle_the_telling_goes_on_where_it_stood(app):
    people = [a_buyer() for _ in range(4)]
    ids = sorted(person.id for person in people)
    breach = open_breach(leak(tables=("addresses",)), now())
    let_go(breach)
    with transaction() as session:
        damaged = session.get_one(Account, people[1].id)
        whole, damaged.phone_sealed = damaged.phone_sealed, b"damaged"
    with pytest.raises(ValueError):
        tell_affected()
    assert len(db.session.scalars(select(BreachPerson).where(BreachPerson.told_at.is_not(None))).all()) == 3
    with transaction() as session:
        session.get_one(Account, damaged.id).phone_sealed = whole
    db.session.expunge_all()
    assert tell_affected() == 1
    said = db.session.scalars(select(OutboxMessage.account_id).where(OutboxMessage.channel == "sms",
                              OutboxMessage.code == "breach.told")).all()  # fmt: skip
    assert sorted(said) == ids


def a_file(folder: Path, head: str) -> str:
    moments = f"from = {(now() - HOUR).isoformat()}\nto = {(now() + HOUR).isoformat()}\n"
    texts = "".join(f"[{lang}]\n" + "".join(f'{n} = "{t}"\n' for n, t in TEXTS[lang].items()) for lang in TEXTS)
    path = folder / "leak.toml"
    path.write_text(f"{head}\n{moments}{texts}")
    return str(path)


@pytest.mark.clause("5.1.5b")
def test_a_drill_says_who_and_what_and_writes_nothing(app, tmp_path):
    people = [an_account(language=lang) for lang in ("en", "zh-cn", "zh-cn")]
    clerk = a_staff_member("clerk")
    for person in people:
        read_by(clerk, person)
    before = db.session.scalars(select(LedgerEntry.id)).all()
    with purpose(Purpose.SECURITY):
        file = a_file(tmp_path, f'reader = "{clerk.name}"')
    run = app.test_cli_runner().invoke(args=["breach", "drill", file])
    assert run.exit_code == 0, run.output
    found = json.loads(run.output)
    assert (found["persons"], found["unreachable"], found["languages"]) == (3, 0, {"en": 1, "zh-cn": 2})
    assert TEXTS["zh"]["measures"] in found["report"]["zh"] and "A question of yours" in found["report"]["en"]
    assert db.session.scalars(select(Breach)).all() == []
    assert db.session.scalars(select(LedgerEntry.id)).all() == before


@pytest.mark.clause("5.1.5b")
def test_a_breach_is_opened_from_its_file_and_its_report_printed(app, tmp_path):
    an_address(an_account())
    cli, file = app.test_cli_runner(), a_file(tmp_path, 'tables = ["addresses"]')
    assert "1 persons" in cli.invoke(args=["breach", "open", file]).output
    number = db.session.scalar(select(Breach.number))
    let_go(db.session.scalars(select(Breach)).one())
    assert tell_affected() == 1
    told = cli.invoke(args=["breach", "report", number]).output
    assert all(text in told for text in (number, TEXTS["zh"]["cause"], TEXTS["en"]["harm"], "400-000-0000"))


@pytest.mark.parametrize("head", ['reader = "nobody-at-all"', 'tables = ["nothing"]', "", "from = 5", "[["])
def test_a_file_that_says_no_leak_is_refused(app, tmp_path, head):
    run = app.test_cli_runner().invoke(args=["breach", "open", a_file(tmp_path, head)])
    assert run.exit_code != 0 and "Traceback" not in run.output
    assert app.test_cli_runner().invoke(args=["breach", "report", "L1"]).exit_code == 1


def test_breaches_go_after_three_years(app, clock):
    an_address(an_account())
    open_breach(leak(tables=("addresses",)), now())
    clock.travel(days=3 * 365 + 2)
    assert enforce(now(), "breaches") == {"breaches": 1}
    assert db.session.scalars(select(BreachPerson)).all() == []
