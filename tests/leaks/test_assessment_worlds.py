"""Two worlds of dossiers: what a reader never saw leaves no trace in any form of one.

In world A the staff and Poland record, report and publish things that Finland's and
Moldova's readers may not see; in world B they do not. Neither what is counted or cited,
nor the label, nor the digest of a dossier differs. Paper is set of the same words as
the page, and of nothing else.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import orjson
import pytest
from starlette.applications import Starlette

from foedus.api.routes import routes
from foedus.paper.html import as_html
from foedus.planning.assessing import assess
from foedus.planning.cases import Asked
from foedus.planning.dossier import Dossier, as_json
from foedus.planning.dossier_words import document_of
from foedus.releasability.viewers import Role
from foedus.web.routes import routes as web_routes
from tests.api.world import (
    HOST,
    NOON,
    PASSWORD,
    Client,
    World,
    bearer,
    founded,
    indicator,
)
from tests.planning.assessing import (
    BEFORE_FINLAND,
    TODAY,
    Stage,
    fill_readiness,
    staged,
)

__all__ = ["founded"]

READERS = ("fin", "mda")

ID = re.compile(r"[a-z-]+--[0-9a-f]{8}-[0-9a-f-]{27}")
TOKEN = re.compile(r'name="form-token" value="([^"]*)"')
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")

CASES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("MDA", "member", {"together": ("UKR",)}),
    ("MDA", "itpp", {}),
    ("POL", "partner", {}),
    ("FIN", "member", {"on": BEFORE_FINLAND}),
)


async def hide(stage: Stage, world: World) -> None:
    """Bring in what neither reader may see: each kind that a dossier rests on."""
    hub = stage.hub
    pol = hub.authenticator.named("pol")
    act = hub.act(pol, door="taxii", at=NOON)
    secret = {**indicator(9), "object_marking_refs": [RED]}
    await hub.publish(pol, act, "open", [orjson.dumps(secret)])
    transport = httpx.ASGITransport(app=Starlette(routes=routes(hub)))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        desk = Client(http, bearer(world.tokens["desk"]))
        await fill_readiness(desk, label="")
        for duty, evidence in (("pfp/1", "hidden report"), ("pfp/3", "hidden too")):
            answer = await desk.post(
                "/api/v1/nations/MDA/obligations",
                {
                    "obligation": duty,
                    "status": "met",
                    "evidence": evidence,
                    "label": "NATO UNCLASSIFIED // REL TO POL",
                },
            )
            assert answer.is_success, answer.text


RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"


@pytest.fixture(scope="module")
def worlds(
    founded: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Stage]]:
    folder = tmp_path_factory.mktemp("assessed")
    with staged(founded, folder / "a") as a, staged(founded, folder / "b") as b:
        asyncio.run(hide(a, founded))
        yield [a, b]


def masked(text: str) -> str:
    """Name ids, which are drawn by lot, and digests over them, in order."""
    named: dict[str, str] = {}
    for drawn in (ID, DIGEST):
        text = drawn.sub(lambda at: named.setdefault(at[0], f"#{len(named)}"), text)
    return text


def planners_dossier(
    stage: Stage, nation: str, to: str, name: str, more: dict[str, Any]
) -> Dossier:
    """Assess as somebody who plans, too, and so is told most."""
    reader = stage.viewer(name)
    planner = msgspec.structs.replace(reader, roles=reader.roles | {Role.PLANNER})
    asked = Asked(nation=nation, to=to, **{"on": TODAY, **more})
    return asyncio.run(assess(stage.hub, planner, asked)).dossier


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(("nation", "to", "more"), CASES)
def test_what_a_reader_never_saw_leaves_no_trace(
    worlds: list[Stage], name: str, nation: str, to: str, more: dict[str, Any]
) -> None:
    told = []
    for stage in worlds:
        found = planners_dossier(stage, nation, to, name, more)
        told.append(masked((as_json(found) + as_html(document_of(found))).decode()))

    assert told[0] == told[1]
    assert "hidden" not in told[0]
    assert ("Both plans" in told[0]) == (nation != "FIN")


async def test_every_address_of_a_dossier_answers_alike(
    worlds: list[Stage], founded: World
) -> None:
    told = [await answers(stage, founded, "mda") for stage in worlds]

    assert told[0] == told[1]
    assert all(status == 200 for _, status, _ in told[0])


async def answers(stage: Stage, world: World, name: str) -> list[tuple[str, int, str]]:
    """Ask by the API and in the browser, as somebody."""
    hub = stage.hub
    every = Starlette(routes=[*routes(hub), *web_routes(hub)])
    transport = httpx.ASGITransport(app=every)
    found = []
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        client = Client(http, bearer(world.tokens[name]))
        for path in ("", ".html"):
            answer = await client.get(f"/api/v1/nations/MDA/assessment{path}?to=member")
            found.append((path, answer.status_code, masked(answer.text)))
        token = TOKEN.search((await http.get("/sign-in")).text)
        assert token is not None, "the form has one"
        form = {"name": name, "password": PASSWORD, "form-token": token[1]}
        await http.post("/sign-in", data=form)
        for path in ("", ".html", "/units.csv", "/intelligence.csv", "/ended.csv"):
            answer = await http.get(f"/nations/MDA/assess{path}?to=member")
            said = masked(TOKEN.sub("", answer.text))
            found.append((path, answer.status_code, said))
    return found


def test_what_is_hidden_is_told_to_who_may_see_it(worlds: list[Stage]) -> None:
    a, b = (stage.dossier("MDA", "member", name="desk") for stage in worlds)

    assert masked(as_json(a).decode()) != masked(as_json(b).decode())
    a, b = (stage.dossier("MDA", "member", name="pol") for stage in worlds)
    assert a.intelligence.objects == b.intelligence.objects + 1
