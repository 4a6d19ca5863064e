"""Founded hubs for the fuzzers, each copied for whoever asks it."""

from tests.api.world import founded as api_world
from tests.taxii.world import founded as taxii_world

__all__ = ["api_world", "taxii_world"]
