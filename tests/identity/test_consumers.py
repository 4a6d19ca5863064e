"""Consumers: what workers wrote of the programs that they serve."""

from pathlib import Path

import msgspec
import pytest

from foedus.identity.consumers import (
    ALIVE_MS,
    KEPT_MS,
    Consumer,
    Consumers,
    merged,
)
from foedus.identity.store import StateStore
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

NOW = 10 * KEPT_MS
FIN, POL = NationCode("FIN"), NationCode("POL")


@pytest.fixture
def consumers(tmp_path: Path) -> Consumers:
    return Consumers(StateStore(tmp_path / "state.db"))


def stream(
    until_ms: int = NOW, *, heard_ms: int = NOW, is_open: bool = True, name: str = "a"
) -> Consumer:
    return Consumer(
        account_id=AccountId(name),
        nation=FIN,
        clearance=1,
        roles=frozenset({Role.READER}),
        door="live",
        part="",
        heard_ms=heard_ms,
        until_ms=until_ms,
        is_open=is_open,
    )


def test_what_a_worker_wrote_takes_the_place_of_what_it_wrote_before(
    consumers: Consumers,
) -> None:
    consumers.write("one", [stream(NOW - 9)], at_ms=NOW - 1)
    consumers.write("one", [stream(NOW), stream(name="b")], at_ms=NOW)
    assert consumers.of_nation(FIN, NOW) == [stream(NOW), stream(name="b")]
    assert consumers.of_nation(POL, NOW) == []


def test_of_two_streams_of_a_program_the_one_that_is_behind_counts(
    consumers: Consumers,
) -> None:
    late = stream(NOW - 5_000)
    consumers.write("one", [stream()], at_ms=NOW)
    consumers.write("two", [late, stream(is_open=False)], at_ms=NOW)
    assert consumers.of_nation(FIN, NOW) == [late]
    later = stream(is_open=False, heard_ms=NOW - 1)
    earlier = stream(is_open=False, heard_ms=NOW - 2)
    assert merged([earlier, later]) == merged([later, earlier]) == later


def test_what_a_worker_that_is_gone_wrote_is_of_no_open_stream(
    consumers: Consumers,
) -> None:
    consumers.write("gone", [stream(name="a")], at_ms=NOW - ALIVE_MS)
    consumers.write("here", [stream(name="b")], at_ms=NOW)
    one, other = consumers.of_nation(FIN, NOW)
    assert one == msgspec.structs.replace(stream(name="a"), is_open=False)
    assert other.is_open


def test_a_worker_that_is_long_gone_is_forgotten(consumers: Consumers) -> None:
    consumers.write("gone", [stream(name="a")], at_ms=NOW - KEPT_MS - 1)
    consumers.write("here", [], at_ms=NOW)
    assert consumers.of_nation(FIN, NOW) == []


def test_who_looks_at_a_nation_reads_no_other_nations_programs(tmp_path: Path) -> None:
    store = StateStore(tmp_path / "state.db")
    consumers = Consumers(store)
    consumers.write("one", [stream()], at_ms=NOW)
    unread = {"nation": POL, "worker": "one", "at_ms": NOW, "found": '["no program"]'}
    store.touch(
        "INSERT INTO consumers_of (nation, worker, at_ms, found) "
        "VALUES (:nation, :worker, :at_ms, :found)",
        unread,
    )

    assert consumers.of_nation(FIN, NOW) == [stream()]


def test_a_nation_that_a_worker_serves_no_longer_is_not_there(
    consumers: Consumers,
) -> None:
    of_poland = msgspec.structs.replace(stream(name="p"), nation=POL)
    consumers.write("one", [stream(), of_poland], at_ms=NOW - 1)
    assert consumers.of_nation(POL, NOW) == [of_poland]
    consumers.write("one", [stream()], at_ms=NOW)
    assert consumers.of_nation(POL, NOW) == []
    assert consumers.all(NOW) == [stream()]


def test_what_an_earlier_version_wrote_is_taken_over(tmp_path: Path) -> None:
    store = StateStore(tmp_path / "state.db")
    of_poland = msgspec.structs.replace(stream(name="p"), nation=POL)
    store.ensure(
        "CREATE TABLE consumers (worker TEXT NOT NULL PRIMARY KEY, "
        "at_ms INTEGER NOT NULL, found TEXT NOT NULL) STRICT"
    )
    found = msgspec.json.encode([stream(), of_poland]).decode()
    store.touch(
        "INSERT INTO consumers (worker, at_ms, found) VALUES ('one', :at_ms, :found)",
        {"at_ms": NOW, "found": found},
    )

    consumers = Consumers(store)

    assert consumers.of_nation(FIN, NOW) == [stream()]
    assert consumers.of_nation(POL, NOW) == [of_poland]
    assert Consumers(store).all(NOW) == [stream(), of_poland]
