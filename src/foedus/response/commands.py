"""The verbs of runs and tasks: start, cancel, act, and note that a task was shown.

- What an account may not see does not exist for it: whatever names a thing is answered
  as if there were none.
- A task's history is read from the log, folded, judged by the rule of the move, and
  written behind the last position read; who was slower decides anew.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from typing import Final, cast
from uuid import UUID, uuid4

import msgspec

from foedus.clock import from_ms, to_ms
from foedus.decisions.reading import find_decision
from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
)
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Append, Event
from foedus.identity.accounts import Holder
from foedus.identity.views import account_facts, clearances
from foedus.ids import START, AccountId, Position, derived_event_id, new_event_id
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, encode_label
from foedus.releasability.labelling import label_for
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Role, Viewer
from foedus.response import rules, tasks
from foedus.response.calendar_commands import calendars_known
from foedus.response.calendars import Calendar
from foedus.response.comparisons import check_fits
from foedus.response.events import (
    AnyTaskEvent,
    Cause,
    RunStarted,
    TaskAuthorised,
    TaskDelivered,
    TaskHanded,
    TaskSent,
    run_stream,
    task_stream,
)
from foedus.response.mandates import decides_on
from foedus.response.moves import Move, Where
from foedus.response.planning import Ground, Planned, Starting, plan
from foedus.response.queries import (
    find_run,
    find_task,
    last_of,
    started_of,
)
from foedus.response.quotas import check_runs
from foedus.response.rules import Actor
from foedus.response.seeing import acts, directs, notes
from foedus.response.tasks import Task
from foedus.response.views import library_of

ATTEMPTS: Final = 8
"""How often an act is decided anew because others were faster."""

AGAIN_S: Final = 0.02
"""Seconds before it is, in which the views catch up."""

SEED_BYTES: Final = 16
"""Of what ids of tasks are derived from; nobody guesses it."""

EVIDENCE_MAX: Final = 1_000
"""Objects that a run may rest on."""

_TASK_KINDS: Final = Codec(AnyTaskEvent)


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """By what a run is started that no person starts by hand.

    Attributes:
        run: its id, derived from the cause.
        event_id: of the event, likewise, so that it is started once.
        labels: of what it follows from; they are joined in.
        named: labels that people have named for it; each is joined in.
    """

    run: str
    event_id: UUID
    cause: Cause
    labels: tuple[FixedLabel, ...] = ()
    named: tuple[str, ...] = ()


async def start(
    desk: Desk, viewer: Viewer, act: Act, starting: Starting
) -> tuple[str, Position]:
    """Start a run, as its coordinator's duty officer.

    Raises:
        ForbiddenError: the account directs no runs.
        FoedusError: as `start_mandated`.
    """
    if not directs(viewer, desk.reading.access()):
        raise ForbiddenError("only a duty officer starts a protocol")
    mandate = Mandate(
        run=f"run--{uuid4()}",
        event_id=new_event_id(to_ms(act.at)),
        cause=Cause(reason=starting.reason),
    )
    return mandate.run, await start_mandated(desk, viewer, act, starting, mandate)


async def start_mandated(
    desk: Desk, viewer: Viewer, act: Act, starting: Starting, mandate: Mandate
) -> Position:
    """Start a run under an id that was given; the same mandate starts it once.

    Raises:
        NotFoundError: there is no such playbook, or evidence, for this viewer.
        InvalidInputError: a value, a nation or a number does not fit.
        LabelError: a label is none.
        RuleViolationError: a playbook is revoked or out of its time, a label is above
            the account's clearance, somebody is asked who could not see it, or the
            nation has as many open runs as it may.
    """

    def prepared() -> Append:
        with desk.reading.snapshot() as seen:
            planned = _planned(desk, seen, viewer, act, starting, mandate)
            started = RunStarted(
                run=mandate.run,
                seed=secrets.token_hex(SEED_BYTES),
                coordinator=viewer.nation,
                editions=planned.editions,
                launch=starting.launch,
                plans=planned.plans,
                exercise=planned.exercise,
                cause=planned.cause,
                evidence=starting.evidence,
                calendars=_calendars(seen, planned),
                at_ms=to_ms(act.at),
                label=msgspec.Raw(encode_label(planned.label)),
            )
            text = print_label(planned.label.label, seen.access.alliance)
        return Append(
            event_id=mandate.event_id,
            stream=run_stream(mandate.run),
            event=started,
            who=act.who,
            label=text,
            after=START,
        )

    return await desk.log.append(await asyncio.to_thread(prepared))


def check_start(  # noqa: PLR0913, PLR0917 - what a plan is made of
    desk: Desk,
    seen: Snapshot,
    viewer: Viewer,
    act: Act,
    starting: Starting,
    mandate: Mandate,
) -> None:
    """Refuse what could not be started, and start nothing.

    Raises:
        FoedusError: as `start_mandated`.
    """
    _planned(desk, seen, viewer, act, starting, mandate)


async def cancel(
    desk: Desk, viewer: Viewer, act: Act, name: str, reason: str
) -> Position:
    """End a run, as its coordinator's duty officer; one recorded act.

    Raises:
        NotFoundError: there is no such run for this viewer.
        ForbiddenError: the account does not direct it.
        InvalidInputError: there is no reason.
        RuleViolationError: it has ended.
        ConflictError: others were faster, again and again.
    """

    def prepared() -> Append:
        with desk.reading.snapshot() as seen:
            found = find_run(seen.db, seen.access, viewer, name)
            if found is None:
                raise NotFoundError(f"no run {name}; list the runs")
            actor = actor_of(viewer, act, seen.access)
            event = rules.cancel(found.run, actor, reason)
            text = print_label(found.label.label, seen.access.alliance)
            after = last_of(seen.db, run_stream(name))
        return _request(act, event, run_stream(name), text, after=after)

    position = await decided(desk, prepared)
    assert position is not None, "a cancellation is never nothing"
    return position


async def act_on_task(
    desk: Desk, viewer: Viewer, act: Act, name: str, move: Move
) -> Position | None:
    """Do something with a task.

    Returns:
        The position of what was written; None where it says nothing new.

    Raises:
        NotFoundError: there is no such task for this viewer.
        ForbiddenError: the account may not.
        InvalidInputError: a part of the move does not fit.
        RuleViolationError: the rules refuse it.
        ConflictError: others were faster, again and again.
    """

    def prepared() -> Append | None:
        with desk.reading.snapshot() as seen:
            found = find_task(seen.db, seen.access, viewer, name)
            if found is None:
                raise NotFoundError(f"no task {name}; list your tasks")
            task, after, agreed = _history(desk, found.task)
            where = _where(seen, viewer, act, task)
            event = move.decide(
                msgspec.structs.replace(where, has_agreed=act.who.account in agreed)
            )
            if event is None:
                return None
            label = tasks.label_of(tasks.step(task, event))
            text = print_label(label.label, seen.access.alliance)
        return _request(act, event, task_stream(name), text, after=after)

    return await decided(desk, prepared)


async def note_shown(
    desk: Desk, viewer: Viewer, act: Act, shown: Iterable[Task]
) -> list[Position]:
    """Note that tasks were shown to somebody who may act on them: delivered (C1).

    Each is noted once, under an id derived from it, whoever is shown it first. To a
    service that is not meant by the step it is shown without anybody knowing of it.
    """
    with desk.reading.snapshot() as seen:
        access, is_person = seen.access, _is_person(seen, viewer)
    requests = [
        Append(
            event_id=derived_event_id(
                each.asked.asked_ms, each.asked.task, "delivered"
            ),
            stream=task_stream(each.asked.task),
            event=TaskDelivered(
                nation=viewer.nation, at_ms=max(to_ms(act.at), each.asked.asked_ms)
            ),
            who=act.who,
            label=print_label(tasks.label_of(each).label, access.alliance),
        )
        for each in shown
        if each.is_open
        and each.passed.delivered is None
        and each.asked.nation == viewer.nation
        and acts(viewer, access, each.asked.plan.role)
        and (is_person or each.asked.plan.role is not None)
    ]
    if not requests:
        return []
    outcomes = await desk.log.append_many(requests)
    return [each for each in outcomes if isinstance(each, int)]


def read_task(desk: Desk, found: Task) -> tuple[Task, Position]:
    """Fold a task from its history; give it with the last position of that.

    Args:
        desk: where the log is.
        found: the task as the views know it; whether its step still waits is theirs.
    """
    task, last, _ = _history(desk, found)
    return task, last


def _history(desk: Desk, found: Task) -> tuple[Task, Position, set[AccountId]]:
    """Read a task as `read_task` does, and who has agreed since it was sent last."""
    history = desk.log.read(task_stream(found.asked.task))
    task, agreed = Task(asked=found.asked), set[AccountId]()
    for each in history:
        is_known = each.kind in _TASK_KINDS.kinds
        if not is_known or (each.erased and each.residue is None):
            continue
        event = cast("AnyTaskEvent", _TASK_KINDS.decode(each))
        task = tasks.step(task, event)
        if isinstance(event, TaskAuthorised):
            agreed.add(AccountId(each.who.account))
        elif isinstance(event, TaskSent | TaskHanded):
            agreed.clear()
    if found.ending is not None and found.ended_ms is not None:
        task = tasks.end(task, found.ending, found.ended_ms)
    return task, history[-1].position if history else START, agreed


def actor_of(
    viewer: Viewer, act: Act, access: Access, role: Role | None = None
) -> Actor:
    """Tell as whom an account acts.

    Args:
        viewer: the account.
        act: by which door, and when.
        access: who may see what, now.
        role: that the task asks for; None for any that may act.
    """
    return Actor(
        nation=viewer.nation,
        acts=acts(viewer, access, role),
        notes=notes(viewer, access, role),
        directs=directs(viewer, access),
        at_ms=to_ms(act.at),
    )


def plan_start(
    desk: Desk, seen: Snapshot, viewer: Viewer, act: Act, starting: Starting
) -> Planned:
    """Tell what a run would be if a duty officer started it now; start nothing.

    Raises:
        ForbiddenError: the account directs no runs.
        FoedusError: as `start_mandated`.
    """
    if not directs(viewer, seen.access):
        raise ForbiddenError("only a duty officer starts a protocol")
    mandate = Mandate(
        run="",
        event_id=new_event_id(to_ms(act.at)),
        cause=Cause(reason=starting.reason),
    )
    return _planned(desk, seen, viewer, act, starting, mandate)


def read_label(
    desk: Desk, seen: Snapshot, viewer: Viewer, act: Act, text: str
) -> FixedLabel:
    """Fix a label that somebody names for a run.

    Raises:
        LabelError: it is none, or is above the hub's ceiling.
    """
    on = from_ms(to_ms(act.at)).date()
    return label_for(text, viewer, seen.access, on=on, ceiling=desk.ceiling)


def _planned(  # noqa: PLR0913, PLR0917 - what a plan is made of
    desk: Desk,
    seen: Snapshot,
    viewer: Viewer,
    act: Act,
    starting: Starting,
    mandate: Mandate,
) -> Planned:
    named = [read_label(desk, seen, viewer, act, each) for each in mandate.named]
    check_runs(seen.db, viewer.nation)
    ground = Ground(
        db=seen.db,
        access=seen.access,
        viewer=viewer,
        at_ms=to_ms(act.at),
        on=from_ms(to_ms(act.at)).date(),
        labels=(
            *mandate.labels,
            *named,
            *_evidence(seen, viewer, starting.evidence),
        ),
        clearances=clearances(seen.db),
        ceiling=desk.ceiling,
        automation=desk.automation,
    )
    return plan(ground, starting, mandate.cause)


def _calendars(seen: Snapshot, planned: Planned) -> tuple[Calendar, ...]:
    """Give the calendars of those who are asked, as they are known today."""
    nations = {nation for each in planned.plans for nation in each.nations}
    return calendars_known(seen.db, nations)


def _evidence(seen: Snapshot, viewer: Viewer, ids: tuple[str, ...]) -> list[FixedLabel]:
    """Give the labels of what a run rests on, as far as the viewer sees it."""
    if len(ids) > EVIDENCE_MAX:
        raise InvalidInputError(f"at most {EVIDENCE_MAX} objects as evidence")
    if not ids:
        return []
    held = [each for each in seen.stored(viewer, sorted(set(ids))) if each.held]
    missing = sorted(set(ids) - {each.id for each in held})
    if missing:
        raise NotFoundError(f"no object {missing[0]}; name what you can see")
    return [each.label for each in held]


def _where(seen: Snapshot, viewer: Viewer, act: Act, task: Task) -> Where:
    def decides(name: str) -> bool:
        found = find_decision(seen.db, seen.access, viewer, name)
        return decides_on(found, (task.asked.run, task.asked.task))

    def adopted(names: tuple[str, ...]) -> frozenset[str]:
        return frozenset(filter(decides, names))

    def check(name: str, value: str | None) -> None:
        started = started_of(seen.db, task.asked.run)
        library = None if started is None else library_of(seen.db, started)
        if library is None:
            return
        playbook = library.version(task.asked.version)
        step = playbook.workflow[task.asked.step]
        declared = step.variables.get(name) or playbook.variables.get(name)
        if declared is not None:
            check_fits(value, declared.kind)

    role, is_person = task.asked.plan.role, _is_person(seen, viewer)
    actor = actor_of(viewer, act, seen.access, role)
    if role is None and not is_person:  # nobody meant a machine to commit a nation
        actor = msgspec.structs.replace(actor, acts=False)
    return Where(
        task=task,
        actor=actor,
        nation_of=seen.access.alliance.nation,
        adopted=adopted,
        check=check,
        decides=decides,
        is_person=is_person,
    )


def _is_person(seen: Snapshot, viewer: Viewer) -> bool:
    facts = account_facts(seen.db, viewer.account)
    return facts is not None and facts.holder is Holder.PERSON


async def decided(desk: Desk, prepared: Callable[[], Append | None]) -> Position | None:
    """Decide and append; decide anew where others were faster.

    Args:
        desk: where the log is.
        prepared: decides by what is known then; None where nothing changes.

    Raises:
        ConflictError: others were faster, again and again.
        FoedusError: as `prepared`.
    """
    for attempt in range(ATTEMPTS):
        request = await asyncio.to_thread(prepared)
        if request is None:
            return None
        try:
            return await desk.log.append(request)
        except ConflictError:
            if attempt == ATTEMPTS - 1:
                raise
            await asyncio.sleep(AGAIN_S)
    raise ConflictError("others were faster, again and again; try once more")


def _request(
    act: Act, event: Event, stream: str, label: str, *, after: Position
) -> Append:
    return Append(
        event_id=new_event_id(to_ms(act.at)),
        stream=stream,
        event=event,
        who=act.who,
        label=label,
        after=after,
    )
