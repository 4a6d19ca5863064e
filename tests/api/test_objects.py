"""Objects: explained to those who see them, and withdrawn by those whose they are."""

import orjson
import pytest

from foedus.hub import Hub
from tests.api.world import NOON, Clients, indicator, publish, suspend


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


# Whom it reaches


def audience(stix_id: str) -> str:
    return f"/api/v1/objects/{stix_id}/audience"


async def test_whom_an_object_reaches_is_told_nation_by_nation(
    clients: Clients, shared: str
) -> None:
    found = (await clients.fin.get(audience(shared))).json()

    assert sorted(found) == [
        "also_reported_by",
        "id",
        "label",
        "nation",
        "nations",
        "releases",
    ]
    assert (found["id"], found["nation"]) == (shared, "POL")
    assert found["label"].startswith("NATO UNCLASSIFIED // REL TO NATO")
    nations = {each["nation"]: each for each in found["nations"]}
    assert (nations["EST"]["sees"], nations["MDA"]["sees"]) == (True, False)
    assert nations["MDA"]["rule"] == "audience"


async def test_whom_it_reaches_is_told_to_those_alone_who_see_it(
    clients: Clients, shared: str
) -> None:
    absent = shared[:-4] + "ffff"

    hidden = await clients.mda.get(audience(shared))
    nothing = await clients.mda.get(audience(absent))

    assert hidden.status_code == nothing.status_code == 404
    assert hidden.text.replace(shared, absent) == nothing.text


async def test_a_release_is_told_with_the_nations_that_it_lets_see(
    clients: Clients, shared: str
) -> None:
    draft = {"to": ["MDA"], "label": "NATO UNCLASSIFIED", "since": "2026-11-01"}
    made = (await clients.pol.post("/api/v1/releases", draft)).json()

    own = (await clients.pol.get(audience(shared))).json()
    other = (await clients.fin.get(audience(shared))).json()

    assert (own["releases"], other["releases"]) == ([made["release"]], [])
    [moldova] = [each for each in own["nations"] if each["nation"] == "MDA"]
    assert (moldova["sees"], moldova["rule"]) == (True, "release")


# Withdrawing


def withdrawal(stix_id: str) -> str:
    return f"/api/v1/objects/{stix_id}/withdraw"


@pytest.mark.parametrize(
    "more", [{}, {"collection": "members", "version": "2026-11-01T00:00:00.000Z"}]
)
async def test_what_was_published_is_withdrawn(
    clients: Clients, shared: str, more: dict[str, str]
) -> None:
    body = {"reason": "a mistake", **more}

    response = await clients.pol.post(withdrawal(shared), body)

    assert response.status_code == 200
    assert response.json() == {
        "id": shared,
        "withdrawn": [
            {"collection": "members", "versions": ["2026-11-01T00:00:00.000Z"]}
        ],
    }
    assert (await clients.fin.get(path(shared))).status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("fin", {"reason": "x"}, 404),
        ("mda", {"reason": "x"}, 404),
        ("pol", {"reason": "x", "collection": "finland"}, 404),
        ("pol", {"reason": "x", "version": "2020-01-01T00:00:00Z"}, 404),
        ("pol", {"reason": "x", "version": "newest"}, 400),
        ("pol", {"reason": ""}, 400),
        ("pol", {}, 400),
        ("pol_audit", {"reason": "x"}, 403),
    ],
)
async def test_what_is_not_ones_own_to_withdraw_stays(
    clients: Clients, shared: str, name: str, body: dict[str, str], status: int
) -> None:
    response = await getattr(clients, name).post(withdrawal(shared), body)

    assert response.status_code == status
    assert (await clients.fin.get(path(shared))).status_code == 200


@pytest.mark.parametrize("name", ["chief", "desk"])
async def test_the_body_withdraws_on_behalf_of_a_nation_without_standing(
    clients: Clients, hub: Hub, shared: str, name: str
) -> None:
    body = {"reason": "it asked for it", "nation": "POL"}
    client = getattr(clients, name)

    too_early = await client.post(withdrawal(shared), body)
    await suspend(hub, "POL")
    response = await client.post(withdrawal(shared), body)

    assert (too_early.status_code, response.status_code) == (422, 200)
    assert [each["collection"] for each in response.json()["withdrawn"]] == ["members"]
    assert (await clients.fin.get(path(shared))).status_code == 404


async def test_nobody_else_withdraws_on_behalf(
    clients: Clients, hub: Hub, shared: str
) -> None:
    await suspend(hub, "POL")
    body = {"reason": "x", "nation": "POL"}

    there = await clients.fin.post(withdrawal(shared), body)
    absent = await clients.fin.post(withdrawal(indicator(2)["id"]), body)

    assert there.status_code == absent.status_code == 404
    assert there.text.replace(shared, indicator(2)["id"]) == absent.text
    assert (await clients.fin.get(path(shared))).status_code == 200


# Tear lines

RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"


def tear_line(stix_id: str) -> str:
    return f"/api/v1/objects/{stix_id}/tear-line"


@pytest.fixture
async def marked(hub: Hub) -> str:
    """An indicator whose name is for its originator alone."""
    mark = {"marking_ref": RED, "selectors": ["name"]}
    tree = {**indicator(7), "granular_markings": [mark]}
    account = hub.authenticator.named("pol")
    place = hub.reading.collection(account.viewer(), "members")
    act = hub.act(account, door="taxii", at=NOON)
    [outcome] = await hub.publish(account, act, place.id, [orjson.dumps(tree)])
    assert outcome.outcome == "stored", outcome
    return outcome.id


@pytest.mark.parametrize("body", [{}, {"collection": "members"}])
async def test_a_tear_line_is_for_those_who_may_not_see_the_object(
    clients: Clients, marked: str, body: dict[str, str]
) -> None:
    response = await clients.pol.post(tear_line(marked), body)

    assert response.status_code == 200
    line, tie = response.json()
    assert sorted(line) == ["id", "outcome", "reason", "version"]
    assert (line["outcome"], tie["outcome"]) == ("stored", "stored")
    seen = [
        (await clients.fin.get(path(each))).status_code
        for each in (marked, line["id"], tie["id"])
    ]
    assert seen == [404, 200, 404]


async def test_withdrawing_the_object_takes_its_tear_line_along(
    clients: Clients, marked: str
) -> None:
    line, _ = (await clients.pol.post(tear_line(marked), {})).json()

    await clients.pol.post(withdrawal(marked), {"reason": "a mistake"})

    assert (await clients.fin.get(path(line["id"]))).status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("fin", {}, 404),
        ("mda", {}, 404),
        ("pol", {"collection": "finland"}, 404),
        ("pol_audit", {}, 403),
        ("pol", {"colour": "red"}, 400),
    ],
)
async def test_what_is_not_ones_own_to_publish_has_no_tear_line(
    clients: Clients, marked: str, name: str, body: dict[str, str], status: int
) -> None:
    response = await getattr(clients, name).post(tear_line(marked), body)

    assert response.status_code == status


async def test_what_has_no_marked_properties_has_no_tear_line(
    clients: Clients, shared: str
) -> None:
    assert (await clients.pol.post(tear_line(shared), {})).status_code == 422
