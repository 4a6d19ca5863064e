"""Engagements over HTTP."""

from typing import Any

from tests.api.world import Clients

PATH = "/api/v1/engagements"


def engagement(**more: object) -> dict[str, Any]:
    return {
        "kind": "visit",
        "title": "Staff talks",
        "purpose": "Plan the year",
        "from": "2026-12-01",
        "participants": ["FIN"],
        "label": "NATO UNCLASSIFIED",
        **more,
    }


async def test_an_engagement_is_recorded_shown_and_reported_on(
    clients: Clients,
) -> None:
    made = await clients.pol.post(PATH, engagement())

    assert made.status_code == 201
    place = made.headers["location"]
    assert (await clients.fin.get(place)).json() == made.json()
    sent = {"status": "done", "outcome": "A plan"}
    assert (await clients.pol.post(f"{place}/report", sent)).status_code == 200
    assert (await clients.fin.get(place)).json()["outcome"] == "A plan"
    assert (await clients.mda.get(place)).status_code == 404
    assert (await clients.mda.post(f"{place}/report", sent)).status_code == 404


async def test_engagements_are_listed_page_by_page(clients: Clients) -> None:
    for day in ("2026-12-01", "2026-12-02", "2026-12-03"):
        await clients.pol.post(PATH, engagement(**{"from": day}))

    first = await clients.fin.get(f"{PATH}?limit=2")
    rest = await clients.fin.get(first.links["next"]["url"])

    days = [each["since"] for each in (*first.json(), *rest.json())]
    assert days == ["2026-12-03", "2026-12-02", "2026-12-01"]
    assert "link" not in rest.headers
    assert (await clients.fin.get(f"{PATH}?nation=MDA")).json() == []
    assert len((await clients.fin.get(f"{PATH}?nation=finland")).json()) == 3
    assert (await clients.fin.get(f"{PATH}?region=moon")).status_code == 400


async def test_what_cannot_be_meant_is_refused(clients: Clients) -> None:
    for wrong, status in (
        ({"participants": ["QQQ"]}, 404),
        ({"until": "2026-11-30"}, 400),
        ({"kind": "party"}, 400),
        ({"title": " "}, 400),
        ({"label": "SECRET OF MARS"}, 422),
    ):
        answer = await clients.pol.post(PATH, engagement(**wrong))
        assert answer.status_code == status, wrong
