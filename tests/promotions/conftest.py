"""The counting house behind the shop, empty, and browsers that allowed promotion counting."""

from tests.measurement.conftest import house

__all__ = ["house"]
