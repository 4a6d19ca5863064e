"""Decisions as pages show them: clocks, outcomes, effects and acts in words.

What a reader may know of a decision, `decisions.sheets` has settled; here it is only
put into words. A button stands only where the rules would allow its act.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from foedus.alliance.nations import Alliance
from foedus.clock import from_ms
from foedus.decisions import standpoints
from foedus.decisions.deadlines import find_zone
from foedus.decisions.events import Duty, Stance
from foedus.decisions.seeing import is_inside
from foedus.decisions.sheets import DecisionSheet, EffectSheet, Happened
from foedus.decisions.speakers import Speaker, check_chair, check_phase
from foedus.decisions.states import Decision, Phase
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
from foedus.decisions.zones import zone_of
from foedus.errors import FoedusError
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Token, token
from foedus.web.days import in_words

SOON: Final = timedelta(hours=1)
"""A clock that has no more than this left, or a tenth of its period, is *soon*."""

PHASES: Final = {
    Phase.DRAFT: ("Draft", ""),
    Phase.CONSULTING: ("Open for comments", "run"),
    Phase.SILENT: ("Under silence", "run"),
    Phase.SUSPENDED: ("Clock stopped", "warn"),
    Phase.HELD: ("Held", "warn"),
    Phase.BROKEN: ("Silence broken", "bad"),
    Phase.MEETING: ("In a meeting", "run"),
    Phase.ADOPTED: ("Adopted", "good"),
    Phase.NOT_ADOPTED: ("Not adopted", "bad"),
    Phase.WITHDRAWN: ("Withdrawn", ""),
    Phase.SUPERSEDED: ("Continued in another decision", ""),
    Phase.ENDED: ("No longer in force", ""),
}
"""The word for each phase, and the class that draws it."""

STANCES: Final = {
    Stance.AGREES: ("agrees", "Agree"),
    Stance.STATES: ("agrees, with a statement", "Agree, with a statement"),
    Stance.AD_REFERENDUM: ("agrees, ad referendum", "Agree, subject to the capital"),
    Stance.RESERVES: ("has a reservation", "Reserve, without blocking"),
    Stance.ABSTAINS: ("abstains constructively", "Abstain, and not apply it"),
    Stance.OBJECTS: ("objects", "Object, in the meeting"),
    Stance.SILENT: ("has taken its position back", "Take back what was said"),
}
"""Each position, as it is told of a nation, and as it is offered."""


def position_of(found: Decision, nation: NationCode, position: Stance | None) -> str:
    """Tell what a nation has said about a text, as it follows the nation's name.

    Args:
        found: the text.
        nation: who has spoken or not.
        position: what it has said last, as far as the reader may see it.
    """
    if any(each.nation == nation for each in found.standing_letters()):
        return "has broken silence"
    return "has said nothing" if position is None else STANCES[position][0]


DUTIES: Final = {
    Duty.PENDING: "has not said yet",
    Duty.ACCEPTED: "will apply it",
    Duty.NOT_APPLYING: "does not apply it",
    Duty.FULFILLED: "has applied it",
    Duty.LAPSED: "was bound until its end",
}
"""How each nation applies what was adopted, as it is told of it."""

HAPPENED: Final = {
    "tabled": "Laid before the nations",
    "circulated": "Silence opened",
    "commented": "Comment",
    "read confirmed": "Text read",
    "associated": "Break joined",
    "break lifted": "Break taken back",
    "stated": "Statement",
    "extended": "More time given",
    "suspended": "Clock stopped",
    "resumed": "Clock runs again",
    "amended": "New version",
    "returned": "Sent back",
    "activated": "Condition met",
    "effect done": "Took effect",
    "put to meeting": "Put to a meeting",
    "duty stated": "How it is applied",
    "electorate reduced": "A nation decides no more",
    "held": "Held for the chair",
    "referred up": "Referred to another body",
}
"""What happened, where its own name would not be understood."""

STATES: Final = {
    "taking effect": "run",
    "done": "good",
    "recorded": "good",
    "refused": "bad",
}
"""The class that draws the state of an effect."""


_UNOPENED: Final = (
    Phase.DRAFT,
    Phase.CONSULTING,
    Phase.BROKEN,
    Phase.MEETING,
    Phase.SUSPENDED,
)
"""Phases in which the chair may open silence."""


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """An instant as it is read at a place.

    Attributes:
        day: empty where it is that of the hour before it.
        zone: the abbreviation; empty for UTC itself.
    """

    day: str
    clock: str
    place: str
    zone: str


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A clock of silence.

    Attributes:
        left: what is left, in words; empty where nothing is.
        css: whether it ends soon, or is over.
        opened: when it was opened, in the alliance's zone; likewise `ends` and `now`.
        passed_s: seconds of the period that have passed, of `period_s`.
    """

    left: str
    css: str
    instant: str
    hours: tuple[Hour, ...]
    opened: str
    ends: str
    now: str
    passed_s: int
    period_s: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a decision on which no clock runs.

    Attributes:
        hours: since when, as it reads at several places; none for a draft.
    """

    heading: str
    sentence: str
    instant: str
    hours: tuple[Hour, ...]


class EffectRow(msgspec.Struct, frozen=True, kw_only=True):
    """What adoption does.

    Attributes:
        href: where what came of it can be read; empty where it has no page.
    """

    what: str
    meaning: str
    state: str
    css: str
    note: str
    href: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A point of the time line."""

    what: str
    nation: Token | None
    text: str
    instant: str
    at: str


class Acts(msgspec.Struct, frozen=True, kw_only=True):
    """What a visitor may do to a decision now.

    Attributes:
        object_late: whether silence is over, so that an objection is a statement.
        stances: the positions that may be taken, each with its words.
        observes: whether the visitor has no say in it.
    """

    observes: bool
    read: bool
    comment: bool
    break_silence: bool
    object_late: bool
    associate: bool
    lift: bool
    extend: bool
    circulate: bool
    stances: tuple[tuple[str, str], ...]


def hours_of(at: datetime, nation: NationCode, access: Access) -> tuple[Hour, ...]:
    """Tell how an instant reads in a capital, in the alliance's zone and in UTC."""
    common = access.alliance.timezone
    hours, day = [], ""
    for zone in dict.fromkeys((zone_of(nation, common), common, "UTC")):
        local = at.astimezone(find_zone(zone))
        said = f"{local:%a} {local.day} {local:%b %Y}"
        hours.append(
            Hour(
                day="" if said == day else said,
                clock=f"{local:%H:%M}",
                place=zone.rpartition("/")[2].replace("_", " "),
                zone="" if zone == "UTC" else f"{local:%Z}",
            )
        )
        day = said
    return tuple(hours)


def clock_of(
    decision: Decision, viewer: Viewer, access: Access, now: datetime
) -> Clock | None:
    """Draw the clock of a decision under silence; None where none runs."""
    if decision.phase is not Phase.SILENT or decision.deadline is None:
        return None
    ends = decision.deadline.at
    opened = now if decision.opened_ms is None else from_ms(decision.opened_ms)
    left, period = ends - now, ends - opened
    over = left <= timedelta(0)
    soon = left <= max(SOON, period / 10)
    return Clock(
        left="" if over else duration(left),
        css="over" if over else "soon" if soon else "",
        instant=_instant(ends),
        hours=hours_of(ends, viewer.nation, access),
        opened=_when(opened, access),
        ends=_when(ends, access),
        now=_when(now, access),
        passed_s=max(0, int((min(now, ends) - opened).total_seconds())),
        period_s=max(1, int(period.total_seconds())),
    )


def outcome_of(sheet: DecisionSheet, viewer: Viewer, access: Access) -> Outcome:
    """Say what has become of a decision on which no clock runs."""
    at = sheet.ended_at or sheet.effective_at
    if at is None and sheet.history:
        at = sheet.history[-1].at
    if sheet.phase is Phase.BROKEN:
        broken = (each.at for each in sheet.history if each.what == "silence broken")
        at = next(broken, at)
    if sheet.phase is Phase.DRAFT:
        at = None
    return Outcome(
        heading=PHASES[sheet.phase][0],
        sentence=_outcome_sentence(sheet),
        instant="" if at is None else _instant(at),
        hours=() if at is None else hours_of(at, viewer.nation, access),
    )


def silence_sentence(
    sheet: DecisionSheet, clock: Clock | None, viewer: Viewer, access: Access
) -> str:
    """Say what silence means for the reader's nation; "" where it means nothing."""
    if clock is None:
        return ""
    if clock.css == "over":
        return "Silence has ended; the hub is about to record the outcome."
    if sheet.position is not None and viewer.nation in sheet.electorate:
        name = access.alliance.nations[viewer.nation].name
        told = STANCES[sheet.position][0]
        return f"{name} {told}. {sheet.silence_means}"
    return sheet.silence_means


def effect_row(sheet: EffectSheet, alliance: Alliance) -> EffectRow:
    """Set an effect out in words."""
    what, meaning = effect_words(sheet.effect, alliance)
    return EffectRow(
        what=what,
        meaning=meaning,
        state=sheet.state,
        css=STATES.get(sheet.state, ""),
        note=sheet.reason or sheet.reference,
        href="" if sheet.reason else _place_of(sheet.reference),
    )


def _place_of(reference: str) -> str:
    """Give the page of what an effect made."""
    kind, mark, _ = reference.partition("--")
    place = _PLACES.get(kind, "") if mark else ""
    return place and f"{place}{reference}"


_PLACES: Final = {"update": "/updates/", "run": "/runs/", "release": "/releases/"}


def step_of(happened: Happened, viewer: Viewer, access: Access) -> Step:
    """Set a point of the time line out, in the alliance's zone."""
    said = happened.what.removeprefix("position: ")
    if said != happened.what:
        what = f"Position: {STANCES[Stance(said)][0]}"
    else:
        what = HAPPENED.get(said, said.capitalize())
    nation = happened.nation
    return Step(
        what=what,
        nation=_token(NationCode(nation), viewer, access) if nation else None,
        text=happened.text or "",
        instant=_instant(happened.at),
        at=_when(happened.at, access),
    )


def acts_of(
    decision: Decision, speaker: Speaker, viewer: Viewer, body: NationCode
) -> Acts:
    """Tell what the rules would let a visitor do now."""

    def may(rule: Callable[[Decision, Speaker], object]) -> bool:
        return allows(lambda: rule(decision, speaker))

    over = standpoints.is_late(decision, speaker)
    member = may(_has_say)
    unread = speaker.nation not in decision.receipts
    return Acts(
        observes=not is_inside(decision, viewer, body),
        read=unread and not over and may(standpoints.confirm_reading),
        comment=may(lambda d, s: standpoints.comment(d, s, "-", is_open=False)),
        break_silence=may(lambda d, s: standpoints.break_silence(d, s, reason="-")),
        object_late=member and over,
        associate=may(lambda d, s: standpoints.associate(d, s, "")),
        lift=may(lambda d, s: standpoints.lift(d, s, "")),
        extend=may(lambda d, s: _presides(d, s, Phase.SILENT, Phase.HELD))
        and not (over and decision.phase is Phase.SILENT),
        circulate=may(lambda d, s: _presides(d, s, *_UNOPENED)),
        stances=_stances(decision, speaker),
    )


def allows(rule: Callable[[], object]) -> bool:
    """Tell whether a rule allows an act that would change something."""
    try:
        return rule() is not None
    except FoedusError:
        return False


def duration(left: timedelta) -> str:
    """Write what is left: `2 d 5 h 48 min`."""
    minutes = int(left.total_seconds()) // 60
    if minutes < 1:
        return f"{int(left.total_seconds())} s"
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def _has_say(decision: Decision, speaker: Speaker) -> bool:
    standpoints.check_member(decision, speaker)
    return True


def _presides(decision: Decision, speaker: Speaker, *phases: Phase) -> bool:
    check_chair(decision, speaker)
    check_phase(decision, *phases)
    return True


def _stances(decision: Decision, speaker: Speaker) -> tuple[tuple[str, str], ...]:
    found = []
    for stance, (_, words) in STANCES.items():
        if stance is Stance.SILENT and decision.position(speaker.nation) is None:
            continue
        until_ms = speaker.at_ms + 1 if stance is Stance.AD_REFERENDUM else None

        def rule(stance: Stance = stance, until_ms: int | None = until_ms) -> object:
            return standpoints.take_position(
                decision, speaker, stance, text="-", until_ms=until_ms
            )

        if allows(rule):
            found.append((stance.value, words))
    return tuple(found)


_PHASES_MEAN: Final = {
    Phase.DRAFT: "The proposer and the chair alone know of it.",
    Phase.MEETING: "Positions are taken live; nobody agrees by silence.",
    Phase.CONSULTING: "Nations comment and take positions; nobody agrees by silence.",
    Phase.BROKEN: "Nothing is adopted. The chair opens silence anew, or ends it.",
    Phase.SUSPENDED: "Nobody agrees by silence until the chair lets it run again.",
}
"""What a phase means for everybody."""


def _outcome_sentence(sheet: DecisionSheet) -> str:
    match sheet.phase:
        case Phase.ADOPTED:
            silent = sheet.by == "silence"
            how = "No nation broke silence." if silent else "The meeting agreed."
            force = (
                "" if sheet.in_force_since else "In force once its condition is met."
            )
            return " ".join(each for each in (how, force) if each)
        case Phase.HELD:
            hold = sheet.inside.hold if sheet.inside else ""
            return f"{hold or ''} The chair confirms or extends it.".strip()
        case _:
            said = sheet.inside.reason if sheet.inside else ""
            return _PHASES_MEAN.get(sheet.phase, said)


def effect_words(effect: Effect, alliance: Alliance) -> tuple[str, str]:
    """Say what an effect is, and what it means."""
    match effect:
        case StatusEffect():
            what = f"{_name(effect.nation, alliance)} becomes {effect.status.value}"
            meaning = f"from {in_words(effect.since)}"
        case ReleaseEffect():
            to = ", ".join(_name(each, alliance) for each in effect.to)
            what, meaning = f"Release to {to}", _released(effect)
        case FrameworkEffect():
            what = f"{_name(effect.nation, alliance)} joins {effect.framework}"
            meaning = f"from {in_words(effect.since)}"
        case UpdateEffect():
            what, meaning = "Policy update", effect.title
        case ProtocolEffect():
            what, meaning = "Protocol", effect.protocol
        case MeasureEffect():
            what, meaning = "Measure", f"{effect.measure} {effect.level}".strip()
        case ActivateEffect():
            what, meaning = "Comes into force", effect.decision
        case EndEffect():
            what, meaning = "Ends", effect.decision
    return what, meaning


def _released(effect: ReleaseEffect) -> str:
    ongoing = ", and from now on" if effect.from_now_on else ""
    controlled = "included" if effect.include_controlled else "stays closed"
    return (
        f"what the audience of {effect.label} could see and the nations that decide "
        f"have originated, since {in_words(effect.since)}{ongoing}; what is originator "
        f"controlled {'is ' if effect.include_controlled else ''}{controlled}"
    )


def _name(code: str, alliance: Alliance) -> str:
    found = alliance.nation(code)
    return code if found is None else alliance.nations[found].name


def _token(code: NationCode, viewer: Viewer, access: Access) -> Token:
    return token(code, access, own=code == viewer.nation)


def _when(at: datetime, access: Access) -> str:
    local = at.astimezone(find_zone(access.alliance.timezone))
    return f"{local:%a} {local.day} {local:%b %Y} {local:%H:%M}"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
