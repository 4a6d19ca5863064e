"""Consultations over the API: any one asks, others join, the chair holds and closes."""

from typing import Any

import httpx
import orjson

from foedus.hub import Hub
from foedus.releasability.news import NEWS_KINDS
from tests.api.deciding import TO_ALL, delegates, do, draft, drafted
from tests.api.world import Client, Clients

__all__ = ["delegates"]

CONSULTATIONS = "/api/v1/consultations"
UNKNOWN = f"{CONSULTATIONS}/consultation--{'0' * 8}-0000-4000-8000-{'0' * 12}"
MEMBERS = "NATO UNCLASSIFIED // REL TO NATO"


def asking(label: str = MEMBERS, **more: object) -> dict[str, Any]:
    return {
        "title": "Drones over the border",
        "concern": "Nineteen crossings in one night.",
        "label": label,
        "of": ["FIN", "POL"],
        **more,
    }


async def asked(client: Client, sent: dict[str, Any]) -> str:
    response = await client.post(CONSULTATIONS, sent)
    assert response.status_code == 201, response.text
    return response.headers["location"]


async def attempt(client: Client, path: str, act: str, **words: str) -> httpx.Response:
    return await client.post(f"{path}/acts", {"move": {"act": act, **words}})


async def test_one_asks_another_joins_the_chair_holds_and_closes(
    clients: Clients, delegates: dict[str, Client]
) -> None:
    path = await asked(delegates["POL"], asking())
    decision = await drafted(clients.desk, draft())

    await do(delegates["FIN"], path, "join", text="We share it.")
    await do(delegates["FIN"], path, "join")
    await do(clients.desk, path, "hold", note="All spoke.")
    closed = await do(clients.desk, path, "close", decision=decision.rpartition("/")[2])

    assert closed["nations"] == ["POL", "FIN"]
    assert closed["statements"] == [{"nation": "FIN", "text": "We share it."}]
    assert closed["notes"] == ["All spoke."]
    assert (len(closed["met_at"]), closed["state"]) == (1, "closed")
    assert closed["decision"] == decision.rpartition("/")[2]
    refused = await attempt(delegates["FIN"], path, "join")
    assert refused.status_code == 422
    assert "ask for a new one" in refused.json()["detail"]


async def test_a_consultation_that_is_hidden_is_as_one_that_never_was(
    delegates: dict[str, Client],
) -> None:
    path = await asked(delegates["POL"], asking())

    for shown in (path, UNKNOWN):
        read = await delegates["MDA"].get(shown)
        acted = await attempt(delegates["MDA"], shown, "join")
        assert (read.status_code, acted.status_code) == (404, 404)
    listed = await delegates["MDA"].get(CONSULTATIONS)
    assert listed.json() == {"consultations": []}
    assert len((await delegates["FIN"].get(CONSULTATIONS)).json()["consultations"]) == 1


async def test_observers_are_told_that_nations_consult_and_nothing_that_was_said(
    clients: Clients, delegates: dict[str, Client]
) -> None:
    path = await asked(delegates["POL"], asking(TO_ALL))
    hidden = await drafted(clients.desk, draft(label=MEMBERS))
    await do(delegates["FIN"], path, "join", text="CANARY-JOINED")
    await do(clients.desk, path, "hold", note="CANARY-HELD")
    name = hidden.rpartition("/")[2]
    await do(clients.desk, path, "close", note="CANARY-CLOSED", decision=name)

    seen = await delegates["MDA"].get(path)

    assert "CANARY" not in seen.text
    assert name not in seen.text
    assert (seen.json()["statements"], seen.json()["notes"]) == (None, None)
    assert (await attempt(delegates["MDA"], path, "join")).status_code == 403
    inside = (await delegates["FIN"].get(path)).text
    assert inside.count("CANARY") == 3


async def test_only_who_is_asked_asks_and_everybody_asked_can_see_it(
    delegates: dict[str, Client],
) -> None:
    stranger = await delegates["MDA"].post(CONSULTATIONS, asking(TO_ALL))
    unreached = await delegates["POL"].post(
        CONSULTATIONS, asking(of=["FIN", "POL", "EST"])
    )

    assert stranger.status_code == 403
    assert unreached.status_code == 422
    assert "nobody of EST may see it" in unreached.json()["detail"]


async def test_only_the_chair_holds_and_closes(
    delegates: dict[str, Client],
) -> None:
    path = await asked(delegates["POL"], asking())

    for act in ("hold", "close"):
        assert (await attempt(delegates["POL"], path, act)).status_code == 403


async def test_what_came_of_it_has_to_be_there(
    clients: Clients, delegates: dict[str, Client]
) -> None:
    path = await asked(delegates["POL"], asking())

    refused = await attempt(clients.desk, path, "close", decision="decision--x")

    assert refused.status_code == 404


async def test_who_may_see_it_is_told_live(
    hub: Hub, delegates: dict[str, Client]
) -> None:
    path = await asked(delegates["POL"], asking())
    await do(delegates["FIN"], path, "join", text="CANARY")

    rows = hub_news(hub)

    assert "decision" in NEWS_KINDS
    assert [each["happened"] for each in rows] == ["consulted", "consultation-joined"]
    assert "CANARY" not in str(rows)


def hub_news(hub: Hub) -> list[dict[str, Any]]:
    with hub.reading.snapshot() as seen:
        rows = seen.db.execute("SELECT document FROM news ORDER BY at, position")
        return [orjson.loads(row[0]) for row in rows]
