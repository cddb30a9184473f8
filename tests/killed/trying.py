"""Going through every instant at which an act may die. What is found there is told as facts, for a test to judge."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from app.foundation.clock import application_clock, now
from app.foundation.database import db
from bench.shop_killed import faults_of
from tests.killed.acts import Act
from tests.killed.dying import NEVER, Died, dying, in_a_process_of_its_own
from tests.killed.stores import Columns, KeptShop, Rows, common_columns, differing, everything
from tests.papers import papers_in_order

AFTER_COMMIT = "after commit"


@dataclass
class Outcome:
    """What came of dying at every instant of one act. `wrong` says in words what must not be; empty is well."""

    instants: list[str]
    answer: str
    nothing_done: int = 0
    """Deaths that left the store as it had been."""
    all_done: int = 0
    """Deaths that left it as if nobody had died."""
    wrong: list[str] = field(default_factory=list)


def shape(answer: str) -> str:
    """An answer without the numbers that each run draws anew."""
    return re.sub(r"[0-9]{6,}", "N", answer)


class Trial:
    """One act in one shop: prepared once, done undisturbed, then killed at each of its instants and tried again."""

    def __init__(self, shop: KeptShop, act: Act) -> None:
        self.shop, self.act, self.facts, self.columns = shop, act, {}, Columns()
        self.tried: list[Rows] = []
        """What deaths left that the same was tried again from."""

    def run(self) -> Outcome:
        moment = now()
        application_clock.freeze(moment)
        try:
            self.facts = in_a_process_of_its_own(self._prepare)
            self.shop.keep()
            if self.act.later:
                application_clock.freeze(moment + self.act.later)
            return Outcome(**in_a_process_of_its_own(self._warmed_up))
        finally:
            application_clock.reset()

    def _warmed_up(self) -> dict[str, Any]:
        """Done once in this process, so that those forked from it need not learn every query anew."""
        self._in_shop(lambda: self._do(NEVER, times=2))
        self._in_shop(self.shop.close)
        self.shop.put_back()
        return asdict(self._every_instant())

    def _every_instant(self) -> Outcome:
        before = in_a_process_of_its_own(lambda: self._in_shop(self._look))["rows"]
        undisturbed, again = (self._done() for _ in range(2))
        self.columns = common_columns(undisturbed["rows"], again["rows"])
        outcome = Outcome(undisturbed["instants"], undisturbed["answers"][0], wrong=undisturbed["faults"])
        if again["instants"] != undisturbed["instants"]:
            outcome.wrong.append("two runs of the same took other ways")
        stands = before
        for number, name in enumerate(outcome.instants):
            if number % self.act.nth and not name.endswith("commit"):
                continue
            stands = self._die(number, name, stands, before, undisturbed, outcome)
        return outcome

    def _die(
        self, number: int, name: str, stands: Rows, before: Rows, undisturbed: dict[str, Any], outcome: Outcome
    ) -> Rows:
        """Die there and look; gives what the store stands at."""
        self.shop.put_back()
        try:
            in_a_process_of_its_own(lambda: self._in_shop(lambda: self._do(number)))
            outcome.wrong.append(f"{number} {name}: nobody died")
        except Died:
            pass
        found = in_a_process_of_its_own(lambda: self._in_shop(self._look))
        wrong = [f"left with {fault}" for fault in found["faults"]]
        if name == AFTER_COMMIT:
            stands = found["rows"]
        else:
            wrong += [f"half done: {table}" for table in self._differing(found["rows"], stands)]
        outcome.nothing_done += found["rows"] == before
        outcome.all_done += not self._differing(found["rows"], undisturbed["rows"])
        if found["rows"] not in self.tried:
            self.tried.append(found["rows"])
            wrong += self._try_again(undisturbed)
        outcome.wrong += [f"{number} {name}: {each}" for each in wrong]
        return stands

    def _try_again(self, undisturbed: dict[str, Any]) -> list[str]:
        """Do the same twice: the first ends where nobody died, the second changes nothing and is answered the same."""
        retried = in_a_process_of_its_own(lambda: self._in_shop(lambda: self._do(NEVER, times=2)))
        wrong = [f"tried again: {fault}" for fault in retried["faults"]]
        wrong += [f"tried again, and other: {table}" for table in self._differing(retried["rows"], undisturbed["rows"])]
        first, second = retried["answers"]
        if shape(first) != shape(undisturbed["answers"][0]) or first != second:
            wrong.append(f"answered {retried['answers']} in place of {undisturbed['answers'][0]}")
        return wrong

    def _differing(self, found: Rows, wanted: Rows) -> list[str]:
        return [table for table in differing(found, wanted, self.columns) if table not in self.act.repeats]

    def _done(self) -> dict[str, Any]:
        self.shop.put_back()
        return in_a_process_of_its_own(lambda: self._in_shop(lambda: self._do(NEVER)))

    def _in_shop(self, act: Callable[[], Any]) -> Any:
        with self.shop.app.app_context():
            return act()

    def _prepare(self) -> Any:
        self.shop.make_tables()
        self._in_shop(papers_in_order)
        facts = self._in_shop(lambda: self.act.prepare(self.shop.app))
        self._in_shop(self.shop.close)
        return facts

    def _look(self) -> dict[str, Any]:
        db.session.remove()
        return {"rows": everything(), "faults": faults_of(set())}

    def _do(self, at: int, times: int = 1) -> dict[str, Any]:
        with dying(at) as instants:
            answers = [self.act.do(self.shop.app, self.facts) for _ in range(times)]
        return {"instants": instants, "answers": answers, **self._look()}
