"""Publishing updates from the browser: look first, once, and only one's own further."""

import httpx

from tests.web.conftest import SignIn, form_token

FORM = {
    "title": "Of kites",
    "text": "They fly.\r\nThey land.",
    "effective": "2026-12-01",
    "level": "0",
    "who": "members",
    "seed": "once",
}


async def _send(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    page = await browser.get(path)
    return await browser.post(
        path, data={"form-token": form_token(page.text), **fields}
    )


async def test_an_update_is_looked_at_then_published_once_then_changed(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")

    look = await _send(browser, "/updates/new", preview="1", **FORM)
    assert "nothing has been published yet" in look.text
    assert "Publish to 33 nations" in look.text

    done = await _send(browser, "/updates/new", publish="1", **FORM)
    again = await _send(browser, "/updates/new", publish="1", **FORM)
    place = done.headers["location"].partition("?")[0]
    assert again.headers["location"].partition("?")[0] == place
    page = (await browser.get(done.headers["location"])).text
    assert "Published. Who may see it stands beside it." in page
    assert (await browser.get("/updates")).text.count("Of kites") == 1

    newer = {**FORM, "text": "They fly.\nThey stay."}
    done = await _send(browser, f"{place}/edition", **newer)
    page = (await browser.get(done.headers["location"])).text
    assert "Edition 2" in page
    same = await _send(browser, f"{place}/edition", **newer)
    assert same.status_code == 422
    assert "They stay." in same.text  # what was filled in is kept


async def test_what_is_wrong_is_said_and_what_was_filled_in_is_kept(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    for change in ({"effective": "soon"}, {"level": "4"}, {"who": "nobody"}):
        answer = await _send(browser, "/updates/new", preview="1", **{**FORM, **change})
        assert answer.status_code in {400, 422}
        assert "They fly." in answer.text
    back = await _send(browser, "/updates/new", change="1", **FORM)
    assert "They fly." in back.text


async def test_only_who_published_it_publishes_a_further_edition(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    done = await _send(browser, "/updates/new", publish="1", **FORM)
    place = done.headers["location"].partition("?")[0]

    browser.cookies.clear()
    await sign_in("sweden")
    assert (await browser.get(f"{place}/edition")).status_code == 403
    browser.cookies.clear()
    await sign_in("moldova")
    assert (await browser.get(f"{place}/edition")).status_code == 404
