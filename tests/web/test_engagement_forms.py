"""Recording engagements from the browser, and saying what came of them."""

import httpx

from tests.web.conftest import SignIn
from tests.web.test_update_forms import _send

FORM = {
    "kind": "visit",
    "title": "Of kites",
    "purpose": "To see them.",
    "since": "2026-12-01",
    "last": "2026-12-03",
    "participants": "NOR, Sweden",
    "region": "high_north",
    "status": "planned",
    "level": "0",
    "who": "members",
    "seed": "once",
}


async def test_an_engagement_is_looked_at_recorded_once_and_reported_on(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")

    look = await _send(browser, "/engagements/new", preview="1", **FORM)
    assert "Publish to 33 nations" in look.text
    done = await _send(browser, "/engagements/new", publish="1", **FORM)
    again = await _send(browser, "/engagements/new", publish="1", **FORM)
    assert again.headers["location"] == done.headers["location"]
    page = (await browser.get(done.headers["location"])).text
    assert "1 Dec 2026 to 3 Dec 2026" in page

    place = done.headers["location"].partition("?")[0]
    told = {"status": "done", "outcome": "Seen."}
    done = await _send(browser, f"{place}/report", **told)
    page = (await browser.get(done.headers["location"])).text
    assert "Seen." in page
    refused = await _send(browser, f"{place}/report", status="odd", outcome="Kept.")
    assert refused.status_code == 400
    assert "Kept." in refused.text


async def test_what_is_wrong_is_said_and_what_was_filled_in_is_kept(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    for change in ({"since": ""}, {"kind": "odd"}, {"participants": "Atlantis"}):
        form = {**FORM, **change, "publish": "1"}
        answer = await _send(browser, "/engagements/new", **form)
        assert answer.status_code in {400, 404, 422}
        assert "To see them." in answer.text


async def test_only_who_recorded_it_says_how_it_stands(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    done = await _send(browser, "/engagements/new", publish="1", **FORM)
    place = done.headers["location"].partition("?")[0]

    browser.cookies.clear()
    await sign_in("sweden")
    assert (await browser.get(f"{place}/report")).status_code == 403
    browser.cookies.clear()
    await sign_in("moldova")
    assert (await browser.get(f"{place}/report")).status_code == 404
