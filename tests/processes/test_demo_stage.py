from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.hub import Hub
from foedus.processes import demo
from foedus.processes.demo_data import introduce
from foedus.processes.demo_stage import (
    MOLDOVA,
    NORWAY,
    SEATS,
    STAFF,
    count,
    player,
    publish,
    seats,
)


@pytest.fixture
async def hub(tmp_path: Path) -> Hub:
    """A demo hub of before there was an invented nation."""
    hub = await app.create(tmp_path / "data", load_pack("nato"), environment={})
    await demo.prepare(hub)
    return hub


@pytest.fixture(autouse=True)
def closed(hub: Hub) -> Iterator[None]:
    yield
    app.close_hub(hub)


def test_a_hub_without_the_invented_nation_has_a_seat_less(hub: Hub) -> None:
    assert seats(hub) == SEATS[:-1]


def test_who_plays_a_nation_acts_for_it(hub: Hub) -> None:
    account, act = player(hub, STAFF)

    assert account.name == "duty"
    assert (act.who.nation, act.who.door) == (STAFF, "demo")


async def test_definitions_of_markings_are_not_counted(hub: Hub) -> None:
    viewer = hub.authenticator.named("norway").viewer()
    all_objects = sum(
        hub.reading.count(viewer, each) for each in hub.reading.collections(viewer)
    )

    assert 0 < count(hub, MOLDOVA) < count(hub, NORWAY) < all_objects


async def test_what_is_refused_is_said_in_the_operators_log_without_its_content(
    hub: Hub,
) -> None:
    team = introduce(NORWAY, "Norway", hub.clock()).objects[0]

    with capture_logs() as logs:
        await publish(hub, NORWAY, "open", [team.replace(b'"2.1"', b'"9.9"')])

    said = str(logs)
    assert "demo_objects_refused" in said
    assert "Norway" not in said
