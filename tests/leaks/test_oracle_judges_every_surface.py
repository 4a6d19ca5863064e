"""Every surface of the hub shows what the oracle says, and nothing else."""

from pathlib import Path

from tests.leaks import oracle_labels as labels
from tests.leaks.acts import Act, describe
from tests.leaks.driver import Driver, running
from tests.leaks.founding import Keys
from tests.leaks.generator import Generator
from tests.leaks.judging import Judge, judged
from tests.leaks.oracle_admission import MARK_TEXTS
from tests.leaks.oracle_items import markings
from tests.leaks.oracle_rows import Account
from tests.leaks.surfaces import TAXII, questions
from tests.leaks.world import ACCOUNTS, COLLECTIONS, TEXTS

LENGTH = 30
LOOK_EVERY = 10


def told(seed: int, acts: list[Act], found: list[str]) -> str:
    return f"seed {seed}:\n{describe(acts, TEXTS)}\n" + "\n".join(found[:5])


async def judge_history(keys: Keys, folder: Path, seed: int) -> Judge:
    acts = Generator(seed).history(LENGTH)
    async with running(keys, folder / "hub") as driver:
        judge = await judged(driver, acts, every=LOOK_EVERY)
        assert not judge.differences, told(seed, acts, judge.differences)
        found = await secrets_shown(driver, judge)
        assert not found, told(seed, acts, found)
    return judge


async def secrets_shown(driver: Driver, judge: Judge) -> list[str]:
    """Search all that everybody is shown for what they may not know.

    What TAXII gives them is judged record by record, and is known to them.
    """
    found = []
    for name, account in ACCOUNTS.items():
        if not driver.knows(name):
            continue
        given = await taxii(driver, name)
        hidden = {each for each in secrets(judge, account) if each not in given}
        found += [
            f"{name} is shown {secret} at {url}"
            for url, body in await pages(driver, name)
            for secret in hidden
            if secret in body
        ]
    return found


async def taxii(driver: Driver, account: str) -> str:
    """Give every version that an account is given by TAXII, as one text."""
    found = ""
    for each in COLLECTIONS:
        objects = f"{TAXII}/collections/{each.id}/objects/?match[version]=all"
        found += (await driver.get(account, objects)).text
    return found


async def pages(driver: Driver, account: str) -> list[tuple[str, str]]:
    """Ask for everything but TAXII, which is judged record by record."""
    found = []
    for url in (each for each in questions([]) if not each.startswith("/taxii2/")):
        answer = await driver.get(account, url)
        assert answer.status_code < 500, url
        found.append((url, without_losses(answer.text)))
    return found


def without_losses(text: str) -> str:
    """Leave out what a stream takes away again: that names what was seen once."""
    events = text.split("\n\n")
    return "\n\n".join(each for each in events if "\nevent: delete\n" not in each)


def secrets(judge: Judge, account: Account) -> set[str]:
    """List names, and ids of markings, that stand only in what is hidden."""
    hidden: set[str] = set()
    known: set[str] = set()
    for row in judge.oracle.rows:
        may = judge.oracle.may_read(account, row.collection) and judge.oracle.entitled(
            row, account.view
        )
        is_marking = labels.hub_text(row.item) is not None
        texts = set() if is_marking else {str(row.item.get("name", ""))} - {""}
        texts |= {*row.marks, *(m for m in markings(row.item) if m in MARK_TEXTS)}
        (known if may else hidden).update(texts)
    return hidden - known


async def test_everybody_sees_what_the_oracle_says_and_nothing_else(
    keys: Keys, folder: Path, seed: int
) -> None:
    judge = await judge_history(keys, folder, seed)
    assert judge.tally()["rows"] > 0, "something was published"
