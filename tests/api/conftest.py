"""The fixtures of the API's tests."""

from tests.api.world import clients, clock, founded, http, hub, lagging

__all__ = ["clients", "clock", "founded", "http", "hub", "lagging"]
