"""Two worlds of readiness: what a viewer never saw leaves no trace in what it is told.

Poland and the staff record by lot. World B is world A without what the viewer may not
see; whatever the viewer asks afterwards, ratings and exports among it, is answered
alike, but for ids, which are drawn by lot and compared by order of appearance.
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
from foedus.web.routes import routes as web_routes
from tests.api.world import HOST, NOON, PASSWORD, Client, World, bearer, founded
from tests.leaks.surfaces_readiness import RECORDS

__all__ = ["founded"]

ACTS = 26

LABELS = {"TLP:GREEN": {"fin", "mda"}, "NATO UNCLASSIFIED": {"fin"}, "": set()}
"""Labels that are used, and which of the two viewers they reach."""

ASKED = (
    "/api/v1/measures/comparison",
    "/api/v1/measures/comparison?as_of=2026-06-01",
    "/api/v1/measures/rapid_reaction",
    "/api/v1/nations/POL/readiness",
    "/api/v1/modules/data_links",
    "/api/v1/exercise-advice?budget=60",
    "/api/v1/units?limit=1",
    "/api/v1/units?nation=POL",
    *(f"/api/v1/{each}" for each in RECORDS),
)

PAGES = (
    *("/measures", "/measures.csv", "/measures/rapid_reaction"),
    *(
        "/units",
        "/units.csv",
        "/exercises",
        "/exercises/advice?budget=60",
        "/training",
        "/training/data_links",
    ),
    "/nations/POL/readiness",
)
"""Pages that are asked for as well, signed in."""

TOKEN = re.compile(r'name="form-token" value="([^"]*)"')

ID = re.compile(r"[a-z-]+--[0-9a-f]{8}-[0-9a-f-]{27}")

PATHS = {
    "measure": "measures",
    "requirement": "requirements",
    "unit": "units",
    "report": "unit-reports",
    "adoption": "adoptions",
    "test": "pair-tests",
    "exercise": "exercises",
    "evaluation": "evaluations",
    "certificate": "completions",
}

NEEDS = {"report": "unit", "evaluation": "exercise"}
"""What a record is about, by its kind."""


class Deed(msgspec.Struct, frozen=True):
    """One act by lot.

    Attributes:
        about: the place of the act that brought what this is about; its own if none.
        measure: the place of a measure that it names; None for one of the pack.
    """

    by: str
    verb: str
    label: str
    number: int
    about: int
    measure: int | None = None


def history(seed: int) -> list[Deed]:
    """Draw acts; those about something follow what brought it."""
    lot = random.Random(seed)  # noqa: S311 - a test's own
    deeds: list[Deed] = []
    for number in range(ACTS):
        verb = lot.choice(list(PATHS))
        places = [n for n, each in enumerate(deeds) if each.verb == NEEDS.get(verb)]
        if verb in NEEDS and not places:
            verb = NEEDS[verb]
        about = lot.choice(places) if verb in NEEDS else number
        measures = [n for n, each in enumerate(deeds) if each.verb == "measure"]
        named = lot.choice([*measures, None]) if verb == "unit" else None
        label = lot.choice(list(LABELS))
        by = "desk" if verb in {"measure", "requirement"} else "pol"
        by = "desk" if named is not None else by
        by = deeds[about].by if verb in NEEDS else by
        deeds.append(Deed(by, verb, label, number, about, named))
    return deeds


def body(deed: Deed, about: str, measure: str) -> dict[str, Any]:
    """Give what an act records."""
    n = deed.number
    shown = {"evidence": f"e{n}"}
    bodies: dict[str, dict[str, Any]] = {
        "measure": {"name": f"M{n}", "purpose": "p"},
        "requirement": {
            "measure": "rapid_reaction",
            "needs": [{"type": "company", "amount": n + 1}],
            "contributors": ["POL", "FIN"][: n % 3],
            "standards": ["stanag_2019"],
            "since": f"2026-0{n % 9 + 1}-01",
        },
        "unit": {
            "nation": "POL" if deed.by == "pol" else "FIN",
            "name": f"U{n}",
            "type": "company",
            "size": n + 1,
            "measures": ["rapid_reaction", *([measure] if measure else [])],
            "since": "2026-01-01",
        },
        "report": {
            "unit": about,
            "posture": "at-notice",
            "notice_h": n,
            "as_of": f"2026-0{n % 9 + 1}-01",
            "valid_until": "2027-01-01",
            **shown,
        },
        "adoption": {
            "nation": "POL",
            "standard": "stanag_2019",
            "since": "2026-01-01",
            **shown,
        },
        "test": {
            "first": "POL",
            "second": "FIN",
            "subject": f"T{n}",
            "result": "success",
            "on": "2026-10-01",
            **shown,
        },
        "exercise": {
            "name": f"X{n}",
            "since": "2026-09-01",
            "until": "2026-09-02",
            "measures": ["rapid_reaction"],
            "objectives": [{"id": "o1", "text": "t"}],
        },
        "evaluation": {
            "exercise": about,
            "objective": "o1",
            "grade": "achieved",
            "on": "2026-09-02",
            **shown,
        },
        "certificate": {
            "module": "data_links",
            "nation": "POL",
            "people": n + 1,
            "on": "2026-08-01",
            "certificate": f"C{n}",
        },
    }
    return {"content": bodies[deed.verb], "label": deed.label}


class Lived:
    """A hub in which a history was lived, and its viewers."""

    def __init__(self, http: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.http = http
        self.clients = {
            name: Client(http, bearer(token)) for name, token in tokens.items()
        }
        self.names: dict[int, str] = {}

    async def do(self, deed: Deed) -> None:
        about = self.names.get(deed.about, "")
        measure = "" if deed.measure is None else self.names.get(deed.measure, "")
        path = f"/api/v1/{PATHS[deed.verb]}"
        client = self.clients[deed.by]
        answer = await client.post(path, body(deed, about, measure))
        # Staff see no national record, and a nation none of the staff's alone.
        assert answer.status_code in {201, 404}, answer.text
        if answer.is_success:
            self.names[deed.number] = answer.json()["record"]

    async def trace(self, viewer: str) -> list[tuple[str, int, str]]:
        """Ask everything that there is to ask, as somebody."""
        client, seen = self.clients[viewer], dict[str, str]()
        found: list[tuple[str, int, str]] = []
        asked = list(ASKED)
        while asked:
            path = asked.pop(0)
            answer = await client.get(path)
            for name in ID.findall(answer.text):
                kind = name.partition("--")[0]
                if name not in seen and kind in {"unit", "exercise", "measure"}:
                    asked.append(f"/api/v1/{kind}s/{name}")
                seen.setdefault(name, f"id-{len(seen)}")
            said = f"{answer.headers.get('link', '')}\n{answer.text}"
            found.append((path, answer.status_code, said))
        found += await self._pages(viewer)
        return [
            (_masked(path, seen), status, _masked(said, seen))
            for path, status, said in found
        ]

    async def _pages(self, viewer: str) -> list[tuple[str, int, str]]:
        """Sign in, and ask for the pages; a session's own token is left out."""
        form = {"name": viewer, "password": PASSWORD}
        token = TOKEN.search((await self.http.get("/sign-in")).text)
        assert token is not None, "the form has one"
        await self.http.post("/sign-in", data={**form, "form-token": token[1]})
        found = []
        for path in PAGES:
            page = await self.http.get(path)
            assert page.status_code == 200, path
            found.append((path, page.status_code, TOKEN.sub("", page.text)))
        return found


def _masked(text: str, seen: dict[str, str]) -> str:
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
    transport = httpx.ASGITransport(
        app=Starlette(routes=[*routes(hub), *web_routes(hub)])
    )
    try:
        async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
            yield Lived(http, world.tokens), clock
    finally:
        app.close_hub(hub)


def is_seen(deed: Deed, viewer: str, deeds: list[Deed]) -> bool:
    """Tell whether a viewer may see what an act recorded, and what it is about."""
    return viewer in LABELS[deed.label] and viewer in LABELS[deeds[deed.about].label]


async def live(
    world: World, folder: Path, deeds: list[Deed], viewer: str, *, hidden: bool
) -> list[tuple[str, int, str]]:
    """Live a history, with or without what is hidden; give what the viewer is told."""
    async with living(world, folder) as (lived, clock):
        for deed in deeds:
            clock.advance(timedelta(seconds=1))
            if hidden or is_seen(deed, viewer, deeds):
                await lived.do(deed)
        return await lived.trace(viewer)


@pytest.mark.parametrize(("viewer", "number"), [("fin", 6), ("mda", 3)])
async def test_what_a_viewer_never_saw_leaves_no_trace(
    founded: World, tmp_path: Path, viewer: str, number: int
) -> None:
    deeds = history(number)
    assert any(not is_seen(deed, viewer, deeds) for deed in deeds)

    with_it = await live(founded, tmp_path / "a", deeds, viewer, hidden=True)
    without = await live(founded, tmp_path / "b", deeds, viewer, hidden=False)

    assert with_it == without
    assert any('"U' in said for _, _, said in with_it), "something was to be seen"
