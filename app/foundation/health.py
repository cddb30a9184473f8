"""Addresses for machines: alive, ready, metrics. None of them is a page and none is public knowledge about people."""

import hmac
import sqlite3
import time
from typing import Any

from flask import Blueprint, Flask, Response, abort, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from sqlalchemy import text

from app.foundation.alarms import standing
from app.foundation.data_keys import data_keys
from app.foundation.database import db
from app.foundation.jobs import HEARTBEAT
from app.settings import current_settings

bp = Blueprint("health", __name__)
REQUESTS = Counter("shop_requests_total", "Answers by route and status class.", ["route", "status"])
SECONDS = Histogram("shop_request_seconds", "Time to answer by route.", ["route"])
WORKER_LATE_SECONDS = 30


@bp.get("/healthz")
def healthz() -> Any:
    """The process answers; names its SQLite, because versions before 3.51.3 have a rare race (DESIGN.md 2)."""
    return jsonify(status="ok", sqlite=sqlite3.sqlite_version)


@bp.get("/readyz")
def readyz() -> Any:
    """The stores answer. 503 names the one that does not; a late worker and alarms are told, and selling goes on."""
    failing = [name for name, probe in _probes().items() if not probe()]
    alarms = [] if "shop" in failing else [alarm.name for alarm in standing(db.session())]
    body = {"status": "ready" if not failing else "not ready", "failing": failing, "worker": _worker_state()}
    return jsonify(**body, alarms=alarms), 503 if failing else 200


@bp.get("/metrics")
def metrics() -> Response:
    """Prometheus figures of all processes for a caller with METRICS_TOKEN; without the setting there is no page."""
    token = current_settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token is None or not hmac.compare_digest(token.encode(), given.encode()):
        abort(404)
    return Response(generate_latest(_registry()), mimetype=CONTENT_TYPE_LATEST)


def init_health(app: Flask) -> None:
    """Serve the addresses and count every answer by route, never by path."""
    app.register_blueprint(bp)
    app.before_request(_start)
    app.after_request(_count)


def _start() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    route = request.endpoint or "none"
    REQUESTS.labels(route, f"{response.status_code // 100}xx").inc()
    if "started" in g:
        SECONDS.labels(route).observe(time.perf_counter() - g.started)
    return response


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    try:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    except ValueError:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    return registry


def _probes() -> dict[str, Any]:
    return {"shop": _shop_answers, "keys": _keys_answer}


def _shop_answers() -> bool:
    try:
        return db.session.scalar(text("SELECT 1 FROM login_sessions LIMIT 1")) in (1, None)
    except Exception:
        db.session.rollback()
        return False


def _keys_answer() -> bool:
    try:
        with data_keys().engine.connect() as connection:
            connection.execute(text("SELECT 1 FROM subject_keys LIMIT 1")).first()
        return True
    except Exception:
        return False


def _worker_state() -> str:
    try:
        beat = float((current_settings().instance_dir / HEARTBEAT).read_text())
    except (OSError, ValueError):
        return "never seen"
    return "working" if time.time() - beat < WORKER_LATE_SECONDS else "late"
