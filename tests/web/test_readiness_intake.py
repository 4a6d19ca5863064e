"""Units are brought in the browser; whoever brings troops is told what they raise."""

import re

import httpx

from foedus.readiness.rules import NOT_COUNTED
from foedus.web.readiness_intake import said_after
from tests.web.conftest import SignIn, form_token

TABLE = (
    "nation,name,type,size,measures,since\n"
    "NOR,Company group Hazel,company,100,rapid_reaction,2026-01-01\n"
)


async def bring(
    browser: httpx.AsyncClient, table: str, label: str = ""
) -> httpx.Response:
    page = await browser.get("/units/new")
    form = {"form-token": form_token(page.text), "table": table, "label": label}
    return await browser.post("/units/new", data=form)


def words(page: str) -> list[str]:
    return re.findall(r'#\w+"><b>([^<]+)</b>', page)


async def test_more_troops_without_reports_change_no_word_and_who_tries_is_told(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    before = words((await browser.get("/measures")).text)

    answer = await bring(browser, TABLE)
    after = await browser.get(answer.headers["location"])

    assert answer.status_code == 303
    assert "1 recorded." in after.text
    assert "more troops alone raise nothing" in after.text
    assert "Company group Hazel" in after.text
    assert words((await browser.get("/measures")).text) == before
    assert len(before) == 18


async def test_a_wrong_row_is_named_and_what_was_typed_is_kept(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")

    wrong = await bring(browser, TABLE.replace(",100,", ",many,"))
    others = await bring(browser, TABLE.replace("NOR,", "SWE,"))

    assert wrong.status_code == 400
    assert "Row 1: " in wrong.text
    assert "Company group Hazel" in wrong.text
    assert others.status_code == 403
    assert "Hazel" not in (await browser.get("/units")).text


async def test_a_form_from_elsewhere_is_refused(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")

    answer = await browser.post("/units/new", data={"table": TABLE})

    assert answer.status_code == 403


async def test_who_is_not_signed_in_signs_in_first(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/units/new")).status_code == 303


def test_what_is_said_comes_from_no_address() -> None:
    assert said_after({"recorded": "<b>"}) == said_after({}) == ""
    assert said_after({"recorded": "2"}) == "2 recorded."
    said = said_after({"recorded": "2", "bare": "1"})
    assert said.endswith(f"{NOT_COUNTED[1:]}.")
