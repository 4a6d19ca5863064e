"""The comparison is worth something: with any rule wrong it fails."""

from pathlib import Path

import msgspec
import pytest

from tests.leaks.acts import Act, describe
from tests.leaks.driver import running
from tests.leaks.founding import Keys
from tests.leaks.judging import Judge, Recording
from tests.leaks.observing import glance
from tests.leaks.oracle_rows import Rules
from tests.leaks.proofs import PROOFS
from tests.leaks.world import ACCOUNTS, TEXTS


async def recorded(keys: Keys, folder: Path, acts: list[Act]) -> Recording:
    """Let a history happen, with a look through everybody's eyes after each act."""
    async with running(keys, folder) as driver:
        recording = Recording(acts=acts, done=[], seen={}, releases=driver.releases)
        for number, act in enumerate(acts, 1):
            await recording.follow(driver, act)
            seen = recording.seen.setdefault(number, [])
            for account in filter(driver.knows, ACCOUNTS):
                seen += await glance(driver, account)
    return recording


def turned(rule: str) -> Rules:
    """Give the rules with one of them the other way round."""
    right = Rules()
    return msgspec.structs.replace(right, **{rule: not getattr(right, rule)})


def test_every_rule_has_its_proof() -> None:
    assert set(PROOFS) == {each.name for each in msgspec.structs.fields(Rules)}


@pytest.mark.parametrize("rule", PROOFS)
async def test_a_wrong_rule_is_noticed(keys: Keys, folder: Path, rule: str) -> None:
    recording = await recorded(keys, folder / "hub", PROOFS[rule])
    found = Judge(recording).replay()
    assert found == [], describe(PROOFS[rule], TEXTS)
    assert Judge(recording, turned(rule)).replay() != []
