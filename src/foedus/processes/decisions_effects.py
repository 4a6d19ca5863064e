"""What an adopted decision does: each of its effects, exactly once.

- An effect is carried out under an id derived from the decision and its ordinal. Who
  finds that id in the log already knows that it was done, by whichever process, before
  whichever crash; then only the note that it was done is missing.
- An effect that a rule refuses by now is noted as refused, with the reason, and the
  others go on.
- Kinds for which nobody has an executor stand as a record in the log. Whoever can do
  more hands another executor in.

Source: DESIGN §6, "Releases": others' information only as effect of an adopted decision
in whose electorate the originator is.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from foedus.alliance import commands as alliance_commands
from foedus.alliance.events import STREAM as ALLIANCE
from foedus.alliance.events import ParticipationChanged
from foedus.clock import Clock, from_ms
from foedus.decisions import outcomes
from foedus.decisions.commands import read_decision
from foedus.decisions.events import (
    EffectDone,
    EffectRecorded,
    Outcome,
    effect_stream,
    stream,
)
from foedus.decisions.states import Decision
from foedus.decisions.texts import (
    ActivateEffect,
    Effect,
    EndEffect,
    FrameworkEffect,
    MeasureEffect,
    ProtocolEffect,
    ReleaseEffect,
    StatusEffect,
    UpdateEffect,
)
from foedus.errors import (
    ConflictError,
    FoedusError,
    NotFoundError,
    RuleViolationError,
    UnavailableError,
)
from foedus.eventlog.envelope import Act, Append, Event, Who
from foedus.eventlog.projector import Projector
from foedus.guidance import commands as guidance
from foedus.ids import (
    DecisionId,
    Position,
    ReleaseId,
    derived_event_id,
)
from foedus.intel import releasing
from foedus.intel.commands import Desk
from foedus.intel.releases import Draft as ReleaseDraft
from foedus.processes.decisions_channel import CLERK
from foedus.releasability.labels import print_label


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One effect that is to take place.

    Attributes:
        event_id: under which it is to be written, whoever does it.
        act: as whom, and when.
    """

    decision: Decision
    ordinal: int
    effect: Effect
    event_id: UUID
    act: Act


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it; as in `EffectDone`."""

    outcome: Outcome = "done"
    reference: str = ""


_UNTOLD: Final = "the hub's rules refuse it; try it by hand to be told why"

Executor = Callable[["Work", Task], Awaitable[Done]]
"""Lets an effect take place, or finds that it has.

Raises `RuleViolationError` or `NotFoundError` where a rule refuses it for good,
`ConflictError` or `UnavailableError` where it is to be tried again.
"""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What carrying effects out works with."""

    desk: Desk
    projector: Projector
    clock: Clock
    executors: Mapping[type, Executor]


async def carry_out(work: Work, names: Iterable[DecisionId]) -> list[Position]:
    """Let the effects of some decisions take place, in the order of each text.

    Returns:
        The positions to wait for.
    """
    positions: list[Position] = []
    for name in names:
        log = work.desk.log
        decision, _, _ = await asyncio.to_thread(read_decision, log, name)
        if decision is None:
            continue
        for ordinal in outcomes.pending(decision):
            try:
                positions.append(await _carry_out(work, decision, ordinal))
            except (ConflictError, UnavailableError):
                break  # the next look goes on here, so that the order is kept
    return positions


async def _carry_out(work: Work, decision: Decision, ordinal: int) -> Position:
    task = _task(work, decision, ordinal)
    executor = work.executors.get(type(task.effect), record)
    try:
        done = await executor(work, task)
        reason = ""
    except (ConflictError, UnavailableError):
        raise
    except FoedusError as refusal:
        done, reason = Done(outcome="refused"), _told(task.effect, refusal)
    event = EffectDone(
        ordinal=ordinal,
        outcome=done.outcome,
        reference=done.reference,
        reason=reason,
    )
    return await work.desk.log.append(
        _append(work, task, event, stream(decision.id), "effect-done")
    )


def _told(effect: Effect, refusal: FoedusError) -> str:
    """Say why an effect was refused, to everybody who sees the decision.

    A playbook, and what is released, have labels of their own: not a word of them.
    """
    if isinstance(effect, ProtocolEffect | ReleaseEffect):
        return _UNTOLD
    return refusal.detail


def _task(work: Work, decision: Decision, ordinal: int) -> Task:
    body = work.desk.reading.access().alliance.code
    return Task(
        decision=decision,
        ordinal=ordinal,
        effect=decision.text.effects[ordinal],
        event_id=_event_id(decision, ordinal, "effect"),
        act=Act(who=Who(account=CLERK, nation=body, door="process"), at=work.clock()),
    )


def _event_id(decision: Decision, ordinal: int, word: str) -> UUID:
    assert decision.effective_ms is not None, "what has effects was adopted"
    return derived_event_id(decision.effective_ms, decision.id, word, ordinal)


def _append(work: Work, task: Task, event: Event, target: str, word: str) -> Append:
    alliance = work.desk.reading.access().alliance
    return Append(
        event_id=_event_id(task.decision, task.ordinal, word),
        stream=target,
        event=event,
        who=task.act.who,
        label=print_label(task.decision.label.label, alliance),
    )


# Executors


async def change_status(work: Work, task: Task) -> Done:
    """Change the status of a nation."""
    effect = task.effect
    assert isinstance(effect, StatusEffect), "the executor of this kind"
    alliance = work.desk.reading.access().alliance
    nation = alliance.nation(effect.nation)
    if nation is None:
        raise NotFoundError(f"the alliance knows no nation {effect.nation!r}")
    if await _is_written(work, ALLIANCE, task.event_id):
        return Done(reference=nation)
    try:
        await alliance_commands.change_status(
            work.desk.log,
            nation,
            status=effect.status,
            since=effect.since,
            act=task.act,
            event_id=task.event_id,
        )
    except RuleViolationError:
        # Another process may have done it just now, which leaves nothing to do.
        if not await _is_written(work, ALLIANCE, task.event_id):
            raise
    return Done(reference=nation)


async def join_framework(work: Work, task: Task) -> Done:
    """Let a nation join a framework."""
    effect = task.effect
    assert isinstance(effect, FrameworkEffect), "the executor of this kind"
    nation = work.desk.reading.access().alliance.nation(effect.nation)
    if nation is None:
        raise NotFoundError(f"the alliance knows no nation {effect.nation!r}")
    done = Done(reference=f"{nation} in {effect.framework}")
    if await _is_written(work, ALLIANCE, task.event_id):
        return done
    wanted = ParticipationChanged(
        nation=nation, framework=effect.framework, joined=True, since=effect.since
    )
    try:
        await alliance_commands.change_participation(
            work.desk.log, wanted, task.act, event_id=task.event_id
        )
    except RuleViolationError:
        # Another process may have done it just now, which leaves nothing to do.
        if not await _is_written(work, ALLIANCE, task.event_id):
            raise
    return done


async def publish_update(work: Work, task: Task) -> Done:
    """Publish a policy update, for those who may see the decision.

    The proposer is its author, since the label of the decision is the proposer's.
    """
    effect, decision = task.effect, task.decision
    assert isinstance(effect, UpdateEffect), "the executor of this kind"
    assert decision.effective_ms is not None, "what has effects was adopted"
    reading = work.desk.reading
    name = f"update--{_uuid4_of(task.event_id)}"
    in_force_ms = decision.in_force_ms or decision.effective_ms
    await guidance.publish_decided(
        guidance.Bureau(log=work.desk.log, sight=reading.snapshot),
        task.act,
        guidance.Publishing(
            title=effect.title,
            text=effect.text,
            effective=from_ms(in_force_ms).date(),
        ),
        guidance.Mandate(
            update=name,
            event_id=task.event_id,
            author=decision.proposer,
            label=decision.label,
        ),
    )
    return Done(reference=name)


async def release(work: Work, task: Task) -> Done:
    """Release what the nations of the electorate originated."""
    effect = task.effect
    assert isinstance(effect, ReleaseEffect), "the executor of this kind"
    name = ReleaseId(f"release--{_uuid4_of(task.event_id)}")
    await releasing.add_decided(
        work.desk,
        task.act,
        draft_of(effect, task.decision),
        releasing.Mandate(
            decision=task.decision.id,
            electorate=task.decision.electorate,
            release=name,
            event_id=task.event_id,
        ),
    )
    return Done(reference=name)


async def activate(work: Work, task: Task) -> Done:
    """Bring an earlier decision into force."""
    effect = task.effect
    assert isinstance(effect, ActivateEffect), "the executor of this kind"
    return await _act_on(work, task, effect.decision, outcomes.activate_by)


async def end(work: Work, task: Task) -> Done:
    """End an earlier decision."""
    effect = task.effect
    assert isinstance(effect, EndEffect), "the executor of this kind"
    return await _act_on(work, task, effect.decision, outcomes.end_by)


async def record(work: Work, task: Task) -> Done:
    """Let an effect stand as a record: what it says is so from now on."""
    target = effect_stream(task.decision.id, task.ordinal)
    event = EffectRecorded(
        decision=task.decision.id, ordinal=task.ordinal, effect=task.effect
    )
    await work.desk.log.append(_append(work, task, event, target, "effect"))
    return Done(outcome="recorded")


EXECUTORS: Final[Mapping[type, Executor]] = MappingProxyType(
    {
        StatusEffect: change_status,
        ReleaseEffect: release,
        ActivateEffect: activate,
        EndEffect: end,
        FrameworkEffect: join_framework,
        UpdateEffect: publish_update,
        ProtocolEffect: record,
        MeasureEffect: record,
    }
)
"""How each kind of effect takes place."""


def draft_of(effect: ReleaseEffect, decision: Decision) -> ReleaseDraft:
    """Give the release that an effect asks for."""
    return ReleaseDraft(
        to=effect.to,
        label=effect.label,
        since=effect.since,
        from_now_on=effect.from_now_on,
        include_controlled=effect.include_controlled,
        reason=decision.text.title,
    )


async def _act_on(
    work: Work,
    task: Task,
    name: str,
    rule: Callable[[Decision, Decision], Event],
) -> Done:
    log = work.desk.log
    target = stream(name)
    other, after, _ = await asyncio.to_thread(read_decision, log, name)
    if other is None:
        raise NotFoundError(f"there is no decision {name}")
    if not await _is_written(work, target, task.event_id):
        event = rule(other, task.decision)
        request = _append(work, task, event, target, "effect")
        await log.append(msgspec.structs.replace(request, after=after))
    return Done(reference=name)


async def _is_written(work: Work, target: str, event_id: UUID) -> bool:
    entries = await asyncio.to_thread(work.desk.log.read, target)
    return any(each.event_id == event_id for each in entries)


def _uuid4_of(event_id: UUID) -> UUID:
    """Give an id of the random form that every process derives alike."""
    digest = hashlib.sha256(b"release\n" + event_id.bytes).digest()
    return UUID(bytes=digest[:16], version=4)
