"""What is measured of a hub."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.gauges import giver, measure
from foedus.hub import Hub
from foedus.telemetry import catalogue
from foedus.telemetry.catalogue import METRICS, Kind


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = asyncio.run(app.create(tmp_path / "data", load_pack("nato"), environment={}))
    yield made
    app.close_hub(made)


def test_every_gauge_is_measured_or_counted_by_the_relay(hub: Hub) -> None:
    gauges = {key[0] for key in measure(hub).gauges}

    wanted = {each.name for each in METRICS if each.kind in set(Kind) - _COUNTED}
    assert gauges == wanted - {catalogue.WORKERS}


_COUNTED = {Kind.COUNTER, Kind.HISTOGRAM}


def test_the_founding_is_a_commit_of_one(hub: Hub) -> None:
    snapshot = measure(hub)

    spread = snapshot.spreads[catalogue.COMMITS,]
    assert (spread.counts[0], spread.total) == (1, 1)
    assert snapshot.counts[catalogue.LOG_BYTES,] > 0
    assert snapshot.gauges[catalogue.POSITION,] == 1
    assert snapshot.gauges[catalogue.LAG,] == 0


def test_what_was_counted_is_among_it(hub: Hub) -> None:
    hub.ledger.count(catalogue.PAGE_CACHE, "hit")

    assert giver(hub)().counts[catalogue.PAGE_CACHE, "hit"] == 1


def test_a_hub_whose_folder_is_gone_tells_of_the_rest(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "data").rename(tmp_path / "elsewhere")

    gauges = measure(hub).gauges

    assert (catalogue.DISK_FREE,) not in gauges
    assert (catalogue.QUEUED,) in gauges
