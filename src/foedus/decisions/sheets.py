"""Decisions as every surface shows them, to those who decide and to observers.

- Observers are shown the text, the clock, the outcome, what all were told, and open
  comments; never who said what. What they are shown is a function of what they may
  know and of nothing else.
- An effect that has not taken place by then is *taking effect*; there is no third.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from foedus.clock import from_ms
from foedus.decisions.deadlines import Deadline, reads_in, working_hours
from foedus.decisions.events import (
    Commented,
    DecisionEvent,
    Duty,
    PositionTaken,
    Stance,
    Stated,
)
from foedus.decisions.outcomes import needs_receipts
from foedus.decisions.profiles import find_profile
from foedus.decisions.reading import Dossier
from foedus.decisions.seeing import is_inside
from foedus.decisions.states import Decision, Phase
from foedus.decisions.telling import Entry
from foedus.decisions.texts import Effect, Kind, Text, hash_of
from foedus.decisions.versions import versions_of
from foedus.decisions.views import is_public
from foedus.decisions.zones import zone_of
from foedus.ids import DecisionId, NationCode
from foedus.releasability.access import Access
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer

EffectState = Literal["proposed", "taking effect", "done", "recorded", "refused"]


class DeadlineSheet(msgspec.Struct, frozen=True, kw_only=True):
    """When silence ends.

    Attributes:
        at: the instant; what is received then or later is late.
        zone: the zone in which it was announced.
        announced: the hour there, with its offset.
        reads: the hour in the reader's capital, in the alliance's zone and in UTC.
    """

    at: datetime
    zone: str
    announced: str
    reads: tuple[str, ...]


class DecisionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A decision in a list.

    Attributes:
        silence_means: what it means if the reader's nation says nothing.
        position: what the reader's nation has said; null if nothing.
    """

    decision: DecisionId
    title: str
    kind: Kind
    phase: Phase
    version: int
    forum: str
    proposer: NationCode
    chair: NationCode
    label: str
    deadline: DeadlineSheet | None
    silence_means: str
    position: Stance | None


class EffectSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What adoption does.

    Attributes:
        reference: what it made, such as a release.
        reason: why it was refused.
    """

    ordinal: int
    effect: Effect
    state: EffectState
    reference: str = ""
    reason: str = ""


class PositionSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation said.

    Attributes:
        until: when its capital decides; of an ad-referendum position.
        overdue: whether that has passed.
    """

    nation: NationCode
    stance: Stance
    text: str
    until: datetime | None
    overdue: bool


class LetterSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A break, or an association with one."""

    nation: NationCode
    named: tuple[NationCode, ...]
    at: datetime
    reason: str
    proposal: str
    associated: bool
    lifted: bool


class ApplicationSheet(msgspec.Struct, frozen=True, kw_only=True):
    """How a nation applies what was adopted."""

    nation: NationCode
    duty: Duty
    text: str


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the time line.

    Attributes:
        nation: who did it; null where the reader is not told.
        text: what was said; null where the reader is not told, or nothing was.
    """

    at: datetime
    what: str
    nation: str | None
    text: str | None


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """What only those are shown who decide.

    Attributes:
        read: nations that have confirmed to have read the text.
        receipts_needed: how many have to, for so short a period; 0 for none.
        hold: why silence that ended is held; null while it is not.
        few_working_hours: nations in whose capitals the period has few working hours,
            each with how many.
    """

    positions: tuple[PositionSheet, ...]
    letters: tuple[LetterSheet, ...]
    read: tuple[NationCode, ...]
    receipts_needed: int
    hold: str | None
    reason: str
    abstained: tuple[NationCode, ...]
    applications: tuple[ApplicationSheet, ...]
    few_working_hours: dict[NationCode, int]


class DecisionSheet(DecisionLine, frozen=True, kw_only=True):
    """Everything about a decision that a reader may know.

    Attributes:
        text_hash: of what is operative in the text, in hexadecimal.
        electorate: who decides; empty as long as it is a draft.
        effective_at: when silence ended or the meeting agreed.
        recorded_at: when that was written.
        in_force_since: null while a condition is open.
        versions: the numbers of those that the reader may know.
        follows: the decision that it continues; null also where that is hidden.
        successors: those that continue it, as far as the reader may know of them.
        inside: null for observers.
    """

    text: Text
    versions: tuple[int, ...]
    text_hash: str
    profile: str
    opening: int
    opened_at: datetime | None
    electorate: tuple[NationCode, ...]
    follows: DecisionId | None
    successors: tuple[DecisionId, ...]
    by: str
    effective_at: datetime | None
    recorded_at: datetime | None
    in_force_since: datetime | None
    ended_at: datetime | None
    effects: tuple[EffectSheet, ...]
    inside: Inside | None
    history: tuple[Happened, ...]


def line_of(decision: Decision, viewer: Viewer, access: Access) -> DecisionLine:
    """Set a decision out as a line of a list."""
    said = decision.position(viewer.nation)
    return DecisionLine(
        decision=decision.id,
        title=decision.text.title,
        kind=decision.text.kind,
        phase=decision.phase,
        version=decision.version,
        forum=decision.text.forum.name,
        proposer=decision.proposer,
        chair=decision.chair,
        label=print_label(decision.label.label, access.alliance),
        deadline=_deadline(decision.deadline, viewer, access),
        silence_means=silence_means(decision, viewer, access),
        position=None if said is None else said.stance,
    )


def sheet_of(
    dossier: Dossier, viewer: Viewer, access: Access, now_ms: int
) -> DecisionSheet:
    """Set a decision out in full, as far as the viewer may know it."""
    decision, linked = dossier.decision, dossier.linked
    inside = is_inside(decision, viewer, NationCode(access.alliance.code))
    line = line_of(decision, viewer, access)
    return DecisionSheet(
        **msgspec.structs.asdict(line),
        text=decision.text,
        versions=tuple(each.number for each in versions_of(dossier.moments)),
        text_hash=decision.text_hash or hash_of(decision.text),
        profile=decision.profile_name,
        opening=decision.opening,
        opened_at=_at(decision.opened_ms),
        electorate=decision.electorate,
        follows=decision.follows if decision.follows in linked else None,
        successors=tuple(each for each in decision.successors if each in linked),
        by=decision.by,
        effective_at=_at(decision.effective_ms),
        recorded_at=_at(decision.recorded_ms),
        in_force_since=_at(decision.in_force_ms),
        ended_at=_at(decision.ended_ms),
        effects=_effects(decision),
        inside=_inside(decision, access, now_ms) if inside else None,
        history=history_of(dossier.entries, viewer, inside=inside),
    )


def silence_means(decision: Decision, viewer: Viewer, access: Access) -> str:
    """Say in a sentence what it means if the viewer's nation says nothing."""
    if viewer.nation == access.alliance.code:
        return "Whoever of the electorate stays silent agrees."
    name = access.alliance.nations[viewer.nation].name
    if decision.phase is not Phase.SILENT:
        return f"No clock runs for {name}."
    if viewer.nation in decision.electorate:
        said = decision.position(viewer.nation)
        if said is not None and said.stance is Stance.ABSTAINS:
            return f"If {name} stays silent, it is adopted; {name} need not apply it."
        return f"If {name} stays silent, {name} agrees."
    return f"{name} has no say in this; it may comment."


def history_of(
    entries: Sequence[Entry], viewer: Viewer, *, inside: bool
) -> tuple[Happened, ...]:
    """Tell what happened, the oldest first."""
    return tuple(
        _happened(each, inside=inside)
        for each in entries
        if inside or _is_told(each, viewer)
    )


def _is_told(entry: Entry, viewer: Viewer) -> bool:
    event = entry.event
    if isinstance(event, Commented):
        return event.open or event.nation == viewer.nation
    return is_public(_kind(event))


def _happened(entry: Entry, *, inside: bool) -> Happened:
    told = inside or isinstance(entry.event, Commented)
    return Happened(
        at=from_ms(entry.arrival_ms),
        what=_what(entry.event),
        nation=entry.nation if told else None,
        text=_words(entry.event) if told else None,
    )


def _what(event: DecisionEvent) -> str:
    if isinstance(event, PositionTaken):
        return f"position: {event.stance.value}"
    if isinstance(event, Stated) and event.late:
        return "late objection, kept as a statement"
    return _kind(event).removeprefix("decisions.").replace("-", " ")


def _kind(event: DecisionEvent) -> str:
    return str(type(event).__struct_config__.tag)


def _words(event: DecisionEvent) -> str | None:
    for name in ("reason", "text", "note"):
        said = getattr(event, name, "")
        if isinstance(said, str) and said:
            return said
    return None


def _deadline(
    found: Deadline | None, viewer: Viewer, access: Access
) -> DeadlineSheet | None:
    if found is None:
        return None
    common = access.alliance.timezone
    zones = dict.fromkeys((zone_of(viewer.nation, common), common, "UTC"))
    return DeadlineSheet(
        at=found.at,
        zone=found.zone,
        announced=found.announced,
        reads=tuple(reads_in(found.at_ms, each) for each in zones),
    )


def _effects(decision: Decision) -> tuple[EffectSheet, ...]:
    done = {each.ordinal: each for each in decision.done}
    acts = decision.in_force_ms is not None
    found = []
    for ordinal, effect in enumerate(decision.text.effects):
        became = done.get(ordinal)
        state: EffectState = "taking effect" if acts else "proposed"
        found.append(
            EffectSheet(
                ordinal=ordinal,
                effect=effect,
                state=state if became is None else became.outcome,
                reference="" if became is None else became.reference,
                reason="" if became is None else became.reason,
            )
        )
    return tuple(found)


def _inside(decision: Decision, access: Access, now_ms: int) -> Inside:
    return Inside(
        positions=tuple(
            PositionSheet(
                nation=each.nation,
                stance=each.stance,
                text=each.text,
                until=_at(each.until_ms),
                overdue=each.until_ms is not None and each.until_ms <= now_ms,
            )
            for each in decision.positions
        ),
        letters=tuple(
            LetterSheet(
                nation=each.nation,
                named=each.named,
                at=from_ms(each.at_ms),
                reason=each.reason,
                proposal=each.proposal,
                associated=each.associated,
                lifted=each.lifted,
            )
            for each in decision.letters
        ),
        read=decision.receipts,
        receipts_needed=needs_receipts(decision),
        hold=None if decision.hold is None else decision.hold.note,
        reason=decision.reason,
        abstained=decision.abstained,
        applications=tuple(
            ApplicationSheet(nation=each.nation, duty=each.duty, text=each.text)
            for each in decision.applications
        ),
        few_working_hours=_few_working_hours(decision, access),
    )


def _few_working_hours(decision: Decision, access: Access) -> dict[NationCode, int]:
    if decision.deadline is None or decision.opened_ms is None:
        return {}
    least = find_profile(decision.profile_name).working_hours_min
    counted = {
        nation: working_hours(
            decision.opened_ms,
            decision.deadline.at_ms,
            zone_of(nation, access.alliance.timezone),
        )
        for nation in decision.electorate
    }
    return {nation: hours for nation, hours in counted.items() if hours < least}


def _at(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
