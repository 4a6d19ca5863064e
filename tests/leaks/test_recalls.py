"""Recalls, ledgers and receipts in two worlds: who had nothing learns nothing.

Each history is lived with and without what a viewer may not know, and after every act
everything is asked that can be asked.
"""

import re
from pathlib import Path

import pytest

from tests.leaks import oracle_labels as labels
from tests.leaks.acts import (
    Acknowledge,
    Act,
    Change,
    EndRelease,
    Poll,
    Recall,
    Tear,
    Withdraw,
)
from tests.leaks.driver import Driver, running
from tests.leaks.founding import Keys
from tests.leaks.proofs import (
    CAMPAIGN,
    MEMBERS,
    OPEN,
    PUBLIC,
    TOOL,
    TWO,
    post,
    release,
    thing,
)
from tests.leaks.surfaces import glances
from tests.leaks.two_worlds import Trace, Witness, differences
from tests.leaks.world import VERSIONS

JAPAN = "NATO UNCLASSIFIED // REL TO JPN, POL"
SEEN = f"/api/v1/objects/{TOOL}/seen"
LOT = re.compile(r"recall--[0-9a-f-]{36}|^id: .*$|after=\S*", re.MULTILINE)
ABOUT = [
    *glances(),
    "/live?follow=0&snapshot=1",
    "/recalls",
    "/api/v1/recalls",
    "/api/v1/receipts",
    SEEN,
    f"/objects/{TOOL}",
    f"/objects/{TOOL}/recall",
]
"""What is asked after each act."""


def reads(account: str) -> Poll:
    return Poll(
        account=account,
        collection=OPEN,
        surface="objects",
        match="last",
        by="date",
        limit=100,
        pages=None,
    )


def plain(trace: Trace) -> Trace:
    """Take out what is drawn by lot: ids of recalls, and ids on streams with them."""
    return [
        (
            re.sub(LOT, "-", what),
            code,
            tuple(
                (name, re.sub(LOT, "-", value))
                for name, value in headers
                if name != "etag" or not LOT.search(text)  # a digest of what is drawn
            ),
            re.sub(LOT, "-", text),
        )
        for what, code, headers, text in trace
    ]


async def live(hub: Driver, viewer: str, acts: list[Act | None]) -> Trace:
    """Live through a history, and give all that a viewer is answered."""
    witness = Witness(hub, viewer)
    told: Trace = []
    for act in acts:
        trace = await witness.live(act, urls=ABOUT)
        hub.hub.receipts.flush()
        told += plain(trace)
    return told


async def parted(
    keys: Keys, folder: Path, viewer: str, acts: list[tuple[Act, Act | None]]
) -> list[str]:
    """Live a history with and without what is hidden, and say where they part."""
    traces = []
    for name, world in (("with", 0), ("without", 1)):
        async with running(keys, folder / name) as hub:
            traces.append(await live(hub, viewer, [each[world] for each in acts]))
            assert not hub.crashes
    return differences(*traces)


def both(act: Act) -> tuple[Act, Act | None]:
    return act, act


def hidden(act: Act) -> tuple[Act, Act | None]:
    return act, None


@pytest.mark.parametrize("viewer", ["swe", "mda-restricted"])
async def test_who_never_had_it_learns_of_no_recall_no_ledger_and_no_copy(
    keys: Keys, folder: Path, viewer: str
) -> None:
    history = [
        hidden(post("fin", thing(TOOL, TWO))),
        hidden(reads("pol")),
        hidden(Recall(account="fin", id=TOOL)),
        hidden(Acknowledge(account="pol", id=TOOL)),
        hidden(post("pol", thing(TOOL, TWO))),  # refused to who had it
        both(Recall(account=viewer, id=TOOL)),
        both(Acknowledge(account=viewer, id=TOOL)),
        both(post(viewer, thing(TOOL, PUBLIC))),  # taken from who had not
    ]

    assert await parted(keys, folder, viewer, history) == []


async def test_who_had_an_older_version_learns_of_no_newer_one(
    keys: Keys, folder: Path
) -> None:
    newer, between = VERSIONS[2], VERSIONS[1]
    history = [
        both(post("fin", thing(TOOL, PUBLIC))),
        hidden(post("fin", thing(TOOL, TWO, modified=newer))),
        both(reads("swe")),
        hidden(reads("pol")),
        both(Recall(account="fin", id=TOOL)),
        both(post("swe", thing(TOOL, PUBLIC))),
        both(post("swe", thing(TOOL, PUBLIC, modified=between))),
        both(post("swe", thing(TOOL, PUBLIC, modified=newer))),
        both(Acknowledge(account="swe", id=TOOL)),
    ]

    assert await parted(keys, folder, "swe", history) == []


async def test_whose_it_was_learns_nothing_of_what_else_a_nation_read(
    keys: Keys, folder: Path
) -> None:
    history = [
        hidden(post("pol", thing(CAMPAIGN, JAPAN))),
        hidden(reads("jpn")),
        both(post("fin", thing(TOOL, PUBLIC))),
        both(reads("jpn")),
        both(Recall(account="fin", id=TOOL)),
        both(Acknowledge(account="jpn", id=TOOL)),
    ]

    assert await parted(keys, folder, "fin", history) == []


RIVAL = "NATO UNCLASSIFIED // REL TO HUN, JPN, MDA, POL"
TODAYS = "NATO UNCLASSIFIED // REL TO NATO+"
TO_MANY = [both(Change(nation="MDA", status="member")), both(release(0, account="swe"))]
"""A community gains a nation, and Sweden releases what its members see to Japan."""


@pytest.mark.parametrize(
    "later",
    [
        [],
        [both(reads("hun"))],
        [
            both(Change(nation="MDA", status="partner")),
            both(EndRelease(account="swe", release=0)),
        ],
        [hidden(Withdraw(account="pol", collection=OPEN, id=TOOL, match="all"))],
        [both(Withdraw(account="swe", collection=OPEN, id=TOOL, match="last"))],
        [both(Change(nation="HUN", status="suspended"))],
    ],
    ids=["", "read", "lost", "rival-gone", "older", "suspended"],
)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
async def test_whose_it_is_learns_nothing_of_another_lane_from_who_held_it(
    keys: Keys, folder: Path, later: list[tuple[Act, Act | None]], *, first: bool
) -> None:
    rival = [hidden(post("pol", thing(TOOL, RIVAL)))]
    history = [
        *(rival if first else []),
        both(post("swe", thing(TOOL, TODAYS))),
        *([] if first else rival),
        *TO_MANY,
        both(post("swe", thing(TOOL, TODAYS, modified=VERSIONS[1]))),
        *later,
        both(Recall(account="swe", id=TOOL)),
        both(Acknowledge(account="fin", id=TOOL)),
    ]

    assert await parted(keys, folder, "swe", history) == []


async def test_whose_it_is_learns_nothing_of_another_lane_from_what_was_read(
    keys: Keys, folder: Path
) -> None:
    history = [
        hidden(post("pol", thing(TOOL, RIVAL))),
        both(post("swe", thing(TOOL, MEMBERS))),
        both(release(0, account="swe")),  # Japan, which holds another lane, alone gains
        both(post("swe", thing(CAMPAIGN, PUBLIC))),
        both(reads("jpn")),
        both(Recall(account="swe", id=TOOL)),
    ]

    assert await parted(keys, folder, "swe", history) == []


async def test_a_recall_is_told_under_the_label_of_what_its_reader_had(
    hub: Driver,
) -> None:
    newer = "NATO UNCLASSIFIED // REL TO FIN, POL // NO ONWARD RELEASE"
    await hub.do(post("fin", thing(TOOL, MEMBERS)))
    await hub.do(post("fin", thing(TOOL, newer, modified=VERSIONS[1])))
    await hub.do(release(0, text=MEMBERS))
    await hub.do(Recall(account="fin", id=TOOL))

    told = {}
    for reader in ("pol", "swe", "jpn"):
        answer = await hub.get(reader, "/live?follow=0&snapshot=1&kind=recall")
        told[reader] = re.findall('"label":"([^"]*)"', answer.text)

    members = "NATO UNCLASSIFIED // REL TO NATO 2026-11-21"
    assert told == {"pol": [newer], "swe": [members], "jpn": [members]}


async def test_who_had_the_part_learns_nothing_of_the_original(
    keys: Keys, folder: Path
) -> None:
    marked = {"selectors": ["description"], "marking_ref": labels.marking_id(TWO)}
    tool = thing(TOOL, MEMBERS, description="what it is", granular_markings=[marked])
    async with running(keys, folder / "hub") as hub:
        await hub.do(post("fin", [labels.definition(TWO)], tool))
        await hub.do(Tear(account="fin", collection=OPEN, id=TOOL))
        await hub.do(Recall(account="fin", id=TOOL))

        answer = await hub.api("swe", "GET", "/recalls")
        news = await hub.get("swe", "/live?follow=0&snapshot=1")

    (found,) = answer.json()["recalls"]
    assert found["reason"] == ""
    assert TOOL not in answer.text
    assert TOOL not in news.text


async def test_an_id_of_a_recall_that_is_hidden_is_as_one_that_never_was(
    hub: Driver,
) -> None:
    await hub.do(post("fin", thing(TOOL, TWO)))
    await hub.do(Recall(account="fin", id=TOOL))
    known = hub.recalls[TOOL, 0]
    other = known[:-1] + "9"

    for path in ("/recalls/{}", "/recalls?after={}"):
        one = await hub.api("swe", "GET", path.format(known))
        none = await hub.api("swe", "GET", path.format(other))
        assert one.status_code == none.status_code
        assert one.text.replace(known, other) == none.text
