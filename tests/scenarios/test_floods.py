"""One nation's flood is not another's: the other is never told to come back."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.scenarios.installation import OPEN, Installation, Server
from tests.scenarios.publishers import new_object

FLOODERS = 24
"""Connections of the nation that floods."""

AT_ONCE, WAITING = 4, 8

ASKED = 40
"""Requests that the other nation makes meanwhile."""


@pytest.fixture
def hub(installation: Installation) -> Iterator[Server]:
    settings = f"[limits]\nat_once = {AT_ONCE}\nwaiting = {WAITING}\n"
    (installation.folder / "foedus.toml").write_text(settings)
    with installation.serve() as server:
        yield server


def flood(server: Server, stop: threading.Event, told: Counter[int]) -> None:
    """Publish and read long pages as fast as answers come, until told to stop."""
    where = server.objects_url(OPEN)
    with server.client("pol") as client:
        while not stop.is_set():
            batch = {"objects": [new_object() for _ in range(50)]}
            told[client.post(where, json=batch).status_code] += 1
            told[client.get(where, params={"limit": 1000}).status_code] += 1


def test_a_flooded_hub_refuses_the_nation_that_floods_and_no_other(
    hub: Server,
) -> None:
    stop = threading.Event()
    told: Counter[int] = Counter()
    others: Counter[int] = Counter()
    where = hub.objects_url(OPEN)
    with ThreadPoolExecutor(FLOODERS) as pool, hub.client("fin") as finland:
        finland.get(where)
        floods = [pool.submit(flood, hub, stop, told) for _ in range(FLOODERS)]
        for _ in range(ASKED):
            one = {"objects": [new_object()]}
            others[finland.post(where, json=one).status_code] += 1
            others[finland.get(where, params={"limit": 10}).status_code] += 1
        stop.set()
        for each in floods:
            each.result(60)

    assert others == {202: ASKED, 200: ASKED}
    assert told[429] > 0
    assert told.keys() <= {200, 202, 429}
