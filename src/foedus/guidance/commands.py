"""The verbs of guidance: report, record, publish, acknowledge.

What an account may not see does not exist for it: whatever names a thing is answered
as if there were none.
"""

import asyncio
from datetime import date
from uuid import UUID

import msgspec

from foedus.clock import from_ms, to_ms
from foedus.eventlog.envelope import Act, Append, Event
from foedus.eventlog.log import EventLog
from foedus.guidance import rules
from foedus.guidance.engagements import find_engagement
from foedus.guidance.events import (
    Course,
    EngagementKind,
    EngagementRecorded,
    EngagementReported,
    ObligationReported,
    Progress,
    UpdateAcknowledged,
    UpdatePublished,
    acknowledgement_stream,
    engagement_stream,
    report_stream,
    update_stream,
)
from foedus.guidance.obligations import find_owed
from foedus.guidance.updates import Held, held_update
from foedus.ids import (
    START,
    NationCode,
    Position,
    new_engagement_id,
    new_event_id,
    new_report_id,
    new_update_id,
)
from foedus.releasability.join import FixedLabel, encode_label
from foedus.releasability.labelled import LabelBudget
from foedus.releasability.labelling import label_for, label_for_two
from foedus.releasability.labels import print_label
from foedus.releasability.seeing import Seen, Sight
from foedus.releasability.viewers import Viewer


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """By which adopted decision an update is published.

    Attributes:
        update: the id of the update, derived from the decision.
        event_id: of the event, likewise, so that it is published once.
        author: the nation whose decision it is; further editions are its own.
        label: that of the decision, as it was fixed there.
    """

    update: str
    event_id: UUID
    author: NationCode
    label: FixedLabel


class Bureau(msgspec.Struct, frozen=True, kw_only=True):
    """Where guidance is kept.

    Attributes:
        ceiling: the highest level that the hub may hold; None for no ceiling.
    """

    log: EventLog
    sight: Sight
    ceiling: int | None = None


class Reporting(msgspec.Struct, frozen=True, kw_only=True):
    """What is reported of an obligation.

    Attributes:
        nation: whose it is, by code, name or alias.
        obligation: its key, from the checklist.
        due: when it is to be met.
        owner: the office that sees to it.
        label: who may see the report; empty for the two who are concerned.
    """

    nation: str
    obligation: str
    status: Progress
    due: date | None = None
    owner: str = ""
    evidence: str = ""
    label: str = ""


class Engaging(msgspec.Struct, frozen=True, kw_only=True):
    """The engagement that is recorded.

    Attributes:
        until: the day after its last.
        participants: nations by code, name or alias.
        label: who may see it; empty for the author's nation alone.
    """

    kind: EngagementKind
    title: str
    purpose: str
    since: date
    until: date | None = None
    participants: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    status: Course = Course.PLANNED
    outcome: str = ""
    label: str = ""


class Publishing(msgspec.Struct, frozen=True, kw_only=True):
    """The update, or the further edition of one, that is published.

    Attributes:
        label: who may see it; of a further edition empty, since it has the label of
            the first.
    """

    title: str
    text: str
    effective: date
    label: str = ""


async def report(
    bureau: Bureau, viewer: Viewer, act: Act, sent: Reporting
) -> tuple[str, Position]:
    """Report how a nation meets an obligation.

    Raises:
        ForbiddenError: the account does not speak for the nation.
        NotFoundError: there is no such nation, or it owes no such thing.
        InvalidInputError: a text is too long, or a day cannot be meant.
        LabelError: the label is none.
        RuleViolationError: the label is above the account's clearance.
    """
    event, label = await asyncio.to_thread(_reported, bureau, viewer, act, sent)
    position = await _append(bureau, act, event, report_stream(event.report), label)
    return event.report, position


async def engage(
    bureau: Bureau, viewer: Viewer, act: Act, sent: Engaging
) -> tuple[str, Position]:
    """Record an engagement.

    Raises:
        ForbiddenError: the account does not speak for a nation.
        NotFoundError: a nation that takes part is unknown.
        InvalidInputError: a text is missing or too long, or a day cannot be meant.
        LabelError: the label is none.
        RuleViolationError: the label is above the account's clearance.
    """
    name = new_engagement_id()
    return name, await engage_as(bureau, viewer, act, name, sent)


async def engage_as(
    bureau: Bureau, viewer: Viewer, act: Act, name: str, sent: Engaging
) -> Position:
    """Record an engagement under an id that is given.

    Raises:
        FoedusError: as `engage`.
        ConflictError: there is an engagement of that id.
    """
    event, label = await asyncio.to_thread(_engaged, bureau, viewer, act, name, sent)
    return await _append(bureau, act, event, engagement_stream(name), label)


async def report_engagement(
    bureau: Bureau, viewer: Viewer, act: Act, name: str, told: EngagementReported
) -> Position:
    """Say how an engagement stands, and what came of it.

    Raises:
        NotFoundError: there is none, or not for this viewer.
        ForbiddenError: another nation recorded it.
        InvalidInputError: the outcome is too long.
    """
    label = await asyncio.to_thread(_may_tell, bureau, viewer, name, told)
    stream = engagement_stream(name)
    after = await asyncio.to_thread(_last, bureau.log, stream)
    return await _append(bureau, act, told, stream, label, after=after)


async def publish(
    bureau: Bureau, viewer: Viewer, act: Act, sent: Publishing
) -> tuple[str, Position]:
    """Publish a policy update.

    Raises:
        ForbiddenError: the account does not speak for a nation or the alliance.
        InvalidInputError: a text is missing or too long, or the day cannot be meant.
        LabelError: the label is none.
        RuleViolationError: the label is above the account's clearance.
    """
    name = new_update_id()
    return name, await publish_as(bureau, viewer, act, name, sent)


async def publish_as(
    bureau: Bureau, viewer: Viewer, act: Act, name: str, sent: Publishing
) -> Position:
    """Publish a policy update under an id that is given.

    Raises:
        FoedusError: as `publish`.
        ConflictError: there is an update of that id.
    """
    event, label = await asyncio.to_thread(_published, bureau, viewer, act, name, sent)
    return await _append(bureau, act, event, update_stream(name), label)


async def publish_decided(
    bureau: Bureau, act: Act, sent: Publishing, mandate: Mandate
) -> Position:
    """Publish the update that an adopted decision asks for, once.

    Raises:
        InvalidInputError: a text is missing or too long, or the day cannot be meant.
    """
    stream = update_stream(mandate.update)
    made = await asyncio.to_thread(bureau.log.read, stream)
    if made:
        return made[0].position
    _check_text(sent, _day(act))
    with bureau.sight() as seen:
        label = _printed(mandate.label, seen)
    event = _update(mandate.update, mandate.author, 1, sent, mandate.label)
    return await _append(bureau, act, event, stream, label, event_id=mandate.event_id)


async def is_said(bureau: Bureau, viewer: Viewer, name: str, sent: Publishing) -> bool:
    """Tell whether the last edition of an update says what is to be published.

    Raises:
        NotFoundError: there is none, or not for this viewer.
        ForbiddenError: the account does not speak for its nation.
    """

    def read() -> bool:
        with bureau.sight() as seen:
            held = _held(seen, viewer, name)
            rules.check_speaks(viewer, seen.access)
        last = held.editions[-1]
        text = sent.title.strip(), sent.text
        return rules.is_said(text, (last.title, last.text))

    return await asyncio.to_thread(read)


async def publish_edition(
    bureau: Bureau, viewer: Viewer, act: Act, name: str, sent: Publishing
) -> tuple[int, Position]:
    """Publish a further edition of an update, under the label of its first.

    Raises:
        NotFoundError: there is none, or not for this viewer.
        ForbiddenError: another nation publishes it.
        InvalidInputError: a text is missing or too long, or the day cannot be meant.
        RuleViolationError: nothing is new.
        ConflictError: somebody was faster.
    """
    stream = update_stream(name)
    # Views may lag behind the log, so editions are counted where they are appended.
    history = await asyncio.to_thread(bureau.log.read, stream)
    event, label = await asyncio.to_thread(_edition, bureau, viewer, act, name, sent)
    event = msgspec.structs.replace(event, edition=len(history) + 1)
    after = history[-1].position if history else START
    position = await _append(bureau, act, event, stream, label, after=after)
    return event.edition, position


async def acknowledge(
    bureau: Bureau, viewer: Viewer, act: Act, name: str, edition: int | None
) -> tuple[int, Position]:
    """Acknowledge an edition of an update on behalf of one's nation.

    Args:
        bureau: where.
        viewer: who acknowledges.
        act: by which door, and when.
        name: the update.
        edition: which one; None for the last.

    Raises:
        NotFoundError: there is none, or not for this viewer.
        ForbiddenError: the account does not speak for its nation.
        ConflictError: it is acknowledged already, or somebody was faster.
    """
    stream = acknowledgement_stream(name, viewer.nation)
    after = await asyncio.to_thread(_last, bureau.log, stream)
    event, label = await asyncio.to_thread(_acknowledged, bureau, viewer, name, edition)
    position = await _append(bureau, act, event, stream, label, after=after)
    return event.edition, position


def _reported(
    bureau: Bureau, viewer: Viewer, act: Act, sent: Reporting
) -> tuple[ObligationReported, str]:
    today = _day(act)
    with bureau.sight() as seen:
        access = seen.access
        rules.check_speaks(viewer, access)
        nation = rules.whose(viewer, sent.nation, access.alliance)
        owed = find_owed(access.alliance, nation, sent.obligation, today)
        rules.check_words(owner=sent.owner, evidence=sent.evidence)
        rules.check_days(sent.due or today, None, today=today)
        label = (
            label_for_two(nation, viewer, access, on=today, ceiling=bureau.ceiling)
            if not sent.label and nation != viewer.nation
            else _labelled(bureau, viewer, seen, sent.label, today)
        )
        LabelBudget(seen.db, viewer.nation).spend(label)
    event = ObligationReported(
        report=new_report_id(),
        nation=nation,
        author=viewer.nation,
        obligation=owed.obligation,
        status=sent.status,
        due=sent.due,
        owner=sent.owner.strip(),
        evidence=sent.evidence.strip(),
        label=msgspec.Raw(encode_label(label)),
    )
    return event, _printed(label, seen)


def _engaged(
    bureau: Bureau, viewer: Viewer, act: Act, name: str, sent: Engaging
) -> tuple[EngagementRecorded, str]:
    today = _day(act)
    with bureau.sight() as seen:
        alliance = seen.access.alliance
        rules.check_speaks(viewer, seen.access)
        rules.check_said(title=sent.title, purpose=sent.purpose)
        rules.check_words(title=sent.title, purpose=sent.purpose, outcome=sent.outcome)
        rules.check_days(sent.since, sent.until, today=today)
        who = rules.participants(sent.participants, alliance)
        where = rules.regions(sent.regions, alliance)
        label = _labelled(bureau, viewer, seen, sent.label, today)
        LabelBudget(seen.db, viewer.nation).spend(label)
    event = EngagementRecorded(
        engagement=name,
        author=viewer.nation,
        engagement_kind=sent.kind,
        title=sent.title.strip(),
        purpose=sent.purpose.strip(),
        since=sent.since,
        until=sent.until,
        participants=who,
        regions=where,
        status=sent.status,
        outcome=sent.outcome.strip(),
        label=msgspec.Raw(encode_label(label)),
    )
    return event, _printed(label, seen)


def _may_tell(
    bureau: Bureau, viewer: Viewer, name: str, told: EngagementReported
) -> str:
    with bureau.sight() as seen:
        found = find_engagement(seen.db, seen.access, viewer, name)
        rules.check_speaks(viewer, seen.access)
    rules.check_owner(viewer, found.author, "engagement")
    rules.check_words(outcome=told.outcome)
    return found.label


def _published(
    bureau: Bureau, viewer: Viewer, act: Act, name: str, sent: Publishing
) -> tuple[UpdatePublished, str]:
    today = _day(act)
    with bureau.sight() as seen:
        rules.check_speaks(viewer, seen.access)
        _check_text(sent, today)
        label = _labelled(bureau, viewer, seen, sent.label, today)
        LabelBudget(seen.db, viewer.nation).spend(label)
    event = _update(name, viewer.nation, 1, sent, label)
    return event, _printed(label, seen)


def _edition(
    bureau: Bureau, viewer: Viewer, act: Act, name: str, sent: Publishing
) -> tuple[UpdatePublished, str]:
    with bureau.sight() as seen:
        held = _held(seen, viewer, name)
        rules.check_speaks(viewer, seen.access)
    rules.check_owner(viewer, held.author, "update")
    _check_text(sent, _day(act))
    last = held.editions[-1]
    number = rules.next_edition(
        last.edition,
        text=(sent.title.strip(), sent.text),
        before=(last.title, last.text),
    )
    event = _update(name, held.author, number, sent, held.label)
    return event, _printed(held.label, seen)


def _acknowledged(
    bureau: Bureau, viewer: Viewer, name: str, edition: int | None
) -> tuple[UpdateAcknowledged, str]:
    with bureau.sight() as seen:
        held = _held(seen, viewer, name)
        rules.check_speaks(viewer, seen.access)
    before = held.acknowledged.get(viewer.nation)
    number = rules.acknowledge(edition, held.editions[-1].edition, before)
    event = UpdateAcknowledged(update=name, edition=number, nation=viewer.nation)
    return event, _printed(held.label, seen)


def _held(seen: Seen, viewer: Viewer, name: str) -> Held:
    return held_update(seen.db, seen.access, viewer, name)


def _check_text(sent: Publishing, today: date) -> None:
    rules.check_said(title=sent.title, text=sent.text)
    rules.check_words(title=sent.title, text=sent.text)
    rules.check_days(sent.effective, None, today=today)


def _update(
    name: str, author: NationCode, edition: int, sent: Publishing, label: FixedLabel
) -> UpdatePublished:
    return UpdatePublished(
        update=name,
        author=author,
        edition=edition,
        title=sent.title.strip(),
        text=sent.text,
        effective=sent.effective,
        label=msgspec.Raw(encode_label(label)),
    )


def _labelled(
    bureau: Bureau, viewer: Viewer, seen: Seen, text: str, today: date
) -> FixedLabel:
    return label_for(text, viewer, seen.access, on=today, ceiling=bureau.ceiling)


def _printed(label: FixedLabel, seen: Seen) -> str:
    return print_label(label.label, seen.access.alliance)


def _day(act: Act) -> date:
    return from_ms(to_ms(act.at)).date()


def _last(log: EventLog, stream: str) -> Position:
    history = log.read(stream)
    return history[-1].position if history else START


async def _append(  # noqa: PLR0913 - what an entry is made of
    bureau: Bureau,
    act: Act,
    event: Event,
    stream: str,
    label: str,
    *,
    after: Position = START,
    event_id: UUID | None = None,
) -> Position:
    return await bureau.log.append(
        Append(
            event_id=event_id or new_event_id(to_ms(act.at)),
            stream=stream,
            event=event,
            who=act.who,
            label=label,
            after=after,
        )
    )
