"""Who one is, and one's own tokens; no credential makes a stronger one."""

import base64
from datetime import timedelta

import httpx
import msgspec

from foedus import app
from foedus.api.operations import PAGE_SIZE_MAX
from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.identity.accounts import AccountFacts
from foedus.identity.authenticator import HEADER_BYTES_MAX, Authenticator, Facts
from foedus.identity.tokens import TOKENS_MAX
from foedus.identity.views import PAGE_SIZE_MAX as ACCOUNTS_MAX
from foedus.identity.views import account_facts
from foedus.ids import AccountId
from foedus.releasability.viewers import Role
from tests.api.world import HOST, PASSWORD, Client, Clients, basic, bearer, suspend
from tests.identity.test_certificates import der, make_certificate, pem
from tests.test_proxies import BEHIND_A_PROXY

ME = "/api/v1/me"
TOKENS = "/api/v1/me/tokens"


def with_token(clients: Clients, token: str) -> Client:
    return Client(clients.nobody.http, bearer(token))


async def test_who_asks_is_told_name_nation_roles_and_clearance(
    clients: Clients,
) -> None:
    me = (await clients.pol.get(ME)).json()

    assert me.pop("id").startswith("account--")
    assert me == {
        "name": "pol",
        "nation": "POL",
        "roles": ["publisher", "reader"],
        "clearance": "NATO UNCLASSIFIED",
        "holder": "person",
        "standing": True,
    }


async def test_a_token_is_made_shown_once_and_works(clients: Clients) -> None:
    made = await clients.pol.post(TOKENS, {"label": "sensor"})
    shown = made.json()

    listed = (await clients.pol.get(TOKENS)).json()
    me = await with_token(clients, shown["token"]).get(ME)

    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    assert made.headers["location"] == f"{TOKENS}/{shown['id']}"
    assert me.json()["name"] == "pol"
    assert [each["label"] for each in listed] == ["token", "sensor"]
    assert shown["token"] not in str(listed)


async def test_a_token_may_be_limited_to_some_roles(clients: Clients) -> None:
    made = await clients.pol.post(TOKENS, {"scopes": ["reader"]})

    me = await with_token(clients, made.json()["token"]).get(ME)

    assert made.json()["scopes"] == ["reader"]
    assert me.json()["roles"] == ["reader"]


async def test_a_token_ends_when_it_says(clients: Clients, clock: StoppedClock) -> None:
    body = {"expires": "2026-11-23T13:00:00Z"}
    token = (await clients.pol.post(TOKENS, body)).json()["token"]

    before = await with_token(clients, token).get(ME)
    clock.advance(timedelta(hours=1))
    after = await with_token(clients, token).get(ME)

    assert (before.status_code, after.status_code) == (200, 401)


async def test_a_token_ends_at_an_instant_with_a_time_zone(clients: Clients) -> None:
    response = await clients.pol.post(TOKENS, {"expires": "2026-11-23T13:00:00"})

    assert response.status_code == 400


async def test_a_token_promises_no_role_that_the_account_has_not(
    clients: Clients,
) -> None:
    response = await clients.pol.post(TOKENS, {"scopes": ["operator"]})

    assert response.status_code == 422


async def test_a_limited_token_neither_makes_nor_revokes_tokens(
    clients: Clients,
) -> None:
    limits: list[dict[str, object]] = [
        {"scopes": ["reader"]},
        {"expires": "2026-12-31T00:00:00Z"},
    ]
    for limit in limits:
        made = (await clients.pol.post(TOKENS, limit)).json()
        limited = with_token(clients, made["token"])

        makes = await limited.post(TOKENS, {})
        revokes = await limited.delete(f"{TOKENS}/{made['id']}")

        assert (makes.status_code, revokes.status_code) == (403, 403)


async def test_a_limited_token_behind_blanks_makes_no_tokens(
    clients: Clients,
) -> None:
    made = (await clients.pol.post(TOKENS, {"scopes": ["reader"]})).json()
    short = await with_token(clients, made["token"] + " " * 1_000).post(TOKENS, {})
    long = await with_token(
        clients, made["token"] + " " * HEADER_BYTES_MAX + "AAAA"
    ).post(TOKENS, {})

    assert (short.status_code, long.status_code) == (403, 401)


async def test_an_end_that_utc_cannot_hold_is_refused(clients: Clients) -> None:
    body = {"expires": "9999-12-31T23:59:59-14:00"}

    assert (await clients.pol.post(TOKENS, body)).status_code == 400


async def test_a_nation_without_standing_makes_no_tokens(
    clients: Clients, hub: Hub
) -> None:
    await suspend(hub, "POL")

    makes = await clients.pol.post(TOKENS, {})
    me = await clients.pol.get(ME)

    assert makes.status_code == 403
    assert me.json()["standing"] is False


async def test_a_password_makes_tokens(clients: Clients) -> None:
    response = await Client(clients.nobody.http, basic("fin")).post(TOKENS, {})

    assert response.status_code == 201


async def test_a_revoked_token_ends_at_once(clients: Clients) -> None:
    made = (await clients.pol.post(TOKENS, {})).json()

    revoked = await clients.pol.delete(f"{TOKENS}/{made['id']}")
    me = await with_token(clients, made["token"]).get(ME)

    assert (revoked.status_code, revoked.content) == (204, b"")
    assert me.status_code == 401


async def test_a_token_of_another_is_not_there(clients: Clients) -> None:
    made = (await clients.pol.post(TOKENS, {})).json()

    theirs = await clients.fin.delete(f"{TOKENS}/{made['id']}")
    nobodys = await clients.fin.delete(f"{TOKENS}/0000000000000000")

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json()["detail"] == nobodys.json()["detail"]


def test_all_tokens_and_a_page_of_accounts_fit_on_a_page() -> None:
    assert TOKENS_MAX <= PAGE_SIZE_MAX <= ACCOUNTS_MAX


async def test_a_password_alone_makes_no_token_that_takes_two_factors(
    hub: Hub, clients: Clients
) -> None:
    strict = Authenticator(hub.keyring, _facts(hub), hub.clock, strict=True)
    weak = msgspec.structs.replace(hub, authenticator=strict)
    transport = httpx.ASGITransport(app=app.asgi(weak))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        chief = Client(http, basic("chief", PASSWORD))
        refused = await chief.post(TOKENS, {"scopes": ["operator"]})
        made = await chief.post(TOKENS, {"label": "reader"})
    strict.close()

    assert refused.status_code == 403
    assert "token of a service" in refused.json()["detail"]
    assert made.json()["scopes"] == ["reader"]
    token = made.json()["token"]
    assert (await with_token(clients, token).get(ME)).json()["roles"] == ["reader"]


async def test_a_token_made_with_a_password_keeps_no_role_once_two_are_required(
    hub: Hub, clients: Clients
) -> None:
    chief = Client(clients.nobody.http, basic("chief", PASSWORD))
    made = (await chief.post(TOKENS, {"label": "from before"})).json()
    further = await with_token(clients, made["token"]).post(TOKENS, {})
    strict = Authenticator(hub.keyring, _facts(hub), hub.clock, strict=True)
    strictly = [
        strict.bearer(token) for token in (made["token"], further.json()["token"])
    ]
    strict.close()

    assert "operator" in (await with_token(clients, made["token"]).get(ME)).text
    assert [each.roles for each in strictly] == [{Role.READER}] * 2
    assert Role.OPERATOR in strictly[0].withheld


async def test_a_token_made_by_certificate_proves_what_that_did(
    hub: Hub, clock: StoppedClock
) -> None:
    card = make_certificate(ends=clock() + timedelta(days=1))
    chief = hub.authenticator.named("chief")
    hub.keyring.certificates.enrol(chief.id, pem(card), clock())
    header = {"Client-Cert": f":{base64.b64encode(der(card)).decode()}:"}
    behind = msgspec.structs.replace(hub, settings=BEHIND_A_PROXY)
    transport = httpx.ASGITransport(app=app.asgi(behind), client=("10.0.0.1", 5000))
    async with httpx.AsyncClient(
        transport=transport, base_url=HOST, headers=header
    ) as http:
        token = (await http.post(TOKENS, json={})).json()["token"]
    strict = Authenticator(hub.keyring, _facts(hub), hub.clock, strict=True)

    assert Role.OPERATOR in strict.bearer(token).roles
    strict.close()


async def test_a_client_certificate_is_taken_where_no_other_credential_comes(
    hub: Hub, clock: StoppedClock
) -> None:
    card = make_certificate(ends=clock() + timedelta(days=1))
    chief = hub.authenticator.named("chief")
    hub.keyring.certificates.enrol(chief.id, pem(card), clock())
    header = {"Client-Cert": f":{base64.b64encode(der(card)).decode()}:"}
    behind = msgspec.structs.replace(hub, settings=BEHIND_A_PROXY)
    transport = httpx.ASGITransport(app=app.asgi(behind), client=("10.0.0.1", 5000))
    async with httpx.AsyncClient(
        transport=transport, base_url=HOST, headers=header
    ) as http:
        me = await http.get(ME)
        discovery = await http.get("/taxii2/")
        wrong = await http.get(ME, auth=("chief", "wrong-password"))

    assert me.json()["name"] == "chief"
    assert discovery.status_code == 200
    assert wrong.status_code == 401


def _facts(hub: Hub) -> Facts:
    def facts(account: AccountId) -> AccountFacts | None:
        with hub.reading.snapshot() as seen:
            return account_facts(seen.db, account)

    return facts
