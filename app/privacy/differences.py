"""What changed between two versions of the policy, clause by clause. Clauses 6.2, 6.3."""

from dataclasses import dataclass
from itertools import pairwise

from app.privacy.policy import Clause, PolicyVersion, versions


@dataclass(frozen=True, slots=True)
class Change:
    """One clause that reads otherwise than before; `before` or `after` is None for a clause that came or went."""

    id: str
    before: str | None
    after: str | None


def changes_between(old: PolicyVersion, new: PolicyVersion, lang: str) -> list[Change]:
    """Every clause whose words differ, in the order of the newer version; clauses that went stand last."""
    before, after = _words(old, lang), _words(new, lang)
    ids = [*after, *(id_ for id_ in before if id_ not in after)]
    return [Change(id_, before.get(id_), after.get(id_)) for id_ in ids if before.get(id_) != after.get(id_)]


def predecessor_of(version: PolicyVersion) -> PolicyVersion | None:
    """The version that this one replaced; None for the first."""
    return next((old for old, new in pairwise(versions()) if new.version == version.version), None)


def _words(version: PolicyVersion, lang: str) -> dict[str, str]:
    return {clause.id: _wording(clause) for clause in version.texts[lang].clauses}


def _wording(clause: Clause) -> str:
    return f"{clause.text} {clause.not_yet}" if clause.not_yet else clause.text
