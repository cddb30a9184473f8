"""The same catalogue on PostgreSQL: import, shelf, search and pages."""

from pathlib import Path

import pytest

from app.catalog.commands import SHIPPED_SHEET
from app.catalog.importing import import_sheet
from app.factory import create_app
from app.foundation import data_keys
from app.foundation.clock import now
from app.foundation.database import db
from app.stock.furnishing import furnish
from app.stock.queries import levels_off_ledger
from tests.conftest import settings_for


@pytest.mark.part("postgresql")
def test_the_whole_catalogue_works_on_postgresql(postgres_url: str, tmp_path: Path):
    app = create_app(settings_for(tmp_path, SHOP_DATABASE_URL=postgres_url))
    with app.app_context():
        db.create_all()
        data_keys.metadata.create_all(app.extensions["data_keys"].engine)
        import_sheet(SHIPPED_SHEET.read_bytes(), now())
        assert import_sheet(SHIPPED_SHEET.read_bytes(), now()).unchanged == 189
        furnish(1, now())
        assert levels_off_ledger(db.session()) == []
        client = app.test_client()
        for path in (
            "/zh-cn/", "/en/products?algorithm=sha-256&sort=efficiency&price_max=60000", "/zh-cn/search?q=蚂蚁 水冷",
            "/en/products/bitmain-antminer-s21-pro?province=guangdong", "/sitemap-1.xml",
        ):  # fmt: skip
            assert client.get(path).status_code == 200, path
        db.session.remove()
