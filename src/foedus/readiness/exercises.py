"""One exercise with all that came of it, as a viewer may see it."""

import apsw
import msgspec

from foedus.readiness.reading import Held, Wanted, find_held, list_held
from foedus.readiness.records import (
    About,
    Evaluation,
    Exercise,
    Lesson,
    Participation,
)
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer


class ObjectiveLine(msgspec.Struct, frozen=True, kw_only=True):
    """An objective with its evaluations, the last recorded first."""

    id: str
    text: str
    about: About
    evaluations: tuple[Held[Evaluation], ...]


class ExerciseSheet(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise: who takes part, what was achieved, what was learned."""

    exercise: Held[Exercise]
    participations: tuple[Held[Participation], ...]
    objectives: tuple[ObjectiveLine, ...]
    lessons: tuple[Held[Lesson], ...]


def exercise_sheet(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> ExerciseSheet:
    """Show a viewer one exercise with all that came of it.

    Raises:
        NotFoundError: there is none, or not for this viewer.
    """
    exercise = find_held(db, access, viewer, Exercise, name).held
    wanted = Wanted(about=name)
    evaluations = list_held(db, access, viewer, Evaluation, wanted)
    return ExerciseSheet(
        exercise=exercise,
        participations=tuple(list_held(db, access, viewer, Participation, wanted)),
        objectives=tuple(
            ObjectiveLine(
                id=each.id,
                text=each.text,
                about=each.about,
                evaluations=tuple(
                    one for one in evaluations if one.content.objective == each.id
                ),
            )
            for each in exercise.content.objectives
        ),
        lessons=tuple(list_held(db, access, viewer, Lesson, wanted)),
    )
