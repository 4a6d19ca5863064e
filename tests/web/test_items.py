from datetime import timedelta

from foedus.hub import Hub
from foedus.processes.demo_play import PLAY
from foedus.web.items import Item, newest_items


def _items(hub: Hub, name: str, **later: int) -> list[Item]:
    viewer = hub.authenticator.named(name).viewer()
    now = hub.clock() + timedelta(**later)
    with hub.reading.snapshot() as seen:
        collections = seen.collections(viewer)
        return newest_items(seen, viewer, collections, now=now, limit=100)


def test_items_of_all_collections_come_newest_first_and_each_once(hub: Hub) -> None:
    items = _items(hub, "norway")

    dates = [item.added_us for item in items]
    assert dates == sorted(dates, reverse=True)
    assert len({item.key for item in items}) == len(items)


def test_definitions_of_markings_come_with_what_they_mark_and_not_alone(
    hub: Hub,
) -> None:
    items = _items(hub, "norway")

    assert any(item.thing.marking_refs for item in items)
    assert not any(item.id.startswith("marking-definition") for item in items)


def test_an_item_of_today_needs_no_day_and_an_older_one_has_it(hub: Hub) -> None:
    today = _items(hub, "norway")
    later = _items(hub, "norway", days=2)

    assert {item.day for item in today} == {""}
    assert all(item.day for item in later)


def test_a_nation_knows_its_own(hub: Hub) -> None:
    own = {
        item.nation.code for item in _items(hub, "sweden") if "own" in item.nation.css
    }

    assert own == {"SWE"}


async def test_what_a_nation_has_by_a_release_alone_is_marked_for_it(hub: Hub) -> None:
    await PLAY[1].scene(hub, 0)

    released = {item.key for item in _items(hub, "moldova") if item.by_release}

    assert released
    assert not any(item.by_release for item in _items(hub, "norway"))
    assert released <= {item.key for item in _items(hub, "sweden")}
