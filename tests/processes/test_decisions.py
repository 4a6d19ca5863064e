"""Decisions are kept on time, through crashes at any point."""

import asyncio
import signal
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from foedus.clock import StoppedClock
from foedus.errors import UnavailableError
from foedus.hub import Hub
from foedus.ids import START
from foedus.processes.decisions import settle
from foedus.processes.decisions_effects import EXECUTORS, Done, Task, Work
from tests.api.deciding import UNTIL, delegates, do, draft, drafted, silence_ends
from tests.api.world import Client, Clients, clients, clock, founded, http, hub

__all__ = ["clients", "clock", "delegates", "founded", "http", "hub"]

DYING = Path(__file__).with_name("dying_clerk.py")
STATUS = "alliance.status-changed"
NOTED = "decisions.effect-done"


def written(hub: Hub) -> Counter[str]:
    """Count the entries of the log by their kinds."""
    return Counter(each.kind for each in hub.log.read_after(START, 1_000))


async def unable(_work: Work, _task: Task) -> Done:
    """Do nothing, as a process that ends before it begins."""
    raise UnavailableError("not now")


@pytest.mark.usefixtures("delegates")
async def test_an_effect_that_was_not_begun_takes_place_once(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    path = await silence_ends(hub, clock, clients.desk, draft())
    halting = dict.fromkeys(EXECUTORS, unable)
    await settle(msgspec.structs.replace(hub.clerk(), executors=halting))
    [before] = (await clients.desk.get(path)).json()["effects"]
    assert before["state"] == "taking effect"

    await settle(hub.clerk())
    await settle(hub.clerk())

    [after] = (await clients.desk.get(path)).json()["effects"]
    assert after["state"] == "done"
    assert (written(hub)[STATUS], written(hub)[NOTED]) == (1, 1)


@pytest.mark.usefixtures("delegates")
async def test_an_effect_whose_process_was_killed_before_it_said_so_stands_once(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    await silence_ends(hub, clock, clients.desk, draft())
    killed = await asyncio.create_subprocess_exec(
        sys.executable, str(DYING), str(hub.folder), clock().isoformat()
    )
    assert await killed.wait() == -signal.SIGKILL
    assert (written(hub)[STATUS], written(hub)[NOTED]) == (1, 0)

    await hub.seen([hub.log.head()])
    await settle(hub.clerk())

    assert (written(hub)[STATUS], written(hub)[NOTED]) == (1, 1)
    moldova = hub.alliance.nation("MDA")
    assert moldova is not None
    assert hub.alliance.status(moldova, clock().date()) == "invitee"


async def test_two_processes_begin_a_part_once(
    hub: Hub, clients: Clients, delegates: dict[str, Client]
) -> None:
    path = await drafted(clients.desk, draft())
    higher = {"name": "Higher", "of": ["FIN", "POL"]}
    await do(clients.desk, path, "circulate", until=UNTIL)
    await do(delegates["FIN"], path, "break", reason="no")
    await do(clients.desk, path, "refer-up", forum=higher, reason="no")

    await asyncio.gather(*(settle(hub.clerk()) for _ in range(3)))

    assert written(hub)["decisions.drafted"] == 2
