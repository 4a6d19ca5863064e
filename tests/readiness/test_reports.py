from datetime import date

from foedus.ids import NationCode
from foedus.readiness.records import (
    Evaluation,
    Exercise,
    Objective,
    Participation,
)
from foedus.readiness.reports import NationReport, nation_report
from foedus.releasability.viewers import Viewer
from tests.readiness.world import DAY, FIN, MDA, POL, World, report, unit

LIGHTS = Exercise(
    name="Lights",
    since=date(2026, 10, 1),
    until=date(2026, 10, 5),
    objectives=(Objective(id="o1", text="One picture"),),
)


def told(world: World, nation: str, by: Viewer = FIN) -> NationReport:
    with world.sight() as seen:
        return nation_report(seen.db, seen.access, by, NationCode(nation), DAY)


async def test_a_nation_is_told_what_counts_what_does_not_and_what_expires(
    world: World,
) -> None:
    both = ["rapid_reaction", "border_surveillance"]
    first = await world.record(POL, unit(measures=both))
    await world.record(POL, report(first, valid_until="2026-12-24"))
    await world.record(POL, unit(name="Second"))

    found = told(world, "POL")

    silent, ready = found.units
    assert (found.counted, silent.why_not) == (1, "no report says how ready it is")
    assert (ready.expires, ready.expires_soon) == (date(2026, 12, 24), True)
    assert ready.measures == ("Rapid Reaction Force", "Border Surveillance Units")
    assert told(world, "POL", MDA).units == ()


async def test_an_evaluation_of_all_is_of_those_who_took_part(world: World) -> None:
    name = await world.record(POL, LIGHTS)
    joined = Participation(exercise=name, nation=POL.nation)
    await world.record(POL, joined)
    graded = Evaluation(exercise=name, objective="o1", grade="partly", on=DAY)
    await world.record(POL, graded)

    assert [each.grade for each in told(world, "POL").exercises] == ["partly"]
    assert told(world, "FIN").exercises == ()
