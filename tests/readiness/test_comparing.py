from datetime import date

from foedus.readiness.comparing import Comparison, compare, measure_sheet
from foedus.readiness.records import Need, Requirement
from foedus.releasability.viewers import Viewer
from tests.readiness.world import DAY, FIN, MDA, POL, STAFF, World, report, unit


def compared(world: World, by: Viewer, on: date = DAY) -> Comparison:
    with world.sight() as seen:
        return compare(seen.db, seen.access, by, on)


async def asked(world: World, *nations: str, label: str = "TLP:GREEN") -> None:
    asks = Requirement(
        measure="rapid_reaction",
        needs=(Need(type="company", amount=1),),
        contributors=tuple(unit(each).nation for each in nations),
        since=date(2026, 1, 1),
    )
    await world.record(STAFF, asks, label)


async def test_a_rating_is_made_in_the_world_of_who_asks(world: World) -> None:
    await asked(world, "POL")
    name = await world.record(POL, unit())
    await world.record(POL, report(name))

    rows = {
        viewer.nation: next(
            each
            for each in compared(world, viewer).measures
            if each.measure == "rapid_reaction"
        )
        for viewer in (FIN, MDA)
    }

    assert rows[FIN.nation].capability == "High"
    assert rows[FIN.nation].readiness == "Within 48 hours"
    assert rows[MDA.nation].capability == "No evidence"
    assert rows[MDA.nation].records == 0


async def test_the_label_covers_all_that_a_row_tells_of(world: World) -> None:
    await asked(world, "POL")
    open_one = compared(world, FIN).label
    await world.record(POL, unit())  # not counted, and named as such

    assert open_one == "NATO UNCLASSIFIED // REL TO PARTNERSHIP+"
    assert compared(world, FIN).label.startswith("NATO RESTRICTED")
    assert compared(world, MDA).label == open_one


async def test_units_without_reports_change_no_word_of_any_measure(
    world: World,
) -> None:
    await asked(world, "POL")
    name = await world.record(POL, unit())
    await world.record(POL, report(name))

    def words() -> list[tuple[str, str, str]]:
        return [
            (each.capability, each.readiness, each.interoperability)
            for each in compared(world, FIN).measures
        ]

    before = words()
    for number in range(3):
        await world.record(POL, unit(name=f"More {number}", size=1_000))

    assert words() == before


async def test_a_sheet_derives_each_word(world: World) -> None:
    await asked(world, "POL")
    name = await world.record(POL, unit())
    await world.record(POL, report(name))

    with world.sight() as seen:
        found = measure_sheet(seen.db, seen.access, FIN, "rapid_reaction", DAY)

    assert found.row.capability == found.capability.word
    (cited,) = found.capability.rests_on
    assert cited.text == (
        "First: 100% of 1 \u00d7 company, 48 h until ready to move, declared, valid "
        "until 2027-05-01: inspection 7"
    )
