"""One line a nation before the committer."""

import asyncio
from collections.abc import Iterable

import pytest

from foedus.errors import UnavailableError
from foedus.eventlog.draft import Draft, draft_all
from foedus.eventlog.queueing import Limits, Queue, Request
from tests.eventlog.samples import CODEC, appends

LIMITS = Limits(commit_appends_max=10, queue_appends_max=40)


async def request(nation: str, count: int) -> Request:
    made = draft_all(CODEC, appends(count))
    drafts = [each for each in made if isinstance(each, Draft)]
    size = sum(each.size for each in drafts)
    future = asyncio.get_running_loop().create_future()
    return Request(drafts, nation, size, future)


async def filled(
    *waiting: tuple[str, int], limits: Limits = LIMITS
) -> tuple[Queue, list[Request]]:
    queue = Queue(limits)
    requests = [await request(nation, count) for nation, count in waiting]
    for each in requests:
        queue.put(each)
    return queue, requests


def told(taken: Iterable[Request]) -> list[tuple[str, int]]:
    return [(each.nation, len(each.drafts)) for each in taken]


async def test_nations_take_turns() -> None:
    queue, _ = await filled(("POL", 1), ("POL", 2), ("POL", 3), ("FIN", 1))

    assert told(queue.take()) == [("POL", 1), ("FIN", 1), ("POL", 2), ("POL", 3)]
    assert not queue


async def test_the_requests_of_one_nation_keep_their_order() -> None:
    queue, requests = await filled(*(("POL", 4) for _ in range(5)))

    taken = [each for _ in range(3) for each in queue.take()]

    assert taken == requests


async def test_one_nations_long_line_holds_nobody_up_by_more_than_a_turn() -> None:
    queue, _ = await filled(*(("POL", 5) for _ in range(4)), ("FIN", 1))

    assert ("FIN", 1) in told(queue.take())


async def test_what_had_no_room_goes_first_into_the_next_commit() -> None:
    queue, _ = await filled(("POL", 6), ("FIN", 10), ("POL", 4))

    assert told(queue.take()) == [("POL", 6), ("POL", 4)]
    assert told(queue.take()) == [("FIN", 10)]


async def test_a_request_above_the_limit_of_a_commit_has_one_of_its_own() -> None:
    queue, _ = await filled(("POL", 1), ("FIN", 11))

    assert told(queue.take()) == [("POL", 1)]
    assert told(queue.take()) == [("FIN", 11)]


async def test_a_nation_may_fill_half_of_the_queue_and_no_more() -> None:
    queue, _ = await filled(("POL", 10), ("POL", 10))

    with pytest.raises(UnavailableError) as caught:
        queue.put(await request("POL", 1))

    assert caught.value.detail == (
        "too many appends of your nation are waiting; come back"
    )


async def test_a_nation_may_fill_half_of_the_bytes_and_no_more() -> None:
    size = (await request("POL", 1)).size
    limits = Limits(queue_bytes_max=4 * size)
    queue, _ = await filled(("POL", 1), ("POL", 1), limits=limits)

    with pytest.raises(UnavailableError):
        queue.put(await request("POL", 1))


async def test_whatever_others_fill_a_nation_without_anything_finds_a_place() -> None:
    crowd = [(nation, 10) for nation in ("POL", "FIN", "NOR", "DEU") for _ in range(1)]
    queue, _ = await filled(*crowd)

    queue.put(await request("MDA", 10))

    with pytest.raises(UnavailableError):
        queue.put(await request("MDA", 1))


async def test_there_is_room_again_after_a_commit() -> None:
    queue, _ = await filled(("POL", 10), ("POL", 10))
    queue.take()

    queue.put(await request("POL", 10))

    assert (queue.appends, bool(queue)) == (20, True)


async def test_an_empty_queue_weighs_nothing() -> None:
    queue, _ = await filled(("POL", 3), ("FIN", 3))
    queue.take()

    assert (queue.appends, queue.size, queue.take()) == (0, 0, [])


async def test_the_queue_is_full_at_its_limit_and_not_before() -> None:
    queue, _ = await filled(("POL", 10), ("FIN", 10), ("NOR", 10))

    queue.put(await request("POL", 10))

    assert queue.appends == 40
    with pytest.raises(UnavailableError):
        queue.put(await request("NOR", 1))


async def test_the_queue_is_full_of_bytes_at_its_limit_and_not_before() -> None:
    size = (await request("POL", 1)).size
    limits = Limits(queue_bytes_max=4 * size)
    queue, _ = await filled(("POL", 1), ("FIN", 1), ("NOR", 1), limits=limits)

    queue.put(await request("POL", 1))

    assert queue.size == 4 * size
    with pytest.raises(UnavailableError):
        queue.put(await request("NOR", 1))


async def test_a_commit_holds_bytes_up_to_its_limit() -> None:
    size = (await request("POL", 1)).size
    limits = Limits(commit_bytes_max=2 * size)
    queue, _ = await filled(("POL", 1), ("FIN", 1), ("NOR", 1), limits=limits)

    assert told(queue.take()) == [("POL", 1), ("FIN", 1)]
    assert (queue.appends, queue.size) == (1, size)
    assert told(queue.take()) == [("NOR", 1)]


async def test_a_commit_holds_appends_up_to_its_limit() -> None:
    queue, _ = await filled(("POL", 4), ("FIN", 6), ("NOR", 1))

    assert told(queue.take()) == [("POL", 4), ("FIN", 6)]
    assert told(queue.take()) == [("NOR", 1)]
