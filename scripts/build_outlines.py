"""Make the outlines of the map again from Natural Earth.

    python3 scripts/build_outlines.py ../shared/data/planning/countries-50m.json

The file is TopoJSON of Natural Earth's countries at 1:50 million, as the package
`world-atlas` publishes it; Natural Earth is in the public domain. Three areas are
drawn otherwise than there, as the pack's nations are recognised by the alliance:
Crimea belongs to Ukraine, the north of Cyprus to Cyprus, Somaliland to Somalia.

What is written, `src/foedus/web/outlines.json`, is a topology too: borders that two
nations share are one line, so that simplifying opens no gap between them.
"""

import heapq
import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

OUT = Path(__file__).parents[1] / "src/foedus/web/outlines.json"

UNITS_PER_DEGREE = 100
"""Coordinates are whole hundredths of a degree, about a kilometre."""

AREA_MIN = 0.006
"""Square degrees, true to area: what a point must add to an outline to stay in it, and
an island have to be drawn. About two square pixels of the map of Europe."""

SIMPLEST = 4
"""Points that a closed line keeps however small it is."""

LABEL_CELLS = 24
"""Cells of the grid in which the place of a label is looked for."""

HALF_TURN = 180
"""Degrees of longitude between two points of a line beyond which it goes the other way
round the earth."""

CRIMEA = (32.4, 44.3, 36.7, 46.3)
"""The one ring of Russia that lies in these degrees (west, south, east, north)."""

RUSSIA, UKRAINE, CYPRUS, SOMALIA = "643", "804", "196", "706"

NAMED = {
    "Kosovo": "XKX",
    "N. Cyprus": CYPRUS,
    "Somaliland": SOMALIA,
    "Siachen Glacier": "356",
    "Indian Ocean Ter.": "036",
}
"""What has no ISO 3166 number in the file; Kosovo's code is user-assigned."""

Point = tuple[float, float]
Polygons = list[list[list[int]]]


def main() -> None:
    """Read the file that is named, and write the outlines."""
    topology = json.loads(Path(sys.argv[1]).read_bytes())
    arcs = list(decode(topology))
    nations = gather(topology["objects"]["countries"]["geometries"])
    cede(nations, arcs, RUSSIA, UKRAINE, CRIMEA)
    rings = {
        code: worth(merge([ring for each in polygons for ring in each], arcs), arcs)
        for code, polygons in nations.items()
    }
    used = sorted({number(arc) for each in rings.values() for r in each for arc in r})
    place = {arc: index for index, arc in enumerate(used)}
    simple = [simplify(arcs[arc]) for arc in used]
    shapes = [
        {
            "id": code,
            "label": label(rings[code], arcs),
            "rings": [[renumber(arc, place) for arc in ring] for ring in rings[code]],
        }
        for code in sorted(rings)
    ]
    made = {"units": UNITS_PER_DEGREE, "arcs": list(encode(simple)), "shapes": shapes}
    OUT.write_text(json.dumps(made, separators=(",", ":")) + "\n")
    points = sum(map(len, simple))
    print(f"{OUT.name}: {len(shapes)} shapes, {points} points", file=sys.stderr)


def decode(topology: dict) -> Iterator[list[Point]]:
    """Give the arcs in degrees."""
    (sx, sy), (tx, ty) = (topology["transform"][key] for key in ("scale", "translate"))
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        yield line


def gather(geometries: Iterable[dict]) -> dict[str, Polygons]:
    """Give the polygons of each nation by its ISO 3166 number."""
    found: dict[str, Polygons] = {}
    for each in geometries:
        code = each.get("id") or NAMED[each["properties"]["name"]]
        polygons = each["arcs"] if each["type"] == "MultiPolygon" else [each["arcs"]]
        found.setdefault(code, []).extend(polygons)
    return found


def cede(
    nations: dict[str, Polygons],
    arcs: list[list[Point]],
    giver: str,
    taker: str,
    box: tuple[float, float, float, float],
) -> None:
    """Move the one polygon of a nation that lies in a box to another nation."""
    west, south, east, north = box
    inside = [
        polygon
        for polygon in nations[giver]
        if all(
            west <= x <= east and south <= y <= north
            for x, y in stitch(polygon[0], arcs)
        )
    ]
    assert len(inside) == 1, f"{len(inside)} polygons of {giver} lie in the box, not 1"
    nations[giver].remove(inside[0])
    nations[taker].append(inside[0])


def merge(rings: list[list[int]], arcs: list[list[Point]]) -> list[list[int]]:
    """Join rings of one nation where they touch: what both have falls away."""
    every = {arc for ring in rings for arc in ring}
    inner = {arc for arc in every if ~arc in every}
    merged = [ring for ring in rings if not inner & set(ring)]
    loose = [piece for ring in rings if inner & set(ring) for piece in cut(ring, inner)]
    while loose:
        ring = loose.pop()
        while stitch(ring[-1:], arcs)[-1] != stitch(ring[:1], arcs)[0]:
            end = stitch(ring[-1:], arcs)[-1]
            onward = next(each for each in loose if stitch(each[:1], arcs)[0] == end)
            loose.remove(onward)
            ring += onward
        merged.append(ring)
    return merged


def worth(rings: list[list[int]], arcs: list[list[Point]]) -> list[list[int]]:
    """Leave out islands that are too small to see; never a nation's largest part."""
    sizes = [extent(unwrap(stitch(ring, arcs))) for ring in rings]
    most = max(sizes)
    return [
        ring
        for ring, size in zip(rings, sizes, strict=True)
        if size == most or size >= AREA_MIN
    ]


def cut(ring: list[int], inner: set[int]) -> list[list[int]]:
    """Give what is left of a ring without the arcs that it shares with its own."""
    start = next(place for place, arc in enumerate(ring) if arc in inner)
    turned = ring[start:] + ring[:start]
    pieces: list[list[int]] = [[]]
    for arc in turned:
        if arc in inner:
            pieces.append([])
        else:
            pieces[-1].append(arc)
    return [piece for piece in pieces if piece]


def number(arc: int) -> int:
    """Give the number of an arc, whichever way it is gone."""
    return ~arc if arc < 0 else arc


def renumber(arc: int, place: dict[int, int]) -> int:
    """Give the new number of an arc, gone the same way."""
    return ~place[~arc] if arc < 0 else place[arc]


def stitch(ring: Iterable[int], arcs: list[list[Point]]) -> list[Point]:
    """Give the points of a ring."""
    points: list[Point] = []
    for arc in ring:
        line = arcs[number(arc)]
        points.extend(line[::-1] if arc < 0 else line)
    return points


def unwrap(points: list[Point]) -> list[Point]:
    """Let a ring that crosses the date line go on beyond 180 degrees."""
    turn, east = 0, points[0][0]
    whole = []
    for x, y in points:
        if abs(x + turn - east) > HALF_TURN:
            turn += 360 if x + turn < east else -360
        east = x + turn
        whole.append((east, y))
    return whole


def simplify(line: list[Point]) -> list[Point]:
    """Leave out the points that change an outline least (Visvalingam, Whyatt 1993)."""
    keep = SIMPLEST if line[0] == line[-1] else 2
    before = list(range(-1, len(line) - 1))
    after = list(range(1, len(line) + 1))
    heap = [
        (area(line[i - 1], line[i], line[i + 1]), i, i - 1, i + 1)
        for i in range(1, len(line) - 1)
    ]
    heapq.heapify(heap)
    alive = [True] * len(line)
    left = len(line)
    while heap and left > keep:
        size, i, b, a = heapq.heappop(heap)
        if size >= AREA_MIN:
            break
        if not alive[i] or (before[i], after[i]) != (b, a):
            continue
        alive[i] = False
        left -= 1
        after[b], before[a] = a, b
        for j in (b, a):
            if 0 < j < len(line) - 1:
                b2, a2 = before[j], after[j]
                again = max(size, area(line[b2], line[j], line[a2]))
                heapq.heappush(heap, (again, j, b2, a2))
    return [point for point, stays in zip(line, alive, strict=True) if stays]


def area(a: Point, b: Point, c: Point) -> float:
    """Give the area of a triangle in square degrees of the equator."""
    width = math.cos(math.radians(b[1]))
    return (
        abs((a[0] - c[0]) * (b[1] - a[1]) - (a[0] - b[0]) * (c[1] - a[1])) * width / 2
    )


def label(rings: list[list[int]], arcs: list[list[Point]]) -> list[int]:
    """Give where a nation's code fits best: far from the edge of its largest part."""
    best = max((unwrap(stitch(ring, arcs)) for ring in rings), key=extent)
    west, east = min(x for x, _ in best), max(x for x, _ in best)
    south, north = min(y for _, y in best), max(y for _, y in best)
    width = math.cos(math.radians((south + north) / 2))
    outline = [(x * width, y) for x, y in best]
    found = ((west + east) / 2 * width, (south + north) / 2)
    room = -1.0
    for row in range(LABEL_CELLS):
        for column in range(LABEL_CELLS):
            x = (west + (east - west) * (column + 0.5) / LABEL_CELLS) * width
            y = south + (north - south) * (row + 0.5) / LABEL_CELLS
            # A code is wider than it is high.
            here = distance(x, y, outline) if holds(outline, x, y) else -1
            if here > room:
                room, found = here, (x, y)
    longitude = (found[0] / width + HALF_TURN) % 360 - HALF_TURN
    return [
        round(longitude * UNITS_PER_DEGREE),
        round(found[1] * UNITS_PER_DEGREE),
    ]


def extent(points: list[Point]) -> float:
    """Give the area that a ring encloses."""
    total = 0.0
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
        total += (x1 * y2 - x2 * y1) * math.cos(math.radians((y1 + y2) / 2))
    return abs(total) / 2


def holds(outline: list[Point], x: float, y: float) -> bool:
    """Tell whether a point lies inside an outline."""
    inside = False
    for (x1, y1), (x2, y2) in zip(outline, outline[1:] + outline[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def distance(x: float, y: float, outline: list[Point]) -> float:
    """Give how far the nearest point of an outline is."""
    return min(math.hypot((x2 - x) / 2, y2 - y) for x2, y2 in outline)


def encode(lines: Iterable[list[Point]]) -> Iterator[list[int]]:
    """Write lines as whole units: the first point, then the steps."""
    for line in lines:
        numbers: list[int] = []
        x = y = 0
        for lon, lat in line:
            nx, ny = round(lon * UNITS_PER_DEGREE), round(lat * UNITS_PER_DEGREE)
            if numbers and (nx, ny) == (x, y):
                continue
            numbers += [nx - x, ny - y]
            x, y = nx, ny
        yield numbers


if __name__ == "__main__":
    main()
