"""Where every store, log and folder of data lies: inside the country, or the shop does not start. Clause 5.2.1.

The operator declares each target's region in `REGIONS`, by the code of a province (ISO 3166-2). Nobody can see from an
address where a disk stands, so what is not declared counts as outside. Development keeps its data in one folder of the
machine that it runs on, and needs no declaration.
"""

from app.settings import Settings, SettingsError

_AS_ISO_LISTS_THEM = (
    "AH", "BJ", "CQ", "FJ", "GD", "GS", "GX", "GZ", "HA", "HB", "HE", "HI", "HL", "HN", "JL", "JS", "JX", "LN", "NM",
    "NX", "QH", "SC", "SD", "SH", "SN", "SX", "TJ", "XJ", "XZ", "YN", "ZJ",
)  # fmt: skip
INSIDE = frozenset(f"CN-{province}" for province in _AS_ISO_LISTS_THEM)
"""The provinces of the mainland, whose data law is the one that the policy speaks of."""


def targets(settings: Settings) -> tuple[str, ...]:
    """The settings that name a place where data lies, as far as the place is in use. A relay keeps mail."""
    always = (
        "INSTANCE_DIR", "SHOP_DATABASE_URL", "KEY_DATABASE_URL", "ANALYTICS_DATABASE_URL", "ANALYTICS_JOURNAL_DIR",
        "UPLOADS_DIR", "SEALED_LOG_DIR", "LEDGER_HEADS", "BACKUP_DIR", "KEY_BACKUP_DIR", "MAIL_RELAY",
    )  # fmt: skip
    return always + ("REDIS_URL",) * bool(settings.redis_url)


def check_regions(settings: Settings) -> None:
    """Refuse to start with a place outside, or in production with one that is not declared. Raises SettingsError."""
    known = targets(settings)
    problems = [f"REGIONS names {name}, which is no place of data" for name in settings.regions if name not in known]
    problems += [
        f"REGIONS puts {name} into {region}, which is not inside the country (clause 5.2.1)"
        for name, region in settings.regions.items()
        if region not in INSIDE
    ]
    if settings.is_production:
        problems += [f"REGIONS does not say where {name} lies" for name in known if name not in settings.regions]
    if problems:
        raise SettingsError("; ".join(problems))
