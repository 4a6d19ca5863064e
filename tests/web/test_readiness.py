"""Pages of measures and of a nation's readiness, on the demo's made-up evidence."""

import csv
import io
import re

import httpx

from foedus.readiness.comparing import Row
from foedus.web.readiness import line_of, word_of
from tests.readiness.making import ON


def row_of(page: str, name: str) -> str:
    """Give the text of a measure's row without its tags."""
    row = page[page.index(f">{name}</a>") :].partition("</tr>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", row).split())


async def test_the_board_shows_the_founding_articles_table(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/measures")).text

    rows = {
        "Joint Air Patrols": "High Continuous Excellent",
        "Cyber-Defence Coordination Center": "Medium On-Demand Good",
        "Rapid Reaction Force": "High Within 48 hours Very Good",
        "Border Surveillance Units": "Variable Periodic Good",
    }
    for name, words in rows.items():
        said = row_of(page, name)
        for word in re.split(r" (?=[A-Z])", words.replace("Very Good", "Very_Good")):
            assert word.replace("_", " ") in said, name
        assert "illustrative" in said
    assert "NATO publishes no such grades" in page
    assert "More troops alone raise nothing" in page


async def test_a_partner_sees_one_row_and_no_trace_of_the_others(
    moldova: httpx.AsyncClient,
) -> None:
    page = (await moldova.get("/measures")).text

    assert "Variable" in row_of(page, "Border Surveillance Units")
    assert row_of(page, "Joint Air Patrols").count("No evidence") == 3
    assert "Withheld" in row_of(page, "Forward Presence")
    assert "RESTRICTED" not in page


async def test_each_word_leads_to_its_derivation(norway: httpx.AsyncClient) -> None:
    board = (await norway.get("/measures")).text
    href = re.search(r'href="(/measures/rapid_reaction[^"]*#readiness)"', board)
    assert href is not None

    page = (await norway.get(href[1])).text

    assert "Readiness: Within 48 hours" in page
    assert "The slowest of them is Company group Fir: 48 h until ready to move." in page
    assert "its report expired on" in page
    assert "Illustrative." in page
    assert (await norway.get("/measures/moon_base")).status_code == 404


async def test_the_board_is_one_of_any_day(norway: httpx.AsyncClient) -> None:
    page = (await norway.get("/measures?as-of=2020-01-01")).text

    assert row_of(page, "Joint Air Patrols").count("No evidence") == 3
    assert "1 January 2020" in page


async def test_the_comparison_is_given_as_a_table(norway: httpx.AsyncClient) -> None:
    answer = await norway.get("/measures.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"].startswith("text/csv")
    assert rows[2]["readiness"] == "Within 48 hours"
    assert rows[2]["label"] == "NATO RESTRICTED // REL TO NATO 2024-03-07"


async def test_a_nation_is_shown_with_what_counts_and_what_does_not(
    norway: httpx.AsyncClient, moldova: httpx.AsyncClient
) -> None:
    page = (await norway.get("/nations/SWE/readiness")).text
    theirs = (await moldova.get("/nations/SWE/readiness")).text

    assert "5 of 6 count" in page
    assert "Not counted: its report expired" in page
    assert "STANAG 5516" in page
    assert "Posts Ibis" in theirs
    assert "1 of 1 count" in theirs
    assert "RESTRICTED" not in theirs


async def test_who_is_not_signed_in_signs_in_first(browser: httpx.AsyncClient) -> None:
    for path in ("/measures", "/measures.csv", "/measures/x", "/nations/SWE/readiness"):
        assert (await browser.get(path)).status_code == 303


def test_what_is_not_known_is_a_word_and_has_no_drawing() -> None:
    for word in ("No evidence", "Withheld", "Different clocks"):
        assert word_of("readiness", word, "", "#").bars == ()
    none = word_of("capability", "None", "", "#")
    assert {each.css for each in none.bars} == {"off"}


def test_a_measure_of_nobody_says_so() -> None:
    row = Row(
        measure="m",
        name="M",
        capability="No evidence",
        readiness="No evidence",
        interoperability="No evidence",
        basis=("", "", ""),
        contributors=(),
        records=0,
        newest=None,
        oldest=None,
        illustrative=False,
        label="",
    )

    assert line_of(row, ON).contributors == "no nation is named"
    assert line_of(row, ON).evidence == "none"
