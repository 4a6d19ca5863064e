"""Plans over HTTP: made, listed, shown, made again, each for its audience."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from foedus.api.routes import routes
from foedus.hub import Hub
from tests.api.world import HOST, Client, World, bearer
from tests.planning.solving import InThread

LABEL = "NATO UNCLASSIFIED"
NEEDS = [{"type": "company", "amount": 2}, {"type": "ship", "amount": 1}]


class Planners(msgspec.Struct, frozen=True):
    """Whoever plans, and whoever reads."""

    desk: Client
    fin: Client
    mda: Client
    pol: Client


@pytest.fixture
async def planners(hub: Hub, founded: World) -> AsyncIterator[Planners]:
    solving = msgspec.structs.replace(hub, workers=InThread())
    transport = httpx.ASGITransport(app=Starlette(routes=routes(solving)))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        names = Planners.__struct_fields__
        found = {name: Client(http, bearer(founded.tokens[name])) for name in names}
        await recorded(found["desk"])
        yield Planners(**found)


async def recorded(desk: Client) -> None:
    """Record a commitment and a unit that is there."""

    async def record(path: str, **content: object) -> str:
        body = {"content": content, "label": LABEL}
        answer = await desk.post(f"/api/v1/{path}", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["record"])

    day = {"since": "2026-01-01"}
    unit = await record(
        "units", nation="POL", name="First", type="company", location="Tapa", **day
    )
    report = {"unit": unit, "posture": "at-notice", "notice_h": 6, "evidence": "seen"}
    days = {"as_of": "2026-11-01", "valid_until": "2027-05-01"}
    await record("unit-reports", **report, **days)
    await record("commitments", title="Watch", location="Tapa", needs=NEEDS, **day)
    way = {"start": "Tapa", "end": "Elk", "travel_h": 9, "source": "table 4"}
    await record("routes", **way, **day)


async def made(client: Client, **more: object) -> dict[str, Any]:
    answer = await client.post("/api/v1/plans", {"periods": 3, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["location"].endswith(found["line"]["plan"])
    return found


async def test_a_plan_is_made_listed_and_shown_to_its_audience(
    planners: Planners,
) -> None:
    sheet = await made(planners.desk, label=LABEL)

    name = sheet["line"]["plan"]
    shown = await planners.fin.get(f"/api/v1/plans/{name}")
    (listed,) = (await planners.fin.get("/api/v1/plans")).json()
    assert shown.json() == sheet
    assert listed == sheet["line"]
    gaps = sheet["made"]["found"]["coverage"]["gaps"]
    assert [each["nobody_can"] for each in gaps][:2] == [True, True]
    assert "no-such-capability" in {each["reason"] for each in gaps}
    assert (await planners.mda.get("/api/v1/plans")).json() == []
    assert (await planners.mda.get(f"/api/v1/plans/{name}")).status_code == 404


async def test_a_plan_is_made_again_and_is_equal(planners: Planners) -> None:
    sheet = await made(planners.desk, label=LABEL)
    path = f"/api/v1/plans/{sheet['line']['plan']}/again"

    again = await planners.desk.post(path, b"")

    assert again.status_code == 200, again.text
    assert again.json()["equal"] is True
    assert (await planners.fin.post(path, b"")).status_code == 403
    assert (await planners.mda.post(path, b"")).status_code == 404


async def test_what_hangs_on_one_nation_is_for_planners(planners: Planners) -> None:
    sheet = await made(planners.desk, kind="drop", label=LABEL)

    name = sheet["line"]["plan"]
    assert [e["nation"] for e in sheet["made"]["found"]["drops"]["drops"]] == ["POL"]
    assert (await planners.fin.get(f"/api/v1/plans/{name}")).status_code == 404
    assert (await planners.fin.get("/api/v1/plans")).json() == []
    assert (await planners.desk.get(f"/api/v1/plans/{name}")).json() == sheet


async def test_a_surge_takes_a_factor_and_a_crisis(planners: Planners) -> None:
    crisis = {
        "title": "Second",
        "location": "Elk",
        "needs": NEEDS[:1],
        "since": "2026-11-23",
    }

    sheet = await made(planners.desk, kind="surge", more={"times": 2, "crisis": crisis})

    added = [e for e in sheet["made"]["inputs"]["commitments"] if not e["recorded"]]
    assert [each["title"] for each in added] == ["Second", "Watch, on top"]
    assert sheet["made"]["found"]["surge"]["own"] > 0


async def test_what_cannot_be_meant_is_refused_in_words(planners: Planners) -> None:
    wrong: tuple[tuple[dict[str, object], str], ...] = (
        ({"periods": 0}, "periods"),
        ({"kind": "guess"}, "kind"),
        ({"kind": "surge", "more": {"times": 99}}, "times"),
        ({"kind": "surge"}, "say how many times"),
        ({"nations": ["POL"]}, "only a plan of kind drop"),
        ({"colour": "red"}, "colour"),
    )
    for body, said in wrong:
        answer = await planners.desk.post("/api/v1/plans", body)
        assert answer.status_code in {400, 422}
        assert said in answer.json()["detail"]

    answer = await planners.pol.post("/api/v1/plans", {})
    assert answer.status_code == 403
    assert "planner" in answer.json()["detail"]
