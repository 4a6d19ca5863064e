"""The page of an object, and what the nation that published it may do with it."""

import re

import httpx
import orjson
import pytest

from foedus.hub import Hub
from foedus.intel.pages import Filters
from foedus.processes.demo_data import scene_id
from foedus.processes.demo_play import PLAY
from foedus.stix.markings import TLP_2
from tests.web.conftest import SignIn, form_token

COMMAND_SERVER = "Command server of"
NOTE = "note--00000000-0000-4000-8000-000000000001"
HELP_DESK = scene_id("report", "case", 0)
FOR_TWO = "NATO CONFIDENTIAL // REL TO NOR, SWE"


def _id_of(hub: Hub, name: str, text: str) -> str:
    """Find the object of a demo story by a word of it, as an account sees it."""
    viewer = hub.authenticator.named(name).viewer()
    return next(
        record.id
        for each in hub.reading.collections(viewer)
        for record in hub.reading.page(viewer, each, Filters(), limit=100).records
        if text in record.raw.decode()
    )


def _sees(hub: Hub, name: str, stix_id: str) -> bool:
    viewer = hub.authenticator.named(name).viewer()
    filters = Filters(ids=(stix_id,))
    return any(
        hub.reading.page(viewer, each, filters, limit=1).records
        for each in hub.reading.collections(viewer)
    )


async def _publish_note(hub: Hub, name: str) -> None:
    account = hub.authenticator.named(name)
    collection = hub.reading.collection(account.viewer(), "open")
    note = {
        "type": "note",
        "spec_version": "2.1",
        "id": NOTE,
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "content": f"as {name} has it",
        "object_refs": [NOTE],
        "object_marking_refs": [TLP_2["CLEAR"]],
    }
    act = hub.act(account, door="test", at=hub.clock())
    await hub.publish(account, act, collection.id, [orjson.dumps(note)])


async def _marked(hub: Hub) -> None:
    """Let Norway publish a report of which one paragraph is for two nations."""
    await PLAY[6].scene(hub, 0)


async def _press(
    browser: httpx.AsyncClient, stix_id: str, verb: str, **fields: str
) -> httpx.Response:
    page = await browser.get(f"/objects/{stix_id}")
    form = {"form-token": form_token(page.text)} | fields
    return await browser.post(f"/objects/{stix_id}/{verb}", data=form)


async def test_an_object_says_who_receives_it_who_does_not_and_why(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")
    stix_id = _id_of(hub, "sweden", COMMAND_SERVER)

    page = (await browser.get(f"/objects/{stix_id}")).text

    assert "32 nations" in page
    assert "SWE published it" in page
    assert "REL TO NATO 2024-03-07" in page
    assert "<b>Receives it</b>: published it" in page
    assert "<b>Does not</b>: is not in the audience of" in page
    assert "pattern_type" in page


async def test_who_has_it_by_a_release_is_not_told_that_its_label_allows_it(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await PLAY[1].scene(hub, 0)
    await sign_in("moldova")
    stix_id = _id_of(hub, "moldova", "Unpacked sample from")

    page = (await browser.get(f"/objects/{stix_id}")).text

    assert "<li>MDA sees it by a release</li>" in page
    assert "Releases that cover it" in page
    assert "MDA is in the audience" not in page


async def test_other_nations_that_report_the_same_are_named(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    for name in ("norway", "sweden"):
        await _publish_note(hub, name)
    await sign_in("moldova")

    page = (await browser.get(f"/objects/{NOTE}")).text

    assert "Also reported by" in page
    assert "as sweden has it" not in page


async def test_an_object_leads_to_what_it_names_as_far_as_one_sees_it(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    stix_id = _id_of(hub, "norway", "sighting_of_ref")

    page = (await browser.get(f"/objects/{stix_id}")).text

    assert "Connected to" in page
    assert "Sighting of" in page


@pytest.mark.parametrize("text", ["National until the source", "Joint analysis of two"])
@pytest.mark.parametrize("form", ["", "/withdraw"])
async def test_a_hidden_object_is_like_one_that_is_not(
    text: str, form: str, hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    hidden_id = _id_of(hub, "norway", text)
    await sign_in("moldova")
    stix_type, _, _ = hidden_id.partition("--")
    absent_id = f"{stix_type}--00000000-0000-4000-8000-000000000000"

    hidden = await browser.get(f"/objects/{hidden_id}{form}")
    absent = await browser.get(f"/objects/{absent_id}{form}")
    nonsense = await browser.get(f"/objects/nonsense{form}")

    assert {hidden.status_code, absent.status_code, nonsense.status_code} == {404}
    assert _without_time(hidden.text) == _without_time(absent.text)
    assert _without_time(hidden.text) == _without_time(nonsense.text)


def _without_time(page: str) -> str:
    return re.sub(r"\d\d:\d\d(:\d\d)?", "", page)


async def test_only_who_published_an_object_sees_a_way_to_withdraw_it(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    stix_id = _id_of(hub, "sweden", COMMAND_SERVER)
    await sign_in("sweden")
    own = (await browser.get(f"/objects/{stix_id}")).text
    browser.cookies.clear()
    await sign_in("norway")
    other = (await browser.get(f"/objects/{stix_id}")).text

    form = await browser.get(f"/objects/{stix_id}/withdraw")
    act = await _press(browser, stix_id, "withdraw", reason="mischief")

    assert f"/objects/{stix_id}/withdraw" in own
    assert f"/objects/{stix_id}/withdraw" not in other
    assert (form.status_code, act.status_code) == (404, 404)
    assert _sees(hub, "sweden", stix_id)


async def test_what_is_withdrawn_is_gone_and_the_next_page_says_so(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    stix_id = _id_of(hub, "sweden", COMMAND_SERVER)
    await sign_in("sweden")
    asked = (await browser.get(f"/objects/{stix_id}/withdraw")).text

    answer = await _press(browser, stix_id, "withdraw", reason="it was ours")
    page = (await browser.get(answer.headers["location"])).text

    assert "It vanishes at once" in asked
    assert answer.headers["location"] == "/collections/indicators?done=withdrawn"
    assert 'role="status">Withdrawn.' in page
    assert not _sees(hub, "norway", stix_id)


async def test_the_newest_version_alone_may_be_withdrawn(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    stix_id = scene_id("report", "plan", 0)
    for cue in PLAY[3:5]:
        await cue.scene(hub, 0)
    await sign_in("sweden")

    await _press(browser, stix_id, "withdraw", reason="too much", versions="last")
    page = (await browser.get(f"/objects/{stix_id}")).text

    assert "Which ranges we watch together" in page
    assert "company that helps" not in page


async def test_without_a_reason_nothing_is_withdrawn_and_the_choice_is_kept(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    stix_id = _id_of(hub, "sweden", COMMAND_SERVER)
    await sign_in("sweden")

    answer = await _press(browser, stix_id, "withdraw", reason=" ", versions="last")

    assert answer.status_code == 400
    assert "Say why" in answer.text
    assert 'value="last" checked' in answer.text
    assert _sees(hub, "sweden", stix_id)


async def test_a_reason_that_is_too_long_is_kept_on_the_form(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    stix_id = _id_of(hub, "sweden", COMMAND_SERVER)
    await sign_in("sweden")

    answer = await _press(browser, stix_id, "withdraw", reason="y" * 2_001)

    assert answer.status_code == 400
    assert "y" * 2_001 in answer.text


async def test_the_part_for_partners_is_published_where_there_is_one(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await _marked(hub)
    await sign_in("norway")
    own = (await browser.get(f"/objects/{HELP_DESK}")).text

    answer = await _press(browser, HELP_DESK, "tear-line")
    page = (await browser.get(answer.headers["location"])).text
    part = answer.headers["location"].removeprefix("/objects/").partition("?")[0]

    assert "Publish the part for partners" in own
    assert 'role="status">This is the part for partners.' in page
    assert "a source that we share" not in page
    assert _sees(hub, "moldova", part)
    assert not _sees(hub, "moldova", HELP_DESK)


async def test_who_did_not_publish_it_sees_and_makes_no_part_of_it(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await _marked(hub)
    await sign_in("sweden")
    page = (await browser.get(f"/objects/{HELP_DESK}")).text

    answer = await _press(browser, HELP_DESK, "tear-line")

    assert "a source that we share" in page
    assert "part for partners" not in page
    assert answer.status_code == 404


async def test_of_what_has_no_marked_properties_no_part_is_made(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    stix_id = _id_of(hub, "sweden", COMMAND_SERVER)
    await sign_in("sweden")
    page = (await browser.get(f"/objects/{stix_id}")).text

    answer = await _press(browser, stix_id, "tear-line")

    assert "part for partners" not in page
    assert answer.status_code == 422
    assert "carries a marking of its own" in answer.text
    assert "Who may see this" in answer.text


@pytest.mark.parametrize("verb", ["withdraw", "tear-line"])
async def test_a_form_of_another_site_changes_no_object(
    verb: str, hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await _marked(hub)
    await sign_in("norway")

    answer = await browser.post(
        f"/objects/{HELP_DESK}/{verb}", data={"form-token": "guess", "reason": "x"}
    )

    assert answer.status_code == 403
    assert _sees(hub, "norway", HELP_DESK)
