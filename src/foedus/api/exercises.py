"""Exercises and what came of them, as the one who asks may see them."""

from typing import Final

from foedus.api.operations import Answer, Asked, Keep, Operation
from foedus.api.recording import PARTS, Kind, changing, listing, recording
from foedus.readiness.exercises import ExerciseSheet, exercise_sheet
from foedus.readiness.records import Evaluation, Exercise, Lesson, Participation


async def show(asked: Asked) -> Answer:
    """Show one exercise with all that came of it.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    with asked.hub.reading.snapshot() as seen:
        name = asked.parts["id"]
        found = exercise_sheet(seen.db, seen.access, asked.viewer, name)
    return Answer(value=found)


_EXERCISES: Final = Kind(
    content=Exercise,
    path="/api/v1/exercises",
    one="Exercise",
    many="Exercises",
    words="exercises",
)
_MORE: Final = (
    Kind(
        content=Participation,
        path="/api/v1/participations",
        one="Participation",
        many="Participations",
        words="participations in exercises",
    ),
    Kind(
        content=Evaluation,
        path="/api/v1/evaluations",
        one="Evaluation",
        many="Evaluations",
        words="evaluations of objectives",
    ),
    Kind(
        content=Lesson,
        path="/api/v1/lessons",
        one="Lesson",
        many="Lessons",
        words="lessons of exercises",
    ),
)

OPERATIONS: Final = (
    listing(_EXERCISES),
    recording(_EXERCISES),
    Operation(
        method="GET",
        path="/api/v1/exercises/{id}",
        name="showExercise",
        summary="One exercise: who takes part, what was achieved and learned.",
        handler=show,
        gives=ExerciseSheet,
        parts=PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    *changing(_EXERCISES),
    *(operation for kind in _MORE for operation in (listing(kind), recording(kind))),
)
