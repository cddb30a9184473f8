"""What a browser's `prefs` remember of advertisements, and what follows from it. Pure. Clauses 3.1.1e, 2.6.

At most three times a day, never again for 30 days once hidden. While promotion counting is allowed a browser belongs to
the arm that sees campaigns or, one in ten, to the one from which they are withheld; it takes part in the trial of those
campaigns alone that began after its draw, because any other it may have seen before.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.privacy.prefs import ADVERTS, Preferences
from app.promotions.models import Offer

TIMES_A_DAY = 3
HIDDEN_DAYS = 30
HELD_BACK_ONE_IN = 10


def next_campaign(running: Sequence[Offer], prefs: Preferences, day: date) -> Offer | None:
    """The one that this browser saw least often today, the newest of those; None where none may be shown."""
    hidden = {number for number, since in prefs.hidden if day.toordinal() - since < HIDDEN_DAYS}
    times = times_today(prefs, day)
    free = [each for each in running if each.id not in hidden and times.get(each.id, 0) < TIMES_A_DAY]
    return min(free, key=lambda each: (times.get(each.id, 0), -each.id), default=None)


def times_today(prefs: Preferences, day: date) -> dict[int, int]:
    """How often each campaign was shown or withheld today."""
    return dict(prefs.seen) if prefs.seen_on == day.toordinal() else {}


def with_showing(prefs: Preferences, campaign: int, day: date) -> Preferences:
    """After it was shown or withheld once more; other days are forgotten."""
    times = times_today(prefs, day)
    times[campaign] = times.get(campaign, 0) + 1
    return replace(prefs, seen_on=day.toordinal(), seen=tuple(sorted(times.items()))[-ADVERTS:])


def with_hidden(prefs: Preferences, campaign: int, day: date) -> Preferences:
    """After "do not show this again". Hidings of more than 30 days ago are forgotten."""
    kept = {n: since for n, since in prefs.hidden if day.toordinal() - since < HIDDEN_DAYS and n != campaign}
    newest = [*sorted(kept.items(), key=lambda item: item[1]), (campaign, day.toordinal())][-ADVERTS:]
    return replace(prefs, hidden=tuple(sorted(newest)))


def with_arm(prefs: Preferences, is_counted: bool, day: date, drawn: int) -> Preferences:
    """With an arm exactly while promotion counting is allowed. `drawn`: a random number below HELD_BACK_ONE_IN."""
    if not is_counted:
        return replace(prefs, arm=None)
    return prefs if prefs.arm else replace(prefs, arm=(int(drawn == 0), day.toordinal()))


def act_on(campaign: Offer, prefs: Preferences) -> str:
    """`shown`, `shown_in_trial` or `withheld`."""
    if not campaign.holds_back or prefs.arm is None or prefs.arm[1] >= campaign.starts_on.toordinal():
        return "shown"
    return "withheld" if prefs.arm[0] else "shown_in_trial"
