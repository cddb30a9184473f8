"""Up to four machines side by side."""

from flask import render_template, request, url_for

from app.catalog.addresses import locale, product_urls
from app.catalog.comparison import MOST, Comparison
from app.catalog.queries import listed_by_code
from app.catalog.shelf_reading import shelf_now
from app.catalog.views import bp
from app.foundation.database import db


@bp.get("/compare")
def compare() -> str:
    codes = list(dict.fromkeys(code[:120] for code in request.args.getlist("sku") if code))
    skus = listed_by_code(db.session(), codes[: 10 * MOST])[:MOST]
    comparison = Comparison(shelf_now(), skus, locale(), product_urls(), url_for("catalog.compare"))
    return render_template("catalog/compare.html", comparison=comparison, asked=len(codes), most=MOST)
