"""A situation is built from what one viewer may see, and from nothing else."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from foedus.errors import InvalidInputError
from foedus.planning.forces import Rotation, digest
from foedus.planning.horizons import Horizon
from foedus.planning.situation_surges import More
from foedus.planning.situations import Prepared, situation_of
from foedus.readiness.records import Commitment, Requirement, Route, Unit
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from tests.readiness.world import (
    DAY,
    FIN,
    MDA,
    POL,
    STAFF,
    SWE,
    World,
    report,
    unit,
)

TASK = {
    "title": "Winter watch",
    "location": "Tapa",
    "measure": "rapid_reaction",
    "needs": [{"type": "company", "amount": 2}],
    "since": DAY,
    "deadline_h": 48,
}
WAY = {"end": "Tapa", "travel_h": 20, "source": "table 4", "since": "2026-01-01"}
BASE = {"location": "Gdansk"}
HORIZON = Horizon(as_of=DAY, periods=4)


def task(**more: object) -> Commitment:
    return msgspec.convert({**TASK, **more}, Commitment)


def way(start: str = "Gdansk", **more: object) -> Route:
    return msgspec.convert({**WAY, "start": start, **more}, Route)


def asks(*nations: str) -> Requirement:
    said = {"measure": "rapid_reaction", "contributors": nations, "since": "2026-01-01"}
    return msgspec.convert(said, Requirement)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


def prepared(world: World, by: Viewer = FIN, horizon: Horizon = HORIZON) -> Prepared:
    with world.sight() as seen:
        return situation_of(seen.db, seen.access, by, horizon)


async def reported(world: World, made: Unit, by: Viewer = POL, **more: object) -> str:
    """Record a unit with a report that counts; give its id."""
    name = await world.record(by, made)
    await world.record(by, report(name, **more))
    return name


async def test_units_commitments_and_ways_become_a_situation(world: World) -> None:
    name = await reported(world, unit(**BASE, size=4, tonnes=90), available=0.75)
    asked = await world.record(POL, task())
    await world.record(POL, way(loading_h=6))

    found = prepared(world)

    (made,), (want,) = found.situation.units, found.situation.commitments
    (route,) = found.situation.routes
    assert (made.id, made.notice_h, made.base) == (name, 48, "gdansk")
    assert (made.strength, made.tonnes, made.caveats) == (3, 90, ())
    assert (want.id, want.first, want.last, want.deadline_h) == (asked, 1, 4, 48)
    assert (route.base, route.location, route.loading_h) == ("gdansk", "tapa", 6)
    assert found.units[name].content.name == "First"
    assert (found.left, found.withheld, found.remarks) == ((), (), ())


async def test_a_unit_that_counts_for_no_rating_is_left_and_told(world: World) -> None:
    await world.record(POL, unit(**BASE))
    await reported(world, unit(name="Old", **BASE), valid_until="2026-11-20")
    await reported(world, unit(name="Shy", **BASE), evidence="")
    periodic = {"posture": "periodic", "notice_h": None, "windows": 4}
    await reported(world, unit(name="Rare", **BASE), **periodic)
    await reported(world, unit(name="Lost"))
    await reported(world, unit(name="Gone", **BASE), available=0)
    await world.record(POL, task())

    found = prepared(world)

    why = {each.cited.text.split(":")[0]: each.why for each in found.left}
    assert found.situation.units == ()
    assert why["First"] == "no report says how ready it is"
    assert why["Old"] == "its report expired on 2026-11-20"
    assert "names nothing that shows it" in why["Shy"]
    assert "nothing says when" in why["Rare"]
    assert "record its location" in why["Lost"]
    assert "nothing of it is there" in why["Gone"]


async def test_commitments_run_in_the_periods_that_they_touch(world: World) -> None:
    for since, until in (
        ("2026-01-01", "2026-12-22"),
        ("2027-01-18", None),
        ("2026-12-20", "2026-12-21"),
        ("2020-01-01", "2026-11-23"),
        ("2027-03-15", None),
    ):
        await world.record(POL, task(title=since, since=since, until=until))

    found = prepared(world)

    spans = {
        found.commitments[each.id].content.title: (each.first, each.last)
        for each in found.situation.commitments
    }
    assert spans == {
        "2026-01-01": (1, 2),
        "2027-01-18": (3, 4),
        "2026-12-20": (1, 1),
    }


async def test_caveats_pledges_and_labels_bar_units_from_commitments(
    world: World,
) -> None:
    free = await reported(world, unit(**BASE))
    not_there = await reported(world, unit(**BASE, caveats=("TAPA ", "ice")))
    other = await reported(world, unit(**BASE, measures=("forward_presence",)))
    asked = await world.record(POL, task())
    anybody = await world.record(POL, task(title="Any", location="Elk", measure=""))
    closed = await world.record(
        FIN, task(title="Closed"), "NATO UNCLASSIFIED // REL TO FIN"
    )

    found = prepared(world)

    barred = {each.id: set(each.caveats) for each in found.situation.units}
    assert barred == {
        free: set(),
        not_there: {asked, closed},
        other: {asked, closed},
    }
    assert anybody in found.commitments
    kept = {each.id: each.closed_to for each in found.situation.commitments}
    assert kept == {asked: (), anybody: (), closed: ("POL",)}
    assert found.remarks == (
        "First: the caveat 'ice' names no commitment of this plan and is not weighed",
    )


async def test_a_unit_is_away_when_it_says_so_and_after_its_last_day(
    world: World,
) -> None:
    refit = {"since": "2026-12-25", "until": "2027-01-02"}
    await reported(world, unit(**BASE, away=[refit], until="2027-02-15"))
    await world.record(POL, task())

    (found,) = prepared(world).situation.units

    assert found.away == (2, 4)


async def test_of_two_stated_ways_the_slower_is_planned_with(world: World) -> None:
    await reported(world, unit(**BASE))
    await world.record(POL, task())
    await world.record(POL, way(reception_h=9))
    await world.record(POL, way(travel_h=24))

    found = prepared(world)

    (route,) = found.situation.routes
    assert route.reception_h == 9
    assert found.remarks == (
        "gdansk to tapa: 24 h and 29 h are stated; the plan goes by the slower",
    )


async def test_who_is_there_already_needs_no_way(world: World) -> None:
    await reported(world, unit(location=" tapa"), clock="on-station")
    await world.record(POL, task())

    found = prepared(world)

    assert [each.travel_h for each in found.situation.routes] == [0]
    (said,) = found.remarks
    assert said.startswith("First: the reported hours run until later than ready")


async def test_a_capability_is_withheld_where_a_named_nation_shows_nothing(
    world: World,
) -> None:
    await reported(world, unit(**BASE))
    await reported(world, unit(**BASE, type="ship"))
    hidden = await world.record(SWE, unit(nation="SWE", **BASE), "")
    await world.record(SWE, report(hidden), "")
    await world.record(STAFF, asks("POL", "SWE"))
    needs = [{"type": "company", "amount": 1}]
    await world.record(POL, task(needs=needs))
    await world.record(
        POL, task(title="Sea", needs=[{"type": "ship", "amount": 1}], measure="")
    )

    theirs, own = prepared(world), prepared(world, SWE)

    (withheld,) = theirs.withheld
    assert (withheld.capability, withheld.nations) == ("company", ("SWE",))
    assert [each.type for each in theirs.situation.units] == ["ship"]
    assert [each.content.title for each in theirs.commitments.values()] == ["Sea"]
    assert own.withheld == ()
    assert [each.nation for each in own.situation.units].count("SWE") == 1


async def test_what_a_viewer_may_not_see_changes_nothing(world: World) -> None:
    await reported(world, unit(**BASE))
    await world.record(POL, task())
    before = prepared(world)

    await world.record(POL, unit(name="Own", **BASE), "")
    await world.record(POL, task(title="Secret"), "")
    await world.record(POL, way(), "")
    after = prepared(world)

    assert after == before
    assert digest(after.situation) == digest(before.situation)
    assert prepared(world, MDA).situation.units == ()


async def test_the_label_is_the_join_of_everything_that_went_in(world: World) -> None:
    await reported(world, unit(**BASE))
    await world.record(FIN, task(), "NATO UNCLASSIFIED // REL TO FIN, POL, SWE")
    await world.record(POL, way(), "TLP:GREEN")
    await world.record(POL, way("Lodz"), "NATO RESTRICTED // REL TO POL, FIN")

    found = prepared(world)

    with world.sight() as seen:
        text = print_label(found.label.label, seen.access.alliance)
    assert text == "NATO RESTRICTED // REL TO FIN, POL, SWE // REL TO PARTNERSHIP+"


async def test_each_unit_turns_as_its_nation_states(world: World) -> None:
    turning = {"tour_months": 6, "home_months": 12}
    await reported(world, unit(name="Slow", **BASE, rotation=turning))
    await reported(world, unit(name="Silent", **BASE))
    await world.record(POL, task())

    found = prepared(world)

    turns = {
        found.units[each.id].content.name: found.situation.rotation_of(each)
        for each in found.situation.units
    }
    assert turns == {
        "Slow": Rotation(tour=6, home=14, home_least=6),
        "Silent": Rotation(),
    }
    assert found.remarks == (
        "Silent: no rotation is stated; tours of 2 periods and 4 at home are assumed",
    )


async def test_a_rotation_that_is_asked_for_goes_for_all_and_says_so(
    world: World,
) -> None:
    turning = {"tour_months": 6, "home_months": 12}
    await reported(world, unit(**BASE, rotation=turning))
    await world.record(POL, task())
    asked = Rotation(tour=1, home=3, home_least=1)

    horizon = msgspec.structs.replace(HORIZON, rotation=asked)
    found = prepared(world, horizon=horizon)

    (made,) = found.situation.units
    assert found.situation.rotation_of(made) == asked
    assert found.remarks == (
        "First: the rotation that was asked for goes before their own",
    )


async def test_what_is_periodic_goes_in_with_the_periods_of_its_pattern(
    world: World,
) -> None:
    rare = {"posture": "periodic", "notice_h": None, "windows": 4}
    inside = [{"since": "2026-12-20", "until": "2027-02-16"}]
    outside = [{"since": "2026-12-22", "until": "2027-01-17"}]
    name = await reported(world, unit(name="Fits", **BASE), **rare, present=inside)
    await reported(world, unit(name="Not", **BASE), **rare, present=outside)
    await world.record(POL, task())

    found = prepared(world)

    (made,), (left,) = found.situation.units, found.left
    assert (made.id, made.away) == (name, (1, 4))
    assert found.situation.rotation_of(made) == Rotation(tour=1, home=0, home_least=0)
    assert "in no whole period of the plan" in left.why
    assert found.remarks[-1].endswith("in the whole periods of that: 2, 3")


async def test_a_deadline_that_is_none_can_be_written(world: World) -> None:
    await world.record(POL, task(deadline_h=None))

    found = prepared(world).situation

    again = msgspec.json.decode(msgspec.json.encode(found), type=type(found))
    assert again == found
    assert found.commitments[0].deadline_h is None


@pytest.mark.parametrize(
    "wrong", [{"periods": 0}, {"periods": 121}, {"period_h": 0}, {"period_h": 9000}]
)
def test_a_horizon_that_makes_no_sense_is_refused(
    world: World, wrong: dict[str, float]
) -> None:
    horizon = msgspec.convert({"as_of": date(2026, 11, 23), **wrong}, Horizon)

    with pytest.raises(InvalidInputError, match="period"):
        prepared(world, horizon=horizon)


async def test_a_surge_keeps_to_the_caveats_of_what_it_adds_to(world: World) -> None:
    name = await reported(world, unit(**BASE, caveats=("Tapa",)))
    asked = await world.record(POL, task())

    with world.sight() as seen:
        more = More(times=2)
        found = situation_of(seen.db, seen.access, FIN, HORIZON, more)

    (added,) = found.further
    assert (added.id, added.needs[0].amount) == (f"{asked}+", 2)
    assert found.situation.units[0].caveats == (asked, f"{asked}+")
    assert found.units.keys() == {name}
    assert set(found.surges) == {f"{asked}+"}


async def test_a_second_crisis_brings_units_and_ways_of_its_own(world: World) -> None:
    await reported(world, unit(**BASE, type="ship"))
    await world.record(POL, way())
    needs = [{"type": "ship", "amount": 1}]
    crisis = task(title="Second", needs=needs, measure="")

    with world.sight() as seen:
        more = More(crisis=crisis)
        found = situation_of(seen.db, seen.access, FIN, HORIZON, more)
        late = More(crisis=msgspec.structs.replace(crisis, since=date(2028, 1, 1)))
        with pytest.raises(InvalidInputError, match="none of the periods"):
            situation_of(seen.db, seen.access, FIN, HORIZON, late)

    assert [each.type for each in found.situation.units] == ["ship"]
    assert [each.location for each in found.situation.routes] == ["tapa"]
    assert [each.location for each in found.further] == ["tapa"]
    assert found.situation.commitments == ()
