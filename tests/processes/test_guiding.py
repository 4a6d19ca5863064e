"""What a reader may follow, on a hub with collections of three audiences."""

import pytest

from foedus.guidance.following import Ways
from foedus.hub import Hub
from foedus.processes.guiding import ways_of
from tests.api.world import HOST, clock, founded, hub

__all__ = ["clock", "founded", "hub"]


def ways(of: Hub, name: str | None) -> Ways:
    account = None if name is None else of.authenticator.named(name)
    with of.reading.snapshot() as seen:
        return ways_of(seen, account, url=HOST)


@pytest.mark.parametrize(
    ("name", "aliases"),
    [
        (None, ["open", "members"]),
        ("pol", ["open", "members"]),
        ("fin", ["open", "members", "finland"]),
        ("chief", ["open", "members"]),
    ],
)
def test_a_reader_follows_what_it_may_read(
    hub: Hub, name: str | None, aliases: list[str]
) -> None:
    assert [each.alias for each in ways(hub, name).collections] == aliases


def test_a_reader_is_told_as_whom_it_reads(hub: Hub) -> None:
    found = ways(hub, "mda")

    assert (found.reader, found.url) == ("mda", HOST)
    assert found.reads_as == "MDA, cleared to NATO UNCLASSIFIED"
