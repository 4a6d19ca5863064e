from datetime import date

from foedus.readiness.records import Exercise, PairTest, Requirement
from foedus.readiness.stocks import Shelf, shelf_of
from foedus.releasability.viewers import Viewer
from tests.readiness.world import DAY, FIN, FOR_MEMBERS, POL, STAFF, World, report, unit


def shelf(world: World, by: Viewer = FIN, on: date = DAY) -> Shelf:
    with world.sight() as seen:
        return shelf_of(seen.db, seen.access, by, on)


async def test_a_stock_holds_what_tells_of_its_measure(world: World) -> None:
    ours = await world.record(POL, unit())
    await world.record(POL, unit(name="Other", measures=["border_surveillance"]))
    for day in ("2026-11-01", "2026-10-01"):
        await world.record(POL, report(ours, as_of=day))

    stock = shelf(world).stock("rapid_reaction")

    assert [each.record for each in stock.units] == [ours]
    days = [each.content.as_of for each in stock.reports[ours]]
    assert days == [date(2026, 11, 1), date(2026, 10, 1)]


async def test_a_stock_is_that_of_its_day(world: World) -> None:
    name = await world.record(POL, unit(until="2026-11-10"))
    await world.record(POL, report(name))
    for since in ("2026-01-01", "2026-06-01"):
        asks = Requirement(measure="rapid_reaction", since=date.fromisoformat(since))
        await world.record(STAFF, asks)

    before = shelf(world, on=date(2026, 5, 1)).stock("rapid_reaction")
    after = shelf(world).stock("rapid_reaction")

    assert before.reports == {}
    assert after.units == ()
    for found, since in ((before, date(2026, 1, 1)), (after, date(2026, 6, 1))):
        assert found.requirement is not None
        assert found.requirement.content.since == since


async def test_tests_count_between_contributors_and_cancelled_exercises_never(
    world: World,
) -> None:
    asks = Requirement(
        measure="rapid_reaction", contributors=(POL.nation, FIN.nation), since=DAY
    )
    await world.record(STAFF, asks)
    for first, second in (("POL", "FIN"), ("POL", "SWE")):
        tried = PairTest(
            first=unit(first).nation,
            second=unit(second).nation,
            subject="s",
            result="success",
            on=DAY,
        )
        await world.record(STAFF, tried)
    exercise = Exercise(
        name="X",
        since=date(2026, 1, 1),
        until=DAY,
        measures=("rapid_reaction",),
        status="cancelled",
    )
    await world.record(POL, exercise, FOR_MEMBERS)

    stock = shelf(world).stock("rapid_reaction")

    assert [each.content.second for each in stock.tests] == ["FIN"]
    assert stock.exercises == {}
