"""What is done to a run is written for its coordinator, and only where there is one."""

import pytest

from foedus.errors import NotFoundError
from foedus.intel.reading import Snapshot
from foedus.response.directing import direct
from foedus.response.events import RunPaused
from foedus.response.queries import FoundRun
from foedus.response.rules import Actor
from tests.response.theatre import Theatre, asking

UNKNOWN = "run--00000000-0000-4000-8000-000000000000"


def stop(_: Snapshot, found: FoundRun, actor: Actor) -> RunPaused:
    del found
    return RunPaused(nation=actor.nation, reason="A test.", at_ms=actor.at_ms)


async def test_it_is_written_for_the_coordinator_alone(stage: Theatre) -> None:
    run = await stage.play(asking())
    viewer, act = stage.account("est").viewer(), stage.act("est")

    position = await direct(stage.hub.desk, viewer, act, run, stop)

    [entry] = stage.hub.log.read_after(position - 1, 1)
    assert entry.stream == f"runs/{run}"
    assert entry.label.endswith("REL TO EST")


async def test_a_run_that_is_not_there_is_not_found(stage: Theatre) -> None:
    viewer, act = stage.account("est").viewer(), stage.act("est")

    with pytest.raises(NotFoundError, match="list the runs"):
        await direct(stage.hub.desk, viewer, act, UNKNOWN, stop)
