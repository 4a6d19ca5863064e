import csv
import re

import httpx

from foedus.alliance.statuses import Status
from foedus.hub import Hub
from foedus.web.nations import MEANINGS, NAMES


async def test_the_list_says_how_each_nation_stands(norway: httpx.AsyncClient) -> None:
    page = (await norway.get("/nations?as-of=2026-11-22")).text
    assert "Member (32)" in page
    row = page[page.index('href="/nations/FIN') :].partition("</tr>")[0]
    assert "Member" in row
    assert "4 Apr 2023" in row


async def test_the_list_is_of_the_day_that_is_asked_for(
    norway: httpx.AsyncClient,
) -> None:
    assert "Member (30)" in (await norway.get("/nations?as-of=2023-04-03")).text
    assert "Member (31)" in (await norway.get("/nations?as-of=2023-04-04")).text


async def test_the_list_can_be_of_one_status_alone(norway: httpx.AsyncClient) -> None:
    page = (await norway.get("/nations?as-of=2026-11-22&status=aspirant")).text
    assert set(re.findall(r'href="/nations/([A-Z]{3})', page)) == {"BIH", "GEO", "UKR"}


async def test_a_word_that_is_no_status_restricts_nothing(
    norway: httpx.AsyncClient,
) -> None:
    assert "Finland" in (await norway.get("/nations?status=winner")).text


async def test_the_same_is_given_as_csv_with_its_basis(
    norway: httpx.AsyncClient, still_hub: Hub
) -> None:
    answer = await norway.get("/nations.csv?as-of=2026-11-22")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert len(rows) == len(still_hub.alliance.nations)
    finland = next(each for each in rows if each["code"] == "FIN")
    assert (finland["status"], finland["since"]) == ("member", "2023-04-04")
    assert finland["basis"]
    assert finland["sources"]


async def test_a_nation_is_told_with_its_history_and_sources(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/nations/FIN?as-of=2026-11-22")).text
    assert "Member since 4 April 2023" in page
    assert "9 May 1994 to 4 Apr 2023" in page
    assert page.count("basis: ") >= 6


async def test_a_nation_is_as_it_was_on_the_day(norway: httpx.AsyncClient) -> None:
    page = (await norway.get("/nations/FIN?as-of=2022-12-01")).text
    assert "Invitee since 29 June 2022" in page
    assert "not yet a member" in page.replace("\n", " ")


async def test_a_nation_is_found_by_name(norway: httpx.AsyncClient) -> None:
    assert (await norway.get("/nations/Finland")).status_code == 200


async def test_no_such_nation_is_not_found(norway: httpx.AsyncClient) -> None:
    assert (await norway.get("/nations/QQQ")).status_code == 404


async def test_who_is_not_signed_in_signs_in_first(browser: httpx.AsyncClient) -> None:
    for path in ("/nations", "/nations.csv", "/nations/FIN"):
        answer = await browser.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


def test_every_status_has_a_name_and_says_what_it_is_not() -> None:
    assert set(NAMES) == set(MEANINGS) == set(Status)
    for status in (Status.INVITEE, Status.ASPIRANT, Status.PARTNER):
        assert "not" in MEANINGS[status]
        assert "no say in decisions" in MEANINGS[status]
        assert "member since" not in MEANINGS[status]


async def test_no_partner_is_shown_as_a_member(
    norway: httpx.AsyncClient, still_hub: Hub
) -> None:
    day = still_hub.clock().date()
    partners = [
        code
        for code in still_hub.alliance.nations
        if still_hub.alliance.status(code, day) is Status.PARTNER
    ]
    for code in partners:
        page = (await norway.get(f"/nations/{code}")).text
        assert "Member since" not in page
        assert "Partnership is not membership" in page.replace("\n", " ")
