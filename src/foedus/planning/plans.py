"""A plan as a record: what was asked, what went in, what came out, by what.

- It holds everything that it was made from, so that it can be made again for ever,
  whatever becomes of the register.
- It names units and commitments as they were called when it was made.
- Its label is at least as high as those of all that went in (`situations`).
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from foedus.ids import NationCode
from foedus.planning import forces
from foedus.planning.asks import Lift, Place
from foedus.planning.clocks import Clock
from foedus.planning.horizons import Horizon
from foedus.planning.results import Closure, Coverage, Drops, Surge
from foedus.planning.situation_surges import More
from foedus.planning.situations import Prepared, Withheld
from foedus.readiness.reading import Held
from foedus.readiness.records import HOURS_MAX, Commitment, Nations, Need

Kind = Literal["coverage", "drop", "surge", "closure"]
"""Who covers what · what if any one nation drops out · what if more is asked for · who
is there within so many hours."""

LIFTS_MAX: Final = 32
"""Fleets of one test: rail, road, sea and air of some nations."""

RESTRICTED: Final = frozenset({"drop"})
"""Kinds that are for planners alone: they tell what hangs on one nation."""


class Within(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Within how many hours, by which clock, with what lift units are to be there.

    Attributes:
        lifts: what carries units that weigh anything; none for no limit.
    """

    hours: Annotated[float, msgspec.Meta(gt=0, le=HOURS_MAX)] = 48.0
    clock: Clock = Clock.ON_STATION
    lifts: Annotated[tuple[Lift, ...], msgspec.Meta(max_length=LIFTS_MAX)] = ()


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked.

    Attributes:
        nations: which ones drop out, one at a time; all that have units, if empty.
        more: what comes on top, in a surge.
        within: when units are to be there, in a test of closure.
    """

    kind: Kind = "coverage"
    horizon: Horizon
    nations: Nations = ()
    more: More | None = None
    within: Within | None = None


class PlannedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that went in, as it was then.

    Attributes:
        strength: how much of its type is there, at least.
        notice_h: its notice to move.
    """

    unit: str
    name: str
    nation: NationCode
    type: str
    strength: float
    notice_h: float
    location: str


class PlannedCommitment(msgspec.Struct, frozen=True, kw_only=True):
    """A commitment that went in, as it was then.

    Attributes:
        recorded: false for what a surge asks for on top.
    """

    commitment: str
    title: str
    location: str
    measure: str
    needs: tuple[Need, ...]
    since: date
    until: date | None
    priority: int
    deadline_h: float | None
    clock: Clock
    recorded: bool = True


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of a wanted type that did not go in, and why."""

    unit: str
    nation: NationCode
    type: str
    text: str
    why: str


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a plan was made from.

    Attributes:
        further: what a surge asks for on top.
        withheld: capabilities of which nothing is planned or told.
        remarks: what was taken how, where it could be taken otherwise.
    """

    situation: forces.Situation
    further: tuple[forces.Commitment, ...] = ()
    units: tuple[PlannedUnit, ...]
    commitments: tuple[PlannedCommitment, ...]
    left: tuple[LeftOut, ...]
    withheld: tuple[Withheld, ...]
    remarks: tuple[str, ...]


class Found(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came out; one of them, by the kind of the question."""

    coverage: Coverage | None = None
    drops: Drops | None = None
    surge: Surge | None = None
    closure: Closure | None = None

    @property
    def main(self) -> Coverage | Drops | Closure:
        """What tells how it was solved; of a surge the plan with it."""
        if self.surge is not None:
            return self.surge.after
        found = self.coverage or self.drops or self.closure
        assert found is not None, "one of them came out"
        return found


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that was made.

    Attributes:
        digest: the fingerprint of everything that went in.
        foedus: the version that made it.
        illustrative: whether anything that went in was made up to show something.
    """

    question: Question
    digest: str
    foedus: str
    illustrative: bool
    inputs: Inputs
    found: Found


def inputs_of(prepared: Prepared) -> Inputs:
    """Give what a plan is made from, with the names that its readers need."""
    strengths = {each.id: each for each in prepared.situation.units}
    return Inputs(
        situation=prepared.situation,
        further=prepared.further,
        units=tuple(
            PlannedUnit(
                unit=name,
                name=held.content.name,
                nation=held.content.nation,
                type=held.content.type,
                strength=strengths[name].strength,
                notice_h=strengths[name].notice_h,
                location=held.content.location,
            )
            for name, held in prepared.units.items()
        ),
        commitments=tuple(_commitments(prepared)),
        left=tuple(
            LeftOut(
                unit=each.cited.record,
                nation=each.cited.nation,
                type=prepared.types[each.cited.record],
                text=each.cited.text,
                why=each.why,
            )
            for each in prepared.left
        ),
        withheld=prepared.withheld,
        remarks=prepared.remarks,
    )


def places_of(situation: forces.Situation) -> tuple[Place, ...]:
    """Give where units are wanted in the first period, and how much of what."""
    wanted: dict[str, dict[str, float]] = {}
    named: dict[str, list[str]] = {}
    for each in situation.commitments:
        if each.first == 1:
            named.setdefault(each.location, []).append(each.id)
            amounts = wanted.setdefault(each.location, {})
            for need in each.needs:
                amounts[need.type] = amounts.get(need.type, 0.0) + need.amount
    return tuple(
        Place(
            location=location,
            needs=tuple(
                forces.Need(type=kind, amount=amount)
                for kind, amount in amounts.items()
            ),
            commitments=tuple(named[location]),
        )
        for location, amounts in wanted.items()
    )


def fingerprint(inputs: Inputs) -> str:
    """Give the fingerprint of everything that a plan is made from."""
    parts = (inputs.situation, inputs.further)
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def _commitments(prepared: Prepared) -> Iterable[PlannedCommitment]:
    for name, held in prepared.commitments.items():
        yield _commitment(name, held, recorded=True)
    for name, held in prepared.surges.items():
        yield _commitment(name, held, recorded=False)


def _commitment(
    name: str, held: Held[Commitment], *, recorded: bool
) -> PlannedCommitment:
    each = held.content
    return PlannedCommitment(
        commitment=name,
        title=each.title,
        location=each.location,
        measure=each.measure,
        needs=each.needs,
        since=each.since,
        until=each.until,
        priority=each.priority,
        deadline_h=each.deadline_h,
        clock=Clock(each.clock),
        recorded=recorded,
    )
