"""What is told of many orders made one, or of two lists held against each other."""

import msgspec

from foedus.planning.comparison_sheets import Ranked, Turned


class KemenySheet(msgspec.Struct, frozen=True, kw_only=True):
    """The orders that agree most with what was given.

    Attributes:
        score: the support of all pairs as these orders have them.
        orders: all that are tied, from first to last; at most a hundred.
    """

    score: float
    orders: list[list[str]]


class OrderSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One order made of many.

    Attributes:
        names: in the order of rows and columns of `support`.
        support: with how much weight that of the row comes before that of the column.
        borda: by the sum of the support against all others, the first one first.
        condorcet: by majority of each pair; null where majorities go round in a circle.
        kemeny: null where there are too many to be ordered exactly.
        reversals: whose order by Borda turns round when which one is left out.
    """

    names: list[str]
    support: list[list[float]]
    borda: list[Ranked]
    condorcet: list[str] | None
    kemeny: KemenySheet | None
    reversals: list[Turned]


class AgreementSheet(msgspec.Struct, frozen=True, kw_only=True):
    """How far two lists agree in the order of their values.

    Attributes:
        spearman: the rank correlation.
        kendall: pairs in the same order less those in opposite order, per pair.
        n: how many pairs of values there are.
        p: the chance of as large a correlation upwards, if there were none (one-sided).
        without_one: the least and the largest correlation when one pair is left out;
            null where what is left is all equal.
    """

    spearman: float
    kendall: float
    n: int
    p: float
    without_one: tuple[float, float] | None


class RankingSheet(msgspec.Struct, frozen=True, kw_only=True):
    """All that is told of one table: an order, or an agreement.

    Attributes:
        warnings: what to think of.
    """

    order: OrderSheet | None = None
    agreement: AgreementSheet | None = None
    warnings: list[str] = []
