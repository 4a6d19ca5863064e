"""Two worlds of guidance: what a viewer never saw leaves no trace in what it is told.

Poland and the secretariat report, record, publish and acknowledge by lot. World B is
world A without what the viewer may not see; whatever the viewer asks afterwards is
answered alike, but for ids, which are drawn by lot and compared by order of appearance.
"""

import random
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from foedus import app
from foedus.api.routes import routes
from foedus.clock import StoppedClock
from foedus.live.routes import routes as live_routes
from foedus.streaming.pulse import Pulse
from tests.api.world import HOST, NOON, Client, World, bearer, founded
from tests.leaks.two_worlds import LIVE_ID

__all__ = ["founded"]

ACTS = 18

LABELS = {"TLP:GREEN": {"fin", "mda"}, "NATO UNCLASSIFIED": {"fin"}, "": set()}
"""Labels that are used, and which of the two viewers they reach."""

ASKED = (
    "/api/v1/nations/POL/obligations",
    "/api/v1/nations/POL/guide",
    "/api/v1/engagements",
    "/api/v1/engagements?limit=1",
    "/api/v1/engagements?nation=FIN",
    "/api/v1/updates",
    "/api/v1/updates?limit=1",
    "/api/v1/updates/feed.atom",
    "/api/v1/updates/feed.json",
    "/live?follow=0&snapshot=1",
)

ID = re.compile(r"(?:report|engagement|update)--[0-9a-f-]{36}|urn:uuid:[0-9a-f-]{36}")


class Deed(msgspec.Struct, frozen=True):
    """One act by lot.

    Attributes:
        about: the place of the act that brought what this is about; its own if none.
    """

    by: str
    verb: str
    label: str
    number: int
    about: int


def history(seed: int) -> list[Deed]:
    """Draw acts; those on something follow what brought it."""
    lot = random.Random(seed)  # noqa: S311 - a test's own
    deeds: list[Deed] = []
    for number in range(ACTS):
        verb = lot.choice(["report", "engage", "publish", "edition", "ack", "tell"])
        brought = "engage" if verb == "tell" else "publish"
        places = [n for n, each in enumerate(deeds) if each.verb == brought]
        if verb in {"edition", "ack", "tell"} and places:
            about = lot.choice(places)
            first = deeds[about]
            by = "desk" if verb == "ack" and first.label else first.by
            deeds.append(Deed(by, verb, first.label, number, about))
        else:
            verb = verb if verb in {"report", "engage"} else "publish"
            by = "pol" if verb == "report" else lot.choice(["pol", "desk"])
            label = lot.choice(list(LABELS))
            deeds.append(Deed(by, verb, label, number, number))
    return deeds


class Lived:
    """A hub in which a history was lived, and its viewers."""

    def __init__(self, http: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.clients = {
            name: Client(http, bearer(token)) for name, token in tokens.items()
        }
        self.names: dict[int, str] = {}

    async def do(self, deed: Deed) -> None:
        client, n = self.clients[deed.by], deed.number
        about = self.names.get(deed.about, "")
        edition = {"title": f"T{n}", "text": f"x{n}\ny", "effective": "2027-01-01"}
        path, body = {
            "report": (
                "nations/POL/obligations",
                {"obligation": f"article/{n % 3 + 1}", "status": "met"},
            ),
            "engage": (
                "engagements",
                {
                    "kind": "visit",
                    "title": f"V{n}",
                    "purpose": "p",
                    "from": f"2026-12-{n + 1:02}",
                    "participants": ["FIN"],
                },
            ),
            "publish": ("updates", edition),
            "edition": (f"updates/{about}/editions", edition),
            "ack": (f"updates/{about}/acknowledge", {}),
            "tell": (f"engagements/{about}/report", {"status": "done"}),
        }[deed.verb]
        labelled = {"label": deed.label} if deed.about == n else {}
        answer = await client.post(f"/api/v1/{path}", {**body, **labelled})
        assert answer.status_code in {200, 201, 409}, answer.text
        made = answer.json() if answer.is_success else {}
        self.names[n] = made.get("update") or made.get("engagement") or ""

    async def trace(self, viewer: str) -> list[tuple[str, int, str]]:
        """Ask everything that there is to ask, as somebody."""
        client, seen = self.clients[viewer], dict[str, str]()
        found: list[tuple[str, int, str]] = []
        asked = list(ASKED)
        while asked:
            path = asked.pop(0)
            answer = await client.get(path)
            for name in ID.findall(answer.text):
                if name not in seen and not name.startswith(("report", "urn")):
                    kind = name.partition("--")[0]
                    asked.append(f"/api/v1/{kind}s/{name}")
                    asked += [f"/api/v1/{kind}s/{name}/diff"] * (kind == "update")
                seen.setdefault(name, f"id-{len(seen)}")
            said = f"{answer.headers.get('link', '')}\n{answer.text}"
            found.append((path, answer.status_code, said))
        return [
            (_masked(path, seen), status, _masked(said, seen))
            for path, status, said in found
        ]


def _masked(text: str, seen: dict[str, str]) -> str:
    text = LIVE_ID.sub("id: -", text)  # it holds a digest of ids that are drawn by lot
    return ID.sub(lambda match: seen.get(match[0], "?"), text)


@asynccontextmanager
async def living(
    world: World, folder: Path
) -> AsyncIterator[tuple[Lived, StoppedClock]]:
    """Open a copy of the founded hub for a block."""
    shutil.copytree(world.folder, folder)
    clock = StoppedClock(NOON)
    environment = {"FOEDUS_PUBLIC_URL": HOST}
    hub = app.open_hub(folder, environment=environment, clock=clock)
    hub.projector.start()
    surfaces = [*routes(hub), *live_routes(hub, Pulse(hub))]
    transport = httpx.ASGITransport(app=Starlette(routes=surfaces))
    try:
        async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
            yield Lived(http, world.tokens), clock
    finally:
        app.close_hub(hub)


async def live(
    world: World, folder: Path, deeds: list[Deed], viewer: str, *, hidden: bool
) -> list[tuple[str, int, str]]:
    """Live a history, with or without what is hidden; give what the viewer is told."""
    async with living(world, folder) as (lived, clock):
        for deed in deeds:
            clock.advance(timedelta(seconds=1))
            if hidden or viewer in LABELS[deed.label]:
                await lived.do(deed)
        return await lived.trace(viewer)


@pytest.mark.parametrize(("viewer", "number"), [("fin", 4), ("mda", 7)])
async def test_what_a_viewer_never_saw_leaves_no_trace(
    founded: World, tmp_path: Path, viewer: str, number: int
) -> None:
    deeds = history(number)
    assert any(viewer not in LABELS[deed.label] for deed in deeds)

    with_it = await live(founded, tmp_path / "a", deeds, viewer, hidden=True)
    without = await live(founded, tmp_path / "b", deeds, viewer, hidden=False)

    assert with_it == without
    assert any("T" in said for _, _, said in with_it), "something was to be seen"
    assert any('"kind":"update"' in said for _, _, said in with_it), "live told of it"
