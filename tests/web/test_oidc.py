"""Signing in by a provider, on a hub that requires two factors."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from foedus import app
from foedus.errors import InvalidInputError
from foedus.hub import Hub
from foedus.identity import totp
from foedus.identity.backoff import FREE_FAILURES
from tests.identity.provider import CLIENT, SECRET, TestProvider
from tests.web.conftest import STRICT, looking
from tests.web.demo_hub import Mould
from tests.web.two_steps import account_of, roles_of, send_code


@pytest.fixture
def there() -> Iterator[TestProvider]:
    with TestProvider() as provider:
        yield provider


@pytest.fixture
def hub(mould: Mould, tmp_path: Path, there: TestProvider) -> Iterator[Hub]:
    folder = tmp_path / "data"
    shutil.copytree(mould.folder, folder)
    (folder / "secret").write_text(f"{SECRET}\n")
    environment = STRICT | {
        "FOEDUS_OIDC_ISSUER": there.issuer,
        "FOEDUS_OIDC_CLIENT_ID": CLIENT,
        "FOEDUS_OIDC_CLIENT_SECRET_FILE": "secret",
        "FOEDUS_OIDC_LABEL": "the ministry",
    }
    hub = app.open_hub(folder, environment=environment)
    yield hub
    app.close_hub(hub)


@asynccontextmanager
async def _somebody(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with looking(hub, httpx.Cookies()) as client:
        yield client


async def _come_back(client: httpx.AsyncClient, there: TestProvider) -> httpx.Response:
    away = await client.get("/sign-in/oidc?next=/decisions")
    assert away.status_code == 303
    back = there.agree(away.headers["location"])
    return await client.get("/sign-in/oidc/callback", params=back)


async def test_a_linked_person_signs_in_with_two_factors_shown_there(
    hub: Hub, there: TestProvider
) -> None:
    hub.keyring.links.make(account_of(hub), there.issuer, "ania-there")
    there.claims = {"amr": ["mfa"]}
    async with _somebody(hub) as person:
        assert "Sign in with the ministry" in (await person.get("/sign-in")).text

        answer = await _come_back(person, there)

        assert (answer.status_code, answer.headers["location"]) == (303, "/decisions")
        assert "with a second factor" not in await roles_of(person)


async def test_one_factor_there_withholds_what_takes_two(
    hub: Hub, there: TestProvider
) -> None:
    hub.keyring.links.make(account_of(hub), there.issuer, "ania-there")
    async with _somebody(hub) as person:
        await _come_back(person, there)

        assert "with a second factor also duty-officer" in await roles_of(person)


async def test_who_has_a_second_factor_here_shows_it_after_one_there(
    hub: Hub, there: TestProvider
) -> None:
    account = account_of(hub)
    hub.keyring.links.make(account, there.issuer, "ania-there")
    hub.keyring.factors.give_recovery_codes(account)
    secret = hub.keyring.factors.propose_app(account, hub.clock())
    assert secret
    code = totp.code_at(secret, hub.clock())
    assert hub.keyring.factors.confirm_app(account, code, hub.clock())
    async with _somebody(hub) as person:
        answer = await _come_back(person, there)

    assert "Second step" in answer.text


async def test_half_a_sign_in_does_not_outlive_the_link(
    hub: Hub, there: TestProvider
) -> None:
    account = account_of(hub)
    hub.keyring.links.make(account, there.issuer, "ania-there")
    secret = hub.keyring.factors.propose_app(account, hub.clock())
    early = totp.code_at(secret, hub.clock() - timedelta(seconds=totp.STEP_S))
    assert hub.keyring.factors.confirm_app(account, early, hub.clock())
    async with _somebody(hub) as person:
        page = await _come_back(person, there)
        wrong = await send_code(person, page, "none")
        assert wrong.status_code == 401
        hub.keyring.links.cut(account, there.issuer)

        answer = await send_code(person, wrong, totp.code_at(secret, hub.clock()))

    assert answer.status_code == 403
    assert "has changed since" in answer.text


async def test_nobody_is_signed_in_whom_no_operator_has_linked(
    hub: Hub, there: TestProvider
) -> None:
    async with _somebody(hub) as person:
        answer = await _come_back(person, there)

    assert answer.status_code == 403
    assert "Ask the operator to link yours" in answer.text


async def test_an_answer_that_another_browser_began_is_refused(
    hub: Hub, there: TestProvider
) -> None:
    hub.keyring.links.make(account_of(hub), there.issuer, "ania-there")
    async with _somebody(hub) as victim, _somebody(hub) as thief:
        await victim.get("/sign-in/oidc")
        away = await thief.get("/sign-in/oidc")
        back = there.agree(away.headers["location"])

        answer = await victim.get("/sign-in/oidc/callback", params=back)

    assert answer.status_code == 403


async def test_a_provider_that_refused_is_told(hub: Hub) -> None:
    async with _somebody(hub) as person:
        await person.get("/sign-in/oidc")
        answer = await person.get("/sign-in/oidc/callback?error=access_denied")

    assert answer.status_code == 403
    assert "did not sign you in" in answer.text


async def test_who_sends_made_up_codes_waits_and_the_provider_is_left_alone(
    hub: Hub, there: TestProvider
) -> None:
    async with _somebody(hub) as person:
        away = await person.get("/sign-in/oidc")
        state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
        answers = [
            await person.get(
                "/sign-in/oidc/callback", params={"state": state, "code": f"x{number}"}
            )
            for number in range(FREE_FAILURES + 2)
        ]

    assert [each.status_code for each in answers] == [403] * FREE_FAILURES + [429] * 2
    assert there.asked.count("/token") == FREE_FAILURES


def test_a_hub_does_not_start_with_half_a_provider(
    mould: Mould, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(mould.folder, folder)

    with pytest.raises(InvalidInputError, match="client_id"):
        app.open_hub(folder, environment={"FOEDUS_OIDC_ISSUER": "https://p.example"})
