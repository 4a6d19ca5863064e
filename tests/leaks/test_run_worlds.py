"""Two worlds of runs: what a nation never saw leaves no trace in its answers.

Estonia runs protocols; nations are asked, and act, by lot. World B is world A without
what the viewer may not see: runs under labels that do not reach it, playbooks likewise,
and everything that others do in a branch of their own, however many steps of it. All
that the viewer asks, and all that it is told live, is alike but for ids, which are
drawn by lot and compared by order of appearance.
"""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from foedus.errors import RuleViolationError
from foedus.processes.escalating import settle
from foedus.response.moves import Accept, Acknowledge, Begin, Decline, Finish, Note
from tests.api.playing import players
from tests.response.books import Json, book
from tests.response.conftest import founded_theatre
from tests.response.test_pausing import let
from tests.response.theatre import Theatre, assign

__all__ = ["founded_theatre"]

DEEDS = 24
TO_ALL = "NATO UNCLASSIFIED // REL TO NATO, UKR"
MEMBERS = "NATO UNCLASSIFIED // REL TO NATO"
BALTIC = "NATO UNCLASSIFIED // REL TO EST, LVA, LTU"
REACH = {TO_ALL: {"pol", "ukr"}, MEMBERS: {"pol"}, BALTIC: set[str]()}
DRAWN = re.compile(r"(task|run|playbook|execution-status)--[0-9a-f-]{36}")
OTHERS = ("lva", "ltu", "est")


class Deed(msgspec.Struct, frozen=True):
    """One act by lot; `run` is the number of the deed that started it."""

    number: int
    verb: str
    run: int
    label: str
    by: str

    def is_told(self, viewer: str) -> bool:
        """Tell whether the viewer may know of it."""
        return viewer in REACH[self.label] and self.by in ("est-start", viewer)


def history(seed: int, viewer: str) -> list[Deed]:
    """Draw deeds: starts, what the viewer does, and what others do."""
    lot = random.Random(seed)  # noqa: S311 - a test's own
    deeds: list[Deed] = []
    for n in range(DEEDS):
        starts = [each for each in deeds if each.verb == "start"]
        if n % 6 == 0:
            label = (TO_ALL, BALTIC, MEMBERS)[(n // 6) % 3]
            deeds.append(Deed(n, "start", n, label, "est-start"))
            continue
        if n % 6 in (3, 4):  # the run that started last stands still for a moment
            verb, last = ("pause", "resume")[n % 6 - 3], starts[-1]
            deeds.append(Deed(n, verb, last.number, last.label, "est-start"))
            continue
        about = lot.choice(starts)
        mine = lot.random() < 0.3 and viewer in REACH[about.label]
        by = viewer if mine else lot.choice(OTHERS)
        verb = lot.choice(("ack", "accept", "begin", "note", "done", "done", "decline"))
        deeds.append(Deed(n, verb, about.number, about.label, by))
    return deeds


def playbook(number: int, viewer: str, *, is_asked: bool) -> Json:
    """Write one with a branch of the others', three steps long, and the viewer's.

    Estonia never does A8: that a run has ended is told to all who may see the run.
    """
    document = book(
        {
            "P": {"next_steps": ["A1", "A5", "A8"], "on_completion": "E"},
            "A1": {"on_success": "A2", "on_failure": "A3"},
            "A2": {"on_completion": "E1"},
            "A3": {"on_completion": "E1"},
            "E1": {},
            "A5": {"on_success": "A6", "on_failure": "A7"},
            "A6": {"on_completion": "E2"},
            "A7": {"on_completion": "E2"},
            "E2": {},
            "A8": {"on_completion": "E3"},
            "E3": {},
            "E": {},
        },
        name=f"Playbook {number}",
    )
    for name in ("A1", "A2", "A3"):
        nations = ["LVA", "LTU", "EST"]
        assign(document, name, nations=nations, completion={"rule": "any"}, **CLOCKS)
    for name in ("A5", "A6", "A7"):
        nations = [viewer.upper() if is_asked else "EST", "EST"]
        assign(document, name, nations=nations, completion={"rule": "any"}, **CLOCKS)
    return document


CLOCKS = {
    "clocks": {"acknowledge": {"within": "PT3S"}, "complete": {"within": "P1D"}},
    "ladder": [
        {"clock": "acknowledge", "after": "PT1S", "tell": "coordinator", "repeat": 4}
    ],
    "warnings": ["50%"],
}
"""Clocks that tell something of every task, seconds after it was asked."""

MOVES = {
    "ack": Acknowledge(),
    "accept": Accept(note="CANARY"),
    "begin": Begin(),
    "note": Note(text="CANARY"),
    "done": Finish(reply="CANARY"),
    "decline": Decline(caveat="CANARY"),
}


async def live(stage: Theatre, deeds: list[Deed], viewer: str, *, whole: bool) -> None:
    """Live a history; world B leaves out what the viewer is not told of."""
    runs: dict[int, str] = {}
    for deed in deeds:
        # What clocks tell is written apart from what is done, as visible writes are.
        stage.clock.advance(timedelta(seconds=0.5))
        await stage.hub.responded()
        await settle(stage.hub.escalator)
        stage.clock.advance(timedelta(seconds=0.5))
        if deed.verb == "resume":  # so that no two times end together: ids are by lot
            stage.clock.advance(timedelta(milliseconds=137))
        if not (whole or deed.is_told(viewer)):
            continue
        if deed.verb == "start":
            asked = viewer in REACH[deed.label]
            document = playbook(deed.number, viewer, is_asked=asked)
            name = await stage.bring(document, label=deed.label)
            runs[deed.number] = await stage.start(name, label=deed.label)
            continue
        if deed.by == "est-start":
            await let(stage, runs[deed.run], "CANARY" if deed.verb == "pause" else None)
            continue
        wanted = ("A5", "A6", "A7") if deed.by == viewer else ("A1", "A2", "A3")
        waiting = [
            each.asked.task
            for each in stage.inbox(deed.by)
            if each.asked.run == runs[deed.run] and each.asked.name in wanted
        ]
        if waiting:
            with suppress(RuleViolationError):  # by lot: some were done already
                await stage.do(deed.by, waiting[0], MOVES[deed.verb])


async def answers(stage: Theatre, viewer: str) -> list[tuple[str, int, str]]:
    """Ask everything that the viewer can ask."""
    found: list[tuple[str, int, str]] = []
    async with players(stage, viewer) as clients:
        asked = ["/api/v1/playbooks", "/api/v1/runs", "/api/v1/tasks?part=all"]
        asked += ["/api/v1/runs?open=true&limit=1", "/api/v1/tasks?limit=1"]
        asked += ["/api/v1/clocks", "/api/v1/clocks?limit=1"]
        for path in asked:
            answer = await clients[viewer].get(path)
            found.append((path.partition("?")[0], answer.status_code, answer.text))
            text = answer.text + answer.headers.get("link", "")
            for each in dict.fromkeys(m.group() for m in DRAWN.finditer(text)):
                kind = each.partition("--")[0]
                inner = f"/api/v1/{kind}s/{each}"
                for suffix in ("", "/execution-status", "/document", "/clocks"):
                    reply = await clients[viewer].get(inner + suffix)
                    found.append((inner + suffix, reply.status_code, reply.text))
    found += [("news", 0, each) for each in stage.news(viewer)]
    return found


def alike(trace: list[tuple[str, int, str]]) -> str:
    """Write ids by order of appearance."""
    text = repr(trace)
    names: dict[str, str] = {}
    return DRAWN.sub(
        lambda m: names.setdefault(m.group(), f"{m[1]}--{len(names)}"), text
    )


@contextmanager
def world(founded: Path, folder: Path) -> Iterator[Theatre]:
    folder.mkdir()
    stage = Theatre(founded, folder)
    try:
        yield stage
    finally:
        stage.close()


@pytest.mark.parametrize(
    ("viewer", "drawn"),
    [
        ("pol", 1),
        ("ukr", 2),
        *(
            pytest.param(viewer, drawn, marks=pytest.mark.soak)
            for viewer in ("pol", "ukr")
            for drawn in range(3, 23)
        ),
    ],
)
async def test_what_a_nation_never_saw_leaves_no_trace(
    founded_theatre: Path, tmp_path: Path, viewer: str, drawn: int
) -> None:
    deeds = history(drawn, viewer)
    said = []
    for whole in (True, False):
        with world(founded_theatre, tmp_path / str(whole)) as stage:
            await live(stage, deeds, viewer, whole=whole)
            said.append(alike(await answers(stage, viewer)))

    assert said[0] == said[1]
    assert "Playbook 0" in said[0]
    # Not every lot leaves a task alone for as long as that takes.
    assert drawn > 2 or '"happened":"escalated"' in said[0]
