from datetime import date

import pytest

from foedus.errors import NotFoundError
from foedus.readiness.commands import record_again, withdraw
from foedus.readiness.reading import Wanted, find_held
from foedus.readiness.records import Measure, Report, Unit
from tests.readiness.world import (
    FIN,
    FOR_MEMBERS,
    MDA,
    POL,
    STAFF,
    World,
    report,
    unit,
)


async def test_without_a_label_a_record_is_for_its_authors_nation(world: World) -> None:
    await world.record(POL, unit(), "")

    assert [each.content.name for each in world.held(POL, Unit)] == ["First"]
    assert world.held(FIN, Unit) == world.held(STAFF, Unit) == []


async def test_a_report_is_read_by_who_may_read_its_unit_too(world: World) -> None:
    hidden = await world.record(POL, unit(), "")
    shown = await world.record(POL, unit(name="Second"))
    for each in (hidden, shown):
        await world.record(POL, report(each))

    assert [each.content.unit for each in world.held(FIN, Report)] == [shown]
    assert len(world.held(POL, Report)) == 2


async def test_the_last_recorded_comes_first_page_by_page(world: World) -> None:
    names = [await world.record(POL, unit(name=name)) for name in ("a", "b", "c")]
    await record_again(world.register, POL, world.act(POL), names[0], unit(name="A"))

    first = world.held(FIN, Unit, Wanted(limit=2))
    then = world.held(FIN, Unit, Wanted(limit=2, after=first[-1].record))

    assert [each.content.name for each in (*first, *then)] == ["c", "b", "A"]


async def test_behind_what_is_hidden_there_is_nothing(world: World) -> None:
    await world.record(POL, unit())
    hidden = await world.record(POL, unit(), "")

    assert world.held(FIN, Unit, Wanted(after=hidden)) == []
    assert world.held(FIN, Unit, Wanted(after="unit--none")) == []


async def test_a_record_is_read_as_of_a_day(world: World) -> None:
    name = await world.record(POL, unit(size=2))
    later = unit(size=3, since="2026-06-01")
    await record_again(world.register, POL, world.act(POL), name, later)

    def sizes(on: date) -> list[float]:
        return [each.content.size for each in world.held(FIN, Unit, Wanted(on=on))]

    assert sizes(date(2026, 5, 31)) == [2]
    assert sizes(date(2026, 6, 1)) == [3]
    assert sizes(date(2025, 12, 31)) == []


async def test_what_is_withdrawn_goes_with_what_is_about_it(world: World) -> None:
    name = await world.record(POL, unit())
    await world.record(POL, report(name))

    await withdraw(world.register, POL, world.act(POL), Unit, name)

    assert world.held(POL, Unit) == world.held(POL, Report) == []


async def test_a_list_names_no_measure_that_the_reader_may_not_see(
    world: World,
) -> None:
    secret = await world.record(STAFF, Measure(name="Quiet watch"), "")
    pledged = unit(nation="POL", measures=("rapid_reaction", secret))
    await world.record(STAFF, pledged, FOR_MEMBERS)

    (mine,), (theirs,) = world.held(STAFF, Unit), world.held(FIN, Unit)

    assert mine.content.measures == ("rapid_reaction", secret)
    assert theirs.content.measures == ("rapid_reaction",)


async def test_what_is_hidden_is_not_found(world: World) -> None:
    hidden = await world.record(POL, unit(), "")

    with world.sight() as seen:
        found = find_held(seen.db, seen.access, POL, Unit, hidden)
        assert found.held.label == "NATO UNCLASSIFIED // REL TO POL"
        for name in (hidden, "unit--none"):
            with pytest.raises(NotFoundError, match="no such unit"):
                find_held(seen.db, seen.access, MDA, Unit, name)
