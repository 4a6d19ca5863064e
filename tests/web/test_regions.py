"""Regions: who is in them, and what is done there."""

import re

import httpx

from foedus.hub import Hub
from foedus.web.engagements import region_title
from foedus.web.regions import FIRST, regions_of


async def test_the_best_known_regions_stand_first(
    guided: httpx.AsyncClient, guided_hub: Hub
) -> None:
    page = (await guided.get("/regions")).text
    linked = re.findall(r'class="what" href="/regions/(\w+)', page)
    assert linked == list(regions_of(guided_hub.alliance))
    assert tuple(linked[: len(FIRST)]) == FIRST


async def test_a_region_shows_its_nations_by_how_they_stand_and_how_that_is_known(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/regions/balkans?as-of=2026-11-22")).text
    members = page[page.index("<h2>Members</h2>") :].partition("</section>")[0]
    assert "Croatia" in members
    assert "Serbia" not in members
    assert "Serbia" in page
    assert page.count("basis: ") >= page.count('class="what" href="/nations/')


async def test_a_region_is_as_it_was_on_the_day(guided: httpx.AsyncClient) -> None:
    page = (await guided.get("/regions/baltic_sea?as-of=2023-04-03")).text
    members = page[page.index("<h2>Members</h2>") :].partition("</section>")[0]
    assert "Finland" not in members


async def test_a_region_shows_the_engagements_that_one_may_see(
    guided: httpx.AsyncClient, guided_sweden: httpx.AsyncClient
) -> None:
    own = (await guided.get("/regions/high_north")).text
    other = (await guided_sweden.get("/regions/high_north")).text
    assert "Lessons of our own" in own
    assert "Lessons of our own" not in other
    assert "Exchange of watch officers" in other
    row = (await guided_sweden.get("/regions")).text
    row = row[row.index('href="/regions/high_north') :].partition("</tr>")[0]
    assert ">3</a>" in row


async def test_no_such_region_is_not_found(guided: httpx.AsyncClient) -> None:
    assert (await guided.get("/regions/moon")).status_code == 404


def test_regions_are_written_as_people_write_them() -> None:
    assert region_title("baltic_sea") == "Baltic Sea"
