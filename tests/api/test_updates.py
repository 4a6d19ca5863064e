"""Policy updates over HTTP."""

from typing import Any

from tests.api.world import Clients

PATH = "/api/v1/updates"


def update(**more: object) -> dict[str, Any]:
    return {
        "title": "Reporting",
        "text": "A day.\nA name.",
        "effective": "2026-12-01",
        **more,
    }


async def test_an_update_goes_through_editions_and_is_acknowledged(
    clients: Clients,
) -> None:
    made = await clients.desk.post(PATH, update(label="TLP:GREEN"))

    assert made.status_code == 201
    place = made.headers["location"]
    second = update(text="An hour.\nA name.")
    assert (await clients.desk.post(f"{place}/editions", second)).json()["edition"] == 2
    same = await clients.desk.post(f"{place}/editions", second)
    assert same.status_code == 422
    others = await clients.pol.post(f"{place}/editions", update())
    assert others.status_code == 403
    changed = (await clients.mda.get(f"{place}/diff")).json()
    assert [each["change"] for each in changed["lines"]] == [
        *("same", "removed", "added", "same"),
    ]
    acked = await clients.pol.post(f"{place}/acknowledge", {"edition": 1})
    assert acked.json()["acknowledged"][0]["nation"] == "POL"
    again = await clients.pol.post(f"{place}/acknowledge", {"edition": 1})
    assert again.status_code == 409
    reader = await clients.mda.post(f"{place}/acknowledge", {})
    assert reader.status_code == 403


async def test_updates_are_listed_page_by_page_to_their_audience(
    clients: Clients,
) -> None:
    for title in ("one", "two", "three"):
        sent = update(title=title, label="NATO UNCLASSIFIED")
        await clients.pol.post(PATH, sent)

    first = await clients.fin.get(f"{PATH}?limit=2")
    rest = await clients.fin.get(first.links["next"]["url"])

    titles = [each["title"] for each in (*first.json(), *rest.json())]
    assert titles == ["three", "two", "one"]
    assert (await clients.mda.get(PATH)).json() == []


async def test_what_is_hidden_is_answered_like_what_is_not(clients: Clients) -> None:
    made = (await clients.pol.post(PATH, update())).json()["update"]
    none = "update--00000000-0000-4000-8000-000000000000"

    for ending in ("", "/diff"):
        hidden, nothing = [
            await clients.mda.get(f"{PATH}/{name}{ending}") for name in (made, none)
        ]
        assert hidden.status_code == nothing.status_code == 404
        assert hidden.json()["detail"] == nothing.json()["detail"]
    for ending, body in (("/editions", update()), ("/acknowledge", {})):
        hidden, nothing = [
            await clients.desk.post(f"{PATH}/{name}{ending}", body)
            for name in (made, none)
        ]
        assert hidden.status_code == nothing.status_code == 404
        assert hidden.json()["detail"] == nothing.json()["detail"]


async def test_live_tells_of_an_update_to_whom_it_reaches(clients: Clients) -> None:
    await clients.pol.post(PATH, update(label="NATO UNCLASSIFIED"))

    guide = (await clients.fin.get("/api/v1/nations/FIN/guide")).text

    assert "Policy update: Reporting" in guide
    assert "Policy update" not in (
        await clients.mda.get("/api/v1/nations/FIN/guide")
    ).text.replace("Policy updates in a feed", "")
