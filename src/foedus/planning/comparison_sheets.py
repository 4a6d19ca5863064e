"""What is told of a comparison: each method's order, and why not to trust just one.

Importing this costs nothing, so that surfaces describe answers with it.
"""

import msgspec


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion, as it went in.

    Attributes:
        direction: `higher` where more is better, `lower` where less is.
        weight: its share of all weights.
        preference: how a difference becomes a preference, in PROMETHEE.
        q: the largest difference that is indifferent.
        p: the smallest one that is a full preference.
        s: the turning point of the Gaussian preference.
    """

    name: str
    direction: str
    weight: float
    preference: str
    q: float
    p: float
    s: float


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A score and its rank; equals share the best of theirs."""

    name: str
    score: float
    rank: int


class Outranked(msgspec.Struct, frozen=True, kw_only=True):
    """How far one alternative outranks the others, and is outranked.

    Attributes:
        net: the one less the other; the rank is by this.
    """

    name: str
    plus: float
    minus: float
    net: float
    rank: int


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """Weights made of judgements in pairs (AHP).

    Attributes:
        weights: the largest first; they sum up to one.
        largest: the principal eigenvalue.
        index: the consistency index.
        ratio: that index against random judgements; None for fewer than three.
        consistent: whether the ratio is at most 0.1; None likewise.
    """

    weights: list[Ranked]
    largest: float
    index: float
    ratio: float | None
    consistent: bool | None


class Dominates(msgspec.Struct, frozen=True, kw_only=True):
    """One alternative that is nowhere worse than another, and somewhere better."""

    better: str
    worse: str


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """An order of the rest that turns round when one is left out.

    Attributes:
        method: whose order.
        without: what is left out.
        pairs: whose order then is another.
    """

    method: str
    without: str
    pairs: list[tuple[str, str]]


class ComparisonSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Alternatives, compared by several methods.

    Attributes:
        ahp: where judgements were given.
        topsis: the best first; empty where there are judgements alone.
        promethee: likewise.
        dominance: where no method is needed.
        reversals: by method, what depends on who else is there.
        warnings: what to think of before an order is quoted.
    """

    criteria: list[Weighed]
    ahp: Judged | None
    topsis: list[Ranked]
    promethee: list[Outranked]
    dominance: list[Dominates]
    reversals: list[Turned]
    warnings: list[str]
