"""Every place of data says where it lies, and the shop starts only with places inside the country. Clause 5.2.1."""

from collections.abc import Mapping

import pytest

from app.factory import create_app
from app.foundation.regions import check_regions, targets
from app.settings import Settings, SettingsError
from tests.foundation.test_settings import PRODUCTION

pytestmark = pytest.mark.clause("5.2.1")


def settings_of(**given: str) -> Settings:
    return Settings.from_environment({**PRODUCTION, **given})


def declared(**changed: str | None) -> str:
    """A whole table of regions, with these places changed or left out."""
    table = {**dict.fromkeys(targets(settings_of(REDIS_URL="redis://cache")), "CN-SH"), **changed}
    return ", ".join(f"{name}={region}" for name, region in table.items() if region)


def test_production_starts_when_every_place_is_inside() -> None:
    check_regions(settings_of(REDIS_URL="redis://cache", REGIONS=declared()))


@pytest.mark.parametrize("name", targets(Settings.from_environment({**PRODUCTION, "REDIS_URL": "redis://cache"})))
@pytest.mark.parametrize("region", [None, "US-CA", "CN-HK", "CN-TW", "CN-MO", "CN", "cn-sh", "SG"])
def test_production_refuses_a_place_that_is_undeclared_or_outside(name: str, region: str | None) -> None:
    settings = settings_of(REDIS_URL="redis://cache", REGIONS=declared(**{name: region}))
    with pytest.raises(SettingsError, match=name):
        check_regions(settings)


def test_every_setting_that_names_a_store_or_folder_of_data_is_a_place() -> None:
    """A new one must be put on the list, or be said here to hold no data."""
    holds_no_data = {"clock_file", "analytics_provinces", "search_index", "keyring", "tracking_url"}
    keeps_for_days = {"MAIL_RELAY"}
    names = {
        name for name in Settings.__slots__ if name.endswith(("_url", "_dir", "_file", "_index", "_heads", "keyring"))
    }
    named = {name.upper() for name in names - holds_no_data - {"site_url"}}
    assert named | keeps_for_days == set(targets(settings_of(REDIS_URL="redis://cache")))


def test_a_name_that_is_no_place_is_refused() -> None:
    with pytest.raises(SettingsError, match="UPLOAD_DIR"):
        check_regions(settings_of(REGIONS=declared(REDIS_URL=None) + ", UPLOAD_DIR=CN-SH"))


def test_development_may_leave_it_out_and_still_refuses_a_place_outside() -> None:
    here: Mapping[str, str] = {}
    check_regions(Settings.from_environment(here))
    with pytest.raises(SettingsError, match="UPLOADS_DIR"):
        create_app(Settings.from_environment({"REGIONS": "UPLOADS_DIR=US-CA"}))
