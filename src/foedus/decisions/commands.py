"""The verbs of decisions: draft, act, consult.

A command reads one history, folds it, asks the rule, and appends behind the last
position that it read. Where somebody was faster it decides anew, with the instant at
which the act was received, so that a break is not late because others were talking.
"""

import asyncio
import re
from typing import Final, TypeVar, cast

import msgspec

from foedus.clock import from_ms, to_ms
from foedus.decisions import consultations, rules
from foedus.decisions.consultations import (
    Asking,
    Consultation,
    ConsultationEvent,
    consultation_stream,
    fold_consultation,
)
from foedus.decisions.consulting import Answer, Close
from foedus.decisions.effects import check_effects
from foedus.decisions.events import (
    Amended,
    DecisionEvent,
    DecisionsEvent,
    Stated,
    stream,
)
from foedus.decisions.folding import fold
from foedus.decisions.moves import Move
from foedus.decisions.rooms import At, Room
from foedus.decisions.seeing import label_now, may_see, speaks
from foedus.decisions.speakers import Speaker
from foedus.decisions.states import Decision
from foedus.decisions.texts import (
    Draft,
    Forum,
    Paragraph,
    Text,
    Verb,
    chair_of,
)
from foedus.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Append, Event, Recorded
from foedus.eventlog.log import EventLog
from foedus.ids import START, DecisionId, Position, new_decision_id, new_event_id
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.labelled import LabelBudget
from foedus.releasability.labels import print_label
from foedus.releasability.seeing import Sight
from foedus.releasability.viewers import Viewer

ATTEMPTS: Final = 8
"""How often an act is decided anew because others were faster."""

_ID: Final = re.compile(
    r"(decision|consultation)--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)

_CODEC: Final = Codec(DecisionsEvent)

E = TypeVar("E", bound=Event)


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """Where decisions are taken.

    Attributes:
        sight: opens the views.
        ceiling: the highest level that the hub may hold; None for no ceiling.
    """

    log: EventLog
    sight: Sight
    room: Room
    ceiling: int | None = None


async def draft(
    floor: Floor, viewer: Viewer, act: Act, sent: Draft
) -> tuple[DecisionId, Position]:
    """Draft a text.

    Raises:
        ForbiddenError: the account speaks for nobody who may propose.
        InvalidInputError: the text names what the alliance does not know.
        LabelError: its label is none.
        NotFoundError: it follows a decision that is not there for this viewer.
        RuleViolationError: the label is above the account's clearance or the ceiling,
            or is one more than the nation may use.
    """
    name = new_decision_id()
    event, label = await asyncio.to_thread(_drafted, floor, viewer, act, sent, name)
    request = _append(floor, act, event, stream(name), label=label, after=START)
    return name, await floor.log.append(request)


async def act(
    floor: Floor, viewer: Viewer, act: Act, name: str, move: Move
) -> Position:
    """Do something to a decision.

    Raises:
        NotFoundError: there is no such decision for this viewer.
        ForbiddenError: the account may not.
        RuleViolationError: the rules refuse it; a break that came too late is kept as
            a statement.
        ConflictError: others were faster, again and again.
    """

    def decide(decision: Decision) -> DecisionEvent | None:
        speaker = speaker_of(floor, viewer, act)
        event = move.decide(At(decision=decision, speaker=speaker, room=floor.room))
        _check_label(floor, viewer, event)
        return event

    for attempt in range(ATTEMPTS):
        decision, after = await asyncio.to_thread(_find, floor, viewer, name)
        event = decide(decision)
        if event is None:
            return after
        request = _append(
            floor, act, event, stream(name), label=label_now(decision), after=after
        )
        try:
            position = await floor.log.append(request)
        except ConflictError:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        _tell_if_late(event)
        return position
    raise ConflictError("others were faster, again and again; try once more")


async def consult(
    floor: Floor, viewer: Viewer, act: Act, asking: Asking
) -> tuple[str, Position]:
    """Ask the nations to consult.

    Raises:
        ForbiddenError: the account speaks for none of the nations that are asked.
        InvalidInputError: a nation is unknown, or nothing is said.
        LabelError: the label is none.
        RuleViolationError: the label is above the clearance, or does not reach a
            nation that is asked.
    """
    name = f"consultation--{new_decision_id().partition('--')[2]}"
    event, label = await asyncio.to_thread(_asked, floor, viewer, act, asking, name)
    request = _append(
        floor, act, event, consultation_stream(name), label=label, after=START
    )
    return name, await floor.log.append(request)


async def act_on_consultation(
    floor: Floor,
    viewer: Viewer,
    act: Act,
    name: str,
    answer: Answer,
) -> Position:
    """Join, hold or close a consultation.

    Raises:
        NotFoundError: there is no such consultation for this viewer, or no such
            decision that came of it.
        ForbiddenError: the account may not.
        RuleViolationError: it is closed.
        ConflictError: others were faster, again and again.
    """
    if isinstance(answer, Close) and answer.decision is not None:
        await asyncio.to_thread(_find, floor, viewer, answer.decision)
    target = consultation_stream(name)
    for attempt in range(ATTEMPTS):
        found, after = await asyncio.to_thread(_find_consultation, floor, viewer, name)
        event = answer.decide(found, speaker_of(floor, viewer, act))
        if event is None:
            return after
        request = _append(floor, act, event, target, label=found.label, after=after)
        try:
            return await floor.log.append(request)
        except ConflictError:
            if attempt == ATTEMPTS - 1:
                raise
    raise ConflictError("others were faster, again and again; try once more")


def speaker_of(floor: Floor, viewer: Viewer, act: Act) -> Speaker:
    """Tell as whom an account acts."""
    return Speaker(
        nation=viewer.nation,
        speaks=speaks(viewer, floor.room.access),
        at_ms=to_ms(act.at),
    )


def read_decision(
    log: EventLog, name: str
) -> tuple[Decision | None, Position, tuple[tuple[DecisionEvent, Recorded], ...]]:
    """Fold a decision from the log: what it is, the last position, and its events."""
    entries = _entries(log, stream(name), name)
    history = tuple(
        (cast("DecisionEvent", event), recorded) for event, recorded in entries
    )
    decision = fold((event, recorded.arrival_ms) for event, recorded in history)
    return decision, history[-1][1].position if history else START, history


def _entries(log: EventLog, target: str, name: str) -> list[tuple[Event, Recorded]]:
    if _ID.fullmatch(name) is None:
        return []
    return [
        (_CODEC.decode(recorded), recorded)
        for recorded in log.read(target)
        if not recorded.erased or recorded.residue is not None
    ]


def _find(floor: Floor, viewer: Viewer, name: str) -> tuple[Decision, Position]:
    decision, last, _ = read_decision(floor.log, name)
    if decision is None or not may_see(decision, viewer, floor.room.access):
        raise NotFoundError(f"no decision {name}; list the decisions")
    return decision, last


def _find_consultation(
    floor: Floor, viewer: Viewer, name: str
) -> tuple[Consultation, Position]:
    entries = _entries(floor.log, consultation_stream(name), name)
    found = fold_consultation(
        (cast("ConsultationEvent", event), recorded.arrival_ms)
        for event, recorded in entries
    )
    if found is None or not floor.room.access.may_see(
        viewer, found.label, found.nations[0]
    ):
        raise NotFoundError(f"no consultation {name}; list the consultations")
    return found, entries[-1][1].position


def _drafted(
    floor: Floor, viewer: Viewer, act: Act, sent: Draft, name: DecisionId
) -> tuple[DecisionEvent, FixedLabel]:
    alliance, day = floor.room.alliance, from_ms(to_ms(act.at)).date()
    check_effects(sent.text, alliance)
    table = floor.room.table(sent.text, viewer.nation, day)
    _check_new(floor, viewer, table.label)
    if sent.follows is not None:
        _find(floor, viewer, sent.follows)
    event = rules.draft(
        sent,
        speaker_of(floor, viewer, act),
        name,
        chair=chair_of(sent.text.forum, alliance),
        table=table,
    )
    return event, table.label


def _asked(
    floor: Floor, viewer: Viewer, act: Act, asking: Asking, name: str
) -> tuple[ConsultationEvent, FixedLabel]:
    room, day = floor.room, from_ms(to_ms(act.at)).date()
    text = _as_text(asking)
    table = room.table(text, viewer.nation, day)
    _check_new(floor, viewer, table.label)
    if table.unreached:
        raise RuleViolationError(
            "nobody of " + ", ".join(table.unreached) + " may see it; use a label that "
            "reaches them, ask fewer, or let another nation preside"
        )
    speaker = speaker_of(floor, viewer, act)
    event = consultations.ask(
        asking,
        viewer.nation,
        name,
        speaks=speaker.speaks,
        chair=chair_of(text.forum, room.alliance),
        electorate=table.electorate,
        label=table.label,
    )
    return event, table.label


def _as_text(asking: Asking) -> Text:
    """Give a consultation the form in which labels and forums are looked up."""
    if not asking.of:
        raise InvalidInputError("name the nations that are asked")
    return Text(
        title="-",
        label=asking.label,
        forum=Forum(name=asking.article, of=asking.of, chair=asking.chair),
        paragraphs=(Paragraph(verb=Verb.INVITES, text="-"),),
    )


def check_level(floor: Floor, viewer: Viewer, label: FixedLabel) -> None:
    """Refuse a label above the account's clearance, or above the hub's ceiling.

    Raises:
        RuleViolationError: it is.
    """
    levels = floor.room.alliance.levels
    if label.level > viewer.clearance:
        raise RuleViolationError(
            f"{levels[label.level].name} is above your clearance, "
            f"{levels[viewer.clearance].name}"
        )
    if floor.ceiling is not None and label.level > floor.ceiling:
        raise RuleViolationError(
            f"this hub holds nothing above {levels[floor.ceiling].name}"
        )


def _check_label(floor: Floor, viewer: Viewer, event: DecisionEvent | None) -> None:
    """Check the label that a new version of a text brings."""
    label = getattr(event, "label", None)
    if label is not None:
        check_level(floor, viewer, decode_label(bytes(label)))
    if isinstance(event, Amended):
        _check_new(floor, viewer, decode_label(bytes(event.label)))


def _check_new(floor: Floor, viewer: Viewer, label: FixedLabel) -> None:
    """Check the label of what a nation brings in."""
    check_level(floor, viewer, label)
    with floor.sight() as seen:
        LabelBudget(seen.db, viewer.nation).spend(label)


def _tell_if_late(event: DecisionEvent) -> None:
    if isinstance(event, Stated) and event.late:
        raise RuleViolationError(
            "silence has already ended; your objection is kept as a statement, and the "
            "chair sees it; the remedy is a new decision"
        )


def _append(  # noqa: PLR0913 - what an entry is made of
    floor: Floor,
    act: Act,
    event: Event,
    target: str,
    *,
    label: FixedLabel,
    after: Position,
) -> Append:
    return Append(
        event_id=new_event_id(to_ms(act.at)),
        stream=target,
        event=event,
        who=act.who,
        label=print_label(label.label, floor.room.alliance),
        after=after,
    )
