"""Drawings in SVG: equal drawings, equal bytes.

A style is a class, for pages that have colours of their own, and an attribute, for
paper. Their names are those of the hub's plots. Numbers are written to a tenth.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

FONT: Final = "Libertinus Serif"

INK: Final = "#454d57"

_PAINT: Final = {
    "f1": 'fill="#2f6db5"',
    "f2": 'fill="#b5651d"',
    "f3": 'fill="#5b8c5a"',
    "f4": 'fill="#7a5aa6"',
    "fk": 'fill="#454d57"',
    "off": 'fill="#e1e3e3"',
    "band": 'fill="#dbe6f3"',
    "b2": 'fill="#b5651d" opacity="0.2"',
    "open": 'fill="none" stroke="#454d57" stroke-dasharray="3 2"',
    "l1": 'fill="none" stroke="#2f6db5" stroke-width="2"',
    "l2": 'fill="none" stroke="#b5651d" stroke-width="2" stroke-dasharray="6 3"',
    "lk": 'fill="none" stroke="#454d57" stroke-width="2"',
    "axis": 'stroke="#9aa3ad"',
    "grid": 'stroke="#e1e3e3"',
    "limit": 'stroke="#ab251e" stroke-width="1.5" stroke-dasharray="3 3"',
    "": f'fill="{INK}"',
    "strong": 'fill="#171a1f" font-weight="600"',
}
"""How each class is painted on paper."""


def svg(title: str, size: tuple[int, int], drawn: Iterable[str]) -> str:
    """Put a drawing together; to a reader who cannot see it, it is one picture."""
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" class="plot" '
        f'aria-label={quoteattr(title)} font-family="{FONT}" font-size="11">'
        + "".join(drawn)
        + "</svg>"
    )


def line(start: tuple[float, float], end: tuple[float, float], css: str) -> str:
    """Draw a line."""
    return (
        f'<line{_of(css)} x1="{_n(start[0])}" y1="{_n(start[1])}" '
        f'x2="{_n(end[0])}" y2="{_n(end[1])}"/>'
    )


def box(corner: tuple[float, float], size: tuple[float, float], css: str) -> str:
    """Draw a rectangle; one of no width is drawn as a hairline."""
    width = max(size[0], 1.0)
    return (
        f'<rect{_of(css)} x="{_n(corner[0])}" y="{_n(corner[1])}" '
        f'width="{_n(width)}" height="{_n(size[1])}"/>'
    )


def shape(corners: Sequence[tuple[float, float]], css: str) -> str:
    """Draw a closed shape."""
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in corners)
    return f'<polygon{_of(css)} points="{points}"/>'


def dot(centre: tuple[float, float], css: str, radius: float = 3.5) -> str:
    """Draw a dot."""
    return (
        f'<circle{_of(css)} cx="{_n(centre[0])}" cy="{_n(centre[1])}" '
        f'r="{_n(radius)}"/>'
    )


def words(
    at: tuple[float, float], text: str, *, anchor: str = "start", css: str = ""
) -> str:
    """Write words."""
    return (
        f'<text{_of(css)} x="{_n(at[0])}" y="{_n(at[1])}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def shortened(text: str, most: int) -> str:
    """Shorten what does not fit."""
    return text if len(text) <= most else text[: most - 1] + "…"


def spread(wanted: Sequence[float], gap: float, most: float) -> list[float]:
    """Move places apart, so that what is written there does not overlap.

    Args:
        wanted: where each would stand, in any order.
        gap: how far apart two have to be.
        most: where the last may stand, if there is room for all.
    """
    order = sorted(range(len(wanted)), key=lambda each: (wanted[each], each))
    placed = list(wanted)
    last = float("-inf")
    for each in order:
        placed[each] = last = max(placed[each], last + gap)
    last = max(most, gap * (len(wanted) - 1)) + gap
    for each in reversed(order):
        placed[each] = last = min(placed[each], last - gap)
    return placed


def _of(css: str) -> str:
    named = f' class="{css}"' if css else ""
    return f"{named} {_PAINT[css]}"


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0")
