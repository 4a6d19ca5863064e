"""An adopted decision starts its protocol: once, under a label as high as its own."""

from typing import Any

import msgspec
import pytest

from foedus import app
from foedus.clock import StoppedClock
from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.ids import START, NationCode
from foedus.processes.automating import due
from foedus.processes.decisions import settle
from foedus.processes.decisions_effects import Done, Task, Work
from foedus.processes.responding_decided import WITH_PROTOCOLS
from foedus.releasability.viewers import Role
from foedus.response import commands
from foedus.response.importing import Importing, import_playbook
from foedus.response.planning import Starting
from foedus.response.queries import find_run, list_runs
from foedus.settings import Allowance, Automation
from tests.api.deciding import (
    UNTIL,
    delegates,
    do,
    draft,
    drafted,
    pass_time,
    silence_ends,
)
from tests.api.world import (
    FOUNDER,
    NOON,
    Client,
    Clients,
    clients,
    clock,
    founded,
    http,
    hub,
)
from tests.processes.automating_world import TARGET, sending
from tests.response.books import linear
from tests.response.theatre import assign

__all__ = ["clients", "clock", "delegates", "founded", "http", "hub"]

PUBLIC = "NATO UNCLASSIFIED // PUBLIC"


async def open_officer(hub: Hub) -> None:
    """Open an account of the secretariat that is cleared for more than the desk."""
    opening = Opening(
        name="officer",
        nation=NationCode("NATO"),
        roles=frozenset({Role.READER, Role.SECRETARIAT}),
        clearance=hub.alliance.level("NATO RESTRICTED"),
    )
    await open_account(
        hub.registry,
        opening,
        Secret("correct horse battery"),
        alliance=hub.alliance,
        act=Act(who=FOUNDER, at=NOON),
    )
    await hub.seen([hub.log.head()])


async def bring(
    hub: Hub, label: str = PUBLIC, by: str = "desk", **properties: object
) -> str:
    """Import a playbook of the secretariat's."""
    desk = hub.authenticator.named(by)
    edition, position = await import_playbook(
        hub.desk,
        desk.viewer(),
        hub.act(desk, door="test", at=NOON),
        Importing(raw=msgspec.json.encode({**linear(), **properties}), label=label),
    )
    await hub.seen([position])
    return edition.playbook


def effect(playbook: str) -> dict[str, Any]:
    return {"kind": "protocol", "protocol": playbook, "reason": "it was decided"}


def runs(hub: Hub, name: str) -> list[str]:
    with hub.reading.snapshot() as seen:
        viewer = hub.authenticator.named(name).viewer()
        return [each.run for each in list_runs(seen.db, seen.access, viewer)]


async def die_after(work: Work, task: Task) -> Done:
    """Start the protocol, and never come to say so."""
    await WITH_PROTOCOLS[type(task.effect)](work, task)
    raise KeyboardInterrupt


@pytest.mark.usefixtures("delegates")
async def test_a_decision_starts_its_protocol_once_through_a_crash(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    playbook = await bring(hub)
    path = await silence_ends(hub, clock, clients.desk, draft(effect(playbook)))
    dying = dict.fromkeys(WITH_PROTOCOLS, die_after)
    with pytest.raises(KeyboardInterrupt):
        await settle(msgspec.structs.replace(hub.clerk(), executors=dying))
    await hub.seen([hub.log.head()])

    await settle(hub.clerk())
    await settle(hub.clerk())

    [done] = (await clients.desk.get(path)).json()["effects"]
    assert done["state"] == "done"
    assert [done["reference"]] == runs(hub, "desk")
    with hub.reading.snapshot() as seen:
        viewer = hub.authenticator.named("desk").viewer()
        found = find_run(seen.db, seen.access, viewer, done["reference"])
    assert found is not None
    assert found.started.cause.reference == path.rpartition("/")[2]
    assert found.run.coordinator == "NATO"


@pytest.mark.usefixtures("delegates")
async def test_who_may_not_see_the_decision_is_not_told_of_the_run(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    playbook = await bring(hub)
    sent = draft(effect(playbook), label="NATO UNCLASSIFIED // REL TO NATO")
    await silence_ends(hub, clock, clients.desk, sent)
    await settle(hub.clerk())

    assert len(runs(hub, "fin")) == 1
    assert runs(hub, "mda") == []


@pytest.mark.usefixtures("delegates")
async def test_of_a_protocol_that_cannot_start_nothing_is_said_but_that(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    playbook = await bring(hub, revoked=True)
    path = await silence_ends(hub, clock, clients.desk, draft(effect(playbook)))
    await settle(hub.clerk())

    [refused] = (await clients.desk.get(path)).json()["effects"]
    assert refused["state"] == "refused"
    assert (
        refused["reason"] == "the hub's rules refuse it; try it by hand to be told why"
    )
    assert runs(hub, "desk") == []


@pytest.mark.usefixtures("delegates")
async def test_a_nation_alone_starts_nothing_by_its_own_silence(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    sent = draft(effect(await bring(hub)), of=("FIN",))
    path = await silence_ends(hub, clock, clients.desk, sent)
    await settle(hub.clerk())

    [refused] = (await clients.desk.get(path)).json()["effects"]
    assert refused["state"] == "refused"
    assert runs(hub, "desk") == []


@pytest.mark.usefixtures("delegates")
async def test_a_playbook_above_the_text_is_none_for_it(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    await open_officer(hub)
    above = await bring(hub, "NATO RESTRICTED // REL TO NATO", "officer")
    path = await silence_ends(hub, clock, clients.desk, draft(effect(above)))
    await settle(hub.clerk())

    [refused] = (await clients.desk.get(path)).json()["effects"]
    assert refused["state"] == "refused"
    assert runs(hub, "desk") == []


async def times_started(hub: Hub) -> int:
    """Count the starts of runs in the whole log, seen or not."""
    await settle(hub.clerk())
    await hub.responded()
    entries = hub.log.read_after(START, 10_000)
    return sum(each.kind == "response.run-started" for each in entries)


ENDS: dict[str, tuple[dict[str, Any], ...]] = {
    "withdrawn": ({"act": "withdraw", "reason": "not now"},),
    "broken": ({"act": "break", "reason": "our law"},),
    "closed": (
        {"act": "break", "reason": "our law"},
        {"act": "close", "reason": "no agreement"},
    ),
}


@pytest.mark.parametrize("how", ENDS)
async def test_a_decision_that_is_not_adopted_starts_nothing_ever(
    hub: Hub,
    clock: StoppedClock,
    clients: Clients,
    delegates: dict[str, Client],
    how: str,
) -> None:
    playbook = await bring(hub)
    path = await drafted(clients.desk, draft(effect(playbook)))
    await do(clients.desk, path, "circulate", until=UNTIL)
    assert await times_started(hub) == 0
    for move in ENDS[how]:
        who = delegates["FIN"] if move["act"] == "break" else clients.desk
        await do(who, path, **move)
    await pass_time(hub, clock, 51.1)
    assert await times_started(hub) == 0

    app.close_hub(hub)
    again = app.open_hub(hub.folder, environment={}, clock=clock)
    again.projector.start()
    assert await times_started(again) == 0
    app.close_hub(again)


@pytest.mark.usefixtures("delegates")
async def test_an_adopted_decision_starts_its_protocol_once_through_restarts(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    playbook = await bring(hub)
    path = await drafted(clients.desk, draft(effect(playbook)))
    await do(clients.desk, path, "circulate", until=UNTIL)
    await pass_time(hub, clock, 50)
    assert await times_started(hub) == 0
    await pass_time(hub, clock, 1.1)

    app.close_hub(hub)
    for _ in range(3):
        again = app.open_hub(hub.folder, environment={}, clock=clock)
        again.projector.start()
        assert await times_started(again) == 1
        app.close_hub(again)


async def test_a_step_that_waits_for_a_decision_goes_on_with_an_adopted_one_alone(
    hub: Hub, clock: StoppedClock, clients: Clients, delegates: dict[str, Client]
) -> None:
    document = assign(linear(), "A1", gate="decision")
    edition = await bring(hub, **document)
    desk = hub.authenticator.named("desk")
    run, position = await commands.start(
        hub.desk,
        desk.viewer(),
        hub.act(desk, door="test", at=clock()),
        Starting(playbook=edition),
    )
    await hub.seen([position])
    [task] = (await clients.desk.get("/api/v1/tasks")).json()["tasks"]
    broken = await drafted(clients.desk, draft())
    await do(clients.desk, broken, "circulate", until=UNTIL)
    await do(delegates["FIN"], broken, "break", reason="our law")
    adopted = await drafted(clients.desk, draft(decides=f"to let {run} go on"))
    await do(clients.desk, adopted, "circulate", until=UNTIL)
    elsewhere = await drafted(clients.desk, draft(title=run))
    await do(clients.desk, elsewhere, "circulate", until=UNTIL)

    async def done(path: str) -> int:
        cited = [path.rpartition("/")[2]]
        move = {"move": {"act": "done", "evidence": cited}}
        acts = f"/api/v1/tasks/{task['task']}/acts"
        return (await clients.desk.post(acts, move)).status_code

    assert [await done(broken), await done(adopted)] == [422, 422]
    await pass_time(hub, clock, 51.1)
    await settle(hub.clerk())
    assert [await done(broken), await done(elsewhere)] == [422, 422]
    assert await done(adopted) == 200
    shown = (await clients.desk.get(f"/api/v1/runs/{run}")).json()
    assert shown["status"] == "completed"


@pytest.mark.usefixtures("delegates")
async def test_an_adopted_decision_about_it_stands_for_the_second_who_lets_it_be_sent(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    allowed = (Allowance(nation="NATO", url="https://127.0.0.1:9/api/"),)
    settings = msgspec.structs.replace(
        hub.settings, automation=Automation(enabled=True, allowed=allowed)
    )
    sends = msgspec.structs.replace(hub, settings=settings)
    document = sending(9)
    document["target_definitions"][TARGET]["address"]["url"] = [  # type: ignore[index]
        "https://127.0.0.1:9/api"
    ]
    playbook = await bring(hub, **document)
    desk = hub.authenticator.named("desk")
    _, position = await commands.start(
        sends.desk,
        desk.viewer(),
        hub.act(desk, door="test", at=clock()),
        Starting(playbook=playbook),
    )
    await hub.seen([position])
    [task] = (await clients.desk.get("/api/v1/tasks")).json()["tasks"]

    async def agreed(path: str) -> int:
        move = {"act": "authorise", "decision": path.rpartition("/")[2]}
        acts = f"/api/v1/tasks/{task['task']}/acts"
        return (await clients.desk.post(acts, {"move": move})).status_code

    said = f"that the hub sends {task['task']}"
    about = await drafted(clients.desk, draft(decides=said))
    other = await drafted(clients.desk, draft(title=f"On {playbook}"))
    for path in (about, other):
        await do(clients.desk, path, "circulate", until=UNTIL)
    assert [await agreed(about), await agreed(other)] == [422, 422]
    await pass_time(hub, clock, 51.1)
    await settle(hub.clerk())
    assert await agreed(other) == 422
    assert due(sends.automaton) == []
    assert await agreed(about) == 200
    assert [each.asked.task for each in due(sends.automaton)] == [task["task"]]
