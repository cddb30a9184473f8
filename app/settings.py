"""The shop's settings: read once from the environment into frozen, typed values. `docs/operations.md` lists them all.

Each NAME may also be given as NAME_FILE, a path whose content is the value. A missing production secret, a setting that
production forbids, or a value of the wrong form stops the start with a sentence that names it.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from flask import current_app
from pyrage import RecipientError
from pyrage.x25519 import Recipient

ROOT = Path(__file__).resolve().parent.parent
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


class SettingsError(RuntimeError):
    """A setting is missing, malformed or forbidden; the message names it."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the shop, as shown in the footer and in the policy."""

    name: str
    name_en: str
    contact_mail: str
    hotline: str
    address: str
    icp_number: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the shop is told from outside. Paths are absolute; durations carry their unit in the name."""

    app_env: str
    host: str
    port: int
    web_workers: int
    site_url: str
    operator: Operator
    instance_dir: Path
    shop_database_url: str
    key_database_url: str
    analytics_database_url: str
    analytics_journal_dir: Path
    analytics_timezone: str
    analytics_fsync: Literal["background", "each"]
    analytics_provinces: Path | None
    analytics_partners: frozenset[str]
    uploads_dir: Path
    sealed_log_dir: Path
    sealed_log_keepers: tuple[Recipient, ...]
    backup_dir: Path
    key_backup_dir: Path
    backup_readers: tuple[Recipient, ...]
    search_index: Path
    redis_url: str | None
    regions: Mapping[str, str]
    rate_limits: bool
    keyring: str
    trusted_proxies: int
    remittance_two_people_above: int
    unusual_order_from: int
    unusual_order_if_new_from: int
    transfers_until: date | None
    metrics_token: str | None
    ledger_heads: Path
    unusual_reads_of_one: int
    unusual_reads_of_all: int
    sms_endpoint: str
    sms_access_key: str
    sms_secret: str
    sms_sign_name: str
    sms_templates: Mapping[str, str]
    mail_relay: str
    mail_from: str
    mail_user: str
    mail_password: str
    mail_authority: Path | None
    mail_inbox: str
    chinabank_merchant: str
    chinabank_key: str
    chinabank_gateway: str
    chinabank_query: str
    tracking_url: str
    tracking_customer: str
    tracking_key: str
    simulators: bool
    demo: bool
    clock_file: Path | None

    @property
    def is_production(self) -> bool:
        return self.app_env == "production"

    @property
    def is_https(self) -> bool:
        return _is_https(self.site_url)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read all settings. Raises SettingsError naming every setting that is wrong, not only the first."""
        return _Reader(os.environ if environ is None else environ).settings()


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []
        self.env = self.text("APP_ENV", "development")
        if self.env not in ("development", "production"):
            self.problems.append("APP_ENV must be development or production")
        self.production = self.env == "production"
        self.instance = Path(self.text("INSTANCE_DIR", str(ROOT / "instance"))).resolve()

    def settings(self) -> Settings:
        host, port = self.text("HOST", "127.0.0.1"), self.integer("PORT", 8000)
        settings = Settings(
            app_env=self.env,
            host=host,
            port=port,
            web_workers=self.integer("WEB_WORKERS", os.cpu_count() or 1),
            site_url=self.required("SITE_URL", f"http://{host}:{port}").rstrip("/"),
            operator=self.operator(),
            instance_dir=self.instance,
            shop_database_url=self.store("SHOP_DATABASE_URL", "shop.db"),
            key_database_url=self.store("KEY_DATABASE_URL", "keys.db"),
            analytics_database_url=self.store("ANALYTICS_DATABASE_URL", "analytics.db"),
            analytics_journal_dir=self.path("ANALYTICS_JOURNAL_DIR", "journal"),
            analytics_timezone=self.text("ANALYTICS_TIMEZONE", "Asia/Shanghai"),
            analytics_fsync=self.fsync(),
            analytics_provinces=Path(table) if (table := self.text("ANALYTICS_PROVINCES", "")) else None,
            analytics_partners=self.hosts("ANALYTICS_PARTNERS"),
            uploads_dir=self.path("UPLOADS_DIR", "uploads"),
            sealed_log_dir=Path(self.required("SEALED_LOG_DIR", str(self.instance / "sealed"))).resolve(),
            sealed_log_keepers=self.age_keys("SEALED_LOG_PUBLIC_KEY"),
            backup_dir=Path(self.required("BACKUP_DIR", str(self.instance / "backups" / "data"))).resolve(),
            key_backup_dir=Path(self.required("KEY_BACKUP_DIR", str(self.instance / "backups" / "keys"))).resolve(),
            backup_readers=self.age_keys("BACKUP_PUBLIC_KEY"),
            search_index=self.instance / "search.db",
            redis_url=self.text("REDIS_URL", "") or None,
            regions=self.pairs("REGIONS", "REDIS_URL=CN-SH"),
            rate_limits=self.switch("RATE_LIMITS", True),
            keyring=self.required("KEYRING", str(self.instance / "keyring.json")),
            trusted_proxies=self.integer("TRUSTED_PROXIES", 0),
            remittance_two_people_above=self.integer("REMITTANCE_TWO_PEOPLE_ABOVE", 100_000),
            unusual_order_from=self.integer("UNUSUAL_ORDER_FROM", 500_000),
            unusual_order_if_new_from=self.integer("UNUSUAL_ORDER_IF_NEW_FROM", 100_000),
            transfers_until=self.day("TRANSFERS_UNTIL"),
            metrics_token=self.text("METRICS_TOKEN", "") or None,
            ledger_heads=self.path("LEDGER_HEADS", "ledger-heads"),
            unusual_reads_of_one=self.integer("UNUSUAL_READS_OF_ONE", 60),
            unusual_reads_of_all=self.integer("UNUSUAL_READS_OF_ALL", 200),
            sms_endpoint=self.required("SMS_ENDPOINT", f"http://localhost:{port + 1}/"),
            sms_access_key=self.required("SMS_ACCESS_KEY", "development"),
            sms_secret=self.required("SMS_SECRET", "development"),
            sms_sign_name=self.text("SMS_SIGN_NAME", "矿机云商"),
            sms_templates=self.pairs("SMS_TEMPLATES", "SMS_1=SMS_2"),
            mail_relay=self.relay(f"smtp://localhost:{port + 4}"),
            mail_from=self.mail_from(),
            mail_user=self.text("MAIL_USER", ""),
            mail_password=self.text("MAIL_PASSWORD", ""),
            mail_authority=Path(file) if (file := self.text("MAIL_AUTHORITY", "")) else None,
            mail_inbox="" if self.production else f"http://localhost:{port + 5}/inbox",
            chinabank_merchant=self.merchant_number(),
            chinabank_key=self.chinabank_key(),
            chinabank_gateway=self.required("CHINABANK_GATEWAY", f"http://localhost:{port + 2}/PayGate"),
            chinabank_query=self.required("CHINABANK_QUERY", f"http://localhost:{port + 2}/receiveorder.jsp"),
            tracking_url=self.text("TRACKING_URL", self.unless_simulated("https://poll.kuaidi100.com", port + 3)),
            tracking_customer=self.text("TRACKING_CUSTOMER", "" if self.production else "development"),
            tracking_key=self.text("TRACKING_KEY", "" if self.production else "development"),
            simulators=not self.production,
            demo=not self.production and self.switch("DEMO", True),
            clock_file=Path(clock) if (clock := self.text("CLOCK_FILE", "")) else None,
        )
        if self.production and settings.clock_file:
            self.problems.append("CLOCK_FILE moves the clock and is refused in production")
        if self.production and not settings.is_https:
            self.problems.append("SITE_URL must begin with https:// in production")
        if settings.backup_dir == settings.key_backup_dir:
            self.problems.append("BACKUP_DIR and KEY_BACKUP_DIR must be two places")
        institution = filter(None, (settings.chinabank_gateway, settings.chinabank_query))
        if self.production and not all(map(_is_https, institution)):
            self.problems.append("CHINABANK_GATEWAY and CHINABANK_QUERY must begin with https:// in production")
        if self.problems:
            raise SettingsError("; ".join(self.problems))
        return settings

    def operator(self) -> Operator:
        return Operator(
            name=self.required("OPERATOR_NAME", "云商矿机（演示）有限公司"),
            name_en=self.text("OPERATOR_NAME_EN", "Yunshang Mining Machines (Demo) Ltd."),
            contact_mail=self.required("OPERATOR_CONTACT_MAIL", "privacy@yunshang.example"),
            hotline=self.required("OPERATOR_HOTLINE", "400-000-0000"),
            address=self.required("OPERATOR_ADDRESS", "上海市浦东新区示例路 1 号"),
            icp_number=self.text("OPERATOR_ICP_NUMBER", "沪ICP备00000000号（演示）"),
        )

    def text(self, name: str, default: str) -> str:
        if file := self.environ.get(f"{name}_FILE"):
            try:
                return Path(file).read_text().strip()
            except OSError as problem:
                self.problems.append(f"{name}_FILE cannot be read ({problem.strerror})")
        return self.environ.get(name, default).strip()

    def required(self, name: str, development_default: str) -> str:
        """A value that production must be given and development may do without."""
        value = self.text(name, "" if self.production else development_default)
        if not value:
            self.problems.append(f"{name} is missing")
        return value

    def unless_simulated(self, address: str, port: int) -> str:
        """The address of an outside party; in development that of its simulator on `port`."""
        return address if self.production else f"http://localhost:{port}"

    def store(self, name: str, file: str) -> str:
        return self.required(name, f"sqlite:///{self.instance / file}")

    def path(self, name: str, folder: str) -> Path:
        return Path(self.text(name, str(self.instance / folder))).resolve()

    def integer(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit():
            self.problems.append(f"{name} must be a whole number")
            return default
        return int(value)

    def day(self, name: str) -> date | None:
        value = self.text(name, "")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.problems.append(f"{name} must be a day such as 2027-01-31")
            return None

    def pairs(self, name: str, example: str) -> Mapping[str, str]:
        """A table written as `one=other`, separated by commas or line breaks."""
        parts = [part.strip() for part in self.text(name, "").replace("\n", ",").split(",") if part.strip()]
        if any(not key.strip() or not value.strip() for key, _, value in (part.partition("=") for part in parts)):
            self.problems.append(f"{name} must be a list such as {example}")
            return {}
        return {key.strip(): value.strip() for key, _, value in (part.partition("=") for part in parts)}

    def hosts(self, name: str) -> frozenset[str]:
        """Host names, separated by spaces, commas or line breaks."""
        hosts = self.text(name, "").lower().replace(",", " ").split()
        if not all(_HOST.fullmatch(host) for host in hosts):
            self.problems.append(f"{name} must be host names such as partner.example")
        return frozenset(hosts)

    def age_keys(self, name: str) -> tuple[Recipient, ...]:
        """Age public keys, separated by spaces or commas; production needs one. The value is never repeated."""
        keys = self.text(name, "").replace(",", " ").split()
        if self.production and not keys:
            self.problems.append(f"{name} is missing")
        try:
            return tuple(Recipient.from_str(key) for key in keys)
        except RecipientError:
            self.problems.append(f"{name} must hold age public keys such as age1...; never put a private key there")
            return ()

    def relay(self, development_default: str) -> str:
        address = self.required("MAIL_RELAY", development_default)
        if address and not re.fullmatch(r"smtps?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", address):
            self.problems.append("MAIL_RELAY must be such as smtp://relay.example:587 or smtps://relay.example:465")
        return address

    def mail_from(self) -> str:
        address = self.required("MAIL_FROM", "notices@yunshang.example")
        local, _, domain = address.rpartition("@")
        if address and not (re.fullmatch(r"[A-Za-z0-9._-]+", local) and _HOST.fullmatch(domain)):
            self.problems.append("MAIL_FROM must be an address such as notices@shop.example")
        return address

    def merchant_number(self) -> str:
        number = self.required("CHINABANK_MERCHANT", "1001")
        if number and not re.fullmatch(r"[0-9]{4,12}", number):
            self.problems.append("CHINABANK_MERCHANT must be 4 to 12 digits")
        return number

    def chinabank_key(self) -> str:
        """The key that signs payments: what the merchant typed in the institution's back office. Never repeated."""
        key = self.required("CHINABANK_KEY", "development-only-key")
        if key and not 16 <= len(key) <= 64:
            self.problems.append("CHINABANK_KEY must have 16 to 64 characters")
        return key

    def fsync(self) -> Literal["background", "each"]:
        value = self.text("ANALYTICS_FSYNC", "background")
        if value not in ("background", "each"):
            self.problems.append("ANALYTICS_FSYNC must be background or each")
        return "each" if value == "each" else "background"

    def switch(self, name: str, default: bool) -> bool:
        return self.text(name, "on" if default else "off").lower() in ("on", "1", "true", "yes")


def _is_https(address: str) -> bool:
    return urlsplit(address).scheme == "https"


def current_settings() -> Settings:
    """The settings of the running application."""
    settings: Settings = current_app.extensions["settings"]
    return settings
