"""Holding as a process: waits end by themselves, once."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.ids import AccountId, NationCode
from foedus.intel import commands
from foedus.intel.pages import Filters
from foedus.intel.rules import Opening
from foedus.processes import holding
from foedus.releasability.viewers import Role, Viewer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def viewer(nation: str, *roles: Role) -> Viewer:
    return Viewer(
        nation=NationCode(nation),
        clearance=0,
        roles=frozenset(roles),
        account=AccountId(f"account--{nation}"),
    )


def note(number: int, *refs: int) -> bytes:
    return json.dumps(
        {
            "type": "note",
            "spec_version": "2.1",
            "id": f"note--{UUID(int=number, version=4)}",
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z",
            "content": "c",
            "object_refs": [f"note--{UUID(int=each, version=4)}" for each in refs],
        }
    ).encode()


async def founded(folder: Path, clock: StoppedClock) -> Hub:
    hub = await app.create(folder, load_pack("nato"), environment={}, clock=clock)
    opening = Opening(
        alias="held",
        title="T",
        default_label="NU // REL TO NATO",
        write="MEMBERS",
        hold_minutes=5,
    )
    body = viewer("NATO", Role.OPERATOR)
    await commands.open_collection(hub.desk, body, act(hub, body), opening)
    hub.projector.catch_up()
    return hub


def act(hub: Hub, who: Viewer):  # noqa: ANN201 - of another module
    from foedus.eventlog.envelope import Act, Who  # noqa: PLC0415

    return Act(
        who=Who(account=who.account, nation=who.nation, door="test"), at=hub.clock()
    )


async def publish(hub: Hub, *objects: bytes) -> None:
    who = viewer("POL", Role.PUBLISHER)
    outcomes = await commands.publish(hub.desk, who, act(hub, who), "held", objects)
    assert {each.outcome for each in outcomes} == {"stored"}
    hub.projector.catch_up()


def count(hub: Hub) -> int:
    reader = viewer("FIN", Role.READER)
    found = hub.reading.collection(reader, "held")
    page = hub.reading.page(reader, found, Filters(types=("note",)), limit=10)
    return len(page.records)


async def test_waits_end_once_however_many_processes_see_to_it(tmp_path: Path) -> None:
    clock = StoppedClock(NOON)
    hub = await founded(tmp_path / "data", clock)
    other = app.open_hub(tmp_path / "data", environment={}, clock=clock)
    await publish(hub, note(1, 2))
    assert await holding.end_waits(hub.holder) == 0
    await publish(hub, note(2))
    ended = await asyncio.gather(
        holding.end_waits(hub.holder), holding.end_waits(other.holder)
    )
    assert sum(ended) >= 1
    assert count(hub) == 2
    assert await holding.end_waits(hub.holder) == 0
    app.close_hub(other)
    app.close_hub(hub)


async def test_it_is_kept_for_as_long_as_the_hub_runs(tmp_path: Path) -> None:
    clock = StoppedClock(NOON)
    hub = await founded(tmp_path / "data", clock)
    await publish(hub, note(1, 2))
    looks: list[int] = []

    async def sleep(_: float) -> None:
        looks.append(count(hub))
        clock.advance(timedelta(minutes=5))
        if len(looks) > 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await holding.keep(hub.holder, sleep)
    assert looks == [0, 1, 1]
    app.close_hub(hub)
