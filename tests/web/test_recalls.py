"""Pages of recalls: to make one, to see who has confirmed, and to confirm."""

import httpx
import orjson
import pytest

from foedus.hub import Hub
from foedus.intel.pages import Filters
from tests.processes.activating_world import sighting
from tests.web.conftest import SignIn, form_token, looking, signed_in
from tests.web.demo_hub import Mould


@pytest.fixture
def thing(hub: Hub) -> str:
    """Name a report of Sweden's that Norway sees."""
    viewer = hub.authenticator.named("sweden").viewer()
    return next(
        record.id
        for each in hub.reading.collections(viewer)
        for record in hub.reading.page(viewer, each, Filters(), limit=100).records
        if b"Command server of" in record.raw
    )


async def recall(
    browser: httpx.AsyncClient, thing: str, **fields: str
) -> httpx.Response:
    page = await browser.get(f"/objects/{thing}/recall")
    form = {"form-token": form_token(page.text), "reason": "a mistake"} | fields
    return await browser.post(f"/objects/{thing}/recall", data=form)


async def test_whose_it_is_recalls_it_and_sees_who_has_to_confirm(
    browser: httpx.AsyncClient, sign_in: SignIn, thing: str
) -> None:
    await sign_in("sweden")
    page = await browser.get(f"/objects/{thing}")
    assert f'href="/objects/{thing}/recall"' in page.text

    done = await recall(browser, thing, confirm="recall")

    assert done.status_code == 303
    told = await browser.get(done.headers["location"])
    assert "Recalled. Everybody who had it has lost it" in told.text
    assert "not confirmed" in told.text
    assert (await browser.get(f"/objects/{thing}")).status_code == 404


@pytest.mark.parametrize("fields", [{}, {"confirm": "yes"}, {"reason": " "}])
async def test_a_recall_has_to_be_typed_and_says_why(
    browser: httpx.AsyncClient, sign_in: SignIn, thing: str, fields: dict[str, str]
) -> None:
    await sign_in("sweden")

    refused = await recall(browser, thing, **fields)

    assert refused.status_code == 400
    assert (await browser.get(f"/objects/{thing}")).status_code == 200


async def test_who_had_it_confirms_with_one_button(
    browser: httpx.AsyncClient, sign_in: SignIn, thing: str
) -> None:
    await sign_in("sweden")
    done = await recall(browser, thing, confirm="recall")
    address = done.headers["location"].partition("?")[0]
    browser.cookies.clear()
    await sign_in("norway")
    page = await browser.get(address)
    assert "Confirm removal" in page.text

    form = {"form-token": form_token(page.text)}
    said = await browser.post(f"{address}/acknowledge", data=form)

    assert said.status_code == 303
    after = await browser.get(said.headers["location"])
    assert "Confirmed for your nation." in after.text
    assert "Confirm removal" not in after.text
    listed = await browser.get("/recalls")
    assert address in listed.text


async def test_whose_it_was_is_told_that_it_confirms_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn, thing: str
) -> None:
    await sign_in("sweden")
    done = await recall(browser, thing, confirm="recall")
    address = done.headers["location"].partition("?")[0]
    page = await browser.get(address)

    form = {"form-token": form_token((await browser.get("/releases/new")).text)}
    refused = await browser.post(f"{address}/acknowledge", data=form)

    assert "Confirm removal" not in page.text
    assert refused.status_code == 422
    assert "your nation&#39;s own" in refused.text


async def test_without_any_recall_the_list_says_so(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")

    page = await browser.get("/recalls")

    assert "Nothing that your nation published or had has been recalled." in page.text


async def test_what_of_one_s_own_names_it_is_told_by_its_title(
    hub: Hub, mould: Mould, browser: httpx.AsyncClient, sign_in: SignIn, thing: str
) -> None:
    norway = hub.authenticator.named("norway")
    act = hub.act(norway, door="test", at=hub.clock())
    seen = sighting(7, {"id": thing}, description="Seen in two ministries.")
    place = hub.reading.collection(norway.viewer(), "indicators")
    await hub.publish(norway, act, place.id, [orjson.dumps(seen)])
    await sign_in("sweden")
    done = await recall(browser, thing, confirm="recall")
    path = done.headers["location"].partition("?")[0]

    async with looking(hub, await signed_in(hub, mould, "norway")) as client:
        page = (await client.get(path)).text

    assert f'href="/objects/{seen["id"]}">Seen in two ministries.</a>' in page
    assert f">{seen['id']}<" not in page
