import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.hub import Hub
from foedus.intel.pages import Filters
from foedus.processes import demo
from foedus.releasability.labels import print_label

NO_PAUSE = timedelta(0)
NAMES = ("norway", "sweden", "moldova")


@pytest.fixture
async def hub(tmp_path: Path) -> Hub:
    return await app.create(tmp_path / "data", load_pack("nato"), environment={})


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


def _set_told(hub: Hub, *, stories: int, objects: int) -> None:
    told = msgspec.json.encode({"stories": stories, "objects": objects})
    hub.store.set_setting(demo.TOLD, told.decode())


async def test_the_demo_has_a_member_the_newest_member_a_partner_and_a_duty_officer(
    hub: Hub,
) -> None:
    prepared = await demo.prepare(hub)

    assert [each.name for each in prepared.accounts] == [*NAMES, "duty"]
    assert [each.nation for each in prepared.accounts] == ["NOR", "SWE", "MDA", "NATO"]
    assert all(each.password for each in prepared.accounts)
    assert hub.store.setting(demo.SEATS) == '["norway","sweden","moldova"]'


async def test_passwords_are_made_up_and_given_once(hub: Hub) -> None:
    first = await demo.prepare(hub)
    before = _count(hub, "norway")

    second = await demo.prepare(hub)

    passwords = {each.password for each in first.accounts}
    assert len(passwords) == len(first.accounts)
    assert [each.password for each in second.accounts] == [None] * 4
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

    norway, sweden, moldova = (_count(hub, name) for name in NAMES)

    assert norway > sweden > moldova >= 10


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
    before = hub.store.setting(demo.TOLD)
    stop = asyncio.Event()

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(demo.feed(hub, stop, timedelta(hours=1)))
        while hub.store.setting(demo.TOLD) == before:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        stop.set()

    told = msgspec.json.decode(hub.store.setting(demo.TOLD) or "")
    assert told["stories"] == demo.STORIES_AT_ONCE + 1


async def test_the_last_object_within_the_limit_is_told(hub: Hub) -> None:
    await demo.prepare(hub)
    before = _count(hub, "norway")
    _set_told(hub, stories=99, objects=demo.OBJECTS_MAX - 1)

    async with asyncio.timeout(30):
        await demo.feed(hub, asyncio.Event(), NO_PAUSE)

    assert _count(hub, "norway") == before + 1
    assert f'"objects":{demo.OBJECTS_MAX}' in (hub.store.setting(demo.TOLD) or "")


async def test_at_the_limit_the_feed_is_quiet(hub: Hub) -> None:
    await demo.prepare(hub)
    before = _count(hub, "norway")
    _set_told(hub, stories=99, objects=demo.OBJECTS_MAX)

    async with asyncio.timeout(30):
        await demo.feed(hub, asyncio.Event(), NO_PAUSE)

    assert _count(hub, "norway") == before


async def test_none_of_the_stories_is_refused(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    await demo.prepare(hub)
    left = 150
    _set_told(hub, stories=25, objects=demo.OBJECTS_MAX - left)

    async with asyncio.timeout(60):
        await demo.feed(hub, asyncio.Event(), NO_PAUSE)

    assert "demo_objects_refused" not in capsys.readouterr().out
    assert _count(hub, "norway") > left // 2
