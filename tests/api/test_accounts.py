"""Accounts: who is shown whom, and that only operators open and close them."""

import httpx
import msgspec
import pytest

from foedus import app
from foedus.hub import Hub
from foedus.ids import AccountId
from foedus.settings import Settings, SignIn
from tests.api.world import HOST, Client, Clients, basic, bearer

ACCOUNTS = "/api/v1/accounts"


async def names(client: Client) -> set[str]:
    response = await client.get(ACCOUNTS)
    assert response.status_code == 200, response.text
    return {each["name"] for each in response.json()}


async def test_everybody_is_shown_as_little_as_they_may_know(clients: Clients) -> None:
    assert await names(clients.pol) == {"pol"}
    assert await names(clients.pol_audit) == {"pol", "pol-audit"}
    assert await names(clients.chief) >= {"chief", "pol", "fin"}


async def test_an_account_is_shown_with_nation_roles_and_level(
    clients: Clients,
) -> None:
    [found] = (await clients.fin.get(ACCOUNTS)).json()

    assert found == {
        "id": found["id"],
        "name": "fin",
        "nation": "FIN",
        "roles": ["reader"],
        "clearance": "NATO UNCLASSIFIED",
        "holder": "person",
        "opened": found["opened"],
        "closed": None,
    }
    assert (await clients.fin.get(f"{ACCOUNTS}/{found['id']}")).json() == found


async def test_an_account_of_others_is_as_one_that_is_none(
    hub: Hub, clients: Clients
) -> None:
    theirs = hub.authenticator.named("pol").id
    nobodys = f"account--{'0' * 8}-0000-4000-8000-{'0' * 12}"

    hidden = await clients.fin.get(f"{ACCOUNTS}/{theirs}")
    absent = await clients.fin.get(f"{ACCOUNTS}/{nobodys}")

    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(theirs, nobodys) == absent.text


async def test_a_list_comes_in_pages_that_lead_on(clients: Clients) -> None:
    found = []
    path = f"{ACCOUNTS}?limit=2"
    while path:
        page = await clients.chief.get(path)
        found += [each["name"] for each in page.json()]
        path = page.links.get("next", {}).get("url", "")

    assert sorted(found) == ["chief", "desk", "fin", "mda", "pol", "pol-audit"]


async def test_an_operator_opens_an_account_with_a_password_shown_once(
    clients: Clients,
) -> None:
    body = {"name": "est", "nation": "EST", "roles": ["reader", "publisher"]}

    response = await clients.chief.post(ACCOUNTS, body)
    opened = response.json()
    me = await clients.nobody.get("/api/v1/me", **basic("est", opened["password"]))

    assert response.status_code == 201
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["location"] == f"{ACCOUNTS}/{opened['id']}"
    assert sorted(opened) == [
        "clearance",
        "enrolment_code",
        "id",
        "name",
        "nation",
        "password",
        "roles",
        "token",
    ]
    assert opened["token"] is None
    assert me.json()["nation"] == "EST"


async def test_an_operator_opens_an_account_with_a_token(clients: Clients) -> None:
    body = {"name": "est", "nation": "EST", "roles": ["reader"], "token": True}

    opened = (await clients.chief.post(ACCOUNTS, body)).json()
    me = await clients.nobody.get("/api/v1/me", **bearer(opened["token"]))

    assert opened["password"] is None
    assert me.json()["holder"] == "service"


async def test_an_operator_opens_an_account_with_a_chosen_password_and_level(
    clients: Clients,
) -> None:
    body = {
        "name": "est",
        "nation": "estonia",
        "roles": ["reader"],
        "clearance": "NATO SECRET",
        "password": "a long enough one",
    }

    opened = (await clients.chief.post(ACCOUNTS, body)).json()

    assert (opened["password"], opened["clearance"]) == (None, "NATO SECRET")


@pytest.mark.parametrize("name", ["pol", "desk", "pol_audit"])
async def test_others_neither_open_nor_close_accounts(
    hub: Hub, clients: Clients, name: str
) -> None:
    client: Client = getattr(clients, name)
    body = {"name": "est", "nation": "EST", "roles": ["reader"]}
    own = hub.authenticator.named(name.replace("_", "-")).id

    opens = await client.post(ACCOUNTS, body)
    closes = await client.delete(f"{ACCOUNTS}/{own}")

    assert (opens.status_code, closes.status_code) == (403, 403)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "Not A Name"}, 400),
        ({"name": "pol"}, 409),
        ({"nation": "XYZ"}, 422),
        ({"roles": []}, 400),
        ({"roles": ["king"]}, 400),
        ({"roles": ["operator"]}, 422),
        ({"clearance": "NATO WHATEVER"}, 400),
        ({"password": "short"}, 400),
        ({"password": "a long enough one", "token": True}, 400),
        ({"colour": "red"}, 400),
    ],
)
async def test_what_cannot_be_opened_is_refused(
    clients: Clients, change: dict[str, object], status: int
) -> None:
    body = {"name": "est", "nation": "EST", "roles": ["reader"], **change}

    assert (await clients.chief.post(ACCOUNTS, body)).status_code == status


async def test_a_closed_account_signs_in_no_more_and_is_shown_as_closed(
    hub: Hub, clients: Clients
) -> None:
    path = f"{ACCOUNTS}/{hub.authenticator.named('fin').id}"

    closed = await clients.chief.delete(path)

    assert (closed.status_code, closed.content) == (204, b"")
    assert (await clients.fin.get("/api/v1/me")).status_code == 401
    assert (await clients.chief.get(path)).json()["closed"] is not None


async def test_an_account_that_is_none_cannot_be_closed(clients: Clients) -> None:
    response = await clients.chief.delete(f"{ACCOUNTS}/account--none")

    assert response.status_code == 404


async def test_where_two_factors_are_required_a_code_adds_the_second(
    hub: Hub,
) -> None:
    asks = Settings(sign_in=SignIn(second_factor="required"))
    strict = msgspec.structs.replace(hub, settings=asks)
    transport = httpx.ASGITransport(app=app.asgi(strict))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        chief = Client(http, basic("chief"))
        body = {"name": "est", "nation": "EST", "roles": ["delegate"]}
        decides = (await chief.post(ACCOUNTS, body)).json()
        body = {"name": "est-reader", "nation": "EST", "roles": ["reader"]}
        reads = (await chief.post(ACCOUNTS, body)).json()

    is_right = hub.keyring.enrolments.is_right
    assert is_right(AccountId(decides["id"]), decides["enrolment_code"], hub.clock())
    assert reads["enrolment_code"] is None
