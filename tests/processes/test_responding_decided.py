"""An adopted decision starts its protocol: once, under a label as high as its own."""

from typing import Any

import msgspec
import pytest

from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.processes.decisions import settle
from foedus.processes.decisions_effects import Done, Task, Work
from foedus.processes.responding_decided import WITH_PROTOCOLS
from foedus.response.importing import Importing, import_playbook
from foedus.response.queries import find_run, list_runs
from tests.api.deciding import delegates, draft, silence_ends
from tests.api.world import NOON, Clients, clients, clock, founded, http, hub
from tests.response.books import linear

__all__ = ["clients", "clock", "delegates", "founded", "http", "hub"]

PUBLIC = "NATO UNCLASSIFIED // PUBLIC"


async def bring(hub: Hub, **properties: object) -> str:
    """Import a playbook of the secretariat's."""
    desk = hub.authenticator.named("desk")
    edition, position = await import_playbook(
        hub.desk,
        desk.viewer(),
        hub.act(desk, door="test", at=NOON),
        Importing(raw=msgspec.json.encode(linear(**properties)), label=PUBLIC),
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
async def test_a_protocol_that_cannot_start_is_refused_and_said_so(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    playbook = await bring(hub, revoked=True)
    path = await silence_ends(hub, clock, clients.desk, draft(effect(playbook)))
    await settle(hub.clerk())

    [refused] = (await clients.desk.get(path)).json()["effects"]
    assert refused["state"] == "refused"
    assert "revoked" in refused["reason"]
    assert runs(hub, "desk") == []
