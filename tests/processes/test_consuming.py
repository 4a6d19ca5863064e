"""Consuming: how far the programs have come that a worker serves."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from foedus.clock import StoppedClock, to_ms
from foedus.identity.accounts import Account, Holder
from foedus.identity.consumers import Consumers
from foedus.identity.store import StateStore
from foedus.ids import AccountId, NationCode
from foedus.processes.consuming import Roll, keep
from foedus.releasability.viewers import Role
from tests.api.world import NOON

FIN = NationCode("FIN")


def account(name: str = "siem", holder: Holder = Holder.SERVICE) -> Account:
    return Account(
        id=AccountId(name),
        name=name,
        nation=FIN,
        roles=frozenset({Role.READER}),
        clearance=1,
        holder=holder,
        open=True,
    )


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def roll(tmp_path: Path, clock: StoppedClock) -> Roll:
    return Roll(Consumers(StateStore(tmp_path / "state.db")), clock)


def told(roll: Roll) -> list[tuple[str, int, int, bool]]:
    """Write, and give what is read: seconds before noon that one was heard, and has."""
    roll.write()
    noon = to_ms(NOON)
    return [
        (each.account_id, each.heard_ms - noon, each.until_ms - noon, each.is_open)
        for each in roll.consumers.of_nation(FIN, noon)
    ]


def test_a_stream_is_known_from_its_first_word_to_its_last(
    roll: Roll, clock: StoppedClock
) -> None:
    taking = roll.begin(account(), "live")
    assert told(roll) == []
    roll.reach(taking, to_ms(NOON) - 7)
    assert told(roll) == [("siem", 0, -7, True)]
    clock.advance(timedelta(seconds=1))
    roll.reach(taking)
    assert told(roll) == [("siem", 1_000, 1_000, True)]
    roll.end(taking)
    roll.end(taking)
    assert told(roll) == [("siem", 1_000, 1_000, False)]


def test_who_asks_now_and_then_is_known_by_what_it_had_last(
    roll: Roll, clock: StoppedClock
) -> None:
    roll.note(account(), "taxii", "one", to_ms(NOON) - 7)
    clock.advance(timedelta(seconds=1))
    roll.note(account(), "taxii", "one", None)
    assert told(roll) == [("siem", 1_000, 1_000, False)]


def test_persons_are_nobodys_business(roll: Roll) -> None:
    person = account(holder=Holder.PERSON)
    taking = roll.begin(person, "live")
    roll.reach(taking)
    roll.end(taking)
    roll.note(person, "taxii", "one", None)
    assert told(roll) == []


def test_of_those_that_went_the_longest_silent_make_room(
    roll: Roll, clock: StoppedClock
) -> None:
    small = Roll(roll.consumers, clock, known_max=2)
    for name in ("a", "b", "a", "c"):
        small.note(account(name), "taxii", "one", None)
    assert [name for name, *_ in told(small)] == ["a", "c"]


async def test_it_is_written_now_and_then(roll: Roll) -> None:
    roll.note(account(), "taxii", "one", None)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) > 1:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep(roll, sleep)
    (written,) = roll.consumers.of_nation(FIN, to_ms(NOON))
    assert written.account_id == "siem"
