"""Every surface of the hub shows what the oracle says, and nothing else."""

from pathlib import Path

import httpx
import pytest

from tests.leaks.driver import Driver, Keys, running
from tests.leaks.judging import Judge, judged
from tests.leaks.oracle import MARK_TEXTS, Account
from tests.leaks.oracle_items import markings
from tests.leaks.surfaces import questions
from tests.leaks.world import ACCOUNTS, Act, Generator, describe

LENGTH = 30
LOOK_EVERY = 10


def told(seed: int, acts: list[Act], found: list[str]) -> str:
    return f"seed {seed}:\n{describe(acts)}\n" + "\n".join(found[:5])


async def judge_history(keys: Keys, folder: Path, seed: int) -> Judge:
    acts = Generator(seed).history(LENGTH)
    async with running(keys, folder / "hub") as driver:
        judge = await judged(driver, acts, every=LOOK_EVERY)
        assert not judge.differences, told(seed, acts, judge.differences)
        found = await secrets_shown(driver, judge)
        assert not found, told(seed, acts, found)
    return judge


async def secrets_shown(driver: Driver, judge: Judge) -> list[str]:
    """Search all that everybody is shown for what they may not know."""
    return [
        f"{name} is shown {secret} at {url}"
        for name, account in ACCOUNTS.items()
        for url, body in await pages(driver, name)
        for secret in secrets(judge, account)
        if secret in body
    ]


async def pages(driver: Driver, account: str) -> list[tuple[str, str]]:
    """Ask for everything but TAXII, which is judged record by record."""
    found = []
    for url in (each for each in questions([]) if not each.startswith("/taxii2/")):
        answer = await driver.get(account, url)
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, url
        found.append((url, answer.text))
    return found


def secrets(judge: Judge, account: Account) -> set[str]:
    """List names, and ids of markings, that stand only in what is hidden."""
    hidden: set[str] = set()
    known: set[str] = set()
    for row in judge.oracle.rows:
        may = judge.oracle.may_read(account, row.collection) and judge.oracle.entitled(
            row, account.view
        )
        texts = {str(row.item.get("name", ""))} - {""}
        texts |= {*row.marks, *(m for m in markings(row.item) if m in MARK_TEXTS)}
        (known if may else hidden).update(texts)
    return hidden - known


async def test_everybody_sees_what_the_oracle_says_and_nothing_else(
    keys: Keys, tmp_path: Path, seed: int
) -> None:
    judge = await judge_history(keys, tmp_path, seed)
    assert judge.gains > 0, "the history has to make something visible later"


@pytest.mark.soak
async def test_very_many_histories_are_seen_as_the_oracle_says(
    keys: Keys, tmp_path: Path, seed: int
) -> None:
    await judge_history(keys, tmp_path, seed)
