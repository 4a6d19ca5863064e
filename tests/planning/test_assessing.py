"""The verb of assessing: what is read, solved and told."""

import asyncio
import gc

import msgspec
import pytest

from foedus.errors import RateLimitedError
from foedus.planning.asks import AnyOf
from foedus.planning.assessing import assess
from foedus.planning.cases import Asked
from foedus.planning.commands import Answered
from foedus.planning.progress import Progress, Tell, tell_nobody
from foedus.planning.turns import Turns
from foedus.releasability.labels import print_label
from tests.planning.assessing import TODAY, Stage
from tests.planning.solving import InThread

MOLDOVA = Asked(nation="MDA", to="member", on=TODAY)


class Busy:
    """A solver for which too much waits already."""

    async def run(
        self,
        ask: AnyOf,
        answer: type[Answered],
        *,
        nation: str,
        tell: Tell = tell_nobody,
    ) -> Answered:
        tell(Progress(stage="waiting"))
        said = f"{nation} waits for {type(ask).__name__}: {answer.__name__}"
        raise RateLimitedError(said, retry_after_s=1)


async def test_both_runs_are_solved_for_the_readers_nation(stage: Stage) -> None:
    solver = InThread()
    hub = msgspec.structs.replace(stage.hub, workers=solver)

    found = await assess(hub, stage.viewer("pol"), MOLDOVA)

    assert solver.nations == ["POL", "POL"]
    assert found.dossier.coverage.plans is not None
    label = print_label(found.label.label, hub.alliance)
    assert label == found.dossier.label


async def test_without_a_plan_the_dossier_is_whole_and_says_why(stage: Stage) -> None:
    hub = msgspec.structs.replace(stage.hub, workers=Busy())

    found = (await assess(hub, stage.viewer("pol"), MOLDOVA)).dossier

    assert found.coverage.plans is None
    assert found.coverage.why_none.startswith("POL waits")
    assert found.coverage.kept
    assert found.standing.gained


async def test_a_dossier_is_read_when_its_nation_has_a_turn(stage: Stage) -> None:
    hub = msgspec.structs.replace(stage.hub, dossiers=Turns(1, 1))
    viewer = stage.viewer("fin")

    async with hub.dossiers.turn("FIN"):
        waiting = asyncio.ensure_future(assess(hub, viewer, MOLDOVA))
        await asyncio.sleep(0)
        assert hub.dossiers.waiting("FIN") == 1
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert hub.dossiers.waiting("FIN") == 0


async def test_a_turn_lasts_as_long_as_what_is_read_in_it(stage: Stage) -> None:
    hub = msgspec.structs.replace(stage.hub, dossiers=Turns(1, 1))
    left = asyncio.ensure_future(assess(hub, stage.viewer("fin"), MOLDOVA))
    for _ in range(3):
        await asyncio.sleep(0)  # it has its turn, and reads
    left.cancel()
    await asyncio.sleep(0)

    async def next_one() -> bool:
        async with hub.dossiers.turn("FIN"):
            return left.done()

    assert await next_one()


async def test_a_refusal_that_nobody_waits_for_is_told_to_no_log(stage: Stage) -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, each: told.append(each))
    wrong = Asked(nation="MDA", to="no status at all", on=TODAY)
    left = asyncio.ensure_future(assess(stage.hub, stage.viewer("fin"), wrong))
    for _ in range(3):
        await asyncio.sleep(0)
    left.cancel()
    await asyncio.wait({left})
    assert left.cancelled()

    del left
    gc.collect()

    assert told == []


async def test_nothing_is_solved_where_nothing_differs(stage: Stage) -> None:
    solver = InThread()
    hub = msgspec.structs.replace(stage.hub, workers=solver)

    await assess(hub, stage.viewer("pol"), Asked(nation="UKR", to="map", on=TODAY))

    assert solver.nations == []
