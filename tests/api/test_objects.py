"""Explaining objects, and nothing that the asker may not see."""

import pytest

from foedus.hub import Hub
from tests.api.world import Clients, indicator, publish


def path(stix_id: str, nation: str = "") -> str:
    query = f"?nation={nation}" if nation else ""
    return f"/api/v1/objects/{stix_id}/explain{query}"


@pytest.fixture
async def shared(hub: Hub) -> str:
    return await publish(hub, hub.authenticator.named("pol"), "members", 1)


async def test_why_a_nation_sees_an_object_is_told(
    clients: Clients, shared: str
) -> None:
    found = (await clients.fin.get(path(shared, "EST"))).json()

    assert (found["id"], found["nation"], found["sees"]) == (shared, "EST", True)
    assert {"rule", "detail"} == set(found["why"][0])


async def test_why_a_nation_does_not_see_an_object_is_told(
    clients: Clients, shared: str
) -> None:
    found = (await clients.fin.get(path(shared, "MDA"))).json()

    assert not found["sees"]
    assert found["why"][-1]["rule"] == "audience"


async def test_it_is_told_of_ones_own_nation_by_default(
    clients: Clients, shared: str
) -> None:
    assert (await clients.fin.get(path(shared))).json()["nation"] == "FIN"


async def test_the_alliances_own_body_may_be_asked_about(
    clients: Clients, shared: str
) -> None:
    assert (await clients.fin.get(path(shared, "nato"))).json()["nation"] == "NATO"


async def test_what_is_not_for_the_asker_is_as_what_is_not_there(
    clients: Clients, shared: str
) -> None:
    absent = indicator(2)["id"]

    hidden = await clients.mda.get(path(shared, "FIN"))
    nothing = await clients.mda.get(path(absent, "FIN"))

    assert hidden.status_code == nothing.status_code == 404
    assert hidden.text.replace(shared, absent) == nothing.text
    assert sorted(hidden.headers) == sorted(nothing.headers)


async def test_a_nation_that_is_none_is_refused_whatever_the_object(
    clients: Clients, shared: str
) -> None:
    known = await clients.fin.get(path(shared, "XYZ"))
    hidden = await clients.mda.get(path(shared, "XYZ"))

    assert known.status_code == hidden.status_code == 400
    assert known.text == hidden.text


async def test_what_is_no_id_is_not_there(clients: Clients) -> None:
    assert (await clients.fin.get(path("%00%ff"))).status_code == 404


async def test_no_explanation_is_kept_by_a_cache(clients: Clients, shared: str) -> None:
    response = await clients.fin.get(path(shared))

    assert response.headers["cache-control"] == "no-store"
