import re
from datetime import date

import httpx
import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.web.atlas import (
    REGION,
    WORLD,
    absent,
    countries,
    legend,
    member_changes,
    plot,
)

NATO = Alliance.from_pack(load_pack("nato"))
TODAY = date(2026, 11, 22)
MEMBERS = {
    date(1949, 4, 4): 12,
    date(1952, 2, 18): 14,
    date(1955, 5, 6): 15,
    date(1982, 5, 30): 16,
    date(1999, 3, 12): 19,
    date(2004, 3, 29): 26,
    date(2009, 4, 1): 28,
    date(2017, 6, 5): 29,
    date(2020, 3, 27): 30,
    date(2023, 4, 4): 31,
    date(2024, 3, 7): 32,
}
"""The known series: members from each day of accession on."""


def test_the_steps_are_the_known_accessions() -> None:
    assert {each.day: each.count for each in member_changes(NATO, TODAY)} == MEMBERS


@pytest.mark.parametrize("day", MEMBERS)
async def test_the_page_counts_members_on_each_accession_and_its_eve(
    norway: httpx.AsyncClient, day: date
) -> None:
    def said(page: str) -> int:
        found = re.search(r'<label for="when">[^:]*: (\d+) members', page)
        assert found
        return int(found[1])

    eve = date.fromordinal(day.toordinal() - 1)
    on_the_day = (await norway.get(f"/map?as-of={day}")).text
    on_its_eve = (await norway.get(f"/map?as-of={eve}")).text
    before = max((n for at, n in MEMBERS.items() if at < day), default=0)
    assert (said(on_the_day), said(on_its_eve)) == (MEMBERS[day], before)


async def test_the_slider_means_the_same_as_the_day(norway: httpx.AsyncClient) -> None:
    days = (date(1999, 3, 12) - date(1949, 4, 4)).days
    page = (await norway.get(f"/map?day={days}")).text
    assert "Standing of nations on 12 March 1999." in page
    assert page.count(" autofocus") == 1  # the keyboard goes on from there


async def test_the_keyboard_begins_at_the_top_for_who_only_comes(
    norway: httpx.AsyncClient,
) -> None:
    assert " autofocus" not in (await norway.get("/map?as-of=1999-03-12")).text


async def test_the_changes_before_and_after_are_links(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/map?as-of=2023-05-01")).text
    links = dict(re.findall(r'as-of=([\d-]+)" rel="(prev|next)"', page))
    assert links == {"2023-04-04": "prev", "2024-03-07": "next"}


async def test_a_nation_that_is_chosen_is_told_of_beside(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/map?as-of=2026-11-22&nation=FIN")).text
    assert "Member since 4 April 2023" in page
    assert page.count('class="member here"') == 1


async def test_who_chooses_nothing_is_told_of_the_own_nation(
    norway: httpx.AsyncClient,
) -> None:
    assert "Member since 4 April 1949" in (await norway.get("/map")).text


@pytest.mark.parametrize("query", ["nation=QQQ", "as-of=never", "day=-3"])
async def test_what_cannot_be_shown_is_refused(
    norway: httpx.AsyncClient, query: str
) -> None:
    assert (await norway.get(f"/map?{query}")).status_code in {404, 400, 422}


async def test_who_is_not_signed_in_signs_in_first(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/map")).status_code == 303


def test_every_nation_of_the_pack_is_on_the_world_map() -> None:
    drawn = countries(NATO, WORLD, TODAY, None)
    assert {each.href for each in drawn if each.href} == set(NATO.nations)
    assert absent(NATO, WORLD, drawn, TODAY) == []


def test_members_beyond_the_region_are_named_in_words() -> None:
    drawn = countries(NATO, REGION, TODAY, None)
    said = absent(NATO, REGION, drawn, TODAY)
    assert said[0] == "Member, on the world map: Canada, United States."


def test_the_legend_counts_as_the_alliance_does() -> None:
    counted = {css: count for css, _, count in legend(NATO, TODAY)}
    assert counted["member"] == 32
    assert counted["aspirant"] == 3


def test_no_partner_is_filled_as_a_member() -> None:
    for each in countries(NATO, WORLD, TODAY, None):
        if each.href:
            status = NATO.status(each.href, TODAY).value  # type: ignore[arg-type]
            assert each.css == ("" if status == "none" else status)


def test_an_alliance_without_a_change_has_no_plot() -> None:
    assert plot([], TODAY, TODAY) is None


def test_the_plot_ends_at_the_last_count() -> None:
    drawn = plot(list(member_changes(NATO, TODAY)), TODAY, TODAY)
    assert drawn is not None
    assert drawn.title == "Number of members from 12 in 1949 to 32 in 2024"
    assert [each.text for each in drawn.marks if each.css == "t1"] == ["32"]
