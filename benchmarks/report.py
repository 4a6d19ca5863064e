"""The report after a run, and the way from a trigger to the first task.

- *Report*: a run of 5,000 events over 40 nations, as its coordinator sees it: read from
  the views and written as JSON, as a page, and as paper; and a nation's own part of it.
- *Trigger*: a server judges an activation rule as objects are posted; from just before
  the post to the proposal, and from its approval until a nation was given its task.

Variables: FOEDUS_BENCH_NATIONS, _REPORT_STEPS, _ROUNDS.
"""

import asyncio
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import _hub
import orjson
from _figures import Figure, say, size
from response import LEAD, OF_STEPS, found, playbook, start

from foedus import app
from foedus.clock import to_ms
from foedus.eventlog.envelope import Append, Event
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.ids import new_event_id
from foedus.processes.activating import Watch
from foedus.response.commands import note_shown
from foedus.response.events import (
    TaskAccepted,
    TaskAcknowledged,
    TaskBegun,
    TaskDelivered,
    TaskDone,
    task_stream,
)
from foedus.response.importing import Importing, import_playbook
from foedus.response.proposals_commands import (
    Approving,
    approve,
    dismiss,
    set_rule,
)
from foedus.response.proposals_views import Wanted, list_proposals
from foedus.response.queries import list_tasks, tasks_of_run
from foedus.response.report import Report, as_json, make
from foedus.response.report_html import as_html
from foedus.response.report_pdf import as_pdf
from foedus.response.tasks import Task
from foedus.response.triggers import Trigger

STEPS = size("REPORT_STEPS", 25)
ROUNDS = size("ROUNDS", 5)

REPORT_S, TRIGGER_S = 10.0, 5.0
"""The bars of the issue."""

LABEL = "NATO UNCLASSIFIED // PUBLIC"
DONE = "done"
LITTLE = {"id": "playbook--00000000-0000-4000-8000-000000000096", "impact": 10}
CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
PATTERN = "[domain-name:value = 'lure.example']"


def long(nations: list[str]) -> bytes:
    """Write a playbook of many steps, each asked of all nations."""
    document = orjson.loads(playbook(nations))
    flow = document["workflow"]
    [begin] = [each for each in flow if each.startswith("start")]
    [end] = [each for each in flow if each.startswith("end")]
    model = next(each for each in flow.values() if "step_extensions" in each)
    names = [f"action--00000000-0000-4000-8000-{900 + n:012}" for n in range(STEPS)]
    terms = model["step_extensions"][OF_STEPS] | {
        "clocks": {"acknowledge": {"within": "PT1H"}, "complete": {"within": "PT4H"}}
    }
    document["id"] = "playbook--00000000-0000-4000-8000-000000000095"
    document["workflow"] = {
        begin: {"type": "start", "on_completion": names[0]},
        end: {"type": "end"},
        **{
            name: model
            | {"name": f"step {n}", "on_completion": following}
            | {"step_extensions": {OF_STEPS: terms}}
            for n, (name, following) in enumerate(
                zip(names, [*names[1:], end], strict=True)
            )
        },
    }
    return orjson.dumps(document)


def moves(task: Task, at_ms: int) -> list[Event]:
    """Give what a nation does with a task: five events."""
    who = {"nation": task.asked.nation, "at_ms": at_ms}
    kinds = (TaskDelivered, TaskAcknowledged, TaskAccepted, TaskBegun)
    return [*(kind(**who) for kind in kinds), TaskDone(**who, reply=DONE)]


async def play(hub: Hub, lead: Account, run: str) -> int:
    """Let all nations do all steps; give how many events that made."""
    written = 0
    for _ in range(STEPS):
        with hub.reading.snapshot() as seen:
            tasks = tasks_of_run(seen.db, seen.access, lead.viewer(), run)
        at_ms = to_ms(hub.clock())
        act = hub.act(lead, door="bench", at=hub.clock())
        requests = [
            Append(
                event_id=new_event_id(at_ms),
                stream=task_stream(each.asked.task),
                event=event,
                who=act.who,
            )
            for each in tasks
            if each.is_open
            for event in moves(each, at_ms)
        ]
        await hub.seen(await hub.log.append_many(requests))
        await hub.responded()
        written += len(requests) + 1
    return written


async def bring(hub: Hub, lead: Account, raw: bytes) -> str:
    """Import a playbook."""
    act = hub.act(lead, door="bench", at=hub.clock())
    edition, position = await import_playbook(
        hub.desk, lead.viewer(), act, Importing(raw=raw, label=LABEL)
    )
    await hub.seen([position])
    return edition.playbook


def timed(work: Callable[[], object]) -> float:
    """Give the median of how long a work takes, in seconds."""
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


async def report(hub: Hub, nations: list[str]) -> None:
    """Measure the report on a long run."""
    lead = hub.authenticator.named(LEAD)
    run = await start(hub, lead, await bring(hub, lead, long(nations)))
    events = await play(hub, lead, run)

    def made(account: Account = lead) -> Report:
        with hub.reading.snapshot() as seen:
            return make(seen, account.viewer(), run)

    own = hub.authenticator.named(f"{nations[0].lower()}-duty")
    whole = made()
    works: dict[str, Callable[[], object]] = {
        "JSON": lambda: as_json(made()),
        "page": lambda: as_html(made()),
        "paper": lambda: as_pdf(made()),
        "page of one nation": lambda: as_html(made(own)),
    }
    for name, work in works.items():
        seconds = timed(work)
        say(
            Figure(
                figure=f"report of {events} events, {name}",
                value=round(seconds, 3),
                unit="s",
                bar=f"value < {REPORT_S:g}",
                met=seconds < REPORT_S,
            )
        )
    assert len(whole.tasks) == STEPS * len(nations), "all of it is told"


def indicator() -> bytes:
    """Write an indicator that everybody may see."""
    moment = "2026-01-01T00:00:00.000Z"
    return orjson.dumps(
        {
            "type": "indicator",
            "spec_version": "2.1",
            "id": f"indicator--{uuid.uuid4()}",
            "created": moment,
            "modified": moment,
            "pattern": PATTERN,
            "pattern_type": "stix",
            "valid_from": moment,
            "object_marking_refs": [CLEAR],
        }
    )


def proposed(hub: Hub, officer: Account) -> list[str]:
    """List what waits for an officer."""
    with hub.reading.snapshot() as seen:
        found = list_proposals(seen.db, seen.access, officer.viewer(), Wanted())
    return [each.proposal for each in found]


async def trigger(hub: Hub, officer: Account) -> tuple[float, float]:
    """Measure once: to the proposal, and to the first task that was given."""
    poster = hub.authenticator.named(_hub.PUBLISHER)
    begun = time.perf_counter()
    act = hub.act(poster, door="bench", at=hub.clock())
    await hub.publish(poster, act, _hub.COLLECTION, [indicator()])
    while not (waiting := proposed(hub, officer)):  # noqa: ASYNC110 - as people look
        await asyncio.sleep(0.01)
    proposed_s = time.perf_counter() - begun
    act = hub.act(officer, door="bench", at=hub.clock())
    viewer = officer.viewer()
    await hub.seen(await approve(hub.desk, viewer, act, waiting[0], Approving()))
    with hub.reading.snapshot() as seen:
        tasks = list_tasks(seen.db, seen.access, viewer)
    given = await note_shown(hub.desk, viewer, act, tasks)
    whole_s = time.perf_counter() - begun
    assert given, "the first step is the coordinator's"
    with hub.reading.snapshot() as seen:
        [last] = list_proposals(
            seen.db, seen.access, viewer, Wanted(every=True, limit=1)
        )
    act = hub.act(officer, door="bench", at=hub.clock())
    await hub.seen(await dismiss(hub.desk, viewer, act, last.proposal, "measured"))
    return proposed_s, whole_s


async def triggers(hub: Hub, raw: bytes) -> None:
    """Measure the way from an object to the first task that was given."""
    officer = hub.authenticator.named(LEAD)
    book = await bring(hub, officer, orjson.dumps(orjson.loads(raw) | LITTLE))
    terms = Trigger(name="lure", playbook=book, pattern=PATTERN)
    act = hub.act(officer, door="bench", at=hub.clock())
    _, position = await set_rule(hub.desk, officer.viewer(), act, terms, None)
    await hub.seen([position])
    watching = asyncio.create_task(Watch(hub.activation).keep())
    measured = [await trigger(hub, officer) for _ in range(ROUNDS)]
    watching.cancel()
    names = ("a post to the proposal", "a post, approved, to the first task given")
    for name, times in zip(names, zip(*measured, strict=True), strict=True):
        seconds = statistics.median(times)
        say(
            Figure(
                figure=name,
                value=round(seconds, 3),
                unit="s",
                bar=f"value < {TRIGGER_S:g}",
                met=seconds < TRIGGER_S,
            )
        )


async def measure(folder: Path, nations: list[str]) -> None:
    """Measure and print."""
    hub = app.open_hub(folder, environment={})
    hub.projector.start()
    await triggers(hub, playbook(nations))
    await report(hub, nations)
    app.close_hub(hub)


def main() -> None:
    """Found a hub and measure in it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        nations, _ = asyncio.run(found(folder))
        asyncio.run(measure(folder, nations))


if __name__ == "__main__":
    main()
