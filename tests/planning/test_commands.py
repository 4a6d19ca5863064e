"""Plans are made of what the planner sees, and kept under the label of all of it."""

from datetime import timedelta

import msgspec
import pytest

from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    LabelError,
    NotFoundError,
)
from foedus.ids import NationCode
from foedus.planning.clocks import Clock
from foedus.planning.commands import make_again
from foedus.planning.plans import Within, fingerprint
from foedus.planning.situation_surges import More
from tests.planning.hubs import DUTY, MEMBERS, MOLDOVAN, READER, PlannedHub
from tests.planning.test_situations import HORIZON, task, way
from tests.readiness.world import FIN, POL


async def test_a_plan_tells_first_what_nobody_can_fill(planned: PlannedHub) -> None:
    found = (await planned.plan(POL)).made.found.coverage

    assert found is not None
    assert found.gaps[0].nobody_can
    assert "nobody has any ship" in {each.said for each in found.gaps}
    assert {each.nation for each in found.tours} == {"POL"}


async def test_a_plan_keeps_what_it_was_made_from(planned: PlannedHub) -> None:
    filed = await planned.plan(POL)

    made = planned.sheet(POL, filed.plan).made

    assert made == filed.made
    assert made.digest == fingerprint(made.inputs)
    assert sorted(each.name for each in made.inputs.units) == ["First", "Second"]
    assert [each.why for each in made.inputs.left] == ["no report says how ready it is"]
    assert {each.title for each in made.inputs.commitments} == {
        "Winter watch", "Sea", "Later",
    }  # fmt: skip
    assert planned.solver.nations[-1] == "POL"


async def test_a_plan_is_labelled_at_least_as_high_as_what_went_in(
    planned: PlannedHub,
) -> None:
    own = await planned.plan(POL)
    wide = await planned.plan(POL, label="NATO UNCLASSIFIED // PUBLIC")
    narrow = await planned.plan(FIN, label=MEMBERS)

    assert own.label == "NATO RESTRICTED // REL TO POL"
    assert wide.label == "NATO RESTRICTED // REL TO NATO 2024-03-07"
    # Finland's own unit went in, and is for nobody else.
    assert narrow.label == "NATO RESTRICTED // REL TO FIN"
    assert {each.name for each in narrow.made.inputs.units} >= {"Own"}


async def test_what_hangs_on_one_nation_is_told_by_code(planned: PlannedHub) -> None:
    found = (await planned.plan(FIN, "drop")).made.found.drops

    assert found is not None
    assert [each.nation for each in found.drops] == ["FIN", "POL"]
    assert found.drops[1].more > 0


async def test_one_nation_alone_may_be_left_out(planned: PlannedHub) -> None:
    asked = (await planned.plan(FIN, "drop", nations=(NationCode("Poland"),))).made

    assert asked.question.nations == ("POL",)
    assert asked.found.drops is not None
    assert [each.nation for each in asked.found.drops.drops] == ["POL"]


async def test_of_a_nation_without_units_nothing_is_told(planned: PlannedHub) -> None:
    for nation in ("SWE", "FIN"):  # of Finland Poland sees nothing
        with pytest.raises(InvalidInputError, match=f"no unit of {nation} goes into"):
            await planned.plan(POL, "drop", nations=(NationCode(nation),))


async def test_a_surge_is_compared_with_what_there_is(planned: PlannedHub) -> None:
    found = (await planned.plan(POL, "surge", more=More(times=2))).made

    assert found.found.surge is not None
    before, after = found.found.surge.before.fill, found.found.surge.after.fill
    assert before is not None
    assert after is not None
    assert after < before
    added = [each for each in found.inputs.commitments if not each.recorded]
    assert {each.title for each in added} == {
        "Winter watch, on top", "Sea, on top", "Later, on top",
    }  # fmt: skip


async def test_who_is_there_in_time_goes_by_a_named_clock(planned: PlannedHub) -> None:
    moving = Within(hours=48, clock=Clock.READY_TO_MOVE)
    found = (await planned.plan(POL, "closure", within=moving)).made.found.closure
    there = (await planned.plan(POL, "closure")).made.found.closure

    assert found is not None
    assert there is not None
    assert (found.covered, there.covered) == (0.4, 0)  # 48 h of notice, 20 on the way
    with pytest.raises(InvalidInputError, match="no commitment that is before you"):
        await planned.plan(MOLDOVAN, "closure")


async def test_a_plan_made_again_is_equal(planned: PlannedHub) -> None:
    for kind, more in (
        ("coverage", None),
        ("surge", More(times=2)),
        ("drop", None),
        ("closure", None),
    ):
        filed = await planned.plan(FIN, kind, more=more)  # type: ignore[arg-type]

        again = await make_again(planned.planner, FIN, filed.plan)

        assert (again.equal, again.differs) == (True, ())
        assert not again.register_changed
        assert again.solver == again.solver_then


async def test_a_plan_that_comes_out_otherwise_says_in_what(
    planned: PlannedHub,
) -> None:
    filed = await planned.plan(POL)
    planned.solver.bend = lambda found: msgspec.structs.replace(found, fill=0.5)

    try:
        again = await make_again(planned.planner, POL, filed.plan)
    finally:
        planned.solver.bend = lambda found: found

    assert (again.equal, again.differs) == (False, ("fill",))


async def test_a_register_that_says_something_else_is_told(
    planned: PlannedHub,
) -> None:
    filed = await planned.plan(MOLDOVAN)
    late = HORIZON.as_of + timedelta(hours=2 * HORIZON.period_h)
    await planned.record(MOLDOVAN, task(title="New", since=late), "")

    again = await make_again(planned.planner, MOLDOVAN, filed.plan)

    assert again.equal
    assert again.register_changed


async def test_who_does_not_plan_is_refused(planned: PlannedHub) -> None:
    filed = await planned.plan(FIN, label=MEMBERS)

    with pytest.raises(ForbiddenError, match="duty-officer, planner, secretariat"):
        await planned.plan(READER)
    with pytest.raises(ForbiddenError, match="planner, secretariat"):
        await planned.plan(DUTY, "drop")
    with pytest.raises(ForbiddenError):
        await make_again(planned.planner, READER, filed.plan)


async def test_a_hidden_plan_cannot_be_made_again(planned: PlannedHub) -> None:
    filed = await planned.plan(FIN)
    nothing = "plan--00000000-0000-4000-8000-000000000000"

    said = []
    for plan in (filed.plan, nothing):
        with pytest.raises(NotFoundError) as refusal:
            await make_again(planned.planner, POL, plan)
        said.append(refusal.value.detail)

    assert said[0] == said[1]


async def test_what_cannot_be_meant_is_refused_before_anything_is_solved(
    planned: PlannedHub,
) -> None:
    solved = len(planned.solver.nations)

    with pytest.raises(InvalidInputError, match="say how many times"):
        await planned.plan(POL, "surge", more=More())
    with pytest.raises(InvalidInputError, match="they ask for company, ship"):
        await planned.plan(POL, "surge", more=More(times=2, capabilities=("tank",)))
    crisis = task(measure="measure--0")
    with pytest.raises(NotFoundError, match="no such measure"):
        await planned.plan(POL, "surge", more=More(crisis=crisis))
    with pytest.raises(LabelError):
        await planned.plan(POL, label="nonsense")
    assert len(planned.solver.nations) == solved


async def test_what_is_hidden_from_the_planner_changes_no_plan(
    planned: PlannedHub,
) -> None:
    before = await planned.plan(POL)
    await planned.record(FIN, way(travel_h=99), "")

    after = await planned.plan(POL)

    assert (after.made, after.label) == (before.made, before.label)
