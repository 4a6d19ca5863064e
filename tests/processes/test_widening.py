"""Widening as a process: each step once, however many processes see to it."""

import asyncio
import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.clock import StoppedClock
from foedus.errors import UnavailableError
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.ids import START, AccountId, NationCode
from foedus.intel import commands, releasing
from foedus.intel.pages import Filters
from foedus.intel.releases import Draft
from foedus.intel.releasing import Pace
from foedus.intel.rules import Opening
from foedus.processes import widening
from foedus.processes.widening import Deliverer
from foedus.releasability.viewers import Role, Viewer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NATO = "NATO UNCLASSIFIED // REL TO NATO"
TWO = Pace(deliveries=2)


def viewer(nation: str, *roles: Role) -> Viewer:
    return Viewer(
        nation=NationCode(nation),
        clearance=0,
        roles=frozenset(roles),
        account=AccountId(f"account--{nation}"),
    )


def act(hub: Hub, who: Viewer) -> Act:
    return Act(
        who=Who(account=who.account, nation=who.nation, door="test"), at=hub.clock()
    )


def note(number: int) -> bytes:
    tree = {
        "type": "note",
        "spec_version": "2.1",
        "id": f"note--{UUID(int=number, version=4)}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "content": "c",
        "object_refs": [f"note--{UUID(int=99, version=4)}"],
    }
    return json.dumps(tree).encode()


async def founded(folder: Path, notes: int) -> Hub:
    """Found a hub in which some notes go to the members alone."""
    clock = StoppedClock(NOON)
    hub = await app.create(folder, load_pack("nato"), environment={}, clock=clock)
    body, poland = viewer("NATO", Role.OPERATOR), viewer("POL", Role.PUBLISHER)
    opening = Opening(
        alias="c", title="T", default_label=NATO, read="PUBLIC", write="MEMBERS"
    )
    await commands.open_collection(hub.desk, body, act(hub, body), opening)
    hub.projector.catch_up()
    raws = [note(each) for each in range(notes)]
    await commands.publish(hub.desk, poland, act(hub, poland), "c", raws)
    hub.projector.catch_up()
    return hub


async def release(hub: Hub) -> None:
    who = viewer("POL", Role.DELEGATE)
    draft = Draft(to=("UKR",), label=NATO, since=date(2026, 1, 1))
    await releasing.add(hub.desk, who, act(hub, who), draft)
    hub.projector.catch_up()


def at_two(hub: Hub) -> Deliverer:
    """Deliver two at a time."""
    return msgspec.structs.replace(hub.deliverer, pace=TWO)


def seen(hub: Hub) -> list[str]:
    reader = viewer("UKR", Role.READER)
    found = hub.reading.collection(reader, "c")
    filters = Filters(types=("note",))
    page = hub.reading.page(reader, found, filters, limit=100)
    return [each.id for each in page.records]


def expected(notes: int) -> list[str]:
    return [f"note--{UUID(int=each, version=4)}" for each in range(notes)]


async def test_everything_is_delivered_in_steps(tmp_path: Path) -> None:
    hub = await founded(tmp_path / "data", 5)
    await release(hub)
    assert seen(hub) == []
    assert await widening.deliver(at_two(hub)) == 3

    assert seen(hub) == expected(5)
    assert await widening.deliver(hub.deliverer) == 0
    app.close_hub(hub)


async def test_two_processes_deliver_each_once(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    hub = await founded(folder, 9)
    other = app.open_hub(folder, environment={}, clock=hub.clock)
    await release(hub)
    await asyncio.gather(
        *(widening.deliver(at_two(each)) for each in (hub, other, hub, other))
    )

    hub.projector.catch_up()
    written = [
        each
        for each in hub.log.read_after(START, 1_000)
        if each.kind == "intel.widened"
    ]
    assert seen(hub) == expected(9)
    assert len(written) == 5, "every step is in the log once"
    app.close_hub(other)
    app.close_hub(hub)


async def test_what_a_process_left_behind_another_delivers(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    hub = await founded(folder, 5)
    await release(hub)
    body = viewer("NATO", Role.OPERATOR)
    await releasing.step(hub.desk, act(hub, body), TWO)
    app.close_hub(hub)

    again = app.open_hub(folder, environment={}, clock=hub.clock)
    again.projector.catch_up()
    assert seen(again) == expected(2)
    assert await widening.deliver(at_two(again)) == 2
    assert seen(again) == expected(5)
    app.close_hub(again)


async def test_it_is_kept_for_as_long_as_the_hub_runs(tmp_path: Path) -> None:
    hub = await founded(tmp_path / "data", 3)
    looks: list[int] = []

    async def sleep(_: float) -> None:
        looks.append(len(seen(hub)))
        if len(looks) == 3:
            raise asyncio.CancelledError
        if len(looks) == 1:
            await release(hub)

    with pytest.raises(asyncio.CancelledError):
        await widening.keep(hub.deliverer, sleep)

    assert looks == [0, 3, 3]
    app.close_hub(hub)


async def test_a_log_that_takes_nothing_is_asked_again(tmp_path: Path) -> None:
    hub = await founded(tmp_path / "data", 3)
    await release(hub)
    looks: list[int] = []

    def clock() -> datetime:
        if not looks:
            raise UnavailableError("the log takes no more now")
        return hub.clock()

    async def sleep(_: float) -> None:
        looks.append(len(seen(hub)))
        if len(looks) == 2:
            raise asyncio.CancelledError

    deliverer = Deliverer(desk=hub.desk, projector=hub.projector, clock=clock)
    with pytest.raises(asyncio.CancelledError):
        await widening.keep(deliverer, sleep)

    assert looks == [0, 3]
    app.close_hub(hub)
