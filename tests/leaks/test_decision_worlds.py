"""Two worlds of decisions: what an observer never saw leaves no trace in its answers.

The secretariat drafts, tables and circulates texts, nations comment, take positions,
break silence and ask for consultations, by lot. World B is world A without what the
viewer may not see: decisions and consultations under labels that do not reach it,
drafts and how often they were written, positions, receipts, comments among those who
decide, and what was said in consultations. Whatever the viewer asks afterwards, lists,
comparisons, previews and the news of the live stream among it, is answered alike, but
for ids, which are drawn by lot and compared by order of appearance.
"""

import random
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from foedus import app
from foedus.api.routes import routes
from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.live.routes import routes as live_routes
from foedus.streaming.pulse import Pulse
from tests.api.deciding import DECISIONS, TO_ALL, do, draft, drafted, open_delegate
from tests.api.world import HOST, NOON, Client, World, bearer, founded
from tests.leaks.two_worlds import LIVE_ID

__all__ = ["founded"]

DEEDS = 30

MEMBERS = "NATO UNCLASSIFIED // REL TO NATO"

REACH = {TO_ALL: {"FIN", "MDA"}, MEMBERS: {"FIN"}}
"""Labels that are used, and which of the viewers they reach."""

BEGINNINGS = ("draft", "table", "rewritten", "circulate", "consult")

AMONG_THEMSELVES = {"position", "read", "comment"}
"""Acts of which observers are told nothing."""

CONSULTATIONS = "/api/v1/consultations"

ID = re.compile(r"(?:decision|consultation)--[0-9a-f-]{36}")

Trace = list[tuple[str, int, str]]


class Deed(msgspec.Struct, frozen=True):
    """One act by lot.

    Attributes:
        about: the number of the deed that brought the decision; its own if it does.
        first: how that decision began.
    """

    number: int
    verb: str
    label: str
    about: int
    first: str

    def is_told(self, viewer: str) -> bool:
        """Tell whether an observer may know of it."""
        return (
            viewer in REACH[self.label]
            and self.first != "draft"
            and self.verb not in AMONG_THEMSELVES
        )


def history(seed: int) -> list[Deed]:
    """Draw deeds; some begin decisions, the others are about one."""
    lot = random.Random(seed)  # noqa: S311 - a test's own
    deeds: list[Deed] = []
    for number in range(DEEDS):
        begun = [each for each in deeds if each.about == each.number]
        if number % 3 == 0:
            verb, label = lot.choice(BEGINNINGS), lot.choice(list(REACH))
            deeds.append(Deed(number, verb, label, number, verb))
            continue
        about = lot.choice(begun)
        wanted = {
            "draft": ["withdraw"],
            "table": ["comment", "comment-open", "position", "amend"],
            "rewritten": ["comment", "comment-open", "position", "amend"],
            "consult": ["join", "hold", "close"],
            "circulate": ["comment", "comment-open", "position", "read", "break"],
        }[about.first]
        verb = lot.choice(wanted)
        deeds.append(Deed(number, verb, about.label, about.number, about.first))
    return deeds


class Lived:
    """A hub in which a history was lived, and its viewers."""

    def __init__(
        self, clients: dict[str, Client], clock: StoppedClock, *, hidden: bool
    ) -> None:
        self.clients = clients
        self.clock = clock
        self.hidden = hidden
        self.paths: dict[int, str] = {}
        self.gone: set[tuple[int, str]] = set()

    async def do(self, deed: Deed) -> None:
        if deed.about == deed.number:
            await self._begin(deed)
        elif (deed.about, "last") not in self.gone:
            await self._go_on(deed)

    async def _begin(self, deed: Deed) -> None:
        n, desk = deed.number, self.clients["desk"]
        if deed.verb == "consult":
            await self._consult(deed)
            return
        sent = draft(label=deed.label, title=f"T{n}")
        self.paths[n] = path = await drafted(desk, sent)
        if deed.verb == "rewritten":
            if self.hidden:
                await self._rewrite(path, sent)
            self.clock.advance(timedelta(seconds=1))
            await do(desk, path, "table")
            return
        until = f"2026-12-{n + 1:02} 16:00 Europe/Brussels"
        if deed.verb != "draft":
            words = {"until": until} if deed.verb == "circulate" else {}
            await do(desk, path, deed.verb, **words)

    async def _rewrite(self, path: str, sent: dict[str, Any]) -> None:
        """Write a draft anew, comment on it, and put it back as it was."""
        desk = self.clients["desk"]
        other = {**sent["text"], "summary": "CANARY", "label": MEMBERS}
        await do(desk, path, "amend", text=other)
        await do(desk, path, "comment", text="CANARY")
        await do(desk, path, "amend", text=sent["text"])

    async def _consult(self, deed: Deed) -> None:
        asking = {
            "title": f"C{deed.number}",
            "concern": "Crossings.",
            "label": deed.label,
            "of": ["FIN", "POL"],
        }
        answer = await self.clients["POL"].post(CONSULTATIONS, asking)
        assert answer.status_code == 201, answer.text
        self.paths[deed.number] = answer.headers["location"]

    async def _go_on(self, deed: Deed) -> None:
        canary = f"CANARY-{deed.number}"
        by, act, words = {
            "comment": ("POL", "comment", {"text": canary}),
            "comment-open": ("POL", "comment", {"text": "so", "open": True}),
            "position": ("POL", "position", {"stance": "reserves", "text": canary}),
            "read": ("FIN", "read", {}),
            "break": ("FIN", "break", {"reason": canary}),
            "withdraw": ("desk", "withdraw", {}),
            "join": ("FIN", "join", {"text": canary if self.hidden else ""}),
            "hold": ("desk", "hold", {"note": canary if self.hidden else ""}),
            "close": ("desk", "close", {"note": canary if self.hidden else ""}),
            "amend": ("desk", "amend", {"text": self._anew(deed)}),
        }[deed.verb]
        if deed.verb in {"break", "withdraw", "close"}:
            self.gone.add((deed.about, "last"))
        await do(self.clients[by], self.paths[deed.about], act, **words)

    def _anew(self, deed: Deed) -> dict[str, Any]:
        sent = draft(label=deed.label, title=f"T{deed.about}")["text"]
        words = {"verb": "decides", "text": f"to keep watch {deed.number}"}
        return {**sent, "paragraphs": [words]}

    async def trace(self, viewer: str) -> Trace:
        """Ask everything that there is to ask, as somebody."""
        client, seen = self.clients[viewer], dict[str, str]()
        found: Trace = []
        asked = [
            DECISIONS,
            f"{DECISIONS}?limit=1",
            CONSULTATIONS,
            "/live?follow=0&snapshot=1",
        ]
        while asked:
            path = asked.pop(0)
            answer = await client.get(path)
            for name in ID.findall(answer.text):
                if name not in seen:
                    asked += _pages(name)
                seen.setdefault(name, f"id-{len(seen)}")
            said = f"{answer.headers.get('link', '')}\n{answer.text}"
            found.append((path, answer.status_code, said))
            if "next" in answer.links:
                asked.append(answer.links["next"]["url"])
        return [
            (_masked(path, seen), status, _masked(said, seen))
            for path, status, said in found
        ]


def _pages(name: str) -> list[str]:
    if name.startswith("consultation"):
        return [f"{CONSULTATIONS}/{name}"]
    path = f"{DECISIONS}/{name}"
    return [path, f"{path}/diff", f"{path}/preview", f"{path}/record"]


def _masked(text: str, seen: dict[str, str]) -> str:
    text = LIVE_ID.sub("id: -", text)  # it holds a digest of ids that are drawn by lot
    return ID.sub(lambda match: seen.get(match[0], "?"), text)


@asynccontextmanager
async def living(
    world: World, folder: Path, *, hidden: bool
) -> AsyncIterator[tuple[Lived, StoppedClock]]:
    """Open a copy of the founded hub, with delegates, for a block."""
    shutil.copytree(world.folder, folder)
    clock = StoppedClock(NOON)
    environment = {"FOEDUS_PUBLIC_URL": HOST}
    hub = app.open_hub(folder, environment=environment, clock=clock)
    hub.projector.start()
    surfaces = [*routes(hub), *live_routes(hub, Pulse(hub))]
    transport = httpx.ASGITransport(app=Starlette(routes=surfaces))
    try:
        async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
            clients = await _clients(hub, world, http)
            yield Lived(clients, clock, hidden=hidden), clock
    finally:
        app.close_hub(hub)


async def _clients(
    hub: Hub, world: World, http: httpx.AsyncClient
) -> dict[str, Client]:
    found = {
        nation: Client(http, await open_delegate(hub, nation))
        for nation in ("FIN", "POL", "MDA")
    }
    await hub.seen([hub.log.head()])
    return {**found, "desk": Client(http, bearer(world.tokens["desk"]))}


async def live(
    world: World, folder: Path, deeds: list[Deed], viewer: str, *, hidden: bool
) -> Trace:
    """Live a history, with or without what is hidden; give what the viewer is told."""
    async with living(world, folder, hidden=hidden) as (lived, clock):
        for deed in deeds:
            clock.advance(timedelta(seconds=1))
            if hidden or deed.is_told(viewer):
                await lived.do(deed)
        return await lived.trace(viewer)


@pytest.mark.parametrize("number", [3, 7])
async def test_what_an_observer_never_saw_leaves_no_trace(
    founded: World, tmp_path: Path, number: int
) -> None:
    deeds = history(number)
    assert any(not deed.is_told("MDA") for deed in deeds)

    with_it = await live(founded, tmp_path / "a", deeds, "MDA", hidden=True)
    without = await live(founded, tmp_path / "b", deeds, "MDA", hidden=False)

    assert with_it == without
    assert not any("CANARY" in said for _, _, said in with_it)
    assert any('"T' in said for _, _, said in with_it), "something was to be seen"
    assert any('"kind":"decision"' in said for _, _, said in with_it), "live told of it"
