from datetime import date

import pytest

from foedus.errors import NotFoundError
from foedus.readiness.exercises import exercise_sheet
from foedus.readiness.records import (
    Evaluation,
    Exercise,
    Lesson,
    Objective,
    Participation,
)
from tests.readiness.world import DAY, FIN, MDA, POL, World, unit

LIGHTS = Exercise(
    name="Lights",
    since=date(2026, 10, 1),
    until=date(2026, 10, 5),
    objectives=(Objective(id="o1", text="a"), Objective(id="o2", text="b")),
)


async def test_an_exercise_is_shown_as_far_as_the_reader_may_see_what_came_of_it(
    world: World,
) -> None:
    name = await world.record(POL, LIGHTS)
    hidden = await world.record(POL, unit(), "")
    graded = Evaluation(exercise=name, objective="o1", grade="achieved", on=DAY)
    await world.record(POL, graded)
    await world.record(POL, Lesson(exercise=name, text="shared"))
    await world.record(POL, Lesson(exercise=name, text="ours"), "")
    joined = Participation(exercise=name, nation=POL.nation, unit=hidden)
    await world.record(POL, joined)

    with world.sight() as seen:
        ours = exercise_sheet(seen.db, seen.access, POL, name)
        theirs = exercise_sheet(seen.db, seen.access, FIN, name)
        with pytest.raises(NotFoundError, match="no such exercise"):
            exercise_sheet(seen.db, seen.access, MDA, name)

    assert [len(each.evaluations) for each in theirs.objectives] == [1, 0]
    assert [each.content.text for each in ours.lessons] == ["ours", "shared"]
    assert [each.content.text for each in theirs.lessons] == ["shared"]
    assert len(ours.participations) == 1
    assert theirs.participations == ()
