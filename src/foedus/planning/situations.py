"""The situation that a plan is made from, out of the register, as one viewer sees it.

Start at `situation_of`. What it promises:

- It rests on what is before the viewer and on nothing else: what the viewer may not see
  changes no figure, no order and no fingerprint.
- A unit goes in by the rule of ratings: with a valid report that names what shows it.
  Those that do not are told, with why. Nothing is guessed: without a way between two
  places nobody is sent.
- Where a requirement names a nation of which nothing is before the viewer, the
  capability is *withheld*: it is planned for by nobody and stands in no figure. Units
  are of one type each, so that the others' figures do not depend on it.
- Doubt goes against the plan: the least of what may be there, the slower of two stated
  ways, of what is periodic the periods that lie wholly in its spells.
- The label that comes with it is the join of the labels of everything that went in.

Source:
    ADR 23, withheld rather than approximated; ADR 27, plans.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import apsw
import msgspec

from foedus.alliance.nations import Alliance
from foedus.errors import InvalidInputError, NotFoundError
from foedus.ids import NationCode
from foedus.planning import forces
from foedus.planning.clocks import Clock
from foedus.planning.horizons import Horizon, check_horizon
from foedus.planning.rotating import absent, turning
from foedus.planning.sending import Sending
from foedus.planning.situation_sources import Pile, Stated, pile_of
from foedus.planning.situation_surges import More, added_by, crisis_of
from foedus.readiness.measures import list_measures
from foedus.readiness.ratings import Left, Ready, cite_unit, count
from foedus.readiness.reading import Held
from foedus.readiness.records import Commitment, Unit
from foedus.readiness.rules import check_content, place
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, join_all
from foedus.releasability.viewers import Viewer


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """A capability of which nothing is planned or told.

    Attributes:
        nations: that a requirement names, and of which nothing is before the viewer;
            they recorded nothing, or nothing that the viewer may see.
    """

    capability: str
    nations: tuple[NationCode, ...]


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A situation, with what is needed to explain it and to label what comes of it.

    Attributes:
        situation: what solvers are given. Ids are those of the records, places are as
            `readiness.rules.place` gives them.
        further: what a surge asks for on top; nothing where none is asked.
        units: the units in it, by id.
        commitments: the commitments in it, by id.
        surges: what a surge asks for on top, likewise.
        left: units of a wanted type that are not in it, and why.
        types: of what type these are, by id.
        withheld: capabilities that are left out of it.
        remarks: what was taken how, where it could be taken otherwise.
        illustrative: whether anything that went in was made up to show something.
        label: the join of the labels of all that went in or is named here.
    """

    horizon: Horizon
    situation: forces.Situation
    further: tuple[forces.Commitment, ...]
    units: dict[str, Held[Unit]]
    commitments: dict[str, Held[Commitment]]
    surges: dict[str, Held[Commitment]]
    left: tuple[Left, ...]
    types: dict[str, str]
    withheld: tuple[Withheld, ...]
    remarks: tuple[str, ...]
    illustrative: bool
    label: FixedLabel


def situation_of(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    horizon: Horizon,
    more: More | None = None,
) -> Prepared:
    """Build what a plan is made from: units, commitments, ways, rotation.

    Reads the views only; takes about a second for 5,000 units, so call it off the
    event loop. The result is a function of what the viewer may see, and of `horizon`.

    Args:
        db: the views, as of a snapshot.
        access: who may see what.
        viewer: in whose world.
        horizon: from which day on, for how many periods, by which rotation.
        more: what a surge asks for on top.

    Raises:
        InvalidInputError: the horizon or the surge makes no sense.
        NotFoundError: the crisis names a measure that is not there for the viewer.
        TooLargeError: there are more units or commitments than one plan may have.
    """
    check_horizon(horizon)
    pile = pile_of(db, access, viewer, horizon.as_of)
    names = {each.measure: each.name for each in list_measures(db, access, viewer)}
    wanted = [each for each in pile.commitments if _span(each.content, horizon)]
    crisis = _crisis(more, viewer, horizon, access.alliance, names)
    withheld = _withheld(pile, [*wanted, *crisis])
    hidden = {each.capability for each in withheld}
    asked = [each for each in wanted if _needs(each.content, hidden)]
    surges = {each.record: each for each in crisis if _needs(each.content, hidden)}
    surges |= added_by(more, asked) if more is not None else {}
    every = [*asked, *surges.values()]
    ready, left = _units(pile, every, hidden, (access, horizon))
    rules = Sending.of(pile, every, names, access)
    situation = forces.Situation(
        periods=horizon.periods,
        units=tuple(_unit(each, rules, horizon) for each in ready),
        commitments=tuple(_commitment(each, hidden, rules, horizon) for each in asked),
        routes=_routes(pile, ready, every),
        rotation=horizon.rotation or forces.Rotation(),
        period_h=horizon.period_h,
    )
    forces.check(situation)
    return Prepared(
        horizon=horizon,
        situation=situation,
        further=tuple(
            _commitment(each, hidden, rules, horizon) for each in surges.values()
        ),
        units={each.unit.record: each.unit for each in ready},
        commitments={each.record: each for each in asked},
        surges=surges,
        left=left,
        types=_types(pile, left),
        withheld=withheld,
        remarks=(
            *_remarks(ready, rules, pile, situation),
            *_remarks_on_turns(ready, horizon, situation),
        ),
        illustrative=any(each.illustrative for each in asked)
        or any(each.unit.illustrative or each.report.illustrative for each in ready),
        label=_label(pile, viewer, situation, (ready, left, wanted)),
    )


def _span(commitment: Commitment, horizon: Horizon) -> tuple[int, int] | None:
    return horizon.span(commitment.since, commitment.until)


def _needs(commitment: Commitment, hidden: set[str]) -> tuple[forces.Need, ...]:
    return tuple(
        forces.Need(type=each.type, amount=each.amount)
        for each in commitment.needs
        if each.type not in hidden
    )


def _withheld(pile: Pile, wanted: Sequence[Held[Commitment]]) -> tuple[Withheld, ...]:
    """Find the capabilities of which a named nation shows the viewer nothing."""
    unseen: dict[str, tuple[NationCode, ...]] = {}
    nations: dict[str, set[NationCode]] = defaultdict(set)
    for each in wanted:
        measure = each.content.measure
        if measure not in unseen:
            unseen[measure] = count(pile.of_measure(measure)).unseen if measure else ()
        for need in each.content.needs:
            nations[need.type] |= set(unseen[measure])
    return tuple(
        Withheld(capability=kind, nations=tuple(sorted(found)))
        for kind, found in sorted(nations.items())
        if found
    )


def _crisis(
    more: More | None,
    viewer: Viewer,
    horizon: Horizon,
    alliance: Alliance,
    names: Mapping[str, str],
) -> list[Held[Commitment]]:
    """Give the second crisis, if there is one, once it is sure that it can be meant."""
    held = crisis_of(more, viewer.nation) if more is not None else None
    if held is None:
        return []
    check_content(held.content, alliance, today=horizon.as_of)
    if held.content.measure and held.content.measure not in names:
        raise NotFoundError("no such measure; list those that are there for you")
    if _span(held.content, horizon) is None:
        raise InvalidInputError("crisis: it is in none of the periods of the plan")
    return [held]


def _units(
    pile: Pile,
    asked: Iterable[Held[Commitment]],
    hidden: set[str],
    at: tuple[Access, Horizon],
) -> tuple[list[Ready], tuple[Left, ...]]:
    """Part the units of wanted types that can be planned with from the others."""
    types = {need.type for each in asked for need in _needs(each.content, hidden)}
    counted = count(
        pile.stock(each for each in pile.units if each.content.type in types)
    )
    usable, left = [], list(counted.left)
    for each in counted.ready:
        why = _why_not(each, *at)
        if why:
            left.append(Left(cited=cite_unit(each.unit), why=why))
        else:
            usable.append(each)
    return usable, tuple(left)


def _types(pile: Pile, left: Iterable[Left]) -> dict[str, str]:
    out = {each.cited.record for each in left}
    return {each.record: each.content.type for each in pile.units if each.record in out}


def _why_not(ready: Ready, access: Access, horizon: Horizon) -> str:
    unit, report = ready.unit.content, ready.report.content
    if not access.standing(unit.nation):
        return f"{unit.nation} has no standing today"
    if report.posture == "periodic":
        if not report.present:
            return (
                "it is there at times, and nothing says when; report from which day "
                "until which it is there"
            )
        if len(set(absent(report, horizon))) == horizon.periods:
            return (
                "it is there in no whole period of the plan; shorter periods may fit "
                "the days on which it is"
            )
    if not ready.there > 0:
        return "its report says that nothing of it is there for certain"
    if not place(unit.location):
        return "nothing says where it starts from; record its location"
    return ""


def _unit(ready: Ready, rules: Sending, horizon: Horizon) -> forces.Unit:
    unit, report = ready.unit.content, ready.report.content
    spans = [(each.since, each.until) for each in unit.away]
    if unit.until is not None:
        spans.append((unit.until, date.max))
    away = {
        period for since, until in spans for period in horizon.touched(since, until)
    } | set(absent(report, horizon))
    return forces.Unit(
        id=ready.unit.record,
        nation=unit.nation,
        type=unit.type,
        notice_h=report.notice_h or 0.0,
        base=place(unit.location),
        strength=ready.there,
        caveats=rules.barred(unit),
        away=tuple(sorted(away)),
        tonnes=unit.tonnes,
        rotation=turning(ready, horizon, away),
    )


def _commitment(
    held: Held[Commitment], hidden: set[str], rules: Sending, horizon: Horizon
) -> forces.Commitment:
    each, span = held.content, _span(held.content, horizon)
    assert span is not None, "it was chosen by that"
    return forces.Commitment(
        id=held.record,
        location=place(each.location),
        first=span[0],
        last=span[1],
        needs=_needs(each, hidden),
        priority=each.priority,
        deadline_h=each.deadline_h,
        clock=Clock(each.clock),
        closed_to=rules.closed[held.record],
    )


def _routes(
    pile: Pile, ready: Iterable[Ready], asked: Iterable[Held[Commitment]]
) -> tuple[forces.Route, ...]:
    """Give the way of each pair of places; of several that are stated the slowest."""
    bases = dict.fromkeys(place(each.unit.content.location) for each in ready)
    ends = dict.fromkeys(place(each.content.location) for each in asked)
    found = []
    for base in bases:
        for end in ends:
            stated = pile.ways.get((base, end), ())
            if base == end:
                found.append(forces.Route(base=base, location=end, travel_h=0.0))
            elif stated:
                found.append(_slowest(stated).route)
    return tuple(found)


def _slowest(stated: Iterable[Stated]) -> Stated:
    return max(stated, key=lambda each: (each.hours, each.route.km))


def _remarks(
    ready: Sequence[Ready], rules: Sending, pile: Pile, situation: forces.Situation
) -> Iterable[str]:
    other = [each for each in ready if _is_by_another_clock(each)]
    if other:
        yield (
            f"{_named(other)}: the reported hours run until later than ready to move; "
            "they are taken as notice to move, which is never too early"
        )
    for each in ready:
        for caveat in rules.unread(each.unit.content):
            yield (
                f"{each.unit.content.name}: the caveat {caveat!r} names no commitment "
                "of this plan and is not weighed"
            )
    for stated in _stated(pile, situation):
        hours, route = {each.hours for each in stated}, stated[0].route
        if len(hours) > 1:
            yield (
                f"{route.base} to {route.location}: {min(hours):g} h and "
                f"{max(hours):g} h are stated; the plan goes by the slower"
            )


def _remarks_on_turns(
    ready: Sequence[Ready], horizon: Horizon, situation: forces.Situation
) -> Iterable[str]:
    """Say by which rotation units go of which it can be asked."""
    stated = [each for each in ready if each.unit.content.rotation is not None]
    silent = [
        each
        for each, unit in zip(ready, situation.units, strict=True)
        if unit.rotation is msgspec.UNSET
    ]
    if stated and horizon.rotation is not None:
        yield f"{_named(stated)}: the rotation that was asked for goes before their own"
    elif stated and silent:
        assumed = situation.rotation
        yield (
            f"{_named(silent)}: no rotation is stated; tours of {assumed.tour} periods "
            f"and {assumed.home} at home are assumed"
        )
    for each, unit in zip(ready, situation.units, strict=True):
        if each.report.content.posture == "periodic":
            there = set(range(1, horizon.periods + 1)) - set(unit.away)
            yield (
                f"{each.unit.content.name}: it is there at times, and planned in the "
                f"whole periods of that: {', '.join(map(str, sorted(there)))}"
            )


def _stated(pile: Pile, situation: forces.Situation) -> Iterable[list[Stated]]:
    """Give what is said of each way in a situation; of those that need none nothing."""
    pairs = [(each.base, each.location) for each in situation.routes]
    return [pile.ways[each] for each in pairs if each in pile.ways]


def _is_by_another_clock(ready: Ready) -> bool:
    report = ready.report.content
    return bool(report.notice_h) and Clock(report.clock) is not Clock.READY_TO_MOVE


def _named(ready: Sequence[Ready]) -> str:
    return ", ".join(each.unit.content.name for each in ready)


def _label(
    pile: Pile,
    viewer: Viewer,
    situation: forces.Situation,
    went_in: tuple[Iterable[Ready], Iterable[Left], Iterable[Held[Commitment]]],
) -> FixedLabel:
    """Join the labels of everything that went in, or that is named."""
    ready, left, wanted = went_in
    records: list[str] = []
    for each in ready:
        records += (each.unit.record, each.report.record)
    for out in left:
        unit = out.cited.record
        records += (unit, *(one.record for one in pile.reports.get(unit, ())[:1]))
    measures = set()
    for asked in wanted:
        records.append(asked.record)
        measures.add(asked.content.measure)
    records += pile.asking(measures)
    records += sorted(measures & pile.labels.keys())
    for stated in _stated(pile, situation):
        records += [each.record for each in stated]
    labels = dict.fromkeys(pile.labels[each] for each in records)
    return join_all(labels, originator=viewer.nation)
