"""The counting house behind the shop, empty before each test."""

from tests.measurement.conftest import house

__all__ = ["house"]
