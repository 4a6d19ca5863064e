"""Deliveries as the fold holds them."""

from foedus.intel.entitlements import StoredVersion
from foedus.intel.held import Held, Pending


def test_what_waits_for_its_number_knows_whose_it_is_and_what_it_needs() -> None:
    version = StoredVersion(7, "POL", 1, "report", 0, 3, 5, 0, 0, 0)
    item = Pending(version, collection=2, object="report--1", reach=4, added_us=None)
    assert (item.version, item.nation, item.stamp) == (7, "POL", 3)
    held = Held(0, item.reach, item.version, item.nation, item.stamp, 0, item)
    assert held.pending is item
    assert Held(1, 4, 7, "POL", None, 9).pending is None
