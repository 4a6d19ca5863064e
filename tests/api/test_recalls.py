"""Recalls: made, listed, shown and confirmed; and who held an object."""

import pytest

from foedus.hub import Hub
from foedus.processes.receipts import Given
from tests.api.world import Clients, indicator, publish

WHY = {"reason": "It names a hospital."}
NOBODYS = "recall--00000000-0000-4000-8000-000000000009"


@pytest.fixture
async def shared(hub: Hub) -> str:
    """An indicator of Poland's that every member sees."""
    return await publish(hub, hub.authenticator.named("pol"), "members", 1)


@pytest.fixture
async def recalled(clients: Clients, shared: str) -> str:
    response = await clients.pol.post(f"/api/v1/objects/{shared}/recall", WHY)
    assert response.status_code == 201, response.text
    assert (
        response.headers["location"] == f"/api/v1/recalls/{response.json()['recall']}"
    )
    found: str = response.json()["recall"]
    return found


async def test_a_nation_that_had_it_is_shown_its_own_line_and_asked(
    clients: Clients, shared: str, recalled: str
) -> None:
    found = (await clients.fin.get(f"/api/v1/recalls/{recalled}")).json()

    assert (found["id"], found["nation"], found["by"]) == (shared, "POL", "POL")
    assert (found["reason"], found["asks"]) == (WHY["reason"], True)
    assert found["label"].startswith("NATO UNCLASSIFIED")
    assert [each["nation"] for each in found["ledger"]] == ["FIN"]
    assert found["outstanding"] is None


async def test_whose_it_was_sees_that_a_nation_has_confirmed(
    clients: Clients, recalled: str
) -> None:
    before = (await clients.pol.get(f"/api/v1/recalls/{recalled}")).json()

    said = await clients.fin.post(f"/api/v1/recalls/{recalled}/acknowledge", b"")

    after = (await clients.pol.get(f"/api/v1/recalls/{recalled}")).json()
    assert not said.json()["asks"]
    assert after["outstanding"] == before["outstanding"] - 1
    [line] = [each for each in after["ledger"] if each["nation"] == "FIN"]
    assert line["acknowledged"].startswith("2026-11-23T12:00:00")


async def test_for_who_never_had_it_there_is_no_recall(
    clients: Clients, recalled: str
) -> None:
    path = "/api/v1/recalls/{}"

    hidden = await clients.mda.get(path.format(recalled))
    nothing = await clients.mda.get(path.format(NOBODYS))

    assert hidden.status_code == nothing.status_code == 404
    assert hidden.text.replace(recalled, NOBODYS) == nothing.text
    assert (await clients.mda.get("/api/v1/recalls")).json() == {"recalls": []}


async def test_recalls_come_in_pages_newest_first(hub: Hub, clients: Clients) -> None:
    made = []
    for number in range(3):
        pol = hub.authenticator.named("pol")
        stix_id = await publish(hub, pol, "members", number)
        answer = await clients.pol.post(f"/api/v1/objects/{stix_id}/recall", WHY)
        made.insert(0, answer.json()["recall"])

    first = await clients.fin.get("/api/v1/recalls?limit=2")
    rest = await clients.fin.get(first.links["next"]["url"])

    ids = [each["recall"] for page in (first, rest) for each in page.json()["recalls"]]
    assert ids == made
    unknown = await clients.fin.get(f"/api/v1/recalls?after={NOBODYS}")
    assert unknown.status_code == 400


async def test_another_nation_recalls_nothing(clients: Clients, shared: str) -> None:
    seeing = await clients.fin.post(f"/api/v1/objects/{shared}/recall", WHY)
    blind = await clients.mda.post(f"/api/v1/objects/{shared}/recall", WHY)

    assert (seeing.status_code, blind.status_code) == (403, 404)


async def test_whose_it_is_is_told_who_holds_it_and_on_which_days_they_read_it(
    hub: Hub, clients: Clients, shared: str
) -> None:
    account = hub.authenticator.named("fin")
    collection = hub.reading.collection(account.viewer(), "members").id
    hub.receipts.note(
        account, "taxii", Given(collection=collection, after_us=0, last_us=1 << 60)
    )
    hub.receipts.flush()

    found = (await clients.pol.get(f"/api/v1/objects/{shared}/seen")).json()

    lines = {each["nation"]: each for each in found["holders"]}
    today = "2026-11-23"
    assert lines["FIN"]["read"] == {"first": today, "last": today}
    assert (lines["FIN"]["how"], lines["FIN"]["until"]) == ("arrival", None)
    assert lines["EST"]["read"] is None


async def test_who_held_it_is_told_to_nobody_else(
    clients: Clients, shared: str
) -> None:
    absent = indicator(2)["id"]
    path = "/api/v1/objects/{}/seen"

    seeing = await clients.fin.get(path.format(shared))
    hidden = await clients.mda.get(path.format(shared))
    nothing = await clients.mda.get(path.format(absent))

    assert seeing.status_code == 403
    assert hidden.status_code == nothing.status_code == 404
    assert hidden.text.replace(shared, absent) == nothing.text
