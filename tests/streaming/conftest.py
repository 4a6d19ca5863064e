"""The fixtures of these tests: the API's world."""

from tests.api.world import clock, founded, hub

__all__ = ["clock", "founded", "hub"]
