"""The verbs of readiness: record, record again, withdraw.

What an account may not see does not exist for it: whatever names a thing is answered
as if there were none.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from foedus.alliance.sheets import named_nation
from foedus.clock import from_ms, to_ms
from foedus.errors import (
    FoedusError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.envelope import Act, Append, Event
from foedus.eventlog.log import EventLog
from foedus.ids import (
    START,
    NationCode,
    Position,
    new_event_id,
    new_record_id,
)
from foedus.readiness import rules
from foedus.readiness.events import (
    AnyRecorded,
    RecordWithdrawn,
    record_stream,
    recording,
)
from foedus.readiness.files import refusal_of
from foedus.readiness.measures import known_measure, known_module
from foedus.readiness.reading import Labelled, find_held, kind_of
from foedus.readiness.records import (
    AnyContent,
    Commitment,
    Completion,
    Enrolment,
    Evaluation,
    Exercise,
    Lesson,
    Measure,
    PairTest,
    Participation,
    Report,
    Requirement,
    Unit,
)
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, join
from foedus.releasability.labelled import LabelBudget
from foedus.releasability.labelling import label_for
from foedus.releasability.labels import print_label
from foedus.releasability.seeing import Seen, Sight
from foedus.releasability.viewers import Viewer

C = TypeVar("C", bound=msgspec.Struct)

BATCH: int = 500
"""Records that are appended at once: a commit or two, and a step of a progress bar."""


CALLED: Final = "#"
"""What begins the name by which a batch calls what it records before."""


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """Where readiness is kept.

    Attributes:
        ceiling: the highest level that the hub may hold; None for no ceiling.
    """

    log: EventLog
    sight: Sight
    ceiling: int | None = None


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be recorded.

    Attributes:
        content: a report may name a unit of the same batch by what it is called.
        label: who may see it; empty for the author's nation alone. Of a further
            edition empty, since it has the label of the first.
        drawn: the record whose words it carries on; empty for none. It may not be
            wider than that one, and is as wide where no label is given.
        again: the record of which this is a further edition; empty for a new one.
        called: what those after it in the batch call it by, such as `#1`.
        row: of a table, counted from 1; 0 for its place in the batch.
    """

    content: AnyContent
    label: str = ""
    illustrative: bool = False
    again: str = ""
    called: str = ""
    drawn: str = ""
    row: int = 0


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be appended to the history of a record, after what was read of it."""

    event: AnyRecorded
    label: str
    after: Position


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What has been recorded.

    Attributes:
        remark: what its author is to know; empty where nothing.
    """

    record: str
    position: Position
    remark: str = ""


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """By which adopted decision a measure is declared.

    Attributes:
        record: the id of the declaration, derived from the decision.
        event_id: of the event, likewise, so that it is declared once.
        author: the nation whose decision it is.
        label: that of the decision, as it was fixed there.
    """

    record: str
    event_id: UUID
    author: NationCode
    label: FixedLabel


async def record(
    register: Register, viewer: Viewer, act: Act, sent: Recording
) -> Recorded:
    """Record something.

    Raises:
        ForbiddenError: the account does not speak for the nation, or for the alliance.
        NotFoundError: what it names is not there, or not for this viewer.
        InvalidInputError: something cannot be meant.
        LabelError: the label is none.
        RuleViolationError: the label is above the account's clearance, or is one more
            than the nation may use.
    """
    (made,) = await record_all(register, viewer, act, [sent])
    return made


async def record_all(
    register: Register,
    viewer: Viewer,
    act: Act,
    sent: Sequence[Recording],
    told: Callable[[int], None] = lambda _: None,
) -> list[Recorded]:
    """Record several things, or none of them if one is refused.

    Args:
        register: where.
        viewer: who records.
        act: by which door, and when.
        sent: what; a refusal names the rows, counted from 1.
        told: is told how many more are recorded.

    Raises:
        ForbiddenError: as `record`; and so the others.
        ConflictError: somebody was faster with an edition; those before it stay.
    """
    prepared = await asyncio.to_thread(_prepared, register, viewer, act, sent)
    done: list[Recorded] = []
    for start in range(0, len(prepared), BATCH):
        part = prepared[start : start + BATCH]
        positions = await asyncio.gather(
            *(
                _append(register, act, each.event, each.label, after=each.after)
                for each in part
            )
        )
        done += [
            Recorded(
                record=each.event.record,
                position=position,
                remark=rules.remark_on(each.event.content),
            )
            for each, position in zip(part, positions, strict=True)
        ]
        told(len(part))
    return done


async def record_again(
    register: Register, viewer: Viewer, act: Act, name: str, content: AnyContent
) -> Recorded:
    """Record a further edition of a record, under the label of its first.

    Raises:
        NotFoundError: there is no such record, or not for this viewer.
        ForbiddenError: another nation recorded it.
        InvalidInputError: something cannot be meant.
        ConflictError: somebody was faster.
    """
    sent = Recording(content=content, again=name)
    (made,) = await record_all(register, viewer, act, [sent])
    return made


async def withdraw(  # noqa: PLR0913 - who, when, and what of which kind, and why
    register: Register,
    viewer: Viewer,
    act: Act,
    kind: type[C],
    name: str,
    *,
    reason: str = "",
) -> Position:
    """Withdraw a record that should not have been made.

    Raises:
        NotFoundError: there is no such record, or not for this viewer.
        ForbiddenError: another nation recorded it.
        ConflictError: somebody was faster.
    """
    after = await asyncio.to_thread(_last, register, name)
    label = await asyncio.to_thread(_own, register, viewer, kind, name)
    event = RecordWithdrawn(record=name, reason=reason.strip())
    return await _append(register, act, event, label, after=after)


async def declare_decided(
    register: Register, act: Act, content: Measure, mandate: Mandate
) -> Position:
    """Declare the measure that an adopted decision declares, once.

    Raises:
        InvalidInputError: something cannot be meant.
    """
    stream = record_stream(mandate.record)
    made = await asyncio.to_thread(register.log.read, stream)
    if made:
        return made[0].position
    with register.sight() as seen:
        label = print_label(mandate.label.label, seen.access.alliance)
    event = recording(
        content, mandate.label, record=mandate.record, author=mandate.author
    )
    return await _append(register, act, event, label, event_id=mandate.event_id)


def _prepared(
    register: Register, viewer: Viewer, act: Act, sent: Sequence[Recording]
) -> list[_Entry]:
    # Histories are read before the views, so that an edition between them conflicts.
    after = {each.again: _last(register, each.again) for each in sent if each.again}
    prepared: list[_Entry] = []
    faults: dict[int, FoedusError] = {}
    with register.sight() as seen:
        rules.check_speaks(viewer, seen.access)
        desk = _Desk(
            register=register,
            viewer=viewer,
            seen=seen,
            today=_day(act),
            budget=LabelBudget(seen.db, viewer.nation),
        )
        for number, each in enumerate(sent, start=1):
            row = each.row or number
            if row in faults:
                continue  # what follows from it would only be said twice
            try:
                entry = _entry(desk, each, after.get(each.again, START))
            except FoedusError as error:
                faults[row] = error
                continue
            prepared.append(entry)
            if each.called:
                desk.called[each.called] = entry.event.record
            if isinstance(entry.event.content, Unit):
                desk.units[entry.event.record] = entry.event.content
    if faults:
        raise refusal_of(faults, alone=len(sent) == 1)
    return prepared


class _Desk(msgspec.Struct, kw_only=True):
    """Where a batch is prepared.

    Attributes:
        budget: the labels that the nation may yet come to use.
        called: the ids of what stands before in the batch, by what it is called.
        units: the units that stand before in the batch, by id.
    """

    register: Register
    viewer: Viewer
    seen: Seen
    today: date
    budget: LabelBudget
    called: dict[str, str] = {}
    units: dict[str, Unit] = {}


def _entry(desk: _Desk, sent: Recording, after: Position) -> _Entry:
    content = sent.content
    if isinstance(content, Report) and content.unit in desk.called:
        unit = desk.called[content.unit]
        content = msgspec.structs.replace(content, unit=unit)
    seen, viewer, alliance = desk.seen, desk.viewer, desk.seen.access.alliance
    if sent.again:
        found = _find(seen, viewer, type(content), sent.again)
        rules.check_follows(viewer, found.held.author, alliance)
        label, record, author = found.fixed, sent.again, found.held.author
        illustrative = found.held.illustrative
        content = _checked(desk, content)
    else:
        content = _checked(desk, content)
        label = _label(desk, sent)
        desk.budget.spend(label)
        record, author = new_record_id(kind_of(type(content))), viewer.nation
        illustrative = sent.illustrative
    event = recording(
        content, label, record=record, author=author, illustrative=illustrative
    )
    return _Entry(event=event, label=print_label(label.label, alliance), after=after)


def _label(desk: _Desk, sent: Recording) -> FixedLabel:
    """Fix the label of a new record.

    Raises:
        NotFoundError: what it was drawn from is not there, or not for this viewer.
        RuleViolationError: others would see it than what it was drawn from.
    """
    seen, viewer = desk.seen, desk.viewer
    before = sent.drawn and _find(seen, viewer, type(sent.content), sent.drawn)
    if before and not sent.label:
        return before.fixed
    label = label_for(
        sent.label,
        viewer,
        seen.access,
        on=desk.today,
        ceiling=desk.register.ceiling,
    )
    if not before:
        return label
    access = seen.access
    allowed = access.entitled(before.fixed, before.held.author)
    if access.entitled(label, viewer.nation) & ~allowed:
        raise RuleViolationError(
            f"it was written from a report under {before.held.label}, and more would "
            "see it; leave the label as it was, or write it anew with `report` empty"
        )
    # Joined, so that it stays no wider whoever joins the alliance later.
    return join(label, before.fixed, originator=viewer.nation)


def _last(register: Register, name: str) -> Position:
    history = register.log.read(record_stream(name))
    return history[-1].position if history else START


def _own(register: Register, viewer: Viewer, kind: type[C], name: str) -> str:
    with register.sight() as seen:
        rules.check_speaks(viewer, seen.access)
        held = _find(seen, viewer, kind, name).held
        rules.check_follows(viewer, held.author, seen.access.alliance)
    return held.label


def _find(seen: Seen, viewer: Viewer, kind: type[C], name: str) -> Labelled[C]:
    return find_held(seen.db, seen.access, viewer, kind, name)


def _checked(desk: _Desk, content: AnyContent) -> AnyContent:
    """Check what is recorded, and give it with nations by their codes."""
    seen, viewer, alliance = desk.seen, desk.viewer, desk.seen.access.alliance
    content = _with_codes(content, seen.access)
    rules.check_content(content, alliance, today=desk.today)
    rules.check_may_record(content, viewer, alliance)
    if isinstance(content, Report):
        name = content.unit
        unit = desk.units.get(name) or _find(seen, viewer, Unit, name).held.content
        rules.check_follows(viewer, unit.nation, alliance)
    _check_named(seen, viewer, content)
    return content


def _check_named(seen: Seen, viewer: Viewer, content: AnyContent) -> None:
    """Refuse what names something that is not there for the viewer."""
    alliance = seen.access.alliance
    match content:
        case Participation(unit=unit_name) if unit_name:
            _find(seen, viewer, Exercise, content.exercise)
            _find(seen, viewer, Unit, unit_name)
        case Participation() | Lesson():
            _find(seen, viewer, Exercise, content.exercise)
        case Evaluation():
            exercise = _find(seen, viewer, Exercise, content.exercise).held
            rules.check_follows(viewer, exercise.author, alliance)
            objectives = {each.id for each in exercise.content.objectives}
            if content.objective not in objectives:
                raise NotFoundError(
                    f"the exercise has no objective {content.objective!r}; it has "
                    f"{', '.join(sorted(objectives)) or 'none'}"
                )
        case _:
            pass
    for key in _measures_named(content):
        known_measure(seen.db, seen.access, viewer, key)
    for key in _modules_named(content):
        known_module(seen.db, seen.access, viewer, key)


def _measures_named(content: AnyContent) -> tuple[str, ...]:
    match content:
        case Unit(measures=measures) | Exercise(measures=measures):
            return measures
        case (
            Requirement(measure=measure)
            | PairTest(measure=measure)
            | Commitment(measure=measure)
        ):
            return (measure,) if measure else ()
        case Measure(of=of):
            return (of,) if of else ()
        case _:
            return ()


def _modules_named(content: AnyContent) -> tuple[str, ...]:
    match content:
        case Requirement(modules=modules):
            return modules
        case Enrolment(module=module) | Completion(module=module):
            return (module,)
        case _:
            return ()


_NATIONS = ("nation", "first", "second")


def _with_codes(content: AnyContent, access: Access) -> AnyContent:
    """Give nations by their codes, however they were named."""
    alliance = access.alliance

    def code(text: str) -> NationCode:
        try:
            return named_nation(alliance, text)
        except NotFoundError as error:
            raise InvalidInputError(error.detail) from error

    changes: dict[str, object] = {
        name: code(getattr(content, name))
        for name in _NATIONS
        if getattr(content, name, "")
    }
    if isinstance(content, Requirement):
        changes["contributors"] = tuple(code(each) for each in content.contributors)
    return msgspec.structs.replace(content, **changes)


def _day(act: Act) -> date:
    return from_ms(to_ms(act.at)).date()


async def _append(  # noqa: PLR0913 - what an entry is made of
    register: Register,
    act: Act,
    event: Event,
    label: str,
    *,
    after: Position = START,
    event_id: UUID | None = None,
) -> Position:
    assert isinstance(event, AnyRecorded | RecordWithdrawn), "of this package"
    return await register.log.append(
        Append(
            event_id=event_id or new_event_id(to_ms(act.at)),
            stream=record_stream(event.record),
            event=event,
            who=act.who,
            label=label,
            after=after,
        )
    )
