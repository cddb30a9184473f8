"""What a breach says: to people, by language, as they will read it; and to the authorities. Clause 5.1.5b."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale

from app.breaches.affected import Leak
from app.breaches.models import Breach
from app.breaches.queries import in_words
from app.foundation.languages import LANGUAGES, format_moment
from app.notifications.texts import TEMPLATES
from app.settings import current_settings


@dataclass(frozen=True)
class Notice:
    """What people read in one language: the message to each of them, and the notice that everybody can open."""

    title: str
    message: str
    kinds: list[str]
    texts: Mapping[str, str]


def notices_of(breach: Breach) -> dict[str, Notice]:
    """By language ("zh", "en"), before anybody is told as afterwards."""
    template, found = TEMPLATES["breach.told"], {}
    for language, lang in LANGUAGES.items():
        with force_locale(lang):
            found[lang] = Notice(
                template.title_in(language), template.text_in(language, {"breach": breach.number}),
                in_words(breach.kinds), breach.texts[lang],
            )  # fmt: skip
    return found


def report_on(breach: Breach) -> dict[str, str]:
    """By language, what the authorities are sent."""
    leak = Leak(breach.from_at, breach.to_at, tuple(breach.readers), tuple(breach.tables), breach.texts)
    return report_of(leak, breach.kinds, breach.persons, breach.found_at)


def report_of(leak: Leak, kinds: list[str], persons: int, found_at: datetime) -> dict[str, str]:
    """By language: what happened, when, to how many, why, what it may lead to, what was done, and who answers."""
    operator, told = current_settings().operator, {}
    for lang in LANGUAGES.values():
        with force_locale(lang):
            said = (leak.texts or {})[lang]
            lines = {
                "运营者 operator": operator.name, "联系方式 contact": f"{operator.contact_mail} {operator.hotline}",
                "发现 found": format_moment(found_at),
                "期间 period": f"{format_moment(leak.from_at)} / {format_moment(leak.to_at)}",
                "信息种类 kinds": "; ".join(in_words(kinds)), "人数 persons": str(persons),
                "原因 cause": said["cause"], "可能的危害 harm": said["harm"], "措施 measures": said["measures"],
            }  # fmt: skip
            told[lang] = "\n".join(f"{name}: {value}" for name, value in lines.items())
    return told
