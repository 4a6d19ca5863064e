"""Signing in in two steps, on a hub that asks for both."""

import base64
from datetime import timedelta

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from foedus.clock import StoppedClock
from foedus.errors import UnauthorizedError
from foedus.hub import Hub
from foedus.identity import totp
from foedus.identity.commands import change_password
from foedus.identity.factors import WRONG_CODES_MAX
from foedus.identity.secret import Secret
from foedus.proxies import TrustedProxies
from foedus.releasability.viewers import Role
from foedus.web.routes import routes
from tests.identity.device import Device
from tests.identity.test_certificates import der, make_certificate, pem
from tests.test_proxies import BEHIND_A_PROXY
from tests.web.conftest import SITE, form_token, looking
from tests.web.demo_hub import Mould
from tests.web.two_steps import (
    DUTY,
    account_of,
    add_app,
    add_passkey,
    hidden,
    options_of,
    roles_of,
    send_code,
    send_password,
)


async def test_without_a_second_factor_guarded_roles_are_withheld(
    person: httpx.AsyncClient, mould: Mould
) -> None:
    answer = await send_password(person, mould)

    assert answer.headers["location"] == "/decisions"
    said = await roles_of(person)
    assert "with a second factor also duty-officer, secretariat" in said


async def test_basic_alone_withholds_them_as_well(strict: Hub, mould: Mould) -> None:
    account = await strict.authenticator.basic(DUTY, mould.passwords[DUTY])

    assert account.withheld == {Role.DUTY_OFFICER, Role.SECRETARIAT}
    assert account.roles == {Role.READER}


async def test_the_right_code_opens_every_role_and_leads_on(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    secret = add_app(strict, stopped)
    page = await send_password(person, mould)
    assert "Second step" in page.text
    assert (
        "set-cookie" not in page.headers or "session" not in page.headers["set-cookie"]
    )

    answer = await send_code(person, page, totp.code_at(secret, stopped()))

    assert (answer.status_code, answer.headers["location"]) == (303, "/decisions")
    assert "with a second factor" not in await roles_of(person)


async def test_a_recovery_code_opens_them_once(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    add_app(strict, stopped)
    code = strict.keyring.factors.give_recovery_codes(account_of(strict))[0].reveal()
    page = await send_password(person, mould)
    first = await send_code(person, page, code)
    again = await send_code(person, page, code)

    assert (first.status_code, again.status_code) == (303, 401)


async def test_a_wrong_code_is_refused_and_the_page_stays(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    secret = add_app(strict, stopped)
    page = await send_password(person, mould)

    answer = await send_code(person, page, "000000")
    then = await send_code(person, answer, totp.code_at(secret, stopped()))

    assert answer.status_code == 401
    assert "wait for the next one" in answer.text
    assert then.status_code == 303


async def test_who_guesses_codes_waits(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    secret = add_app(strict, stopped)
    page = await send_password(person, mould)
    for _ in range(6):
        last = await send_code(person, page, "000000")

    right = await send_code(person, page, totp.code_at(secret, stopped()))

    assert last.status_code == right.status_code == 429
    assert int(right.headers["retry-after"]) >= 1


async def test_who_guesses_codes_from_everywhere_is_stopped_by_the_account(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    secret = add_app(strict, stopped)
    code = strict.keyring.factors.give_recovery_codes(account_of(strict))[0].reveal()
    duty = strict.authenticator.named(DUTY)
    wrong = f"{(int(totp.code_at(secret, stopped())) + 500_000) % 1_000_000:06}"
    for number in range(WRONG_CODES_MAX):
        with pytest.raises(UnauthorizedError):
            strict.authenticator.second_factor(duty, wrong, f"2001:{number:x}::1")
    page = await send_password(person, mould)

    right = await send_code(person, page, totp.code_at(secret, stopped()))
    recovered = await send_code(person, right, code)

    assert right.status_code == 401
    assert "the app signs in no more" in right.text
    assert recovered.status_code == 303


async def test_half_a_sign_in_does_not_outlive_the_password(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    secret = add_app(strict, stopped)
    page = await send_password(person, mould)
    changed = Secret("a whole new password")
    await change_password(strict.registry, account_of(strict), changed)

    answer = await send_code(person, page, totp.code_at(secret, stopped()))

    assert answer.status_code == 403
    assert "has changed since" in answer.text


async def test_wrong_codes_do_not_renew_half_a_sign_in(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    secret = add_app(strict, stopped)
    page = await send_password(person, mould)
    stopped.advance(timedelta(minutes=9))
    page = await send_code(person, page, "000000")
    assert page.status_code == 401
    stopped.advance(timedelta(minutes=2))

    answer = await send_code(person, page, totp.code_at(secret, stopped()))

    assert answer.status_code == 403
    assert "too long ago" in answer.text


async def test_a_ticket_of_another_browser_is_refused(
    strict: Hub, person: httpx.AsyncClient, mould: Mould, stopped: StoppedClock
) -> None:
    secret = add_app(strict, stopped)
    page = await send_password(person, mould)
    ticket = hidden(page.text, "ticket")
    async with looking(strict, httpx.Cookies()) as thief:
        own = form_token((await thief.get("/sign-in")).text)
        code = totp.code_at(secret, stopped())
        form = {"form-token": own, "ticket": ticket, "code": code}
        answer = await thief.post("/sign-in/second", data=form)

    assert answer.status_code == 403


async def test_a_code_without_the_password_is_worth_nothing(
    strict: Hub, person: httpx.AsyncClient, stopped: StoppedClock
) -> None:
    secret = add_app(strict, stopped)
    own = form_token((await person.get("/sign-in")).text)
    form = {"form-token": own, "ticket": "", "code": totp.code_at(secret, stopped())}

    assert (await person.post("/sign-in/second", data=form)).status_code == 403


async def test_a_passkey_signs_in_without_a_password(
    strict: Hub, person: httpx.AsyncClient
) -> None:
    device = add_passkey(strict)
    page = await person.get("/sign-in?next=/decisions")
    form = {
        "form-token": form_token(page.text),
        "ticket": hidden(page.text, "ticket"),
        "next": "/decisions",
        "answer": msgspec.json.encode(device.sign(options_of(page.text))).decode(),
    }

    answer = await person.post("/sign-in/passkey", data=form)

    assert (answer.status_code, answer.headers["location"]) == (303, "/decisions")
    assert "with a second factor" not in await roles_of(person)


async def test_a_passkey_of_nobody_here_is_told_so(person: httpx.AsyncClient) -> None:
    page = await person.get("/sign-in")
    form = {
        "form-token": form_token(page.text),
        "ticket": hidden(page.text, "ticket"),
        "answer": msgspec.json.encode(
            Device(SITE).sign(options_of(page.text))
        ).decode(),
    }

    answer = await person.post("/sign-in/passkey", data=form)

    assert answer.status_code == 403
    assert "signs in nobody here" in answer.text


async def test_what_a_device_did_not_answer_is_asked_for_again(
    person: httpx.AsyncClient,
) -> None:
    page = await person.get("/sign-in")
    form = {
        "form-token": form_token(page.text),
        "ticket": hidden(page.text, "ticket"),
        "answer": "",
    }

    answer = await person.post("/sign-in/passkey", data=form)

    assert answer.status_code == 400
    assert "try once more" in answer.text


async def test_an_enrolled_certificate_signs_in_through_a_trusted_proxy(
    strict: Hub, stopped: StoppedClock
) -> None:
    card = make_certificate(ends=stopped() + timedelta(days=1))
    strict.keyring.certificates.enrol(account_of(strict), pem(card), stopped())
    application = TrustedProxies(Starlette(routes=routes(strict)), BEHIND_A_PROXY)
    transport = httpx.ASGITransport(app=application, client=("10.0.0.1", 5000))
    header = {"Client-Cert": f":{base64.b64encode(der(card)).decode()}:"}
    async with httpx.AsyncClient(
        transport=transport, base_url=SITE, headers=header
    ) as person:
        page = await person.get("/sign-in")
        assert "Sign in with your certificate" in page.text
        form = {"form-token": form_token(page.text)}

        answer = await person.post("/sign-in/certificate", data=form)

        assert answer.status_code == 303
        assert "with a second factor" not in await roles_of(person)


async def test_without_a_certificate_none_signs_in(person: httpx.AsyncClient) -> None:
    page = await person.get("/sign-in")
    assert "Sign in with your certificate" not in page.text

    form = {"form-token": form_token(page.text)}
    header = {"Client-Cert": ":Y2FyZA==:"}
    answer = await person.post("/sign-in/certificate", data=form, headers=header)

    assert answer.status_code == 403
