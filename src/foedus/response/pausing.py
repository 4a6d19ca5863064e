"""Letting a whole run stand still, and go on: the coordinator's, with a reason.

- While it does, nothing follows: no step is answered, no delay and no time ends, no
  clock of a task counts, nobody is reminded, and the hub sends nothing of it. What
  nations do meanwhile is kept, and counts when the run goes on.
- Then all that was left of each delay, time and clock is left. Clocks with a name go on
  meanwhile: to those outside, 48 hours are 48 hours.
- It is told in the run, to whoever may see that; a task says that it stands still, and
  not why.

Source: reference/response.md, section 5.2 (pauses by a named authority alone, logged).
"""

from collections.abc import Callable

from foedus.eventlog.envelope import Act
from foedus.ids import Position
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.response import rules
from foedus.response.directing import direct
from foedus.response.events import RunPaused, RunResumed
from foedus.response.queries import FoundRun
from foedus.response.rules import Actor
from foedus.response.runs import Run

Rule = Callable[[Run, Actor, str], RunPaused | RunResumed]


async def pause(
    desk: Desk, viewer: Viewer, act: Act, name: str, reason: str
) -> Position:
    """Let a run stand still, as its coordinator's duty officer.

    Raises:
        NotFoundError: there is no such run for this viewer.
        ForbiddenError: the account does not direct it.
        InvalidInputError: there is no reason.
        RuleViolationError: it has ended, or stands still already.
        ConflictError: others were faster, again and again.
    """
    return await _write(desk, viewer, act, name, (rules.pause, reason))


async def resume(
    desk: Desk, viewer: Viewer, act: Act, name: str, reason: str = ""
) -> Position:
    """Let a run that stands still go on, as its coordinator's duty officer.

    Raises:
        NotFoundError: there is no such run for this viewer.
        ForbiddenError: the account does not direct it.
        RuleViolationError: it has ended, or does not stand still.
        ConflictError: others were faster, again and again.
    """
    return await _write(desk, viewer, act, name, (rules.resume, reason))


async def _write(
    desk: Desk, viewer: Viewer, act: Act, name: str, what: tuple[Rule, str]
) -> Position:
    rule, reason = what

    def decide(_: Snapshot, found: FoundRun, actor: Actor) -> RunPaused | RunResumed:
        return rule(found.run, actor, reason)

    return await direct(desk, viewer, act, name, decide)
