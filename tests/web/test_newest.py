from datetime import timedelta

import orjson
import pytest

from foedus.clock import to_ms
from foedus.hub import Hub
from foedus.intel.pages import Filters
from foedus.web.newest import Wish, newest


def _all_dates(hub: Hub, name: str) -> list[int]:
    viewer = hub.authenticator.named(name).viewer()
    collection = hub.reading.collection(viewer, "indicators")
    page = hub.reading.page(viewer, collection, Filters(), limit=1_000)
    return [record.added_us for record in page.records]


def _newest_dates(hub: Hub, name: str, wish: Wish) -> list[int]:
    viewer = hub.authenticator.named(name).viewer()
    with hub.reading.snapshot() as seen:
        collection = seen.collection(viewer, "indicators")
        return [each.added_us for each in newest(seen, viewer, collection, wish)]


async def _publish(hub: Hub, count: int) -> None:
    """Publish many objects in one commit."""
    account = hub.authenticator.named("norway")
    collection = hub.reading.collection(account.viewer(), "indicators")
    act = hub.act(account, door="test", at=hub.clock())
    objects = [
        orjson.dumps(
            {
                "type": "note",
                "spec_version": "2.1",
                "id": f"note--00000000-0000-4000-8000-{number:012}",
                "created": "2026-01-01T00:00:00.000Z",
                "modified": "2026-01-01T00:00:00.000Z",
                "content": str(number),
                "object_refs": ["note--00000000-0000-4000-8000-000000000000"],
            }
        )
        for number in range(count)
    ]
    await hub.publish(account, act, collection.id, objects)


@pytest.mark.parametrize("limit", [1, 2, 7, 100, 1_000])
@pytest.mark.parametrize("name", ["norway", "moldova"])
async def test_the_newest_are_the_end_of_the_whole_backwards(
    limit: int, name: str, hub: Hub
) -> None:
    await _publish(hub, 150)
    dates = _all_dates(hub, name)
    soon_us = to_ms(hub.clock() + timedelta(minutes=1)) * 1_000

    found = _newest_dates(hub, name, Wish(limit=limit, before_us=soon_us))

    assert found == dates[-limit:][::-1]


async def test_the_newest_before_an_instant_are_given(hub: Hub) -> None:
    await _publish(hub, 150)
    dates = _all_dates(hub, "sweden")

    found = _newest_dates(hub, "sweden", Wish(limit=5, before_us=dates[100]))

    assert found == dates[95:100][::-1]


async def test_long_after_the_last_arrival_the_newest_are_still_found(
    hub: Hub,
) -> None:
    dates = _all_dates(hub, "sweden")
    years_later_us = dates[-1] + 10 * 365 * 86_400 * 1_000_000

    found = _newest_dates(hub, "sweden", Wish(limit=3, before_us=years_later_us))

    assert found == dates[-3:][::-1]


def test_before_the_first_arrival_there_is_nothing(hub: Hub) -> None:
    first = _all_dates(hub, "sweden")[0]

    assert _newest_dates(hub, "sweden", Wish(limit=3, before_us=first)) == []
