from datetime import date

import pytest

from foedus.errors import NotFoundError
from foedus.guidance.commands import (
    Publishing,
    acknowledge,
    publish,
    publish_edition,
)
from foedus.guidance.updates import (
    UpdateHistory,
    UpdateSheet,
    diff,
    find_update,
    list_updates,
)
from foedus.releasability.viewers import Viewer
from tests.guidance.world import DESK, FIN, MDA, POL, World

FIRST = Publishing(
    title="Reporting of incidents",
    text="Report within a day.\nName the system.",
    effective=date(2026, 12, 1),
    label="NATO RESTRICTED",
)
SECOND = Publishing(
    title="Reporting of incidents",
    text="Report within an hour.\nName the system.\nKeep the logs.",
    effective=date(2027, 1, 1),
)


async def add(world: World, sent: Publishing = FIRST, by: Viewer = DESK) -> str:
    name, _ = await publish(world.bureau, by, world.act(by), sent)
    return name


async def add_edition(world: World, name: str, by: Viewer = DESK) -> int:
    edition, _ = await publish_edition(world.bureau, by, world.act(by), name, SECOND)
    return edition


def listed(world: World, reader: Viewer, **page: str | int) -> list[UpdateSheet]:
    with world.sight() as seen:
        return list_updates(seen.db, seen.access, reader, **page)  # type: ignore[arg-type]


def found(world: World, reader: Viewer, name: str) -> UpdateHistory:
    with world.sight() as seen:
        return find_update(seen.db, seen.access, reader, name)


async def test_an_update_is_listed_by_its_last_edition(world: World) -> None:
    name = await add(world)
    assert await add_edition(world, name) == 2

    (sheet,) = listed(world, FIN)

    assert (sheet.update, sheet.edition, sheet.author) == (name, 2, "NATO")
    assert sheet.effective == date(2027, 1, 1)
    assert sheet.label == "NATO RESTRICTED // REL TO NATO 2024-03-07"
    assert listed(world, MDA) == []


async def test_all_editions_have_the_label_of_the_first(world: World) -> None:
    name = await add(world)
    await add_edition(world, name)

    editions = found(world, FIN, name).editions

    assert [each.edition for each in editions] == [1, 2]
    with pytest.raises(NotFoundError, match="no such update"):
        found(world, MDA, name)


async def test_the_last_published_comes_first_page_by_page(world: World) -> None:
    old, new = await add(world), await add(world)
    await add_edition(world, old)

    assert [each.update for each in listed(world, FIN)] == [old, new]
    assert [each.update for each in listed(world, FIN, limit=1)] == [old]
    assert [each.update for each in listed(world, FIN, after=old)] == [new]
    assert listed(world, FIN, after="update--none") == []


async def test_what_changed_is_told_line_by_line(world: World) -> None:
    name = await add(world)
    await add_edition(world, name)

    changed = diff(found(world, FIN, name))

    assert (changed.older, changed.newer) == (1, 2)
    assert changed.effective == (date(2026, 12, 1), date(2027, 1, 1))
    assert [(each.change, each.text) for each in changed.lines] == [
        ("same", "Reporting of incidents"),
        ("removed", "Report within a day."),
        ("added", "Report within an hour."),
        ("same", "Name the system."),
        ("added", "Keep the logs."),
    ]


async def test_without_an_earlier_edition_nothing_is_compared(world: World) -> None:
    sheet = found(world, FIN, await add(world))

    with pytest.raises(NotFoundError, match="no such earlier edition; there are 1"):
        diff(sheet)
    with pytest.raises(NotFoundError, match="no such earlier edition"):
        diff(sheet, older=1, newer=9)


async def test_who_acknowledged_is_told_with_the_last_edition(world: World) -> None:
    name = await add(world)
    for by in (FIN, POL):
        await acknowledge(world.bureau, by, world.act(by), name, None)
    await add_edition(world, name)
    await acknowledge(world.bureau, FIN, world.act(FIN), name, 2)

    (sheet,) = listed(world, POL)

    assert [(each.nation, each.edition) for each in sheet.acknowledged] == [
        ("FIN", 2),
        ("POL", 1),
    ]
