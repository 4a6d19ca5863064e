"""Players of a run of fifty nations, each killed as by `kill -9` at a moment by lot.

Run with a founded folder, a playbook, a file for what was acknowledged, and how often
to kill. Everything is imported once; each player is a fork of this process, so that a
life costs no more than opening the hub. A player writes down every act that was
acknowledged to it, before it does the next.
"""

import asyncio
import os
import random
import select
import signal
import sys
from pathlib import Path

from foedus import app
from foedus.errors import FoedusError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.response import commands
from foedus.response.moves import Accept, Acknowledge, Begin, Decline, Finish, Move
from foedus.response.planning import Starting
from foedus.response.queries import list_runs, list_tasks
from foedus.response.tasks import Standing, Task

LEAD = "nato"
LIFE_S = (0.05, 0.6)
"""Seconds that a player lives, by lot, once its hub is open."""

NEXT: dict[Standing, Move] = {
    Standing.ASKED: Acknowledge(),
    Standing.DELIVERED: Acknowledge(),
    Standing.ACKNOWLEDGED: Accept(),
    Standing.ACCEPTED: Begin(),
    Standing.BEGUN: Finish(reply="done"),
}


async def play(folder: Path, playbook: str, acks: int, ready: int) -> None:
    """Play until somebody kills this process."""
    hub = app.open_hub(folder, environment={})
    hub.projector.start()
    lead = hub.authenticator.named(LEAD)
    lot = random.Random(os.getpid())  # noqa: S311 - a test's own
    os.write(ready, b".")
    while True:
        await hub.responded()
        if not runs_open(hub, lead):
            act = hub.act(lead, door="test", at=hub.clock())
            starting = Starting(playbook=playbook)
            run, position = await commands.start(hub.desk, lead.viewer(), act, starting)
            os.write(acks, f"{position} {run}\n".encode())
            await hub.seen([position])
        for task in tasks_open(hub, lead, lot):
            await one_act(hub, task, lot, acks)


async def one_act(hub: Hub, task: Task, lot: random.Random, acks: int) -> None:
    """Do the next thing with a task, as its nation."""
    account = hub.authenticator.named(task.asked.nation.lower())
    move = NEXT.get(task.standing)
    if move is None:
        return
    if task.standing is Standing.ACKNOWLEDGED and lot.random() < 0.1:
        move = Decline(caveat="by lot")
    act = hub.act(account, door="test", at=hub.clock())
    name = task.asked.task
    try:
        position = await commands.act_on_task(
            hub.desk, account.viewer(), act, name, move
        )
    except FoedusError:
        return  # the step went on meanwhile
    if position is not None:
        os.write(acks, f"{position} {name}\n".encode())
        await hub.seen([position])


def runs_open(hub: Hub, lead: Account) -> bool:
    with hub.reading.snapshot() as seen:
        return bool(list_runs(seen.db, seen.access, lead.viewer(), open=True))


def tasks_open(hub: Hub, lead: Account, lot: random.Random) -> list[Task]:
    with hub.reading.snapshot() as seen:
        found = list_tasks(
            seen.db, seen.access, lead.viewer(), part="coordinated", open=True
        )
    return lot.sample(found, min(len(found), 8))


def main(folder: Path, playbook: str, acks: Path, kills: int) -> None:
    """Let players live and die."""
    written = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    lot = random.Random(kills)  # noqa: S311 - a test's own
    for _ in range(kills):
        told, ready = os.pipe()
        player = os.fork()
        if not player:
            asyncio.run(play(folder, playbook, written, ready))
            os._exit(1)
        os.close(ready)
        os.read(told, 1)
        select.select([told], [], [], lot.uniform(*LIFE_S))  # it is quiet from here on
        os.close(told)
        os.kill(player, signal.SIGKILL)
        _, status = os.waitpid(player, 0)
        assert os.WIFSIGNALED(status), f"the player ended by itself: {status}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
