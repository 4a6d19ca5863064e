"""The page of second factors, on a hub that requires them."""

import re

import httpx
import msgspec
import pytest

from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.identity import totp
from foedus.web.factors import HERE
from tests.identity.device import Device
from tests.web.conftest import SITE, form_token, looking
from tests.web.demo_hub import Mould
from tests.web.two_steps import (
    account_of,
    add_app,
    add_passkey,
    hidden,
    options_of,
    roles_of,
    send_code,
    send_password,
)


async def _post(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    token = hidden((await client.get(HERE)).text, "form-token")
    return await client.post(f"{HERE}{path}", data={"form-token": token} | fields)


async def _enrol(strict: Hub, client: httpx.AsyncClient) -> httpx.Response:
    """Type the code that the operator has given."""
    code = strict.keyring.enrolments.give(account_of(strict), strict.clock())
    return await _post(client, "/enrol", code=code.reveal())


async def test_a_stolen_password_adds_no_factor_of_the_thief_s_own(
    strict: Hub, person: httpx.AsyncClient, mould: Mould
) -> None:
    await send_password(person, mould)
    page = await person.get(HERE)

    refused = [
        await _post(person, path) for path in ("/app", "/app/confirm", "/passkey")
    ]
    wrong = await _post(person, "/enrol", code="00000-00000-00000")

    assert "Your enrolment code" in page.text
    assert "Add an app" not in page.text
    assert [each.status_code for each in refused] == [403] * 3
    assert "the enrolment code first" in refused[0].text
    assert wrong.status_code == 422
    assert strict.keyring.factors.proposed_app(account_of(strict)) is None


async def test_an_enrolment_code_opens_no_role_and_is_good_for_one_factor(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    await send_password(person, mould)
    code = strict.keyring.enrolments.give(account_of(strict), stopped()).reveal()

    entered = await _post(person, "/enrol", code=code)

    assert (entered.status_code, entered.headers["location"]) == (303, HERE)
    assert "with a second factor also duty-officer" in await roles_of(person)
    await _post(person, "/app")
    secret = strict.keyring.factors.proposed_app(account_of(strict))
    assert secret is not None
    await _post(person, "/app/confirm", code=totp.code_at(secret, stopped()))
    assert not strict.keyring.enrolments.is_right(account_of(strict), code, stopped())


async def test_enrolment_codes_are_not_guessed(
    person: httpx.AsyncClient, mould: Mould
) -> None:
    await send_password(person, mould)

    answers = [await _post(person, "/enrol", code=f"{n}") for n in range(6)]

    assert [each.status_code for each in answers] == [422] * 5 + [429]


async def test_where_two_factors_are_offered_the_first_needs_no_code(
    hub: Hub, mould: Mould
) -> None:
    async with looking(hub, httpx.Cookies()) as person:
        await send_password(person, mould)
        assert "Your enrolment code" not in (await person.get(HERE)).text

        proposed = await _post(person, "/app")
        entered = await _post(person, "/enrol", code="none")

    assert "<svg" in proposed.text
    assert entered.status_code == 303


async def test_the_first_app_is_added_with_the_operator_s_code(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    await send_password(person, mould)
    await _enrol(strict, person)
    proposed = await _post(person, "/app")
    assert "<svg" in proposed.text
    secret = strict.keyring.factors.proposed_app(account_of(strict))
    assert secret is not None
    assert totp.spell(secret) in proposed.text

    confirmed = await _post(
        person, "/app/confirm", code=totp.code_at(secret, stopped())
    )

    assert len(re.findall(r"<li><code>[0-9a-z-]{17}</code></li>", confirmed.text)) == 10
    assert "Sign out" in confirmed.text
    assert "Until you add one" not in confirmed.text
    assert "with a second factor" not in await roles_of(person)
    assert not re.search(r"<li><code>", (await person.get(HERE)).text)


async def test_a_wrong_first_code_leaves_the_secret_where_it_was(
    strict: Hub, person: httpx.AsyncClient, mould: Mould
) -> None:
    await send_password(person, mould)
    await _enrol(strict, person)
    await _post(person, "/app")
    secret = strict.keyring.factors.proposed_app(account_of(strict))
    assert secret is not None

    answer = await _post(person, "/app/confirm", code="000000")

    assert answer.status_code == 422
    assert totp.spell(secret) in answer.text
    assert not strict.keyring.factors.has_app(account_of(strict))


async def test_the_session_of_the_password_alone_ends_when_a_factor_is_added(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    await send_password(person, mould)
    await _enrol(strict, person)
    before = httpx.Cookies(person.cookies)
    await _post(person, "/app")
    secret = strict.keyring.factors.proposed_app(account_of(strict))
    assert secret is not None
    await _post(person, "/app/confirm", code=totp.code_at(secret, stopped()))

    async with looking(strict, before) as old:
        assert (await old.get("/account")).status_code == 303


async def test_a_session_without_the_factor_changes_none(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    await send_password(person, mould)
    add_app(strict, stopped)

    answers = [
        await _post(person, path)
        for path in ("/app", "/app/remove", "/codes", "/passkey", "/passkey/remove")
    ]

    assert [each.status_code for each in answers] == [403] * len(answers)
    assert strict.keyring.factors.has_app(account_of(strict))


async def test_a_passkey_is_added_and_the_app_may_then_go(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    secret = add_app(strict, stopped)
    page = await send_password(person, mould)
    await send_code(person, page, totp.code_at(secret, stopped()))
    refused = await _post(person, "/app/remove")
    assert refused.status_code == 422
    assert "your last second factor" in refused.text
    page = await person.get(HERE)
    made = Device(SITE).make(options_of(page.text))
    added = await person.post(
        f"{HERE}/passkey",
        data={
            "form-token": form_token(page.text),
            "ticket": hidden(page.text, "ticket"),
            "called": "Ania's <phone>",
            "answer": msgspec.json.encode(made).decode(),
        },
    )
    assert added.status_code == 200
    assert "Ania&#39;s &lt;phone&gt;" in (await person.get(HERE)).text

    removed = await _post(person, "/app/remove")

    assert removed.status_code == 303
    assert not strict.keyring.factors.has_app(account_of(strict))


async def test_the_last_passkey_stays_where_two_factors_are_required(
    strict: Hub, person: httpx.AsyncClient, mould: Mould
) -> None:
    await send_password(person, mould)
    await _enrol(strict, person)
    page = await person.get(HERE)
    made = Device(SITE).make(options_of(page.text))
    form = {
        "form-token": form_token(page.text),
        "ticket": hidden(page.text, "ticket"),
        "called": "key",
        "answer": msgspec.json.encode(made).decode(),
    }
    await person.post(f"{HERE}/passkey", data=form)
    listed = await person.get(HERE)

    refused = await _post(
        person, "/passkey/remove", passkey=hidden(listed.text, "passkey")
    )
    unknown = await _post(person, "/passkey/remove", passkey="AAAA")

    assert refused.status_code == 422
    assert unknown.status_code == 404


async def test_new_recovery_codes_are_shown_once(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    secret = add_app(strict, stopped)
    page = await send_password(person, mould)
    await send_code(person, page, totp.code_at(secret, stopped()))

    answer = await _post(person, "/codes")

    assert len(re.findall(r"<li><code>", answer.text)) == 10
    assert "10 recovery codes are left" in answer.text


async def _by_passkey(client: httpx.AsyncClient, device: Device) -> None:
    page = await client.get("/sign-in")
    form = {
        "form-token": form_token(page.text),
        "ticket": hidden(page.text, "ticket"),
        "answer": msgspec.json.encode(device.sign(options_of(page.text))).decode(),
    }
    assert (await client.post("/sign-in/passkey", data=form)).status_code == 303


async def test_whoever_signed_in_by_a_stolen_key_is_out_once_it_is_removed(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    stolen = add_passkey(strict)
    secret = add_app(strict, stopped)
    page = await send_password(person, mould)
    await send_code(person, page, totp.code_at(secret, stopped()))
    async with looking(strict, httpx.Cookies()) as thief:
        await _by_passkey(thief, stolen)
        assert (await thief.get(HERE)).status_code == 200
        listed = await person.get(HERE)

        removed = await _post(
            person, "/passkey/remove", passkey=hidden(listed.text, "passkey")
        )

        assert removed.status_code == 303
        assert (await thief.get(HERE)).status_code == 303
        assert (await person.get(HERE)).status_code == 200


@pytest.mark.parametrize("path", ["/app/remove", "/codes"])
async def test_whoever_signed_in_by_what_is_replaced_is_out(
    strict: Hub,
    person: httpx.AsyncClient,
    mould: Mould,
    stopped: StoppedClock,
    path: str,
) -> None:
    add_passkey(strict)
    secret = add_app(strict, stopped)
    codes = strict.keyring.factors.give_recovery_codes(account_of(strict))
    page = await send_password(person, mould)
    await send_code(person, page, totp.code_at(secret, stopped()))
    async with looking(strict, httpx.Cookies()) as thief:
        page = await send_password(thief, mould)
        await send_code(thief, page, codes[0].reveal())
        assert (await thief.get(HERE)).status_code == 200

        await _post(person, path)

        assert (await thief.get(HERE)).status_code == 303
        assert (await person.get(HERE)).status_code == 200
