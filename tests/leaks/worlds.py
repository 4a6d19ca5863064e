"""Whole worlds, cheaply: each is judged, and some are lived through a second time.

A world is one history in a hub of its own. All is observed at its end; on the way its
clients are what looks, and in worlds that are lived twice a witness after every act.
"""

import random
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from tests.leaks.acts import Act, describe
from tests.leaks.driver import Driver, running
from tests.leaks.founding import Keys
from tests.leaks.generator import Generator
from tests.leaks.judging import Judge, Recording
from tests.leaks.observing import glance
from tests.leaks.surfaces import TAXII, questions
from tests.leaks.two_worlds import Trace, Witness, differences, purge
from tests.leaks.world import ACCOUNTS, COLLECTIONS, TEXTS

LENGTH = 32
"""Acts of a world, without those that days and clients add."""

TWICE = 5
"""Every so manieth world is lived twice."""

SAMPLE = 8
"""Addresses that a witness asks at the end, beside those after every act."""


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a world.

    Attributes:
        found: what was wrong.
        removed: how much a viewer's share of it left out; 0 if it was lived once.
    """

    seed: int
    found: list[str]
    tally: Counter[str]
    removed: int = 0


async def judge_world(keys: Keys, folder: Path, seed: int) -> World:
    """Make a world up, run it, and judge it."""
    acts = Generator(seed).history(LENGTH)
    return await judge_acts(keys, folder, acts, seed)


async def judge_acts(keys: Keys, folder: Path, acts: Sequence[Act], seed: int) -> World:
    """Run a world, and judge it; the seed says who is its witness."""
    viewer = None if seed % TWICE else witness_of(seed)
    try:
        who = (seed, viewer)
        recording, whole = await _whole(keys, folder / "whole", acts, who)
        judge = Judge(recording)
        found = judge.replay()[:3]
        removed = 0
        if viewer is not None and not found:
            purged = purge(judge, viewer)
            removed = purged.removed
            share = await _live(keys, folder / "share", purged.acts, (seed, viewer))
            found = parted(whole, share)
            found += [f"share of {viewer}:", describe(purged.acts, TEXTS)] * bool(found)
    finally:
        shutil.rmtree(folder / "whole", ignore_errors=True)
        shutil.rmtree(folder / "share", ignore_errors=True)
    told = [f"seed {seed}:", describe(acts, TEXTS), *found] if found else []
    return World(seed=seed, found=told, tally=judge.tally(), removed=removed)


def witness_of(seed: int) -> str:
    """Choose through whose eyes a world is lived twice."""
    names = sorted(name for name, each in ACCOUNTS.items() if not each.comes_later)
    return random.Random(seed).choice(names)  # noqa: S311 - no secret


def parted(whole: list[Trace], share: list[Trace]) -> list[str]:
    """Say where two worlds part, as far as a viewer can tell."""
    for number, (one, other) in enumerate(zip(whole, share, strict=True)):
        found = differences(one, other)
        if found:
            return [f"after act {number} the worlds part:", *found[:3]]
    return []


def _urls(number: int, acts: Sequence[Act | None], seed: int) -> list[str]:
    """Give what a witness asks after an act: a little, and at the end some more."""
    collection = COLLECTIONS[number % len(COLLECTIONS)].id
    urls = [f"{TAXII}/collections/{collection}/manifest/?match[version]=all"]
    if number == len(acts):
        pick = random.Random(seed)  # noqa: S311 - no secret
        urls += pick.sample(list(questions([])), SAMPLE)
    return urls


async def _whole(
    keys: Keys, folder: Path, acts: Sequence[Act], who: tuple[int, str | None]
) -> tuple[Recording, list[Trace]]:
    """Let a history happen, under the eyes of a viewer and of everybody at the end."""
    seed, viewer = who
    traces: list[Trace] = []
    async with running(keys, folder) as driver:
        recording = Recording(acts=acts, releases=driver.releases)
        witness = Witness(driver, viewer or "")
        for number, act in enumerate(acts, 1):
            await recording.follow(driver, act)
            if viewer is not None:
                urls = _urls(number, acts, seed)
                done = recording.done[-1]
                traces.append(await witness.look(act, done, urls=urls))
        seen = recording.seen.setdefault(len(acts), [])
        for account in filter(driver.knows, ACCOUNTS):
            seen += await glance(driver, account)
        _check_whole(driver, seed)
    return recording, traces


def _check_whole(driver: Driver, seed: int) -> None:
    """Take no crash for a difference, nor for a refusal."""
    assert not driver.crashes, f"seed {seed}: the hub broke: {driver.crashes[:3]}"


async def _live(
    keys: Keys, folder: Path, acts: list[Act | None], who: tuple[int, str]
) -> list[Trace]:
    """Let a viewer's share of a seed's history happen, under its eyes."""
    seed, viewer = who
    async with running(keys, folder) as driver:
        witness = Witness(driver, viewer)
        traces = [
            await witness.live(act, urls=_urls(number, acts, seed))
            for number, act in enumerate(acts, 1)
        ]
        _check_whole(driver, seed)
    return traces


async def judge_worlds(keys: Keys, folder: Path, seeds: Iterable[int]) -> list[World]:
    """Run worlds, one by one."""
    return [await judge_world(keys, folder, seed) for seed in seeds]
