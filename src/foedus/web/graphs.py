"""The graph of an object: what names it on the left, what it names on the right.

- Drawn by the server, so it needs no script; the same stands below it as a list.
- A relationship is a line and not a box: what stands at its other end is drawn, with
  the word of the relationship.
- Everything is read as the visitor. What they may not see is not drawn, and leaves no
  gap and no number.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import NotFoundError
from foedus.intel.neighbours import naming
from foedus.intel.pages import Filters
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.stix.identifiers import as_identifier
from foedus.web.chips import Chip, page_marking
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.items import Item, make_item

SIDE_MAX: Final = 12
"""Boxes on a side; the list has as many."""

BOX: Final = (208.0, 44.0)
"""Width and height of a box."""

ROW: Final = 56.0
"""Units from one box to the next."""

IDS_AT_ONCE: Final = 32
"""Ids whose objects are read at once; one may have a mebibyte."""

BYTES_MAX: Final = 16 * 1024 * 1024
"""Bytes of objects around another that are looked at, those first that it names. It
counts what the visitor sees, and nothing else."""

LEFT, MIDDLE, RIGHT = 0.0, 256.0, 512.0
"""Where boxes begin, by column; the drawing is as wide as the last one ends."""

TITLE_MAX: Final = 27
"""Characters of a title that fit into a box."""


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """An object beside the one that is looked at, and how they belong together."""

    how: str
    item: Item


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A box of the drawing, with the line to the middle."""

    x: float
    y: float
    title: str
    said: str
    href: str
    css: str
    line: str


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing of an object among its neighbours."""

    width: float
    height: float
    boxes: tuple[Box, ...]


class _Held(NamedTuple):
    """An object as the viewer has it, and what its bytes say."""

    item: Item
    tree: dict[str, object]


async def show_graph(site: Site, request: Request) -> Response:
    """Show an object among what names it and what it names."""
    viewer = require_session(site, request).account.viewer()
    stix_id = as_identifier(request.path_params["id"])
    if stix_id is None:
        raise NotFoundError("no such object")
    now = site.hub.clock()

    def read() -> tuple[Item, list[Neighbour], list[Neighbour], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            middle, before, after = around(seen, viewer, stix_id, now)
            labels = [each.item.fixed for each in (*before, *after)]
            marking = page_marking([middle.fixed, *labels], seen.access, viewer.nation)
            return middle, before, after, marking

    middle, before, after, marking = await asyncio.to_thread(read)
    title = f"Graph of {middle.thing.title}"
    return site.renderer.page(
        "graph.html",
        {
            **frame(site, request, Page(title=title, marking=marking)),
            "item": middle,
            "before": before,
            "after": after,
            "graph": draw_graph(middle, before, after),
        },
    )


def around(
    seen: Snapshot,
    viewer: Viewer,
    stix_id: str,
    now: datetime,
    *,
    bytes_max: int = BYTES_MAX,
) -> tuple[Item, list[Neighbour], list[Neighbour]]:
    """Give an object, what names it, and what it names, as a viewer has them.

    Args:
        seen: the views.
        viewer: who looks.
        stix_id: of the object.
        now: the instant.
        bytes_max: of objects that are read in one go; what comes behind is left out.

    Raises:
        NotFoundError: there is none, or not for this viewer.
    """

    def held(ids: Sequence[str]) -> dict[str, _Held]:
        return _held(seen, viewer, ids, now, bytes_max)

    middle = held([stix_id]).get(stix_id)
    if middle is None:
        raise NotFoundError("no such object")
    named = [each for _, each in middle.item.thing.references]
    near = held([*named, *naming(seen, viewer, stix_id)])
    ends = [end for each in near.values() for end in _ends(each.tree)]
    near |= held([each for each in ends if each not in near])
    after = [
        Neighbour(how=how, item=near[each].item)
        for how, each in middle.item.thing.references
        if each in near
    ]
    before: list[Neighbour] = []
    for each in near.values():
        word = str(each.tree.get("relationship_type", ""))
        if _ends(each.tree) == [stix_id, other := _other(each.tree, stix_id)]:
            after += _beyond(word, near.get(other))
        elif _ends(each.tree) == [other, stix_id]:
            before += _beyond(word, near.get(other))
        elif (how := dict(_named_by(each.item)).get(stix_id)) is not None:
            before.append(Neighbour(how=how, item=each.item))
    return middle.item, _once(before), _once(after)


def _beyond(word: str, other: _Held | None) -> list[Neighbour]:
    """Give what lies beyond a relationship, as far as it is here for the viewer."""
    return [] if other is None else [Neighbour(how=word, item=other.item)]


def draw_graph(
    middle: Item, before: Sequence[Neighbour], after: Sequence[Neighbour]
) -> Graph:
    """Draw an object among its neighbours."""
    rows = max(len(before), len(after), 1)
    height = rows * ROW
    centre = (height - BOX[1]) / 2
    boxes = [_box(MIDDLE, centre, middle, said=middle.thing.kind, css="now")]
    for column, found in ((LEFT, before), (RIGHT, after)):
        top = (height - len(found) * ROW) / 2
        for row, each in enumerate(found):
            y = top + row * ROW + (ROW - BOX[1]) / 2
            said = f"{each.how.lower()} · {each.item.thing.kind}"
            line = _line(column, y, centre)
            boxes.append(_box(column, y, each.item, said=said, css="", line=line))
    return Graph(width=RIGHT + BOX[0], height=height, boxes=tuple(boxes))


def _box(  # noqa: PLR0913 - what a box is made of
    x: float, y: float, item: Item, *, said: str, css: str, line: str = ""
) -> Box:
    return Box(
        x=x,
        y=round(y, 1),
        title=_short(item.thing.title),
        said=_short(said),
        href=f"/objects/{item.id}",
        css=css,
        line=line,
    )


def _line(column: float, y: float, centre: float) -> str:
    start, end = (
        (column + BOX[0], MIDDLE) if column < MIDDLE else (column, MIDDLE + BOX[0])
    )
    bend = (start + end) / 2
    low, high = y + BOX[1] / 2, centre + BOX[1] / 2
    return f"M{start},{low:.1f}C{bend},{low:.1f} {bend},{high:.1f} {end},{high:.1f}"


def _held(
    seen: Snapshot, viewer: Viewer, ids: Sequence[str], now: datetime, bytes_max: int
) -> dict[str, _Held]:
    """Read some objects as the viewer has them, in the order of the ids."""
    wanted = tuple(dict.fromkeys(ids))
    found: dict[str, _Held] = {}
    if not wanted:
        return found
    left = bytes_max
    for start in range(0, len(wanted), IDS_AT_ONCE):
        ids_at_once = wanted[start : start + IDS_AT_ONCE]
        for each in seen.collections(viewer):
            filters = Filters(ids=ids_at_once)
            page = seen.page(viewer, each, filters, limit=len(ids_at_once) * 2)
            for record in page.records:
                if record.id not in found and (left := left - len(record.raw)) >= 0:
                    made = make_item(record, seen.access, viewer=viewer, now=now)
                    found[record.id] = _Held(made, orjson.loads(record.raw))
        if left < 0:
            break
    return {each: found[each] for each in wanted if each in found}


def _ends(tree: Mapping[str, object]) -> list[str]:
    """Give both ends of a relationship; nothing of anything else."""
    if tree.get("type") != "relationship":
        return []
    return [str(tree.get("source_ref")), str(tree.get("target_ref"))]


def _other(tree: Mapping[str, object], stix_id: str) -> str:
    ends = _ends(tree)
    return next((each for each in reversed(ends) if each != stix_id), stix_id)


def _named_by(item: Item) -> Iterable[tuple[str, str]]:
    return ((stix_id, how) for how, stix_id in reversed(item.thing.references))


def _once(found: Iterable[Neighbour]) -> list[Neighbour]:
    """Leave out relationships themselves, and what stands there twice."""
    unique = {
        (each.how, each.item.id): each
        for each in found
        if not each.item.id.startswith(("relationship--", "marking-definition--"))
    }
    return list(unique.values())[:SIDE_MAX]


def _short(text: str) -> str:
    return text if len(text) <= TITLE_MAX else f"{text[: TITLE_MAX - 1]}…"
