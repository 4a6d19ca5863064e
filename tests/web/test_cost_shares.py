"""Cost shares: what the page says of a game, of a wrong one, and what it gives away."""

import csv
import json
import re

import httpx
import pytest

from foedus.planning.shared_costs import TABLE_BYTES_MAX, share_table
from foedus.web.cost_shares import DRAWN_MAX, PLAYERS_MAX, tell

TOKEN = re.compile(r'name="form-token" value="([^"]*)"')
PAGE = "/cost-shares"


def told(**game: object) -> str:
    return json.dumps({"game": game})


async def sent(of: httpx.AsyncClient, table: str, **more: str) -> httpx.Response:
    found = TOKEN.search((await of.get(PAGE)).text)
    assert found
    form = {"form-token": found[1], "table": table, **more}
    return await of.post(PAGE, data=form)


def cells(page: str, player: str) -> list[str]:
    row = page[page.index(f">{player}</th>") :].partition("</tr>")[0]
    return re.findall(r'class="num">(.*?)(?:<br>|</td>)', row)


async def test_the_published_dams_are_shared_as_published(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get(f"{PAGE}?example=tva")).text
    assert cells(page, "navigation")[:3] == ["163,520", "117,829", "116,234"]
    assert cells(page, "flood control")[1] == "100,756"
    assert "28.6 %, saves 45,691" in page
    assert page.count(">stable<") == 4
    assert "every group saves at least" in page
    assert "Ransmeier 1942" in page
    assert "412,584 thousand US dollars to share" in page
    assert page.count("<rect") == 15


async def test_what_is_typed_is_answered_and_stays_in_the_form(
    norway: httpx.AsyncClient,
) -> None:
    table = told(players="AB", cost={"A": 6, "B": 4, "AB": 8}, note="</textarea>")
    answer = await sent(norway, table)
    assert answer.status_code == 200
    assert cells(answer.text, "A")[:2] == ["6.00", "5.00"]
    assert "&lt;/textarea&gt;" in answer.text
    assert "does not say what its amounts are counted in" in answer.text
    assert "style=" not in answer.text


async def test_an_empty_core_says_who_would_leave_and_by_how_much(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get(f"{PAGE}?example=pairs")).text
    assert "The core is empty" in page
    assert "some group still pays 3.33 more" in page
    assert page.count("A, B together pay 3.33 more than without the others") == 4
    assert ">stable<" not in page


@pytest.mark.parametrize(
    ("table", "status", "said"),
    [
        ("", 400, "Write a game"),
        ("{", 400, "no JSON"),
        (told(players="AB", cost={"A": 1}), 400, "2 of 3 coalitions have no cost"),
        (told(needs=[1] * (PLAYERS_MAX + 1)), 413, f"more than {PLAYERS_MAX} players"),
        (" " * TABLE_BYTES_MAX + "{}", 413, "bytes"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    norway: httpx.AsyncClient, table: str, status: int, said: str
) -> None:
    answer = await sent(norway, table)
    assert answer.status_code == status
    assert said in answer.text.partition('role="alert"')[2].partition("</div>")[0]
    kept = answer.text.partition("<textarea")[2].partition(">\n")[2]
    assert kept.startswith(table.replace('"', "&#34;"))


async def test_the_file_has_a_line_for_each_player_and_rule(
    norway: httpx.AsyncClient,
) -> None:
    table = told(players=["=A", "B"], cost={"1": 6, "2": 4, "12": 8})
    answer = await sent(norway, table, give="csv")
    lines = list(csv.DictReader(answer.text.splitlines()))
    assert len(lines) == 8
    assert lines[0]["player"] == "'=A"
    assert (lines[0]["share"], lines[0]["percent"]) == ("5.0", "62.5")
    assert (lines[0]["saves"], lines[0]["stable"]) == ("1.0", "yes")
    assert "attachment" in answer.headers["content-disposition"]


async def test_an_example_that_is_none_is_not_found(norway: httpx.AsyncClient) -> None:
    assert (await norway.get(f"{PAGE}?example=nothing")).status_code == 404


async def test_nobody_asks_without_a_session(
    norway: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    assert (await stranger.get(PAGE)).status_code == 303
    foreign = await norway.post(PAGE, data={"table": "{}"})
    assert foreign.status_code == 403


def test_amounts_that_are_all_whole_have_no_places_behind_the_point() -> None:
    table = told(players="AB", cost={"A": 6, "B": 6, "AB": 8}, unit="million  euro")
    (found,) = share_table(table.encode(), players_max=2)
    page = tell(found)
    assert [cell.amount for cell in page.rows[0].cells] == ["4"] * 4
    assert (page.total, page.unit) == ("8", "million euro")


def test_many_players_are_all_in_the_table_and_the_first_are_drawn() -> None:
    table = json.dumps({"game": {"needs": list(range(1, 21))}}).encode()
    (found,) = share_table(table, players_max=20)
    page = tell(found)
    assert len(page.rows) == 20
    assert page.drawn == DRAWN_MAX
    assert len(page.bars.bars) == DRAWN_MAX * 6
