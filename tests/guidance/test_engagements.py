from datetime import date

import pytest

from foedus.errors import NotFoundError
from foedus.guidance.commands import Engaging, engage, report_engagement
from foedus.guidance.engagements import (
    EngagementSheet,
    Wanted,
    find_engagement,
    list_engagements,
)
from foedus.guidance.events import Course, EngagementReported
from foedus.ids import NationCode
from foedus.releasability.viewers import Viewer
from tests.guidance.world import FIN, MDA, POL, World

EXERCISE = Engaging(
    kind="exercise",
    title="Northern lights",
    purpose="Restore a power grid together",
    since=date(2026, 12, 1),
    until=date(2026, 12, 6),
    participants=("Finland", "POL"),
    regions=("Baltic Sea",),
    label="NATO RESTRICTED",
)
VISIT = Engaging(
    kind="visit", title="Staff talks", purpose="Plan the year", since=date(2026, 3, 1)
)


def listed(
    world: World, reader: Viewer, wanted: Wanted | None = None
) -> list[EngagementSheet]:
    with world.sight() as seen:
        return list_engagements(seen.db, seen.access, reader, wanted or Wanted())


async def add(world: World, sent: Engaging, by: Viewer = POL) -> str:
    name, _ = await engage(world.bureau, by, world.act(by), sent)
    return name


async def test_an_engagement_is_listed_for_its_audience(world: World) -> None:
    name = await add(world, EXERCISE)

    (found,) = listed(world, FIN)

    assert (found.engagement, found.author, found.status) == (name, "POL", "planned")
    assert (found.participants, found.regions) == (("FIN", "POL"), ("baltic_sea",))
    assert found.label == "NATO RESTRICTED // REL TO NATO 2024-03-07"
    assert listed(world, MDA) == []


async def test_the_latest_to_begin_comes_first_page_by_page(world: World) -> None:
    early, late = await add(world, VISIT), await add(world, EXERCISE)

    first = listed(world, POL, Wanted(limit=1))
    then = listed(world, POL, Wanted(limit=1, after=late))

    assert [each.engagement for each in (*first, *then)] == [late, early]


async def test_behind_what_is_hidden_there_is_nothing(world: World) -> None:
    await add(world, EXERCISE)
    hidden = await add(world, VISIT)

    assert listed(world, FIN, Wanted(after=hidden)) == []
    assert listed(world, FIN, Wanted(after="engagement--none")) == []


async def test_it_is_found_by_nation_and_region(world: World) -> None:
    name = await add(world, EXERCISE)

    def found(**wanted: str) -> list[str]:
        asked = Wanted(
            nation=NationCode(wanted["nation"]) if "nation" in wanted else None,
            region=wanted.get("region"),
        )
        return [each.engagement for each in listed(world, POL, asked)]

    assert found(nation="FIN") == found(nation="POL") == [name]
    assert found(region="baltic_sea") == [name]
    assert found(nation="NOR") == found(region="black_sea") == []


async def test_what_came_of_it_replaces_how_it_stood(world: World) -> None:
    name = await add(world, EXERCISE)
    for status, outcome in ((Course.RUNNING, ""), (Course.DONE, "Light in four hours")):
        told = EngagementReported(engagement=name, status=status, outcome=outcome)
        await report_engagement(world.bureau, POL, world.act(POL), name, told)

    (found,) = listed(world, FIN)

    assert (found.status, found.outcome) == ("done", "Light in four hours")


async def test_what_is_hidden_is_not_found(world: World) -> None:
    name = await add(world, VISIT)

    with world.sight() as seen:
        assert find_engagement(seen.db, seen.access, POL, name).title == "Staff talks"
        for hidden in (name, "engagement--none"):
            with pytest.raises(NotFoundError, match="no such engagement"):
                find_engagement(seen.db, seen.access, FIN, hidden)
