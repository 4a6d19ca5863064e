import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from foedus import app
from foedus.clock import from_us
from foedus.hub import Hub
from foedus.intel.pages import Filters
from foedus.processes import demo
from foedus.processes.demo_pack import load_demo_pack
from foedus.processes.demo_told import TOLD, read_lines
from foedus.releasability.labels import print_label

NO_PAUSE = timedelta(0)
NAMES = ("norway", "sweden", "moldova", "illustria")


@pytest.fixture
async def hub(tmp_path: Path) -> Hub:
    return await app.create(tmp_path / "data", load_demo_pack(), environment={})


@pytest.fixture(autouse=True)
def closed(hub: Hub) -> Iterator[None]:
    yield
    app.close_hub(hub)


def _count(hub: Hub, name: str) -> int:
    viewer = hub.authenticator.named(name).viewer()
    collections = hub.reading.collections(viewer)
    return sum(hub.reading.count(viewer, each) for each in collections)


def _labels(hub: Hub, name: str) -> set[str]:
    viewer = hub.authenticator.named(name).viewer()
    return {
        print_label(record.label.label, hub.alliance)
        for each in hub.reading.collections(viewer)
        for record in hub.reading.page(viewer, each, Filters(), limit=1_000).records
    }


def _newest(hub: Hub, name: str) -> datetime:
    """Tell when the newest of a nation's world was added to it."""
    viewer = hub.authenticator.named(name).viewer()
    return max(
        from_us(record.added_us)
        for each in hub.reading.collections(viewer)
        for record in hub.reading.page(viewer, each, Filters(), limit=1_000).records
    )


def _set_told(hub: Hub, *, stories: int, objects: int) -> None:
    """Let the next beat be a story, and so many objects have been told."""
    told = msgspec.json.encode({"stories": stories, "objects": objects, "beats": 1})
    hub.store.set_setting(TOLD, told.decode())


async def test_the_demo_has_two_members_a_partner_an_invented_nation_and_staff(
    hub: Hub,
) -> None:
    prepared = await demo.prepare(hub)

    delegations = ("finland", "poland")
    keepers = ("norway-auditor", "poland-planner", "operator")
    names = [each.name for each in prepared.accounts]
    assert names == [*NAMES, *delegations, "duty", *keepers]
    assert [each.nation for each in prepared.accounts] == [
        "NOR", "SWE", "MDA", "XIL", "FIN", "POL", "NATO", "NOR", "POL", "NATO",
    ]  # fmt: skip
    assert all(each.password for each in prepared.accounts)
    assert hub.store.setting(demo.SEATS) == (
        '["norway","sweden","moldova","illustria"]'
    )


async def test_passwords_are_made_up_and_given_once(hub: Hub) -> None:
    first = await demo.prepare(hub)
    before = _count(hub, "norway")

    second = await demo.prepare(hub)

    passwords = {each.password for each in first.accounts}
    assert len(passwords) == len(first.accounts)
    assert [each.password for each in second.accounts] == [None] * 10
    assert _count(hub, "norway") == before


async def test_what_was_interrupted_is_prepared_to_the_end(hub: Hub) -> None:
    await demo.prepare(hub)
    count = _count(hub, "norway")
    hub.store.write("DELETE FROM setting WHERE name = :name", {"name": demo.SEATS})

    await demo.prepare(hub)

    assert hub.store.setting(demo.SEATS) is not None
    assert _count(hub, "norway") == count


async def test_the_first_page_is_not_empty_and_differs_by_nation(hub: Hub) -> None:
    await demo.prepare(hub)

    norway, sweden, moldova, illustria = (_count(hub, name) for name in NAMES)

    assert norway > sweden > moldova > illustria >= 10


async def test_the_newest_member_does_not_see_what_is_older_than_its_joining(
    hub: Hub,
) -> None:
    await demo.prepare(hub)

    before = "NATO RESTRICTED // REL TO NATO 2023-04-04"
    assert before in _labels(hub, "norway")
    assert before not in _labels(hub, "sweden")
    assert before not in _labels(hub, "moldova")


async def test_the_feed_goes_on_until_it_is_stopped(hub: Hub) -> None:
    await demo.prepare(hub)
    before = _count(hub, "norway")
    stop = asyncio.Event()

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(demo.feed(hub, stop, NO_PAUSE))
        while _count(hub, "norway") < before + 5:  # noqa: ASYNC110 - of another task
            await asyncio.sleep(0)
        stop.set()

    assert _count(hub, "norway") >= before + 5


async def test_the_feed_waits_a_beat_between_stories(hub: Hub) -> None:
    await demo.prepare(hub)
    before = hub.store.setting(TOLD)
    stop = asyncio.Event()

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(demo.feed(hub, stop, timedelta(hours=1)))
        while hub.store.setting(TOLD) == before:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        stop.set()

    told = msgspec.json.decode(hub.store.setting(TOLD) or "")
    assert (told["stories"], told["beats"]) == (demo.STORIES_AT_ONCE, 1)


async def test_the_last_object_within_the_limit_is_told(hub: Hub) -> None:
    await demo.prepare(hub)
    before = _count(hub, "norway")
    _set_told(hub, stories=99, objects=demo.OBJECTS_MAX - 1)

    async with asyncio.timeout(30):
        await demo.feed(hub, asyncio.Event(), NO_PAUSE)

    assert _count(hub, "norway") == before + 1
    assert f'"objects":{demo.OBJECTS_MAX}' in (hub.store.setting(TOLD) or "")


async def test_at_the_limit_the_feed_is_quiet(hub: Hub) -> None:
    await demo.prepare(hub)
    before = _count(hub, "norway")
    _set_told(hub, stories=99, objects=demo.OBJECTS_MAX)

    async with asyncio.timeout(30):
        await demo.feed(hub, asyncio.Event(), NO_PAUSE)

    assert _count(hub, "norway") == before


async def test_none_of_the_stories_is_refused(
    hub: Hub,
) -> None:
    await demo.prepare(hub)
    left = 150
    _set_told(hub, stories=25, objects=demo.OBJECTS_MAX - left)

    with capture_logs() as logs:
        async with asyncio.timeout(60):
            await demo.feed(hub, asyncio.Event(), NO_PAUSE)

    assert "demo_objects_refused" not in str(logs)
    assert _count(hub, "norway") > left // 2


async def test_the_feed_plays_a_scene_and_says_what_happened(hub: Hub) -> None:
    await demo.prepare(hub)
    stop = asyncio.Event()

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(demo.feed(hub, stop, NO_PAUSE))
        while len(read_lines(hub.store)) < 3:  # noqa: ASYNC110 - of another task
            await asyncio.sleep(0)
        stop.set()

    lines = read_lines(hub.store)
    acts = [line.act for line in lines]
    assert acts[-2:] == ["Act 2: A release", "Act 1: Intelligence arrives"]
    assert lines[-2].at <= _newest(hub, "moldova")


async def test_the_feed_goes_on_in_the_middle_of_the_play(hub: Hub) -> None:
    await demo.prepare(hub)
    middle = 4 * (1 + demo.STORIES_BETWEEN)
    told = {"stories": 40, "objects": demo.OBJECTS_MAX - 1, "beats": middle}
    hub.store.set_setting(TOLD, msgspec.json.encode(told).decode())

    async with asyncio.timeout(30):
        await demo.feed(hub, asyncio.Event(), NO_PAUSE)

    [line] = read_lines(hub.store)
    assert "new version of “Joint watch”" in line.text


async def test_a_scene_that_fails_does_not_stop_the_feed(
    hub: Hub,
) -> None:
    await demo.prepare(hub)
    nothing_to_tear = 7 * (1 + demo.STORIES_BETWEEN)
    told = {
        "stories": 40,
        "objects": demo.OBJECTS_MAX - 3,
        "beats": nothing_to_tear,
    }
    hub.store.set_setting(TOLD, msgspec.json.encode(told).decode())
    before = _count(hub, "norway")

    with capture_logs() as logs:
        async with asyncio.timeout(30):
            await demo.feed(hub, asyncio.Event(), NO_PAUSE)

    assert "demo_beat_skipped" in str(logs)
    assert _count(hub, "norway") > before
