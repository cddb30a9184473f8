"""Hands the catalogue's pages the stock by warehouse; the duty of `proving`."""

from flask import Flask

from app.catalog.neighbours import hand_in
from app.stock import proving  # noqa: F401 - its duty
from app.stock.queries import left_by_warehouse


def init_slice(app: Flask) -> None:
    hand_in(app, stock=left_by_warehouse)
