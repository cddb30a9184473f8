"""What this browser allows: audience counting, promotion counting, personal service. Clauses 3.1.2b, 2.5, 2.6;
DESIGN.md 3.7.

The answer lies in the signed cookie `choice` and nowhere else. Audience counting is on unless refused; the other two
are off until chosen. A browser that says Sec-GPC or DNT refuses the first two, whatever the cookie says.
"""

from dataclasses import dataclass, replace
from typing import Any

from werkzeug.wrappers import Request, Response

from app.foundation.cookies import Use, read_cookie, set_cookie, sign_facts, signed_facts


@dataclass(frozen=True, slots=True)
class Choices:
    """The three switches as they take effect, the policy version seen when they were set, the signal that overrides
    them.
    """

    audience: bool = True
    promotion: bool = False
    personal: bool = False
    policy_seen: str | None = None
    made: bool = False
    """Whether this browser has ever saved choices; nobody is asked again who has."""
    signal: str | None = None
    """"GPC" or "DNT" where the browser sends one."""

    def facts(self) -> dict[str, Any]:
        return {"a": self.audience, "p": self.promotion, "s": self.personal, "v": self.policy_seen}


def choices_of(request: Request) -> Choices:
    """The choices that hold for this request; never raises, a forged or damaged cookie counts as none."""
    choices = saved_choices(request)
    if signal := _signal(request):
        return replace(choices, audience=False, promotion=False, signal=signal)
    return choices


def saved_choices(request: Request) -> Choices:
    """What the cookie says, before the browser's signal: what the switches on the choices page show."""
    facts = signed_facts("choice", read_cookie(request, "choice", Use.CHOICE))
    switches = [facts.get(name) for name in ("a", "p", "s")]
    seen = facts.get("v")
    if not all(isinstance(switch, bool) for switch in switches) or not (seen is None or isinstance(seen, str)):
        return Choices()
    audience, promotion, personal = map(bool, switches)
    return Choices(audience, promotion, personal, policy_seen=seen, made=True)


def save_choices(response: Response, choices: Choices) -> None:
    """Keep them in this browser for thirteen months. Equal choices make equal cookies (3.1.1b)."""
    set_cookie(response, "choice", sign_facts("choice", choices.facts()))


def _signal(request: Request) -> str | None:
    if request.headers.get("Sec-GPC", "").strip() == "1":
        return "GPC"
    return "DNT" if request.headers.get("DNT", "").strip() == "1" else None
