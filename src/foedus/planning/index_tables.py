"""Composite indicators as they are written in a file: one JSON object.

- `indicators`: by name, each with a `direction` (`higher` is better unless it says
  `lower`) and its `goalposts` if any.
- `alternatives`: by name, each an object with a number for every indicator.
- `normalisings`, `aggregations` and `weights` (sets by name): the first of each makes
  the scores; the others are what somebody else holds to be right.
"""

from typing import Annotated, Final, Literal, TypeVar

import msgspec
import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.composite import Aggregation, Goalposts, Normalising, normalise
from foedus.planning.games import FloatArray
from foedus.planning.matrices import index_text
from foedus.planning.robustness import DRAWS, Choices
from foedus.planning.tables import counted, number, numbers, part, read_table

ALTERNATIVES_MAX = 100
"""Alternatives of an index: a thousand draws of their ranks take two seconds."""

INDICATORS_MAX = 50
"""Indicators of an index; more are no longer one thing that is measured."""

WEIGHTS_MAX = 20
"""Sets of weights: as many experts as one asks."""

DRAWS_MIN = 20
"""Draws of all choices: of fewer, the ends of an interval rest on none."""

_EQUAL: Final = "equal"

T = TypeVar("T")


class Indicator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One indicator, as it is written."""

    direction: Literal["higher", "lower"] = "higher"
    goalposts: tuple[float, float] | None = None


class IndexTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file, before its parts are read."""

    indicators: dict[str, msgspec.Raw]
    alternatives: dict[str, msgspec.Raw]
    normalisings: list[Normalising] = []
    aggregations: list[Aggregation] = []
    weights: dict[str, msgspec.Raw] = {}
    leave_out: bool = True
    capped: bool = True
    draws: Annotated[int, msgspec.Meta(ge=DRAWS_MIN, le=DRAWS)] = DRAWS
    seed: Annotated[int, msgspec.Meta(ge=0, le=(1 << 53) - 1)] = 1


class Index(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An index to be made, with names for its rows, columns and weights.

    Attributes:
        choices: of values that are all the better the higher they are: those of
            indicators where less is better have the opposite sign.
    """

    alternatives: tuple[str, ...]
    indicators: dict[str, Indicator]
    weights: tuple[str, ...]
    choices: Choices
    draws: int
    seed: int


def read_index(text: bytes) -> Index:
    """Read a file.

    Raises:
        InvalidInputError: it is written otherwise, or cannot be compared; the detail
            begins with the key.
        TooLargeError: there are too many alternatives, indicators, weights or bytes.
    """
    table = read_table(index_text(text), IndexTable)
    rows = counted("alternatives", table.alternatives, least=2, most=ALTERNATIVES_MAX)
    columns = counted("indicators", table.indicators, least=2, most=INDICATORS_MAX)
    indicators = {name: _indicator(name, table.indicators[name]) for name in columns}
    signs = [
        1.0 if each.direction == "higher" else -1.0 for each in indicators.values()
    ]
    values = np.array(
        [
            numbers(f"alternatives.{row}", table.alternatives[row], columns)
            for row in rows
        ]
    )
    weights = _weights(table, columns)
    choices = Choices(
        values=values * np.array(signs),
        goalposts=_goalposts(indicators, capped=table.capped),
        weights=tuple(weights.values()),
        normalisings=_once_each("normalisings", table.normalisings)
        or _usual(indicators),
        aggregations=_once_each("aggregations", table.aggregations)
        or (Aggregation.LINEAR, Aggregation.GEOMETRIC),
        leave_out=table.leave_out,
    )
    for how in choices.normalisings:
        _check(choices, how, indicators)
    return Index(
        alternatives=rows,
        indicators=indicators,
        weights=tuple(weights),
        choices=choices,
        draws=table.draws,
        seed=table.seed,
    )


def _indicator(name: str, raw: msgspec.Raw) -> Indicator:
    key = f"indicators.{name}"
    found = part(key, raw, Indicator)
    if found.goalposts is not None:
        low, high = (number(f"{key}.goalposts", each) for each in found.goalposts)
        if not low < high:
            raise InvalidInputError(f"{key}.goalposts: the lower number comes first")
    return found


def _goalposts(indicators: dict[str, Indicator], *, capped: bool) -> Goalposts:
    """Give goalposts for values with their signs; 0 and 1 where there are none."""
    ends = []
    for each in indicators.values():
        low, high = each.goalposts or (0.0, 1.0)
        ends.append((low, high) if each.direction == "higher" else (-high, -low))
    found = np.array(ends)
    return Goalposts(lowest=found[:, 0], highest=found[:, 1], capped=capped)


def _usual(indicators: dict[str, Indicator]) -> tuple[Normalising, ...]:
    if all(each.goalposts for each in indicators.values()):
        return (Normalising.GOALPOSTS, Normalising.RANGE)
    return (Normalising.RANGE, Normalising.Z_SCORE)


def _once_each(key: str, found: list[T]) -> tuple[T, ...]:
    if len(set(found)) < len(found):
        raise InvalidInputError(f"{key}: one stands there twice")
    return tuple(found)


def _weights(table: IndexTable, columns: tuple[str, ...]) -> dict[str, FloatArray]:
    names = counted("weights", table.weights, least=0, most=WEIGHTS_MAX)
    found = {
        name: np.array(numbers(f"weights.{name}", table.weights[name], columns))
        for name in names
    }
    for name, each in found.items():
        if each.min() < 0:
            raise InvalidInputError(f"weights.{name}: none is below zero")
        least = 2 if table.leave_out else 1
        if (each > 0).sum() < least:
            raise InvalidInputError(
                f"weights.{name}: give at least {least} above zero"
                + (", or say 'leave_out': false" if least > 1 else "")
            )
    return found or {_EQUAL: np.ones(len(columns))}


def _check(
    choices: Choices, how: Normalising, indicators: dict[str, Indicator]
) -> None:
    """Refuse what cannot be normalised, indicator by indicator."""
    if how is Normalising.RAW and Aggregation.LINEAR in choices.aggregations:
        raise InvalidInputError(
            "normalisings: 'raw' wants 'aggregations' to be ['geometric'] alone, "
            "since sums of different units mean nothing"
        )
    for place, (name, each) in enumerate(indicators.items()):
        column = choices.values[:, place : place + 1]
        if how is Normalising.GOALPOSTS and each.goalposts is None:
            raise InvalidInputError(
                f"indicators.{name}.goalposts: they are missing; give them, or take "
                "'goalposts' out of 'normalisings'"
            )
        if how in (Normalising.RAW, Normalising.BEST) and not column.min() > 0:
            raise InvalidInputError(
                f"indicators.{name}: '{how}' wants values above zero of which more is "
                "better"
            )
        posts = Goalposts(
            lowest=choices.goalposts.lowest[place : place + 1],
            highest=choices.goalposts.highest[place : place + 1],
            capped=choices.goalposts.capped,
        )
        try:
            with np.errstate(all="ignore"):
                finite = np.isfinite(normalise(column, how, posts)).all()
        except InvalidInputError as error:
            raise InvalidInputError(
                f"indicators.{name}: it does not tell the alternatives apart; take it "
                "out"
            ) from error
        if not finite:
            raise InvalidInputError(f"indicators.{name}: values are out of proportion")
