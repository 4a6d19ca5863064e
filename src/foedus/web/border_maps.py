"""A map of a nation's borders, and of what each would be.

A map is for looking at: it says who borders on whom, and the lengths that are written
on it are those of the sourced table.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from foedus.alliance.nations import Alliance
from foedus.ids import NationCode
from foedus.planning.dossier_borders import BorderChange, Neighbour
from foedus.planning.dossier_plots import kilometres
from foedus.web.atlas import REGION, WORLD, Country, countries
from foedus.web.outlines import View, draw

ACROSS: Final = (392, 300)
"""Width and height of what is shown around the nation, in units of the region."""

FILLS: Final[Mapping[str, str]] = {
    "shared between members": "shared",
    "outer, to guard": "outer",
    "outside the alliance": "",
}


class BorderMap(msgspec.Struct, frozen=True, kw_only=True):
    """The countries around a nation, cut out of a larger map.

    Attributes:
        box: the part that is shown, as the `viewBox` of the drawing.
        title: what it shows, in a sentence.
        undrawn: neighbours without an outline.
    """

    box: str
    title: str
    countries: tuple[Country, ...]
    undrawn: tuple[str, ...]


def border_map(
    alliance: Alliance, code: NationCode, found: BorderChange
) -> BorderMap | None:
    """Draw a nation and its neighbours; None where it has no outline or none of them.

    Takes some 100 ms when it is first asked for, so call it off the event loop.
    """
    neighbours = {each.code: each for each in found.neighbours}
    own = alliance.nations[code].iso_numeric or code
    view = REGION if any(each.id == own for each in draw(REGION)) else WORLD
    drawn = countries(alliance, view, found.as_of, code)
    middle = next((each for each in drawn if each.shape.id == own), None)
    if middle is None or not neighbours:
        return None
    here = {each.href for each in drawn}
    said = ", ".join(
        f"{each.name} {kilometres(each.km)}, {each.becomes}"
        for each in found.neighbours
    )
    return BorderMap(
        box=_box(view, middle.shape.x, middle.shape.y),
        title=f"{alliance.nations[code].name} borders on: {said}",
        countries=tuple(_country(each, code, neighbours) for each in drawn),
        undrawn=tuple(each.name for each in found.neighbours if each.code not in here),
    )


def _country(
    country: Country, code: NationCode, neighbours: Mapping[str, Neighbour]
) -> Country:
    near = neighbours.get(country.href)
    if near is not None:
        return msgspec.structs.replace(
            country,
            css=FILLS[near.becomes],
            title=f"{near.name}: {kilometres(near.km)}, {near.becomes}",
            code=near.code,
            on_dark=bool(FILLS[near.becomes]),
        )
    if country.href == code:
        return msgspec.structs.replace(country, css="here", code=code, on_dark=False)
    return msgspec.structs.replace(country, css="", code="", title="", href="")


def _box(view: View, x: int, y: int) -> str:
    """Cut out what lies around a place, and nothing beyond the edge of the map."""
    if view is WORLD:
        return f"0 0 {view.width} {view.height}"
    width, height = ACROSS
    left = min(max(x - width // 2, 0), view.width - width)
    top = min(max(y - height // 2, 0), view.height - height)
    return f"{left} {top} {width} {height}"
