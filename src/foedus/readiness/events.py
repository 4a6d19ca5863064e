"""What can happen in readiness: something is recorded, anew or again, or withdrawn.

- Each record has an id drawn by lot and a label, fixed when it arrived. It may be
  recorded again, as a further edition under the same label; the last edition that
  holds on a day is what is known of that day.
- What is recorded of a unit, an exercise or a declared measure or module is seen by
  whoever may see both.
"""

from collections.abc import Callable

import msgspec

from foedus.eventlog.envelope import Event
from foedus.ids import NationCode
from foedus.readiness.records import (
    Adoption,
    AnyContent,
    Commitment,
    Completion,
    Enrolment,
    Evaluation,
    Exercise,
    Lesson,
    Measure,
    Module,
    PairTest,
    Participation,
    Report,
    Requirement,
    Route,
    Unit,
)
from foedus.releasability.join import FixedLabel, encode_label


class RecordEvent(Event, frozen=True, kw_only=True):
    """Something was recorded.

    Attributes:
        record: its id.
        author: the nation that recorded it, or the alliance's own body.
        illustrative: whether it was made up to show something.
    """

    record: str
    author: NationCode
    illustrative: bool = False


class MeasureDeclared(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.measure-declared"
):
    """A measure was declared: a new one, or one of the pack."""

    content: Measure
    label: msgspec.Raw


class RequirementSet(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.requirement-set"
):
    """What a measure asks for was set."""

    content: Requirement
    label: msgspec.Raw


class UnitRecorded(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.unit-recorded"
):
    """A unit that a nation contributes was recorded."""

    content: Unit
    label: msgspec.Raw


class UnitReported(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.unit-reported"
):
    """How ready a unit is was reported."""

    content: Report
    label: msgspec.Raw


class StandardAdopted(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.standard-adopted"
):
    """A nation applies a standard."""

    content: Adoption
    label: msgspec.Raw


class PairTested(RecordEvent, frozen=True, kw_only=True, tag="readiness.pair-tested"):
    """Systems of two nations were tried together."""

    content: PairTest
    label: msgspec.Raw


class ModuleAdded(RecordEvent, frozen=True, kw_only=True, tag="readiness.module-added"):
    """A module was added to the training catalogue."""

    content: Module
    label: msgspec.Raw


class ModuleEnrolled(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.module-enrolled"
):
    """A nation sent people to a module."""

    content: Enrolment
    label: msgspec.Raw


class ModuleCompleted(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.module-completed"
):
    """People of a nation completed a module."""

    content: Completion
    label: msgspec.Raw


class ExercisePlanned(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.exercise-planned"
):
    """An exercise was planned, or planned anew, or it took its course."""

    content: Exercise
    label: msgspec.Raw


class ExerciseJoined(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.exercise-joined"
):
    """A nation takes part in an exercise."""

    content: Participation
    label: msgspec.Raw


class ObjectiveEvaluated(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.objective-evaluated"
):
    """An objective of an exercise was evaluated."""

    content: Evaluation
    label: msgspec.Raw


class LessonRecorded(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.lesson-recorded"
):
    """A lesson of an exercise was recorded."""

    content: Lesson
    label: msgspec.Raw


class CommitmentRecorded(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.commitment-recorded"
):
    """A commitment was recorded."""

    content: Commitment
    label: msgspec.Raw


class RouteRecorded(
    RecordEvent, frozen=True, kw_only=True, tag="readiness.route-recorded"
):
    """How long units take between two places was recorded."""

    content: Route
    label: msgspec.Raw


class RecordWithdrawn(
    Event, frozen=True, kw_only=True, tag="readiness.record-withdrawn"
):
    """A record was withdrawn: it should not have been made, and counts no more.

    Attributes:
        reason: why, for whoever reads the log.
    """

    record: str
    reason: str = ""


AnyRecorded = (
    MeasureDeclared
    | RequirementSet
    | UnitRecorded
    | UnitReported
    | StandardAdopted
    | PairTested
    | ModuleAdded
    | ModuleEnrolled
    | ModuleCompleted
    | ExercisePlanned
    | ExerciseJoined
    | ObjectiveEvaluated
    | LessonRecorded
    | CommitmentRecorded
    | RouteRecorded
)
"""Everything that records something."""

ReadinessEvent = AnyRecorded | RecordWithdrawn
"""Everything that can happen here."""

_EVENT_OF: dict[type[AnyContent], Callable[..., AnyRecorded]] = {
    Measure: MeasureDeclared,
    Requirement: RequirementSet,
    Unit: UnitRecorded,
    Report: UnitReported,
    Adoption: StandardAdopted,
    PairTest: PairTested,
    Module: ModuleAdded,
    Enrolment: ModuleEnrolled,
    Completion: ModuleCompleted,
    Exercise: ExercisePlanned,
    Participation: ExerciseJoined,
    Evaluation: ObjectiveEvaluated,
    Lesson: LessonRecorded,
    Commitment: CommitmentRecorded,
    Route: RouteRecorded,
}
"""Which event records what."""

KIND_OF: dict[type[AnyContent], str] = {
    Measure: "measure",
    Requirement: "requirement",
    Unit: "unit",
    Report: "unit-report",
    Adoption: "adoption",
    PairTest: "pair-test",
    Module: "module",
    Enrolment: "enrolment",
    Completion: "completion",
    Exercise: "exercise",
    Participation: "participation",
    Evaluation: "evaluation",
    Lesson: "lesson",
    Commitment: "commitment",
    Route: "route",
}
"""What each is called; the id of a record begins with it."""


def recording(
    content: AnyContent,
    label: FixedLabel,
    *,
    record: str,
    author: NationCode,
    illustrative: bool = False,
) -> AnyRecorded:
    """Make the event that records a content."""
    return _EVENT_OF[type(content)](
        record=record,
        author=author,
        illustrative=illustrative,
        content=content,
        label=msgspec.Raw(encode_label(label)),
    )


def record_stream(record: str) -> str:
    """Name the history of one record."""
    return f"readiness/{record}"
