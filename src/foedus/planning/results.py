"""What planning answers: plain records that can be stored, shown and sent.

- Periods are counted from 1, hours run from the decision, and amounts are in the unit
  of the needs (the strength of units), so that they can be compared.
- Nothing here needs the solver: a page can read an answer without loading it.
- A figure that cannot be said is `None`, never zero and never infinity.
"""

from enum import StrEnum

import msgspec

from foedus.planning.clocks import Clock


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is answered; unknown keys are refused."""


class Ending(StrEnum):
    """How a solution came about."""

    PROVEN = "proven"
    WITHIN_GAP = "within-gap"
    STOPPED = "stopped"


class Reason(StrEnum):
    """Why something is missing. Those before `OTHERS_FIRST` nobody can mend."""

    NO_SUCH_CAPABILITY = "no-such-capability"
    NOT_SENT = "not-sent"
    NO_WAY = "no-way"
    TOO_LATE = "too-late"
    AWAY = "away"
    TOO_FEW = "too-few"
    AT_HOME_REST = "at-home-rest"
    OTHERS_FIRST = "others-first"


class Tour(Answer, frozen=True, kw_only=True):
    """The stay of one unit at one commitment, and why it is this unit.

    Attributes:
        nation: whose unit it is.
        first: the first period there.
        last: the last period there.
        hours: from the decision until `clock` stops, for this unit on its way.
        clock: the commitment's clock.
        deadline_h: the commitment's deadline by that clock; None for none.
        rest: periods at home since its last tour; None if this is its first.
        debt: periods at home that it lacked to the goal.
        others: units that could have gone at that time just as well.
        why: all this in a sentence.
    """

    unit: str
    nation: str
    type: str
    commitment: str
    first: int
    last: int
    hours: float
    clock: Clock
    deadline_h: float | None
    rest: int | None
    debt: int
    others: int
    why: str


class Cover(Answer, frozen=True, kw_only=True):
    """How far one need of one commitment is covered.

    Attributes:
        first: the first period of the need; `there` and the like begin with it.
        wanted: in each period.
        there: what the tours bring, period by period.
        missing: what they leave open, period by period.
    """

    commitment: str
    type: str
    priority: int
    first: int
    wanted: float
    there: tuple[float, ...]
    missing: tuple[float, ...]

    @property
    def total_missing(self) -> float:
        """What is missing, added up over its periods."""
        return sum(self.missing)


class Gap(Answer, frozen=True, kw_only=True):
    """Something is missing for some periods in a row, for one reason.

    Attributes:
        missing: added up over the periods.
        most: in the worst period.
        nobody_can: true where no other plan could fill it either, whatever it left
            undone elsewhere.
        said: the reason in a sentence.
    """

    commitment: str
    type: str
    priority: int
    first: int
    last: int
    missing: float
    most: float
    nobody_can: bool
    reason: Reason
    said: str


class Level(Answer, frozen=True, kw_only=True):
    """What is wanted and missing of one priority.

    Attributes:
        wanted: amount times periods.
        missing: likewise.
        at_least: what would be missing even if units could be divided.
    """

    priority: int
    wanted: float
    missing: float
    at_least: float


class Load(Answer, frozen=True, kw_only=True):
    """How much of a capability is asked for, against what can be kept up for ever.

    Attributes:
        wanted: by all commitments, in this period.
        have: what is there at all in this period, at home or not.
        load: wanted, times units for one deployed at the goal, by have; above 1 it
            cannot last. None where nothing is there.
    """

    type: str
    period: int
    wanted: float
    have: float
    load: float | None


class Debt(Answer, frozen=True, kw_only=True):
    """How much time at home is lacking to the goal.

    Attributes:
        unit_periods: lacking.
        of: unit-periods that there are.
    """

    unit_periods: float
    of: float

    @property
    def share(self) -> float | None:
        """Of all unit-periods, those lacking."""
        return self.unit_periods / self.of if self.of else None


class Headroom(Answer, frozen=True, kw_only=True):
    """By how much everything that can be met at all could grow.

    Attributes:
        times: all demands at once, times this, could be met if units could be divided
            and kept the goal at home; below 1 they cannot. None where nothing is
            asked, or nothing can be met.
        at_red_line: likewise with no more than the red line at home.
        type: the capability that gives way first.
    """

    times: float | None
    at_red_line: float | None
    type: str | None


class Solved(Answer, frozen=True, kw_only=True):
    """How an answer was found, so that it can be found again.

    Attributes:
        digest: of everything that went in.
        solver: its name and version.
        objective: what the plan costs in the solver's own weights.
        bound: what no plan can cost less than.
        gap: the distance between both, relative to the objective.
        seed: of the solver's choices among equals.
    """

    digest: str
    solver: str
    ending: Ending
    objective: float
    bound: float
    gap: float
    seed: int


class Coverage(Answer, frozen=True, kw_only=True):
    """Who covers what, what is missing and why.

    Attributes:
        fill: of all that is wanted, the part that is there; None if nothing is wanted.
        levels: by priority, the first one first.
        gaps: those that nobody can fill first, then by priority.
        tours: by period, commitment and unit.
    """

    periods: int
    fill: float | None
    levels: tuple[Level, ...]
    covers: tuple[Cover, ...]
    gaps: tuple[Gap, ...]
    loads: tuple[Load, ...]
    debt: Debt
    headroom: Headroom | None
    tours: tuple[Tour, ...]
    solved: Solved


class Violation(Answer, frozen=True, kw_only=True):
    """A rule that a plan breaks.

    Attributes:
        rule: its name, such as `overlap`.
        subject: the unit or the commitment.
        said: what is wrong, in a sentence.
    """

    rule: str
    subject: str
    said: str


class Opened(Answer, frozen=True, kw_only=True):
    """A need of which more is missing than before.

    Attributes:
        before: missing, amount times periods.
        after: likewise. Among plans that are equally good this is one.
    """

    commitment: str
    type: str
    priority: int
    before: float
    after: float


class Drop(Answer, frozen=True, kw_only=True):
    """What is missing if one nation drops out.

    Attributes:
        units: how many units it has that anything asks for.
        in_use: how many of them the plan uses.
        missing: by priority, in the order of the levels of the whole.
        more: missing beyond what is missing anyway, all priorities together.
        opens: needs of which more is missing.
        solved_again: false where others can stand in, so that no more is missing.
    """

    nation: str
    units: int
    in_use: int
    missing: tuple[float, ...]
    more: float
    opens: tuple[Opened, ...]
    solved_again: bool


class Drops(Answer, frozen=True, kw_only=True):
    """What happens if any one nation drops out; the worst first.

    Attributes:
        levels: with everybody.
    """

    levels: tuple[Level, ...]
    drops: tuple[Drop, ...]
    solved: Solved


class Surge(Answer, frozen=True, kw_only=True):
    """What a further demand does to everything else.

    Attributes:
        before: without it.
        after: with it.
        opens: needs that were there before and lose by it.
        own: what is missing of the further demand itself, amount times periods.
    """

    before: Coverage
    after: Coverage
    opens: tuple[Opened, ...]
    own: float


class Closing(Answer, frozen=True, kw_only=True):
    """How much of one need has closed after so many hours.

    Attributes:
        there: what units that are whole bring, in the plan that is given.
        divided: what would be there if units could be divided, in the plan that covers
            most by the deadline.
        unlimited: what would be there if nothing limited lift and reception, and this
            were the only place.
    """

    location: str
    type: str
    hours: float
    wanted: float
    there: float
    divided: float
    unlimited: float


class Arrival(Answer, frozen=True, kw_only=True):
    """A unit that closes at a place.

    Attributes:
        hours: the bucket by which it has closed.
        soonest_h: when it could at the earliest, by the clock of the test.
        lift: what carries it; empty where it needs none.
    """

    unit: str
    nation: str
    type: str
    location: str
    hours: float
    soonest_h: float
    lift: str


class ByClock(Answer, frozen=True, kw_only=True):
    """How much keeps the deadline by one clock, if nothing else is in the way."""

    clock: Clock
    there: float


class Closure(Answer, frozen=True, kw_only=True):
    """Who closes where within how many hours, by a named clock.

    Attributes:
        hours: of the deadline.
        covered: of what is wanted, the part that has closed by then.
        covered_at_most: no plan has more.
        by_clock: the same hours by each clock, since 48 hours on the road are not 48
            hours on station.
        curve: by place, capability and hours.
    """

    hours: float
    clock: Clock
    covered: float | None
    covered_at_most: float | None
    by_clock: tuple[ByClock, ...]
    curve: tuple[Closing, ...]
    arrivals: tuple[Arrival, ...]
    solved: Solved


class Chosen(Answer, frozen=True, kw_only=True):
    """Something to do.

    Attributes:
        id: of the option.
        kind: standard, pair, objective or certificate.
        names: what it is about, such as two nations, or a nation and a standard.
        cost: its own, with its part of what its occasion costs.
        occasion: at which it is done; empty for none.
        worth: its part of what the plan gains.
        why: what it counts for, in a sentence.
    """

    id: str
    kind: str
    names: tuple[str, ...]
    said: str
    cost: float
    occasion: str
    worth: float
    why: str


class Raised(Answer, frozen=True, kw_only=True):
    """How a measure is rated before and after, if all that is done succeeds.

    Attributes:
        name: what it is called.
    """

    measure: str
    name: str
    before: str
    after: str
    steps: int
    weight: float


class Spent(Answer, frozen=True, kw_only=True):
    """What a budget buys at best.

    Attributes:
        gain: steps of rating, times the weights of the measures.
        bound: no plan gains more.
    """

    budget: float
    cost: float
    gain: float
    bound: float


class ExercisePlan(Answer, frozen=True, kw_only=True):
    """What raises interoperability most for a budget.

    Attributes:
        chosen: what gains most for its cost first.
        raised: the measures that rise, the most first.
        frontier: what parts of the budget would buy, and the whole.
    """

    spent: Spent
    chosen: tuple[Chosen, ...]
    raised: tuple[Raised, ...]
    frontier: tuple[Spent, ...]
    solved: Solved
