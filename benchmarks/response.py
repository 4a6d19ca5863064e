"""Runs and tasks: fan-out of a step, restart with open runs, events of a run.

- *Fan-out*: from just before the event that lets a step of 40 nations begin until each
  of its tasks can be read by its nation, in a hub of one process with files.
- *Restart*: from the start of the server process, after it was killed, to the first
  page of tasks, with 1,000 runs open.
- *First task*: from the order to start until a nation can read its task.

Variables: FOEDUS_BENCH_NATIONS, _RUNS, _ROUNDS.
"""

import asyncio
import itertools
import statistics
import tempfile
import time
from pathlib import Path

import _hub
import orjson
from _figures import Figure, say, size

from foedus import app
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.ids import WHOEVER_RUNS_THE_HUB
from foedus.releasability.viewers import Role
from foedus.response import commands
from foedus.response.importing import Importing, import_playbook
from foedus.response.moves import Finish
from foedus.response.planning import Starting
from foedus.response.queries import list_tasks

NATIONS = size("NATIONS", 40)
RUNS = size("RUNS", 1_000)
ROUNDS = size("ROUNDS", 5)

FANOUT_S, RESTART_S, TRIGGER_S = 2.0, 5.0, 5.0
"""The bars of the issue."""

LABEL = "NATO UNCLASSIFIED // PUBLIC"
OF_STEPS = "extension-definition--4f6e5f0c-6f0e-5a0b-9a55-2d8a1c0f0a01"
LEAD = "lead"


def step(number: int) -> str:
    """Give the id of a step."""
    return f"action--00000000-0000-4000-8000-{number:012}"


def playbook(nations: list[str]) -> bytes:
    """Write a playbook: the coordinator, then all nations, then the coordinator."""
    start = "start--00000000-0000-4000-8000-000000000090"
    end = "end--00000000-0000-4000-8000-000000000091"
    agent = "organization--00000000-0000-4000-8000-000000000092"
    identity = "identity--00000000-0000-4000-8000-000000000093"
    steps = [step(n) for n in range(3)]
    asked = {"type": "foedus-assignment", "nations": nations}
    workflow: dict[str, object] = {
        start: {"type": "start", "on_completion": steps[0]},
        end: {"type": "end"},
    }
    for own, following in itertools.pairwise([*steps, end]):
        workflow[own] = {
            "type": "action",
            "name": own[-1],
            "on_completion": following,
            "agent": agent,
            "commands": [{"type": "manual", "command": "Look at the hosts."}],
        } | ({"step_extensions": {OF_STEPS: asked}} if own == steps[1] else {})
    moment = "2026-01-01T00:00:00.000Z"
    return orjson.dumps(
        {
            "type": "playbook",
            "spec_version": "cacao-2.0",
            "id": "playbook--00000000-0000-4000-8000-000000000094",
            "name": "Outbreak",
            "created_by": identity,
            "created": moment,
            "modified": moment,
            "workflow_start": start,
            "workflow": workflow,
            "agent_definitions": {agent: {"type": "organization", "name": "Nations"}},
            "extension_definitions": {
                OF_STEPS: {
                    "type": "extension-definition",
                    "name": "assignment",
                    "created_by": identity,
                    "schema": "https://foedus.example/assignment.json",
                    "version": "1.0.0",
                }
            },
        }
    )


async def found(folder: Path) -> tuple[list[str], str]:
    """Found a hub with an officer a nation; give the nations and the playbook."""
    await _hub.found(folder)
    hub = app.open_hub(folder, environment={})
    who = Who(account=WHOEVER_RUNS_THE_HUB, nation="NATO", door="cli")
    act = Act(who=who, at=hub.clock())
    nations = sorted(
        code
        for code in hub.alliance.nations
        if hub.alliance.standing(code, hub.access.on)
    )[:NATIONS]
    for nation in nations:
        opening = Opening(
            name=f"{nation.lower()}-duty",
            nation=nation,
            roles=frozenset({Role.DUTY_OFFICER}),
        )
        await open_account(
            hub.registry, opening, TokenTerms(), alliance=hub.alliance, act=act
        )
    opening = Opening(
        name=LEAD, nation="NATO", roles=frozenset({Role.SECRETARIAT, Role.READER})
    )
    await open_account(
        hub.registry, opening, Secret(_hub.PASSWORD), alliance=hub.alliance, act=act
    )
    hub.projector.catch_up()
    lead = hub.authenticator.named(LEAD)
    edition, _ = await import_playbook(
        hub.desk,
        lead.viewer(),
        hub.act(lead, door="cli", at=hub.clock()),
        Importing(raw=playbook(nations), label=LABEL),
    )
    hub.projector.catch_up()
    app.close_hub(hub)
    return list(nations), edition.playbook


def first_task(hub: Hub, account: Account) -> str | None:
    """Give the task that waits for an account's nation."""
    with hub.reading.snapshot() as seen:
        found = list_tasks(seen.db, seen.access, account.viewer(), limit=1)
    return found[0].asked.task if found else None


async def start(hub: Hub, lead: Account, name: str) -> str:
    """Start a run."""
    act = hub.act(lead, door="cli", at=hub.clock())
    run, position = await commands.start(
        hub.desk, lead.viewer(), act, Starting(playbook=name)
    )
    await hub.seen([position])
    return run


async def measure(folder: Path, nations: list[str], name: str) -> tuple[float, float]:
    """Measure fan-out and the first task; give the medians."""
    hub = app.open_hub(folder, environment={})
    hub.projector.start()
    lead = hub.authenticator.named(LEAD)
    officers = [hub.authenticator.named(f"{each.lower()}-duty") for each in nations]
    fanouts, triggers = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run = await start(hub, lead, name)
        task = first_task(hub, lead)
        triggers.append(time.perf_counter() - began)
        assert task is not None, "the first step is the coordinator's"
        act = hub.act(lead, door="cli", at=hub.clock())
        began = time.perf_counter()
        await hub.seen(
            [await commands.act_on_task(hub.desk, lead.viewer(), act, task, Finish())]
        )
        await hub.responded()
        assert all(first_task(hub, each) for each in officers), "all were asked"
        fanouts.append(time.perf_counter() - began)
        act = hub.act(lead, door="cli", at=hub.clock())
        await hub.seen(
            [await commands.cancel(hub.desk, lead.viewer(), act, run, "measured")]
        )
    app.close_hub(hub)
    return statistics.median(fanouts), statistics.median(triggers)


async def fill(folder: Path, name: str) -> None:
    """Leave runs open."""
    hub = app.open_hub(folder, environment={})
    hub.projector.start()
    lead = hub.authenticator.named(LEAD)
    for _ in range(0, RUNS, 50):
        await asyncio.gather(*(start(hub, lead, name) for _ in range(50)))
    app.close_hub(hub)


def restart(folder: Path) -> float:
    """Start, wait for a page of tasks, and kill; gives the seconds until the page."""
    with _hub.serve(folder, _hub.free_port()) as server:
        seconds = server.wait("/api/v1/tasks?part=coordinated&limit=100", login=LEAD)
        server.kill()
        return seconds


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        nations, name = asyncio.run(found(folder))
        fanout, trigger = asyncio.run(measure(folder, nations, name))
        asyncio.run(fill(folder, name))
        seconds = statistics.median(restart(folder) for _ in range(ROUNDS))
    for text, value, most in (
        (f"a step of {NATIONS} nations, done to asked", fanout, FANOUT_S),
        ("order to start, to the first task", trigger, TRIGGER_S),
        (f"serving again with {RUNS:,} runs open after kill -9", seconds, RESTART_S),
    ):
        say(
            Figure(
                figure=text,
                value=value,
                unit="s",
                bar=f"value < {most:g}",
                met=value < most,
            )
        )


if __name__ == "__main__":
    main()
