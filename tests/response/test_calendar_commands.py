"""Calendars that nations and operators bring."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from foedus.clock import to_ms
from foedus.errors import ForbiddenError, InvalidInputError
from foedus.ids import NationCode
from foedus.response.calendar_commands import bring, calendar_known
from foedus.response.calendars import ASSUMED, Calendar
from foedus.response.due_reading import watched
from foedus.response.ladders import foreseen
from tests.response.theatre import Theatre, asking

LVA = NationCode("LVA")
OWN = {"nation": "LVA", "holidays": ["11-24"], "basis": "our law on holidays"}
WORKING = {"accept": {"within": "PT8H", "basis": "working"}}


async def brought(stage: Theatre, name: str, *calendars: object) -> None:
    raw = json.dumps(list(calendars)).encode()
    done = await bring(
        stage.hub.desk, stage.account(name).viewer(), stage.act(name), raw
    )
    await stage.hub.seen(done)


def known(stage: Theatre, nation: NationCode = LVA) -> Calendar:
    with stage.hub.reading.snapshot() as seen:
        return calendar_known(seen.db, nation)


def deadline(stage: Theatre, task: str) -> int:
    """Give when the clock of acceptance of a task is missed."""
    with stage.hub.reading.snapshot() as seen:
        found = watched(seen.db, task)
    assert found is not None
    dues = foreseen(found.plan, found.course, found.calendar)
    return next(each.at_ms for each in dues if each.kind == "breached")


async def test_a_run_counts_by_the_calendar_that_was_brought_before(
    stage: Theatre,
) -> None:
    document = asking(nations=["LVA"], clocks=WORKING)
    await stage.play(document)
    before = stage.task("lva")
    await brought(stage, "lva", OWN)
    await stage.play(asking(nations=["LVA"], clocks=WORKING, reply="Again?"))
    [after] = {each.asked.task for each in stage.inbox("lva")} - {before}

    assert known(stage).zone == "Europe/Riga"
    tuesday = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert deadline(stage, before) == to_ms(tuesday - timedelta(hours=1))
    assert deadline(stage, after) == to_ms(tuesday + timedelta(hours=23))
    assert stage.dumps_alike()


async def test_the_last_one_brought_counts(stage: Theatre) -> None:
    assert known(stage, NationCode("MNG")).basis == ASSUMED
    await brought(stage, "lva", OWN)
    await brought(stage, "nato", {"nation": "Latvia", "basis": "told by Riga"})

    assert (known(stage).holidays, known(stage).basis) == ((), "told by Riga")


@pytest.mark.parametrize("name", ["est", "pol-reader", "fin-audit", "est-delegate"])
async def test_others_do_not_bring_a_nations_calendar(
    stage: Theatre, name: str
) -> None:
    with pytest.raises(ForbiddenError, match="calendar"):
        await brought(stage, name, OWN)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ([], "no list"),
        ([{**OWN, "hollidays": []}], "no list"),
        ([{"nation": "LVA"}], "no list"),
        ([{**OWN, "nation": "Atlantis"}], "no nation"),
        ([OWN, OWN], "twice"),
        ([{**OWN, "holidays": ["30 February"]}], "LVA: "),
        ([{**OWN, "zone": "Europe/Atlantis"}], "LVA: "),
    ],
)
async def test_what_nothing_could_be_counted_by_is_refused_whole(
    stage: Theatre, wrong: list[object], says: str
) -> None:
    head = stage.hub.log.head()
    with pytest.raises(InvalidInputError, match=says):
        await brought(stage, "nato", *wrong)
    assert stage.hub.log.head() == head
