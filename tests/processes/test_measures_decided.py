"""An adopted decision declares its measure, once, for those who may see it."""

from typing import Any

import msgspec
import pytest

from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.processes.decisions import settle
from foedus.processes.decisions_effects import Done, Task, Work
from foedus.processes.measures_decided import WITH_MEASURES
from tests.api.deciding import delegates, draft, silence_ends
from tests.api.world import Clients, clients, clock, founded, http, hub

__all__ = ["clients", "clock", "delegates", "founded", "http", "hub"]


def effect(measure: str) -> dict[str, Any]:
    return {"kind": "measure", "measure": measure, "level": "II", "reason": "decided"}


async def measures(clients: Clients, reader: str) -> list[dict[str, Any]]:
    answer = await getattr(clients, reader).get("/api/v1/measures")
    found: list[dict[str, Any]] = answer.json()
    return found


async def die_after(work: Work, task: Task) -> Done:
    """Declare the measure, and never come to say so."""
    await WITH_MEASURES[type(task.effect)](work, task)
    raise KeyboardInterrupt


@pytest.mark.usefixtures("delegates")
async def test_a_decision_declares_its_measures_once_through_a_crash(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    text = draft(effect("rapid reaction force"), effect("Quiet watch"))
    path = await silence_ends(hub, clock, clients.desk, text)
    dying = dict.fromkeys(WITH_MEASURES, die_after)
    with pytest.raises(KeyboardInterrupt):
        await settle(msgspec.structs.replace(hub.clerk(), executors=dying))
    await hub.seen([hub.log.head()])

    await settle(hub.clerk())
    await settle(hub.clerk())
    await hub.seen([hub.log.head()])

    effects = (await clients.desk.get(path)).json()["effects"]
    assert [each["state"] for each in effects] == ["done", "done"]
    found = await measures(clients, "desk")
    known = {each["measure"]: each for each in found}
    (told,) = known["rapid_reaction"]["declared"]
    assert (told["level"], told["reason"]) == ("II", "decided")
    assert told["decision"] == path.rpartition("/")[2]
    assert found[-1]["name"] == "Quiet watch"
    assert found[-1]["measure"] == effects[1]["reference"]
