"""The image by which a search counts, in a browser that decides itself what it does with it. Clause 1.1.2d."""

from collections.abc import Callable

import pytest

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.part("chromium")
IMAGE = "main img[src*='/search/seen']"


@pytest.mark.clause("1.1.2d")
@pytest.mark.parametrize("script", [True, False])
def test_a_search_is_counted_by_its_image_once_a_day(visitor: Callable[..., Visitor], script: bool):
    guest = visitor("zh-cn", java_script_enabled=script)
    with guest.page.expect_response(lambda answer: "/search/seen" in answer.url and answer.status == 204):
        assert guest.open("/search?q=蚂蚁 s19 pro").locator(IMAGE).count() == 1
    assert "prefs" in guest.cookies
    assert guest.open("/search?q=蚂蚁 S19 Pro").locator(IMAGE).count() == 0
    assert guest.open("/search?q=m63s").locator(IMAGE).count() == 1
    assert guest.faults == []


@pytest.mark.clause("1.1.2d")
def test_a_telephone_number_carries_no_image(visitor: Callable[..., Visitor]):
    guest = visitor("en")
    assert guest.open("/search?q=138 0013 8000").locator(IMAGE).count() == 0
    assert "prefs" not in guest.cookies
