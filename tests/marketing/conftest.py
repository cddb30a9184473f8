"""The counting house behind the shop, empty."""

from tests.measurement.conftest import house

__all__ = ["house"]
