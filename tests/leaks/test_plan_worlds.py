"""Two worlds of planning: what a planner never saw leaves no trace in any plan.

Both worlds begin as one hub. In world A somebody else then records units, reports,
commitments, routes and what a measure asks for, and makes plans, all under labels that
the planner may not see. The planner plans afterwards in either world and asks for all
that there is; the answers are equal, but for ids of plans, which are drawn by lot.
"""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
from starlette.applications import Starlette

from foedus import app
from foedus.api.routes import routes
from foedus.clock import StoppedClock
from foedus.eventlog.envelope import Act
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.releasability.viewers import Role
from foedus.web.routes import routes as web_routes
from tests.api.world import (
    FOUNDER,
    HOST,
    NOON,
    PASSWORD,
    Client,
    World,
    bearer,
    founded,
)
from tests.planning.solving import InThread

__all__ = ["founded"]

SEEN = "NATO UNCLASSIFIED"
NOT_SEEN = ("", "NATO UNCLASSIFIED // REL TO POL, SWE", "NATO RESTRICTED")
"""Labels that do not reach the planner: Finland's, of the lowest clearance."""

TOKEN = re.compile(r'name="form-token" value="([^"]*)"')
PLAN = re.compile(r"plan--[0-9a-f-]{36}")
DAY = {"since": "2026-01-01"}
DAYS = {"as_of": "2026-11-01", "valid_until": "2027-05-01"}
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "coverage", "label": SEEN},
    {"kind": "drop", "label": SEEN},
    {"kind": "surge", "more": {"times": 2}},
    {"kind": "coverage", "as_of": "2026-12-24", "periods": 3},
)


class Hub:
    """A hub, and who speaks on it."""

    def __init__(
        self, http: httpx.AsyncClient, tokens: dict[str, str], clock: StoppedClock
    ) -> None:
        self.clock = clock
        self.http = http
        self.clients = {
            name: Client(http, bearer(token)) for name, token in tokens.items()
        }

    async def record(self, by: str, path: str, label: str, **content: object) -> str:
        body = {"content": content, "label": label}
        answer = await self.clients[by].post(f"/api/v1/{path}", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["record"])

    async def contribute(self, by: str, nation: str, label: str, number: int) -> None:
        """Record a unit that is there and pledged, a commitment, and a route."""
        pledged = {"measures": ["rapid_reaction"], "location": "Tapa"}
        kind = {"type": "company", "size": 1 + number, "nation": nation}
        name = f"U{number}{nation}"
        unit = await self.record(
            by, "units", label, name=name, **kind, **pledged, **DAY
        )
        report = {"unit": unit, "posture": "at-notice", "notice_h": 6 * number}
        await self.record(by, "unit-reports", label, evidence="seen", **report, **DAYS)
        needs = [{"type": "company", "amount": 2 + number}]
        promised = {"title": f"Task {number}", "location": "Elk", "needs": needs}
        await self.record(
            by, "commitments", label, measure="rapid_reaction", **promised, **DAY
        )
        way = {"start": "Tapa", "end": "Elk", "travel_h": 9 + number}
        await self.record(by, "routes", label, source="s", **way, **DAY)


@asynccontextmanager
async def living(world: World, folder: Path) -> AsyncIterator[Hub]:
    """Open a copy of a hub for a block."""
    shutil.copytree(world.folder, folder)
    clock = StoppedClock(NOON)
    found = app.open_hub(folder, environment={"FOEDUS_PUBLIC_URL": HOST}, clock=clock)
    found.projector.start()
    tokens = dict(world.tokens)
    act = Act(who=FOUNDER, at=clock())
    for name, nation in (("planner", "FIN"), ("other", "SWE")):
        if name in tokens:
            continue
        opening = Opening(
            name=name,
            nation=nation,
            roles=frozenset({Role.PLANNER}),
            clearance=0 if name == "planner" else 1,
        )
        opened = await open_account(
            found.registry, opening, Secret(PASSWORD), alliance=found.alliance, act=act
        )
        tokens[name] = found.keyring.tokens.issue(
            opened.account, TokenTerms(), act.at
        ).reveal()
        await found.seen([opened.position])
    world.tokens.update(tokens)
    hub = msgspec.structs.replace(found, workers=InThread())
    transport = httpx.ASGITransport(
        app=Starlette(routes=[*routes(hub), *web_routes(hub)])
    )
    try:
        async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
            yield Hub(http, tokens, clock)
    finally:
        app.close_hub(found)


async def trace(hub: Hub) -> list[tuple[str, int, str]]:
    """Plan, and ask for everything that there is of plans, as the planner."""
    client, names = hub.clients["planner"], dict[str, str]()
    found = []
    hub.clock.advance(timedelta(hours=1))
    for asked in KINDS:
        hub.clock.advance(timedelta(seconds=1))
        answer = await client.post("/api/v1/plans", asked)
        found.append((str(asked), answer.status_code, answer.text))
    listed = (await client.get("/api/v1/plans")).json()
    paths = [f"/api/v1/plans/{each['plan']}" for each in listed]
    for path in ("/api/v1/plans", "/api/v1/plans?limit=1", *paths):
        answer = await client.get(path)
        said = f"{answer.headers.get('link', '')}\n{answer.text}"
        found.append((path, answer.status_code, said))
    for path in paths:
        answer = await client.post(f"{path}/again", b"")
        found.append((path, answer.status_code, answer.text))
    found += await _pages(hub, [each["plan"] for each in listed])
    for text in (each for _, _, said in found for each in PLAN.findall(said)):
        names.setdefault(text, f"plan-{len(names)}")
    return [
        (_masked(path, names), status, _masked(said, names))
        for path, status, said in found
    ]


async def _pages(hub: Hub, plans: list[str]) -> list[tuple[str, int, str]]:
    """Sign in, and ask for the pages; a session's own token is left out."""
    http, form = hub.http, {"name": "planner", "password": PASSWORD}
    token = TOKEN.search((await http.get("/sign-in")).text)
    assert token is not None, "the form has one"
    await http.post("/sign-in", data={**form, "form-token": token[1]})
    found = []
    for path in ("/plans", *(f"/plans/{each}" for each in plans)):
        page = await http.get(path)
        found.append((path, page.status_code, TOKEN.sub("", page.text)))
    return found


def _masked(text: str, names: dict[str, str]) -> str:
    return PLAN.sub(lambda match: names.get(match[0], "?"), text)


async def test_what_a_planner_never_saw_leaves_no_trace_in_any_plan(
    founded: World, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    world = World(before, dict(founded.tokens))
    async with living(World(founded.folder, world.tokens), before) as hub:
        for number, nation in enumerate(("POL", "SWE"), start=1):
            await hub.contribute("desk", nation, SEEN, number)

    async with living(world, tmp_path / "a") as hub:
        for number, label in enumerate(NOT_SEEN, start=3):
            await hub.contribute("other", "SWE", label, number)
            asked = {**KINDS[number % 2], "label": label}
            answer = await hub.clients["other"].post("/api/v1/plans", asked)
            assert answer.status_code == 201, answer.text
        asks = {"measure": "rapid_reaction", "contributors": ["POL", "FIN"]}
        hidden = "NATO UNCLASSIFIED // REL TO POL"
        await hub.record("desk", "requirements", hidden, **asks, **DAY)
        with_it = await trace(hub)
    async with living(world, tmp_path / "b") as hub:
        without = await trace(hub)

    assert with_it == without
    assert {status for _, status, _ in with_it} == {200, 201}
    assert "U1POL" in with_it[0][2]
    assert not [text for _, _, text in with_it if "U3SWE" in text or "Task 3" in text]
