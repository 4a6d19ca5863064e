"""Bars: numbers of nations, drawn by the server, with what cannot be drawn in words.

Geometry is attributes of the drawing; what a bar means is a class and a word beside it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

Scale = Callable[[float], float]
"""Tells where a length ends."""

WIDTH: Final = 720.0
"""Units of a drawing."""

LEFT: Final = 176.0
"""Where bars begin: names stand before it."""

RIGHT: Final = 620.0
"""Where the longest bar ends: its number stands behind it."""

ROW: Final = 20.0
"""Units from one bar to the next."""

THICK: Final = 12.0
"""Units of a bar."""


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn of one nation.

    Attributes:
        parts: lengths of the parts of its bar, each with how it is filled.
        said: the number in words, behind the bar.
    """

    name: str
    parts: tuple[tuple[float, str], ...]
    said: str


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a bar."""

    x: float
    width: float
    css: str


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A bar with its name and its number.

    Attributes:
        y: its upper edge.
        text_y: the line that its words stand on.
        end: where the number stands.
    """

    name: str
    y: float
    text_y: float
    parts: tuple[Part, ...]
    end: float
    said: str


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing of bars.

    Attributes:
        limit: where a line stands to which they are compared; None for none.
    """

    height: float
    bars: tuple[Bar, ...]
    limit: float | None
    thick: float = THICK


def draw_bars(values: Sequence[Value], *, limit: float | None = None) -> Bars:
    """Draw bars from zero, one below the other."""
    most = max([sum(length for length, _ in each.parts) for each in values] or [0.0])
    most = max(most, limit or 0.0) or 1.0

    def x(length: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * length / most, 1)

    return Bars(
        height=len(values) * ROW,
        bars=tuple(_bar(each, row, x) for row, each in enumerate(values)),
        limit=None if limit is None else x(limit),
    )


def _bar(value: Value, row: int, x: Scale) -> Bar:
    y = row * ROW + (ROW - THICK) / 2
    lengths = [length for length, _ in value.parts]
    return Bar(
        name=value.name,
        y=y,
        text_y=y + THICK - 2,
        parts=tuple(_parts(value.parts, x)),
        end=round(x(sum(lengths)) + 6, 1),
        said=value.said,
    )


def _parts(parts: Sequence[tuple[float, str]], x: Scale) -> Iterable[Part]:
    begun = 0.0
    for length, css in parts:
        if length > 0:
            start, end = x(begun), x(begun + length)
            yield Part(x=start, width=round(max(end - start, 1.0), 1), css=css)
        begun += length
