"""Outlines: the shapes of the world's countries, drawn for a map.

- The shapes are those of `outlines.json`, which `scripts/build_outlines.py` makes of
  Natural Earth; they are named by ISO 3166 number, or by a pack's user-assigned code.
- Borders that two share are one line, projected and thinned once, so that nothing
  gapes between neighbours.
- A map is for looking at. Lengths of borders come from a sourced table, never from it.

Source: Snyder, Map Projections, A Working Manual (1987), chapter 24 (Lambert azimuthal
equal-area); Šavrič, Patterson, Jenny (2018), The Equal Earth map projection.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final, TypeVar

import msgspec

T = TypeVar("T")
Point = tuple[float, float]
Project = Callable[[float, float], Point]
"""Turns longitude and latitude in radians into a plane, in radii of the earth."""

MARGIN: Final = 6.0
"""Units around the drawing at which shapes are cut, so that no cut edge is seen."""

ISLAND_AREA: Final = 0.6
"""Square units below which a part of a country is left out; never its largest."""

DOT_AREA: Final = 30.0
"""Square units below which a country is drawn as a dot as well."""

LABEL_AREA: Final = 330.0
"""Square units from which a country has room for its code."""

LABEL_SIZE: Final = (30.0, 16.0)
"""Units that a code takes up."""

HALF_TURN: Final = 180
"""Degrees of longitude between neighbours on a line beyond which it goes the other way
round the earth."""

FAR: Final = math.radians(100)
"""Degrees from the middle of a regional map beyond which nothing is drawn."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What part of the world a map shows, and how large.

    Attributes:
        name: as it stands in an address.
        width: of the drawing, in its own units, which are pixels at full size.
        height: likewise.
        centre: longitude and latitude of the middle; None for the whole world.
        scale: units a radius of the earth.
        shift: units by which the middle lies off that of the drawing.
        step: units between two points of a line; finer is not seen.
    """

    name: str
    width: int
    height: int
    scale: float
    centre: Point | None = None
    shift: Point = (0.0, 0.0)
    step: float = 0.7


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """A country in a drawing.

    Attributes:
        id: its ISO 3166 number, or a user-assigned code.
        path: its outline, as the `d` of an SVG path.
        x: where its code or its dot stands.
        y: likewise.
        is_small: whether it needs a dot to be seen.
        has_label: whether there is room for its code.
    """

    id: str
    path: str
    x: int
    y: int
    is_small: bool
    has_label: bool


class _Outline(msgspec.Struct, frozen=True):
    id: str
    label: tuple[int, int]
    rings: list[list[int]]


class _Topology(msgspec.Struct, frozen=True):
    units: int
    arcs: list[list[int]]
    shapes: list[_Outline]


@cache
def draw(view: View) -> tuple[Shape, ...]:
    """Draw the countries of a view, the largest first; some 100 ms, once.

    Args:
        view: what is shown.
    """
    topology = _load()
    drawing = _Drawing(view)
    arcs = [_degrees(arc, topology.units) for arc in topology.arcs]
    lines = [drawing.line(arc) for arc in arcs]
    found = []
    for each in topology.shapes:
        rings = [
            drawn
            for ring in each.rings
            for drawn in drawing.rings(ring, arcs, lines)
            if drawn
        ]
        if rings:
            place = drawing.at(*(unit / topology.units for unit in each.label))
            found.append((each.id, rings, place))
    found.sort(key=lambda each: (-_extent(each[1]), each[0]))
    taken: list[Point] = []
    return tuple(drawing.shape(code, rings, at, taken) for code, rings, at in found)


@cache
def _load() -> _Topology:
    raw = resources.files("foedus.web").joinpath("outlines.json").read_bytes()
    return msgspec.json.decode(raw, type=_Topology)


class _Drawing:
    """Turns places on earth into places of a drawing."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._project = _equal_earth if view.centre is None else _azimuthal(view.centre)
        self._low = -MARGIN
        self._right = view.width + MARGIN
        self._bottom = view.height + MARGIN

    def at(self, longitude: float, latitude: float) -> Point | None:
        """Give the place of a place; None far beyond the edge of a regional map."""
        view = self._view
        if view.centre and _angle(view.centre, (longitude, latitude)) > FAR:
            return None
        x, y = self._project(math.radians(longitude), math.radians(latitude))
        return (
            view.width / 2 + view.shift[0] + x * view.scale,
            view.height / 2 + view.shift[1] - y * view.scale,
        )

    def line(self, arc: list[Point]) -> list[Point | None]:
        """Draw one line, without the points that are too near to the one before."""
        points: list[Point | None] = []
        for place in arc:
            point = self.at(*place)
            before = points[-1] if points else None
            near = point and before and math.dist(point, before) < self._view.step
            if not near or place is arc[-1]:
                points.append(point)
        return points

    def rings(
        self,
        ring: list[int],
        arcs: list[list[Point]],
        lines: list[list[Point | None]],
    ) -> list[list[Point]]:
        """Draw one closed line: cut at the edges, and in two at the date line."""
        if self._view.centre is None:
            places = list(_joined(ring, arcs))
            if any(abs(a[0] - b[0]) > HALF_TURN for a, b in pairwise(places)):
                halves = _split(places)
                return [self._cut(self.line(half)) for half in halves]
        return [self._cut(list(_joined(ring, lines)))]

    def _cut(self, line: list[Point | None]) -> list[Point]:
        points = [point for point in line if point is not None]
        if len(points) < len(line):
            return []
        points = _cut(points, 0, self._low, 1)
        points = _cut(points, 0, self._right, -1)
        points = _cut(points, 1, self._low, 1)
        return _cut(points, 1, self._bottom, -1)

    def shape(
        self, code: str, rings: list[list[Point]], at: Point | None, taken: list[Point]
    ) -> Shape:
        """Make a shape; `taken` holds where codes stand already, and learns of it."""
        largest = max(rings, key=lambda ring: abs(_area(ring)))
        area = _extent(rings)
        if at is None or not self._is_inside(at):
            at = _middle(largest)
        x, y = at
        fits = (
            area >= LABEL_AREA
            and self._is_inside(at)
            and all(
                abs(x - other[0]) >= LABEL_SIZE[0] or abs(y - other[1]) >= LABEL_SIZE[1]
                for other in taken
            )
        )
        if fits:
            taken.append(at)
        return Shape(
            id=code,
            path="".join(
                _path(ring)
                for ring in rings
                if ring is largest or abs(_area(ring)) >= ISLAND_AREA
            ),
            x=round(x),
            y=round(y),
            is_small=area < DOT_AREA and self._is_inside(at),
            has_label=fits,
        )

    def _is_inside(self, at: Point) -> bool:
        half, height = LABEL_SIZE[0] / 2, LABEL_SIZE[1]
        return (
            half <= at[0] <= self._view.width - half
            and height <= at[1] <= self._view.height - height
        )


def _degrees(arc: list[int], units: int) -> list[Point]:
    """Give the places of an arc in degrees."""
    places = []
    longitude = latitude = 0
    for east, north in zip(arc[::2], arc[1::2], strict=True):
        longitude, latitude = longitude + east, latitude + north
        places.append((longitude / units, latitude / units))
    return places


def _joined(ring: list[int], lines: list[list[T]]) -> Iterator[T]:
    """Give the points of a ring; an arc below 0 is gone the other way."""
    for arc in ring:
        yield from lines[arc] if arc >= 0 else reversed(lines[~arc])


def _split(places: list[Point]) -> Iterator[list[Point]]:
    """Give the parts of a ring on either side of the date line."""
    turn, whole = 0, [places[0]]
    for east, north in places[1:]:
        step = east + turn - whole[-1][0]
        if abs(step) > HALF_TURN:
            turn -= 2 * HALF_TURN if step > 0 else -2 * HALF_TURN
        whole.append((east + turn, north))
    for shift in (-2 * HALF_TURN, 0, 2 * HALF_TURN):
        moved = [(east + shift, north) for east, north in whole]
        part = _cut(_cut(moved, 0, -HALF_TURN, 1), 0, HALF_TURN, -1)
        if part:
            yield part


def _cut(points: list[Point], axis: int, edge: float, sign: int) -> list[Point]:
    """Cut a ring at one edge (Sutherland, Hodgman 1974)."""
    kept: list[Point] = []
    for one, other in zip(points, points[1:] + points[:1], strict=True):
        inside = (one[axis] - edge) * sign >= 0
        if inside:
            kept.append(one)
        if inside != ((other[axis] - edge) * sign >= 0):
            share = (edge - one[axis]) / (other[axis] - one[axis])
            kept.append(
                (
                    one[0] + share * (other[0] - one[0]),
                    one[1] + share * (other[1] - one[1]),
                )
            )
    return kept


def _path(ring: list[Point]) -> str:
    """Write a ring in tenths of a unit, each point as a step from the one before."""
    x, y = (round(each * 10) for each in ring[0])
    start = f"M{_tenths(x)},{_tenths(y)}l"
    steps = []
    for point in ring[1:]:
        nx, ny = (round(each * 10) for each in point)
        if (nx, ny) != (x, y):
            steps.append(f"{_tenths(nx - x)},{_tenths(ny - y)}")
            x, y = nx, ny
    return start + " ".join(steps or ["0,0"]) + "z"


def _tenths(number: int) -> str:
    whole, rest = divmod(abs(number), 10)
    sign = "-" if number < 0 else ""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def _extent(rings: Iterable[list[Point]]) -> float:
    return sum(abs(_area(ring)) for ring in rings)


def _area(ring: list[Point]) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def _middle(ring: list[Point]) -> Point:
    """Give the centroid of a ring."""
    size = _area(ring)
    if not size:
        return ring[0]
    x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        x += (x1 + x2) * cross
        y += (y1 + y2) * cross
    return x / (6 * size), y / (6 * size)


def _azimuthal(centre: Point) -> Project:
    """Project equal-area around a centre, in degrees."""
    longitude, latitude = (math.radians(each) for each in centre)
    sine, cosine = math.sin(latitude), math.cos(latitude)

    def project(east: float, north: float) -> Point:
        sin, cos = math.sin(north), math.cos(north)
        turn = math.cos(east - longitude)
        grow = math.sqrt(2 / (1 + sine * sin + cosine * cos * turn))
        return (
            grow * cos * math.sin(east - longitude),
            grow * (cosine * sin - sine * cos * turn),
        )

    return project


_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796


def _equal_earth(east: float, north: float) -> Point:
    """Project the whole world equal-area."""
    root = math.sqrt(3)
    angle = math.asin(root / 2 * math.sin(north))
    two, six = angle**2, angle**6
    return (
        2 * root * east * math.cos(angle)
        / (3 * (_A1 + 3 * _A2 * two + six * (7 * _A3 + 9 * _A4 * two))),
        angle * (_A1 + _A2 * two + six * (_A3 + _A4 * two)),
    )  # fmt: skip


def _angle(one: Point, other: Point) -> float:
    """Give the angle between two places in degrees of longitude and latitude."""
    (east1, north1), (east2, north2) = (
        (math.radians(each[0]), math.radians(each[1])) for each in (one, other)
    )
    cosine = math.sin(north1) * math.sin(north2) + math.cos(north1) * math.cos(
        north2
    ) * math.cos(east1 - east2)
    return math.acos(max(-1.0, min(1.0, cosine)))
