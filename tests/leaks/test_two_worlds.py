"""What a viewer may not know changes nothing that it is ever answered."""

import random
from pathlib import Path

from tests.leaks.acts import Act, describe
from tests.leaks.driver import running
from tests.leaks.founding import Keys
from tests.leaks.generator import Generator
from tests.leaks.judging import judged
from tests.leaks.surfaces import glances
from tests.leaks.two_worlds import Trace, Witness, differences, purge
from tests.leaks.world import ACCOUNTS, TEXTS

LENGTH = 24
CLOSELY = 8
"""After every so many acts each address is asked, after the others a few."""


async def lived(
    keys: Keys, folder: Path, viewer: str, acts: list[Act | None]
) -> list[Trace]:
    """Live through a history as one viewer."""
    async with running(keys, folder) as driver:
        witness = Witness(driver, viewer)
        return [
            await witness.live(act, urls=glances() if number % CLOSELY else None)
            for number, act in enumerate(acts, 1)
        ]


async def compare(keys: Keys, folder: Path, seed: int) -> int:
    """Compare a history with what a viewer's share of it is; how much was hidden."""
    acts = Generator(seed).history(LENGTH)
    names = sorted(name for name, each in ACCOUNTS.items() if not each.comes_later)
    viewer = random.Random(seed).choice(names)  # noqa: S311 - no secret
    async with running(keys, folder / "judged") as driver:
        judge = await judged(driver, acts, every=len(acts))
    purged = purge(judge, viewer)
    whole = await lived(keys, folder / "whole", viewer, list(acts))
    share = await lived(keys, folder / "share", viewer, purged.acts)
    for number, (one, other) in enumerate(zip(whole, share, strict=True)):
        found = differences(one, other)
        assert not found, (
            f"seed {seed}, {viewer}, after act {number}:\n"
            + "\n".join(found[:3])
            + f"\nwhole:\n{describe(acts, TEXTS)}\nshare:\n"
            + describe(purged.acts, TEXTS)
        )
    return purged.removed


async def test_what_is_hidden_changes_nothing_in_any_answer(
    keys: Keys, folder: Path, seed: int
) -> None:
    assert await compare(keys, folder, seed) > 0, "something was hidden"
