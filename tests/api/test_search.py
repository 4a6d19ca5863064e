"""Search over HTTP."""

from tests.api.world import Clients

PATH = "/api/v1/search"


async def test_one_list_over_everything_the_best_first(clients: Clients) -> None:
    found = (await clients.mda.get(f"{PATH}?q=finland")).json()

    assert (found[0]["kind"], found[0]["id"]) == ("nation", "FIN")
    assert found[0]["match"] == "whole"


async def test_a_kind_and_a_number_can_be_asked_for(clients: Clients) -> None:
    found = (await clients.mda.get(f"{PATH}?q=nato&kind=term&limit=2")).json()

    assert len(found) == 2
    assert {each["kind"] for each in found} == {"term"}


async def test_what_is_hidden_is_as_what_is_not(clients: Clients) -> None:
    sent = {
        "kind": "visit",
        "title": "CANARY talks",
        "purpose": "p",
        "from": "2026-12-01",
        "label": "NATO UNCLASSIFIED",
    }
    await clients.pol.post("/api/v1/engagements", sent)

    assert len((await clients.fin.get(f"{PATH}?q=canary")).json()) == 1
    assert (await clients.mda.get(f"{PATH}?q=canary")).json() == []


async def test_who_asks_for_nothing_is_told_so(clients: Clients) -> None:
    assert (await clients.mda.get(f"{PATH}?q=")).status_code == 400
    assert (await clients.mda.get(f"{PATH}?q=x&kind=person")).status_code == 400
    assert (await clients.nobody.get(f"{PATH}?q=x")).status_code == 401
