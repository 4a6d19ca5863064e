"""Pages of units, exercises and training, on the demo's made-up evidence."""

import re
from datetime import date

import httpx

from foedus.hub import Hub
from foedus.readiness.commands import Recording, record
from foedus.readiness.records import AnyContent, Exercise, Measure, Module, Unit
from tests.web.conftest import looking, signed_in
from tests.web.demo_hub import Mould


async def test_units_say_which_count_and_who_may_see_them(
    norway: httpx.AsyncClient, moldova: httpx.AsyncClient
) -> None:
    page = (await norway.get("/units")).text
    theirs = (await moldova.get("/units")).text

    assert page.count(">Counts</span>") == 14
    assert page.count(">Not counted</span>") == 1
    assert theirs.count(">Counts</span>") == 7
    assert "RESTRICTED" not in theirs
    only = (await norway.get("/units?nation=Sweden")).text
    assert "Lake group" in only
    assert "Fjord group" not in only
    assert (await norway.get("/units?nation=moon")).status_code == 404
    assert (
        "No unit is there for you" in (await norway.get("/units?as-of=2020-01-01")).text
    )


async def test_units_are_given_as_the_table_that_is_taken_in_again(
    norway: httpx.AsyncClient,
) -> None:
    answer = await norway.get("/units.csv")

    assert answer.text.startswith("unit,nation,name,type,size,")
    assert len(answer.text.splitlines()) == 16


async def test_an_exercise_shows_what_was_achieved_and_learned(
    norway: httpx.AsyncClient, moldova: httpx.AsyncClient
) -> None:
    listed = (await norway.get("/exercises")).text
    theirs = (await moldova.get("/exercises")).text
    found = dict(re.findall(r'href="(/exercises/[^"]+)">([^<]+)<', listed))
    places = {name: place for place, name in found.items()}

    page = (await norway.get(places["Long Shore"])).text

    assert "In part" in page
    assert "Agree on words before the first day." in page
    assert "Illustria (invented)" in page
    assert "Long Shore" in theirs
    assert "Kestrel Lights" not in theirs
    assert (await moldova.get(places["Kestrel Lights"])).status_code == 404
    assert "Steadfast Defender 24" in theirs


async def test_the_catalogue_says_what_modules_teach_and_who_is_certified(
    norway: httpx.AsyncClient, moldova: httpx.AsyncClient
) -> None:
    catalogue = (await norway.get("/training")).text
    page = (await norway.get("/training/data_links")).text
    theirs = (await moldova.get("/training/data_links")).text

    assert "STANAG 5516" in catalogue
    assert "14 people" in page
    assert "0 people" in theirs
    assert (await norway.get("/training/none")).status_code == 404


async def test_a_page_is_marked_as_high_as_what_it_names(
    hub: Hub, mould: Mould
) -> None:
    high, low = "NATO CONFIDENTIAL // REL TO NATO", "NATO UNCLASSIFIED // REL TO NATO"
    staff = hub.authenticator.named("duty")
    of_pack = hub.alliance.pack.measures[0].id

    async def say(content: AnyContent, label: str) -> str:
        act = hub.act(staff, door="web", at=hub.clock())
        sent = Recording(content=content, label=label)
        made = await record(hub.register, staff.viewer(), act, sent)
        await hub.seen([made.position])
        return made.record

    module = await say(Module(name="Quiet signals", purpose="p"), high)
    await say(Measure(name="Named", purpose="Because of it", of=of_pack), high)
    added = await say(Measure(name="Quiet watch", purpose="p"), high)
    day = date(2026, 1, 1)
    unit = Unit(nation="ISL", name="Geyser", type="t", measures=(added,), since=day)
    await say(unit, low)
    game = Exercise(name="Calm", since=day, until=date(2026, 1, 9), measures=(added,))
    exercise = await say(game, low)

    pages = {
        f"/training/{module}": "Quiet signals",
        f"/measures/{of_pack}": "Because of it",
        "/units?nation=ISL": "Quiet watch",
        "/nations/ISL/readiness": "Quiet watch",
        f"/exercises/{exercise}": "Quiet watch",
    }
    async with looking(hub, await signed_in(hub, mould, "duty")) as reader:
        for path, named in pages.items():
            page = (await reader.get(path)).text
            top = page.partition('id="marking-top"')[2].partition("</aside>")[0]
            assert named in page, path
            assert "CONFIDENTIAL" in top, path


async def test_who_is_not_signed_in_signs_in_first(browser: httpx.AsyncClient) -> None:
    for path in ("/units", "/units.csv", "/exercises", "/training", "/training/x"):
        assert (await browser.get(path)).status_code == 303
