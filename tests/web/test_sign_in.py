import httpx
import pytest

from foedus.alliance.commands import change_status
from foedus.alliance.statuses import Status
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.web.sign_in import REFUSED
from tests.web.conftest import SignIn, form_token
from tests.web.demo_hub import Mould

OPERATOR = Who(account=WHOEVER_RUNS_THE_HUB, nation=NationCode("NATO"), door="cli")
WRONG = "hunter22-hunter22"


async def _try(browser: httpx.AsyncClient, **fields: str) -> httpx.Response:
    token = form_token((await browser.get("/sign-in")).text)
    return await browser.post("/sign-in", data={"form-token": token} | fields)


async def test_who_signs_in_is_sent_home_with_a_cookie_no_script_can_read(
    sign_in: SignIn,
) -> None:
    answer = await sign_in("norway")

    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


async def test_a_wrong_name_and_a_wrong_password_are_refused_alike(
    browser: httpx.AsyncClient,
) -> None:
    wrong_name = await _try(browser, name="nobody", password="x" * 12)
    wrong_password = await _try(browser, name="norway", password="x" * 12)

    assert wrong_name.status_code == wrong_password.status_code == 401
    assert REFUSED in wrong_name.text
    assert REFUSED in wrong_password.text


async def test_what_was_typed_as_a_name_stays_and_the_password_does_not(
    browser: httpx.AsyncClient,
) -> None:
    answer = await _try(browser, name='"><b>', password=WRONG)

    assert "&#34;&gt;&lt;b&gt;" in answer.text
    assert WRONG not in answer.text


async def test_too_many_failures_are_told_to_wait(browser: httpx.AsyncClient) -> None:
    answers = [
        await _try(browser, name="sweden", password=f"wrong-{n}-wrong")
        for n in range(12)
    ]

    last = answers[-1]
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) >= 1


async def test_a_form_without_its_token_is_refused(
    browser: httpx.AsyncClient, mould: Mould
) -> None:
    answer = await browser.post(
        "/sign-in", data={"name": "norway", "password": mould.passwords["norway"]}
    )

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_form_of_another_browser_is_refused(
    browser: httpx.AsyncClient, stranger: httpx.AsyncClient, mould: Mould
) -> None:
    token = form_token((await stranger.get("/sign-in")).text)
    await browser.get("/sign-in")

    answer = await browser.post(
        "/sign-in",
        data={
            "form-token": token,
            "name": "norway",
            "password": mould.passwords["norway"],
        },
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/collections", "/collections"),
        ("https://evil.example/", "/home"),
        ("//evil.example/", "/home"),
        ("/\\evil.example/", "/home"),
        ("javascript:alert(1)", "/home"),
    ],
)
async def test_after_signing_in_nobody_is_led_off_the_hub(
    wanted: str, given: str, browser: httpx.AsyncClient, mould: Mould
) -> None:
    answer = await _try(
        browser, name="norway", password=mould.passwords["norway"], next=wanted
    )

    assert answer.headers["location"] == given


async def test_a_page_for_accounts_asks_to_sign_in_and_leads_back(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/collections")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/collections"


@pytest.mark.parametrize("name", ["%FF", "%00", "%0D%0Ax", "%E2%82%AC?a=b&c=d"])
async def test_an_odd_path_leads_to_sign_in_too(
    browser: httpx.AsyncClient, name: str
) -> None:
    answer = await browser.get(f"/collections/{name}")

    assert answer.status_code == 303
    assert answer.headers["location"].isprintable()
    assert "&" not in answer.headers["location"]


async def test_a_nation_without_standing_has_no_session(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")
    before = await browser.get("/home")
    now = hub.clock()
    await change_status(
        hub.log,
        NationCode("SWE"),
        status=Status.SUSPENDED,
        since=now.date(),
        act=Act(who=OPERATOR, at=now),
    )
    hub.projector.catch_up()

    after = await browser.get("/home")
    again = await sign_in("sweden")

    assert (before.status_code, after.status_code) == (200, 303)
    assert again.status_code == 403
    assert "no standing" in again.text
    assert "foedus-session" not in str(again.headers)


async def test_signing_in_again_changes_the_session(
    browser: httpx.AsyncClient, mould: Mould, sign_in: SignIn
) -> None:
    page = await browser.get("/sign-in")
    await sign_in("norway")
    old = browser.cookies["foedus-session"]

    await browser.post(
        "/sign-in",
        data={
            "form-token": form_token(page.text),
            "name": "sweden",
            "password": mould.passwords["sweden"],
        },
    )

    assert browser.cookies["foedus-session"] != old
    browser.cookies.set("foedus-session", old)
    assert (await browser.get("/home")).status_code == 303


async def test_who_is_signed_in_needs_no_form(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")

    answer = await browser.get("/sign-in?next=/account")

    assert answer.headers["location"] == "/account"


async def test_signing_out_ends_the_session_everywhere(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    cookie = browser.cookies["foedus-session"]
    token = form_token((await browser.get("/home")).text)

    answer = await browser.post("/sign-out", data={"form-token": token})
    browser.cookies.set("foedus-session", cookie)

    assert answer.headers["location"] == "/sign-in"
    assert (await browser.get("/home")).status_code == 303


async def test_nobody_is_signed_out_by_a_form_of_another_site(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")

    answer = await browser.post("/sign-out", data={"form-token": "guess"})

    assert answer.status_code == 403
    assert (await browser.get("/home")).status_code == 200


async def test_an_account_sees_who_it_is_and_where_tools_connect(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("moldova")

    page = (await browser.get("/account")).text

    assert "Republic of Moldova" in page
    assert "publisher, reader" in page
    assert "NATO RESTRICTED" in page
    assert "/taxii2/nato/" in page
