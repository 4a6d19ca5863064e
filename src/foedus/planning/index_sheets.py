"""What is told of a composite indicator: never one league table.

Importing this costs nothing, so that surfaces describe answers with it.
"""

import msgspec

from foedus.planning.results import Answer


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator, as it went in.

    Attributes:
        direction: `higher` where more is better, `lower` where less is.
        goalposts: what counts as nothing and as everything, lower number first.
        weight: its share of all weights.
    """

    name: str
    direction: str
    goalposts: tuple[float, float] | None
    weight: float


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The choices that the scores rest on.

    Attributes:
        weights: the name of the set of weights.
        capped: whether more than everything counts as everything.
    """

    normalising: str
    aggregation: str
    weights: str
    capped: bool
    indicators: list[Measured]


class Varied(msgspec.Struct, frozen=True, kw_only=True):
    """The choices among which the ranks were drawn.

    Attributes:
        weights: the names of the sets.
        leave_out: whether any one indicator was missing in some draws.
        seed: makes the same draws again.
    """

    normalisings: list[str]
    aggregations: list[str]
    weights: list[str]
    leave_out: bool
    draws: int
    seed: int


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """How one alternative came out.

    Attributes:
        score: under the choices that are stated.
        rank: likewise; equals share the best of theirs.
        low: the rank that 5 % of the draws are below.
        median: of all draws.
        high: the rank that 95 % are below.
    """

    alternative: str
    score: float
    rank: int
    low: float
    median: float
    high: float


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What one other choice does to the ranks, all else as stated.

    Attributes:
        choice: which one.
        instead: what was chosen, or for `left out` the indicator.
        mean_shift: by how many ranks an alternative moves, on average.
        most: the alternative that moves most; None where none does.
        rank: its rank as stated.
        then: its rank then.
    """

    choice: str
    instead: str
    mean_shift: float
    most: str | None = None
    rank: int | None = None
    then: int | None = None


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """How much of all shifts a choice explains (Sobol), as estimated.

    Attributes:
        first: alone.
        total: with all its interactions.
    """

    first: float
    total: float


class IndexSheet(Answer, frozen=True, kw_only=True):
    """A composite indicator with what it is worth.

    Attributes:
        alternatives: the best score first.
        mean_shift: by how many ranks a draw differs from the stated ranks, on average.
        moved: each other choice by itself.
        factors: by choice, over all draws.
        warnings: what to think of before a rank is quoted.
    """

    made: Made
    varied: Varied
    alternatives: list[Placed]
    mean_shift: float
    moved: list[Moved]
    factors: dict[str, Factor]
    warnings: list[str]
