"""Plans in the browser: made by a form, told as a document, hidden without a trace."""

import asyncio
import csv
import re
from collections.abc import Iterator

import httpx
import msgspec
import pytest

from foedus import app
from foedus.hub import Hub
from foedus.planning.views import PlanSheet
from tests.planning.solving import InThread
from tests.web.conftest import looking, signed_in
from tests.web.demo_hub import Mould, copy_hub

TOKEN = re.compile(r'name="form-token" value="([^"]*)"')
FORM = {"kind": "coverage", "as_of": "2026-11-23", "periods": "6"}
FORM |= {"times": "2", "hours": "48", "label": ""}
NOTHING = "plan--00000000-0000-4000-8000-000000000000"


class Desk(msgspec.Struct, frozen=True):
    """A hub on which plans are made, and who looks at it."""

    hub: Hub
    cookies: dict[str, httpx.Cookies]


@pytest.fixture(scope="module")
def desk(mould: Mould, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    hub = copy_hub(mould, tmp_path_factory.mktemp("planned") / "data")
    solving = msgspec.structs.replace(hub, workers=InThread())
    names = ("duty", "norway", "moldova")
    cookies = {name: asyncio.run(signed_in(hub, mould, name)) for name in names}
    yield Desk(solving, cookies)
    app.close_hub(hub)


async def made(client: httpx.AsyncClient, **more: str) -> httpx.Response:
    """Send the form as it stands on the page."""
    token = TOKEN.search((await client.get("/plans")).text)
    assert token is not None, "whoever plans has a form"
    return await client.post("/plans", data={**FORM, **more, "form-token": token[1]})


def location(answer: httpx.Response) -> str:
    """Tell where a plan is shown; on a busy machine it may have taken a moment."""
    if answer.status_code == 303:
        return answer.headers["location"]
    found = re.search(r'href="(/plans/plan--[0-9a-f-]+)">open the plan', answer.text)
    assert found is not None, answer.text
    return found[1]


def words(answer: httpx.Response) -> str:
    """Give what a page says, without the address and the time of it."""
    return re.sub(r"plan--[0-9a-f-]+", "", answer.text.partition("<footer")[0])


async def test_a_plan_is_made_by_a_form_and_told_with_its_plots(desk: Desk) -> None:
    async with looking(desk.hub, desk.cookies["duty"]) as client:
        path = location(await made(client))
        page = (await client.get(path)).text
        listed = (await client.get("/plans")).text

    assert "What nobody can fill" in page
    assert "Nobody has any tanker." in page
    assert page.count('<svg xmlns="http') == 2
    assert 'aria-label="Highest label on this page"' in page
    assert not re.search(r"<[^>]+ style=", page)
    assert path in listed
    row = listed[listed.index(path) :].partition("</tr>")[0]
    assert "as of 23 November 2026" in row
    assert "NATO staff" in row
    assert "Brussels</strong>" in row


async def test_a_plan_is_made_again_by_a_button_that_says_what_came_of_it(
    desk: Desk,
) -> None:
    label = "NATO RESTRICTED // REL TO NATO"
    async with looking(desk.hub, desk.cookies["duty"]) as client:
        path = location(await made(client, label=label))
        page = (await client.get(path)).text
        token = TOKEN.search(page)
        assert token is not None
        again = f"{path}/again"
        answer = await client.post(again, data={"form-token": token[1]})
        forged = await client.post(again, data={"form-token": "x"})
        nothing = await client.post(
            f"/plans/{NOTHING}/again", data={"form-token": token[1]}
        )
    async with looking(desk.hub, desk.cookies["norway"]) as client:
        theirs = (await client.get(path)).text

    assert "Make it again" in page
    assert "the same comes out." in answer.text
    assert f'href="{path}">back to the plan' in answer.text
    assert forged.status_code == 403
    assert nothing.status_code == 404 or "No plan was made" in nothing.text
    assert "Make it again" not in theirs
    assert "foedus plan again" in theirs


async def test_each_table_and_the_whole_are_files(desk: Desk) -> None:
    async with looking(desk.hub, desk.cookies["duty"]) as client:
        path = location(await made(client, kind="closure"))
        page = (await client.get(path)).text
        curve = await client.get(f"{path}/curve.csv")
        record = await client.get(f"{path}/plan.json")
        kept = await client.get(f"{path}/plan.html")
        missing = await client.get(f"{path}/nothing.csv")

    assert f'href="{path}/curve.csv"' in page
    rows = list(csv.reader(curve.text.splitlines()))
    assert rows[0] == ["place", "needs", "hours", "there", "wanted"]
    sheet = msgspec.json.decode(record.content, type=PlanSheet)
    assert sheet.made.found.closure is not None
    assert kept.text.startswith("<!doctype html>")
    assert missing.status_code == 404


async def test_what_cannot_be_meant_is_said_beside_the_form(desk: Desk) -> None:
    async with looking(desk.hub, desk.cookies["duty"]) as client:
        for more, said in (
            ({"periods": "0"}, "Periods: from 1 to 120"),
            ({"periods": "many"}, "no number"),
            ({"as_of": "soon"}, "write a date"),
            ({"kind": "surge", "times": "99"}, "`times`"),
            ({"label": "nonsense"}, "nonsense"),
        ):
            answer = await made(client, **more)
            assert answer.status_code in {400, 422} or "No plan was made" in answer.text
            assert said in answer.text


async def test_a_plan_is_shown_to_its_audience_and_leaves_no_other_trace(
    desk: Desk,
) -> None:
    async with looking(desk.hub, desk.cookies["duty"]) as client:
        label = "NATO RESTRICTED // REL TO NATO"
        told = location(await made(client, label=label))
        hangs = location(await made(client, kind="drop", label=label))
        assert "no judgement of nations" in (await client.get(hangs)).text
    async with looking(desk.hub, desk.cookies["norway"]) as client:
        assert (await client.get(told)).status_code == 200
        page = (await client.get("/plans")).text
        assert told in page
        assert hangs not in page
        assert "Make the plan" not in page
        hidden = await client.get(hangs)
        absent = await client.get(f"/plans/{NOTHING}")
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert words(hidden) == words(absent)
    async with looking(desk.hub, desk.cookies["moldova"]) as client:
        assert (await client.get(told)).status_code == 404
        assert "No plan is there for you yet" in (await client.get("/plans")).text
