"""What raises interoperability most for a budget: a choice with a bound.

A measure is rated by the lowest of its parts, so a step up takes enough in all of them,
and a plenty in one gains nothing. Every word of every measure is a yes or no, every
kind of thing that can be done a whole number; options that cost the same and count the
same are one kind, so that hundreds of pairs are a few numbers. What is gained is steps
of rating, times the weights of the measures, as if all that is done succeeded.

Source:
    Reference on planning, section 2.4; the rating's own method is that of
    `foedus.readiness.interoperability`, which `exercise_options` reads.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator

import msgspec
import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.asks import AskExercises, Option, Part, Rated
from foedus.planning.games import FloatArray
from foedus.planning.progress import Progress, Tell, tell_nobody
from foedus.planning.results import Chosen, ExercisePlan, Raised, Solved, Spent
from foedus.planning.solver import (
    SEED,
    Columns,
    Limits,
    Programme,
    Rows,
    Solution,
    version,
)

FRONTIER = (0.25, 0.5, 0.75)
"""Parts of the budget of which it is said what they would buy."""

SPARING = 1e-4
"""What spending the whole budget weighs, against one step: the cheaper plan wins."""

_NOTHING = 1e-9


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """Options that cost the same and count the same."""

    options: tuple[Option, ...]

    @property
    def example(self) -> Option:
        """Stands for all."""
        return self.options[0]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A row: columns with their values, and at least how much."""

    entries: dict[int, float]
    least: float


class Sheet:
    """The programme: kinds, occasions, words of measures, parts that are touched."""

    def __init__(self, ask: AskExercises, kinds: tuple[Kind, ...]) -> None:
        self.ask, self.kinds = ask, kinds
        self.upper: list[float] = [float(len(each.options)) for each in kinds]
        self.gain: list[float] = [0.0] * len(kinds)
        self.price: list[float] = [each.example.cost for each in kinds]
        self.lines: list[Line] = []
        self.words: dict[tuple[str, int], int] = {}
        occasions = {each.id: self._column(each.cost) for each in ask.occasions}
        for place, kind in enumerate(kinds):
            if kind.example.occasion:
                held = occasions[kind.example.occasion]
                self._at_least({held: self.upper[place], place: -1.0}, 0.0)
        for measure in ask.measures:
            self._rate(measure)

    def _column(self, price: float = 0.0, gain: float = 0.0) -> int:
        """Add a yes or no."""
        self.upper.append(1.0)
        self.price.append(price)
        self.gain.append(gain)
        return len(self.upper) - 1

    def _at_least(self, entries: dict[int, float], least: float) -> None:
        self.lines.append(Line(entries=entries, least=least))

    def _rate(self, measure: Rated) -> None:
        """Write what each better word of a measure takes."""
        before: int | None = None
        for word in range(measure.word + 1, len(self.ask.words)):
            reached = self._column(gain=measure.weight)
            self.words[measure.measure, word] = reached
            if before is not None:
                self._at_least({before: 1.0, reached: -1.0}, 0.0)
            before = reached
        if measure.word < 0:  # any evidence at all
            every = {
                place: 1.0
                for place, kind in enumerate(self.kinds)
                if any(each.measure == measure.measure for each in kind.example.counts)
            }
            self._at_least(every | {self.words[measure.measure, 0]: -1.0}, 0.0)
        for part in measure.parts:
            self._part(measure, part)

    def _part(self, measure: Rated, part: Part) -> None:
        points, mending = self._points(measure, part)
        touched = self._column() if part.idle_to >= 0 else None
        if touched is not None:
            for place in points:
                self._at_least({touched: self.upper[place], place: -1.0}, 0.0)
            if measure.word >= 0:  # it must not fall by what is begun
                need = part.needs[measure.word]
                self._at_least(points | {touched: -need}, 0.0)
        for word in range(measure.word + 1, len(self.ask.words)):
            reached, need = self.words[measure.measure, word], part.needs[word]
            if word > part.idle_to or touched is None:
                self._at_least(points | {reached: -need}, 0.0)
            else:
                self._at_least(points | {reached: -need, touched: -need}, -need)
            if part.broken and word > part.broken_to:
                self._at_least(mending | {reached: -float(part.broken)}, 0.0)

    def _points(
        self, measure: Rated, part: Part
    ) -> tuple[dict[int, float], dict[int, float]]:
        """Give what each kind counts in a part, and which mend."""
        counts = {
            place: each
            for place, kind in enumerate(self.kinds)
            for each in kind.example.counts
            if (each.measure, each.part) == (measure.measure, part.name)
        }
        return (
            {place: each.points for place, each in counts.items()},
            {place: 1.0 for place, each in counts.items() if each.mends},
        )

    def best(self, budget: float) -> Solution:
        """Find what a budget buys at best."""
        ask = self.ask
        price = np.array(self.price)
        sparing = SPARING / max(budget, _NOTHING)
        columns = Columns(
            cost=sparing * price - np.array(self.gain),
            lower=np.zeros(len(price)),
            upper=np.array(self.upper),
            whole=np.ones(len(price), dtype=np.bool_),
        )
        spend = Line(
            entries={place: -each for place, each in enumerate(self.price) if each > 0},
            least=-budget,
        )
        programme = Programme(columns, _rows([*self.lines, spend]))
        return programme.solve(Limits(seconds=ask.seconds))


def choose(ask: AskExercises, tell: Tell = tell_nobody) -> ExercisePlan:
    """Choose what to do.

    Args:
        ask: how measures are rated, what could be done, and the budget.
        tell: is told each step.

    Raises:
        InvalidInputError: a number makes no sense, or an occasion is not there.
    """
    _check(ask)
    sheet = Sheet(ask, kinds_of(ask.options))
    frontier = []
    for share in FRONTIER:
        tell(Progress(stage=f"{share:.0%} of the budget", done=share / 2))
        budget = share * ask.budget
        frontier.append(_spent(sheet, budget, sheet.best(budget)))
    tell(Progress(stage="the whole budget", done=0.5))
    found = sheet.best(ask.budget)
    spent = _spent(sheet, ask.budget, found)
    raised = tuple(_raised(sheet, found.values))
    return ExercisePlan(
        spent=spent,
        chosen=tuple(_chosen(sheet, found.values, raised)),
        raised=raised,
        frontier=(*frontier, spent),
        solved=Solved(
            digest=_digest(ask),
            solver=f"HiGHS {version()}",
            ending=found.ending,
            objective=-spent.gain,
            bound=-spent.bound,
            gap=(spent.bound - spent.gain) / max(spent.bound, _NOTHING),
            seed=SEED,
        ),
    )


def kinds_of(options: tuple[Option, ...]) -> tuple[Kind, ...]:
    """Group options that cost the same and count the same."""
    found: dict[Option, list[Option]] = {}
    for each in options:
        alike = msgspec.structs.replace(each, id="", names=(), said="")
        found.setdefault(alike, []).append(each)
    return tuple(Kind(options=tuple(each)) for each in found.values())


def _check(ask: AskExercises) -> None:
    held = {each.id for each in ask.occasions} | {""}
    numbers = [
        ask.budget,
        *(each.cost for each in ask.options),
        *(each.cost for each in ask.occasions),
        *(each.weight for each in ask.measures),
        *(one.points for each in ask.options for one in each.counts),
        *(need for each in ask.measures for part in each.parts for need in part.needs),
    ]
    if not all(0 <= each < float("inf") for each in numbers):
        raise InvalidInputError("budgets, costs, weights and points are at least zero")
    if any(each.occasion not in held for each in ask.options):
        raise InvalidInputError("an option has an occasion that is not there")
    counts = Counter(each.id for each in ask.options)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise InvalidInputError(f"option {twice[0]} stands there twice")
    words = len(ask.words)
    parts = [part for each in ask.measures for part in each.parts]
    if any(len(part.needs) != words for part in parts) or not all(
        -1 <= each.word < words for each in ask.measures
    ):
        raise InvalidInputError("every part says what lacks to every word")


def _spent(sheet: Sheet, budget: float, found: Solution) -> Spent:
    values = np.rint(found.values)
    gain = float(values @ np.array(sheet.gain))
    cost = float(values @ np.array(sheet.price))
    at_most = min(-found.bound + SPARING, sum(sheet.gain))
    bound = gain if at_most - gain < 2 * SPARING else at_most
    return Spent(budget=budget, cost=cost, gain=gain, bound=bound)


def _raised(sheet: Sheet, values: FloatArray) -> Iterator[Raised]:
    rows = []
    for each in sheet.ask.measures:
        steps = sum(
            round(values[column])
            for (measure, _), column in sheet.words.items()
            if measure == each.measure
        )
        names = ("No evidence", *sheet.ask.words)
        if steps:
            rows.append(
                Raised(
                    measure=each.measure,
                    name=each.name,
                    before=names[each.word + 1],
                    after=names[each.word + 1 + steps],
                    steps=steps,
                    weight=each.weight,
                )
            )
    yield from sorted(rows, key=lambda each: -each.steps * each.weight)


def _chosen(
    sheet: Sheet, values: FloatArray, raised: tuple[Raised, ...]
) -> Iterator[Chosen]:
    """Give what is done; what is gained is shared out over what counts for it."""
    picked = [
        option
        for place, kind in enumerate(sheet.kinds)
        for option in kind.options[: round(values[place])]
    ]
    rises = {each.measure: each for each in raised}
    points: Counter[tuple[str, str]] = Counter()
    for option in picked:
        for each in option.counts:
            points[each.measure, each.part] += each.points  # type: ignore[assignment] # amounts
    parts = Counter(measure for measure, _ in points)
    guests = Counter(option.occasion for option in picked)
    prices = {each.id: each.cost for each in sheet.ask.occasions}
    rows = []
    for option in picked:
        own = [each for each in option.counts if each.measure in rises]
        worth = sum(
            rises[each.measure].steps
            * rises[each.measure].weight
            * each.points
            / max(points[each.measure, each.part], _NOTHING)
            / parts[each.measure]
            for each in own
        )
        shared = prices.get(option.occasion, 0.0) / guests[option.occasion]
        rows.append(
            Chosen(
                id=option.id,
                kind=option.kind,
                names=option.names,
                said=option.said,
                cost=option.cost + shared,
                occasion=option.occasion,
                worth=worth,
                why="; ".join(
                    f"{each.part.lower()} of {rises[each.measure].name}, from "
                    f"{rises[each.measure].before} to {rises[each.measure].after}"
                    for each in own
                ),
            )
        )
    yield from sorted(rows, key=lambda each: -each.worth / max(each.cost, _NOTHING))


def _rows(lines: list[Line]) -> Rows:
    lengths = [len(each.entries) for each in lines]
    return Rows(
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        columns=np.array(
            [place for each in lines for place in each.entries], dtype=np.int32
        ),
        values=np.array([value for each in lines for value in each.entries.values()]),
        lower=np.array([each.least for each in lines]),
        upper=np.full(len(lines), np.inf),
    )


def _digest(ask: AskExercises) -> str:
    packed = msgspec.msgpack.encode(ask)
    same = msgspec.msgpack.decode(packed, type=AskExercises)
    return hashlib.sha256(msgspec.json.encode(same, order="sorted")).hexdigest()
