"""Ending a step by hand: the coordinator says how it ended, and why.

- It is one recorded act, and a deviation in the report. Whoever was asked reads the
  reason beside the task.
- It ends one activation of one step; what follows is what follows a success or a
  failure of it. What was due before happens before.
- What goes in is filed under the coordinator's eyes, as all that goes into a run.
"""

from typing import Annotated, Literal

import msgspec

from foedus.errors import InvalidInputError, NotFoundError
from foedus.eventlog.envelope import Act
from foedus.ids import Position
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.response import rules
from foedus.response.cacao import Step
from foedus.response.comparisons import check_fits
from foedus.response.directing import direct
from foedus.response.events import StepForced
from foedus.response.frames import Result
from foedus.response.moves import PARTS_MAX, Name, Value, Words
from foedus.response.queries import (
    FoundRun,
    StepRow,
    steps_of,
    tasks_of_run,
)
from foedus.response.rules import Actor
from foedus.response.views import library_of


class Forcing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a step is ended by hand.

    Attributes:
        step: its id or its name; the id of one of its tasks where it waits twice.
        result: whether it counts as done or as failed.
        reason: why; whoever was asked reads it.
        outputs: values of its `out_args`, where it counts as done.
    """

    step: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    result: Literal["ok", "fail"]
    reason: Words
    outputs: Annotated[dict[Name, Value | None], msgspec.Meta(max_length=PARTS_MAX)] = (
        msgspec.field(default_factory=dict)
    )


async def force(
    desk: Desk, viewer: Viewer, act: Act, name: str, forcing: Forcing
) -> Position:
    """End a step that waits, as the coordinator's duty officer.

    Raises:
        NotFoundError: there is no such run for this viewer, or no such step waits.
        ForbiddenError: the account does not direct it.
        InvalidInputError: there is no reason, an output does not fit, or the step
            waits more than once.
        RuleViolationError: the run has ended.
        ConflictError: others were faster, again and again.
    """

    def decide(seen: Snapshot, found: FoundRun, actor: Actor) -> StepForced:
        rules.check_force(found.run, actor, forcing.reason)
        row = _waiting(seen, viewer, name, forcing.step)
        _check_outputs(seen, found, row, forcing)
        return StepForced(
            nation=viewer.nation,
            number=row.number,
            result=Result(forcing.result),
            outputs=forcing.outputs,
            reason=forcing.reason,
            at_ms=max(actor.at_ms, row.began_ms),
        )

    return await direct(desk, viewer, act, name, decide)


def _waiting(seen: Snapshot, viewer: Viewer, run: str, named: str) -> StepRow:
    """Find the one step that waits and that is meant."""
    numbers = {
        each.asked.number
        for each in tasks_of_run(seen.db, seen.access, viewer, run)
        if each.asked.task == named
    }
    found = [
        each
        for each in steps_of(seen.db, seen.access, viewer, run)
        if each.ending is None
        and (each.number in numbers or named in (each.step, each.name))
    ]
    if not found:
        raise NotFoundError(f"no step {named!a} of this run waits; see its status")
    if len(found) > 1:
        raise InvalidInputError("it waits more than once; name one of its tasks")
    return found[0]


def _check_outputs(
    seen: Snapshot, found: FoundRun, row: StepRow, forcing: Forcing
) -> None:
    library = library_of(seen.db, found.started)
    assert library is not None, "a run without its playbooks is not kept"
    playbook = library.version(row.version)
    step: Step = playbook.workflow[row.step]
    for name, value in forcing.outputs.items():
        if name not in step.out_args:
            raise InvalidInputError(
                f"{name!a} is no output of the step; it has: "
                + (", ".join(step.out_args) or "none")
            )
        declared = step.variables.get(name) or playbook.variables.get(name)
        if declared is not None:
            check_fits(value, declared.kind)
