"""Live in two worlds, by filters and kinds: what is hidden moves no byte of a stream.

The same history with and without what a reader may not see. After every act a consumer
goes on with each set of filters, from the last id or from any that it was given before.
"""

import random
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.leaks.acts import Act, Recall, Withdraw
from tests.leaks.driver import Driver, running
from tests.leaks.faults import look_behind_versions_for_all, tell_recalls_to_all
from tests.leaks.founding import Keys
from tests.leaks.proofs import (
    CAMPAIGN,
    INDICATOR,
    MALWARE,
    OPEN,
    PUBLIC,
    REPORT,
    TOOL,
    TWO,
    post,
    thing,
)
from tests.leaks.world import VERSIONS

READERS = ("swe", "mda-restricted", "jpn")
PATTERN = "[ipv4-addr:value = '192.0.2.1']"
FILTERS = (
    "",
    "label=NU",
    f"label={quote(PUBLIC)}",
    "confidence_min=50",
    f"pattern={quote(PATTERN)}",
    "kind=recall,decision,task,update",
)
LOT = re.compile(r"recall--[0-9a-f-]{36}")
IDS = re.compile(r"^id: (\S+)$", re.MULTILINE)


def indicator(text: str, **more: object) -> list[dict[str, object]]:
    return thing(
        INDICATOR,
        text,
        pattern=PATTERN,
        pattern_type="stix",
        valid_from=VERSIONS[0],
        indicator_types=["malicious-activity"],
        **more,
    )


def both(act: Act) -> tuple[Act, Act | None]:
    return act, act


def hidden(act: Act) -> tuple[Act, Act | None]:
    return act, None


HISTORY = [
    both(post("fin", indicator(PUBLIC, confidence=80))),
    hidden(post("fin", thing(TOOL, TWO, confidence=90))),
    hidden(post("fin", indicator(TWO, confidence=10, modified=VERSIONS[1]))),
    both(post("fin", thing(CAMPAIGN, PUBLIC, confidence=20))),
    hidden(Recall(account="fin", id=TOOL)),
    both(post("fin", indicator(PUBLIC, confidence=10, modified=VERSIONS[2]))),
    hidden(post("fin", thing(MALWARE, TWO))),
    hidden(Withdraw(account="fin", collection=OPEN, id=MALWARE, match="all")),
    both(Recall(account="fin", id=CAMPAIGN)),
    both(post("fin", thing(REPORT, PUBLIC, confidence=60))),
]
"""What everybody sees, what only Poland does, and recalls of both."""

RECALLED = 8
"""The act that recalls what everybody sees. Ids hold a digest of what is drawn by lot
from then on, and are compared by their turn; until then by their bytes."""


async def lived(keys: Keys, folder: Path, reader: str, *, world: int) -> list[str]:
    """Give all that a reader's consumers are told in one world, act by act."""
    dice = random.Random(reader)  # noqa: S311 - places, no secrets
    told: list[str] = []
    given: dict[str, list[str]] = {each: [] for each in FILTERS}
    async with running(keys, folder) as hub:
        for number, acts in enumerate(HISTORY):
            act = acts[world]
            if act is None:
                hub.pass_by()
            else:
                done = await hub.do(act)
                assert done.status in {0, 200, 201, 202}, done.problem
            for query in FILTERS:
                found = await looks(hub, reader, query, given[query], dice)
                told += found if number < RECALLED else map(plain(given), found)
        assert not hub.crashes
    return told


async def looks(
    hub: Driver, reader: str, query: str, given: list[str], dice: random.Random
) -> list[str]:
    """Go on behind the last id, and behind one of those before it."""
    places = [given[-1], dice.choice(given)] if given else ["", ""]
    told = []
    for place in places:
        behind = f"after={place}" if place else "snapshot=1"
        answer = await hub.get(reader, f"/live?follow=0&{behind}&{query}")
        assert answer.status_code == 200, answer.text
        given += [each for each in IDS.findall(answer.text) if each not in given]
        told.append(f"{query}\n{LOT.sub('-', answer.text)}")
    return told


def plain(given: dict[str, list[str]]) -> Callable[[str], str]:
    """Replace ids by their turn among those of one consumer."""
    turns = {each: str(turn) for ids in given.values() for turn, each in enumerate(ids)}
    return lambda text: IDS.sub(lambda found: f"id: {turns[found[1]]}", text)


async def parted(keys: Keys, folder: Path, reader: str) -> bool:
    """Tell whether a reader is told anything else where something is hidden."""
    there = await lived(keys, folder / "1", reader, world=0)
    absent = await lived(keys, folder / "2", reader, world=1)
    assert any("event: delete" in each for each in there), "something goes"
    assert any('"kind":"recall"' in each for each in there), "something is recalled"
    return there != absent


@pytest.mark.parametrize("reader", READERS)
async def test_no_filter_tells_of_what_is_hidden(
    keys: Keys, folder: Path, reader: str
) -> None:
    assert not await parted(keys, folder, reader)


@pytest.mark.parametrize("fault", [tell_recalls_to_all, look_behind_versions_for_all])
async def test_a_label_filter_that_is_taken_out_is_found_out(
    keys: Keys,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[pytest.MonkeyPatch], None],
) -> None:
    fault(monkeypatch)
    assert await parted(keys, folder, "swe")
