"""The counting house of the running shop."""

from flask import Flask, current_app

from analytics.extension import Analytics


def counting_house() -> Analytics:
    return counting_house_of(current_app)


def counting_house_of(app: Flask) -> Analytics:
    found: Analytics = app.extensions["analytics"]
    return found
