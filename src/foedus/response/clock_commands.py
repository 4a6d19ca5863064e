"""The verbs of clocks: let them stand still, let them go on, confirm the time.

- Only the coordinator's duty officer lets clocks of a task stand still, and says why;
  the nation whose clock it is sees it. So a nation cannot give itself more time.
- Who may confirm the time of the machine are operators and the secretariat of the
  alliance's own body.
"""

import asyncio
from typing import Final, cast

import msgspec

from foedus.clock import to_ms
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Append, Recorded
from foedus.ids import START, NationCode, Position, new_event_id
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Role, Viewer
from foedus.response.clocks import ClockName
from foedus.response.firings import (
    HOLDS,
    ClockPaused,
    ClockResumed,
    ClocksHeld,
    ClocksReleased,
    clock_stream,
)
from foedus.response.queries import FoundTask, find_task
from foedus.response.seeing import directs
from foedus.response.tasks import label_inside

REASON_CHARACTERS_MAX: Final = 1_000
"""A reason is a sentence or two."""

CONFIRMERS: Final = frozenset({Role.OPERATOR, Role.SECRETARIAT})
"""Roles of the alliance's own body that confirm the time."""

_PAUSES: Final = Codec(ClockPaused | ClockResumed)

_HOLDS: Final = Codec(ClocksHeld | ClocksReleased)


class Pausing(msgspec.Struct, frozen=True, kw_only=True):
    """That clocks of a task shall stand still.

    Attributes:
        clock: which one; None for all.
        awaits: the other nation that is waited for, by code or name; empty for none.
    """

    reason: str
    clock: ClockName | None = None
    awaits: str = ""


class Resuming(msgspec.Struct, frozen=True, kw_only=True):
    """That clocks of a task shall go on.

    Attributes:
        clock: which one, as it was paused; None for all.
    """

    reason: str = ""
    clock: ClockName | None = None


async def pause(
    desk: Desk, viewer: Viewer, act: Act, name: str, pausing: Pausing
) -> Position:
    """Let clocks of a task stand still.

    Raises:
        NotFoundError: there is no such task for this viewer.
        ForbiddenError: the account does not direct the run.
        InvalidInputError: there is no reason, or no such nation.
        RuleViolationError: the task has ended, or they stand still already.
        ConflictError: somebody was faster; decide anew.
    """
    _check_reason(pausing.reason, is_wanted=True)

    def prepared() -> Append:
        with desk.reading.snapshot() as seen:
            found = _directed(seen, viewer, name)
            history = desk.log.read(clock_stream(name))
            if pausing.clock in _standing_still(history):
                raise RuleViolationError("that stands still already; resume it first")
            event = ClockPaused(
                task=name,
                nation=viewer.nation,
                reason=pausing.reason,
                clock=pausing.clock,
                awaits=_awaited(pausing.awaits, seen.access),
                at_ms=max(to_ms(act.at), found.task.asked.asked_ms),
            )
            return _request(act, event, found, history, seen.access)

    return await desk.log.append(await asyncio.to_thread(prepared))


async def resume(
    desk: Desk, viewer: Viewer, act: Act, name: str, resuming: Resuming
) -> Position:
    """Let clocks of a task go on.

    Raises:
        NotFoundError: there is no such task for this viewer.
        ForbiddenError: the account does not direct the run.
        InvalidInputError: the reason is too long.
        RuleViolationError: the task has ended, or nothing of it stands still.
        ConflictError: somebody was faster; decide anew.
    """
    _check_reason(resuming.reason, is_wanted=False)

    def prepared() -> Append:
        with desk.reading.snapshot() as seen:
            found = _directed(seen, viewer, name)
            history = desk.log.read(clock_stream(name))
            still = _standing_still(history)
            if resuming.clock not in still:
                raise RuleViolationError("that does not stand still; see its clocks")
            event = ClockResumed(
                task=name,
                nation=viewer.nation,
                clock=resuming.clock,
                reason=resuming.reason,
                at_ms=max(to_ms(act.at), still[resuming.clock]),
            )
            return _request(act, event, found, history, seen.access)

    return await desk.log.append(await asyncio.to_thread(prepared))


async def confirm_time(desk: Desk, viewer: Viewer, act: Act) -> Position:
    """Confirm that the clock of the machine is right, so that clocks are told again.

    Raises:
        ForbiddenError: the account may not.
        RuleViolationError: nothing is held.
        ConflictError: somebody was faster; nothing is left to do.
    """
    access = desk.reading.access()
    if not may_confirm(viewer, access):
        raise ForbiddenError(
            "only operators and the secretariat of the alliance's own body confirm the "
            "time of the machine; ask them"
        )
    history = await asyncio.to_thread(desk.log.read, HOLDS)
    known = [each for each in history if not each.erased and each.kind in _HOLDS.kinds]
    if not known or isinstance(_HOLDS.decode(known[-1]), ClocksReleased):
        raise RuleViolationError("nothing is held; there is nothing to confirm")
    request = Append(
        event_id=new_event_id(to_ms(act.at)),
        stream=HOLDS,
        event=ClocksReleased(cause="confirmed", at_ms=to_ms(act.at)),
        who=act.who,
        after=history[-1].position,
    )
    return await desk.log.append(request)


def may_confirm(viewer: Viewer, access: Access) -> bool:
    """Tell whether an account may confirm the time."""
    return viewer.nation == access.alliance.code and bool(viewer.roles & CONFIRMERS)


def _directed(seen: Snapshot, viewer: Viewer, name: str) -> FoundTask:
    found = find_task(seen.db, seen.access, viewer, name)
    if found is None:
        raise NotFoundError(f"no task {name}; list your tasks")
    coordinates = viewer.nation == found.task.asked.coordinator
    if not coordinates or not directs(viewer, seen.access):
        raise ForbiddenError(
            "only a duty officer of the coordinator lets clocks stand still; ask there"
        )
    if not found.task.is_open:
        raise RuleViolationError("the task has ended, and its clocks with it")
    return found


def _standing_still(history: list[Recorded]) -> dict[ClockName | None, int]:
    """Tell what stands still, and since when."""
    still: dict[ClockName | None, int] = {}
    for each in history:
        if each.erased or each.kind not in _PAUSES.kinds:
            continue
        event = cast("ClockPaused | ClockResumed", _PAUSES.decode(each))
        if isinstance(event, ClockPaused):
            still[event.clock] = event.at_ms
        else:
            still.pop(event.clock, None)
    return still


def _awaited(text: str, access: Access) -> NationCode | None:
    if not text:
        return None
    nation = access.alliance.nation(text)
    if nation is None:
        raise InvalidInputError(f"no nation {text!a}; use a code of 'nation list'")
    return nation


def _check_reason(reason: str, *, is_wanted: bool) -> None:
    if is_wanted and not reason.strip():
        raise InvalidInputError("say why, in a sentence; the nation sees it")
    if len(reason) > REASON_CHARACTERS_MAX:
        raise InvalidInputError(f"a reason has at most {REASON_CHARACTERS_MAX:,} signs")


def _request(
    act: Act,
    event: ClockPaused | ClockResumed,
    found: FoundTask,
    history: list[Recorded],
    access: Access,
) -> Append:
    return Append(
        event_id=new_event_id(to_ms(act.at)),
        stream=clock_stream(event.task),
        event=event,
        who=act.who,
        label=print_label(label_inside(found.task).label, access.alliance),
        after=history[-1].position if history else START,
    )
