"""The fixtures of the TAXII tests."""

from tests.taxii.world import clients, clock, environment, founded, hub, pol

__all__ = ["clients", "clock", "environment", "founded", "hub", "pol"]
