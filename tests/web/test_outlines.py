import itertools
import math
import re
from pathlib import Path

import msgspec
import pytest

from foedus.web.atlas import REGION, WORLD
from foedus.web.outlines import Shape, View, draw

UKRAINE, RUSSIA, CYPRUS, SERBIA = "804", "643", "196", "688"
SIMFEROPOL, SEVASTOPOL = (34.10, 44.95), (33.53, 44.60)
KYRENIA, PRISTINA, ANADYR, MOSCOW = (
    (33.20, 35.28),
    (21.16, 42.66),
    (177.0, 65.5),
    (37.6, 55.75),
)

Point = tuple[float, float]


def by_id(view: View) -> dict[str, Shape]:
    return {shape.id: shape for shape in draw(view)}


def rings(path: str) -> list[list[Point]]:
    found = []
    for ring in re.findall(r"M([^z]+)z", path):
        start, _, rest = ring.partition("l")
        x, y = map(float, start.split(","))
        points = [(x, y)]
        for step in rest.split():
            dx, dy = map(float, step.split(","))
            x, y = x + dx, y + dy
            points.append((x, y))
        found.append(points)
    return found


def holds(shape: Shape, at: Point) -> bool:
    x, y = at
    inside = False
    for ring in rings(shape.path):
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def place(view: View, at: Point) -> Point:
    """Where the region's map has a place, by the textbook's formula."""
    assert view.centre is not None
    (lon0, lat0), (lon, lat) = (
        (math.radians(p[0]), math.radians(p[1])) for p in (view.centre, at)
    )
    k = math.sqrt(
        2
        / (
            1
            + math.sin(lat0) * math.sin(lat)
            + math.cos(lat0) * math.cos(lat) * math.cos(lon - lon0)
        )
    )
    x = k * math.cos(lat) * math.sin(lon - lon0)
    y = k * (
        math.cos(lat0) * math.sin(lat)
        - math.sin(lat0) * math.cos(lat) * math.cos(lon - lon0)
    )
    return (
        view.width / 2 + view.shift[0] + x * view.scale,
        view.height / 2 + view.shift[1] - y * view.scale,
    )


@pytest.mark.parametrize("city", [SIMFEROPOL, SEVASTOPOL])
def test_crimea_is_drawn_as_ukraine(city: Point) -> None:
    shapes = by_id(REGION)
    at = place(REGION, city)
    assert holds(shapes[UKRAINE], at)
    assert not holds(shapes[RUSSIA], at)


def test_crimea_and_the_mainland_are_one_outline() -> None:
    largest = max(rings(by_id(REGION)[UKRAINE].path), key=len)
    at = place(REGION, SIMFEROPOL)
    shape = msgspec.structs.replace(by_id(REGION)[UKRAINE], path=_path(largest))
    assert holds(shape, at)


def _path(ring: list[Point]) -> str:
    (x, y), *rest = ring
    steps = []
    for nx, ny in rest:
        steps.append(f"{nx - x},{ny - y}")
        x, y = nx, ny
    return f"M{ring[0][0]},{ring[0][1]}l" + " ".join(steps) + "z"


def test_the_north_of_cyprus_is_drawn_as_cyprus() -> None:
    view = View(name="x", width=400, height=400, scale=6000, centre=(33.0, 35.0))
    assert holds(by_id(view)[CYPRUS], place(view, KYRENIA))


def test_kosovo_is_drawn_by_itself() -> None:
    shapes = by_id(REGION)
    at = place(REGION, PRISTINA)
    assert holds(shapes["XKX"], at)
    assert not holds(shapes[SERBIA], at)


def test_a_country_across_the_date_line_is_cut_there() -> None:
    russia = by_id(WORLD)[RUSSIA]
    steps = [
        abs(b[0] - a[0])
        for ring in rings(russia.path)
        for a, b in itertools.pairwise(ring)
    ]
    assert max(steps) < WORLD.width / 4


def test_nothing_is_drawn_beyond_the_margin() -> None:
    for view in (REGION, WORLD):
        for shape in draw(view):
            for ring in rings(shape.path):
                assert all(-7 <= x <= view.width + 7 for x, _ in ring)
                assert all(-7 <= y <= view.height + 7 for _, y in ring)


def test_codes_do_not_lie_on_each_other() -> None:
    places = [(s.x, s.y) for s in draw(REGION) if s.has_label]
    assert len(places) > 30
    assert all(
        abs(a[0] - b[0]) >= 29 or abs(a[1] - b[1]) >= 15
        for number, a in enumerate(places)
        for b in places[:number]
    )


def test_a_country_too_small_to_see_has_a_dot() -> None:
    shapes = by_id(REGION)
    assert shapes["470"].is_small  # Malta
    assert not shapes["616"].is_small  # Poland


def test_every_country_of_the_world_is_on_the_world_map() -> None:
    source = Path("src/foedus/web/outlines.json").read_bytes()
    listed = {each["id"] for each in msgspec.json.decode(source)["shapes"]}
    assert set(by_id(WORLD)) == listed
