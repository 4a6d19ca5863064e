"""The comparison is worth something: with any rule wrong it fails."""

from pathlib import Path

import msgspec

from tests.leaks.acts import Act, Change, Post, Withdraw
from tests.leaks.driver import running
from tests.leaks.founding import Keys
from tests.leaks.generator import Generator
from tests.leaks.judging import Judge, Recording, record
from tests.leaks.oracle_rows import Rules
from tests.leaks.world import (
    COLLECTIONS,
    IDS,
    VERSIONS,
)

SEED = 2
"""A history in which every other rule makes a difference."""

OPEN = COLLECTIONS[0].id


def version(number: int) -> Post:
    """Let Finland publish a version of a tool for the members."""
    item = {
        "type": "tool",
        "spec_version": "2.1",
        "id": IDS[3],
        "created": VERSIONS[0],
        "modified": VERSIONS[number],
        "name": f"tool {number}",
    }
    return Post(account="fin", collection=OPEN, items=(item,))


RARE: list[Act] = [
    version(0),
    version(1),
    Withdraw(account="fin", collection=OPEN, id=IDS[3], match="last"),
    Change(nation="POL", status="suspended"),
    Change(nation="POL", status="member"),
    Withdraw(account="fin", collection=OPEN, id=IDS[3], match="all"),
]
"""Rare by chance: an older version becomes the last again, standing returns, and the
last object that carried a marking goes."""


def unnoticed(recordings: list[Recording], rules: Rules) -> set[str]:
    """Name the rules whose opposite makes no difference to the judgement."""
    return {
        name
        for name, right in msgspec.structs.asdict(rules).items()
        if not any(
            Judge(each, msgspec.structs.replace(rules, **{name: not right})).replay()
            for each in recordings
        )
    }


HISTORIES = 8
"""Random histories; nearly every rule makes a difference in one of them."""

UNPROVEN = {
    "withdrawn_release_leaves_what_another_covers",
    "tear_line_goes_with_its_origin",
    "tear_line_is_its_own",
    "release_judges_oldest_information",
    "hub_has_a_ceiling",
    "amber_adds_whom_it_names",
}
"""Rules that so few histories seldom touch. The many worlds do."""


async def test_any_wrong_rule_is_noticed(keys: Keys, tmp_path: Path) -> None:
    async with running(keys, tmp_path / "rare") as driver:
        rare = await record(driver, RARE, every=1)
    many = [rare]
    for seed in range(SEED, SEED + HISTORIES):
        async with running(keys, tmp_path / str(seed)) as driver:
            acts = Generator(seed).history(45)
            many.append(await record(driver, acts, every=15))
    assert [line for each in many for line in Judge(each).replay()] == []
    assert unnoticed(many, Rules()) <= UNPROVEN
