"""A plan in words: what nobody can fill first, what is withheld before any figure."""

import re

import pytest

from foedus.paper.documents import Document
from foedus.planning.asks import AskClosure, Further
from foedus.planning.closing import close_in
from foedus.planning.covering import cover
from foedus.planning.dropping import drop_each
from foedus.planning.forces import Commitment, Need
from foedus.planning.plan_words import document_of
from foedus.planning.plans import Found, places_of
from foedus.planning.surging import surge
from tests.planning.plan_sheets import SITUATION, sheet

CRISIS = Commitment(
    id="crisis",
    location="tapa",
    first=1,
    last=2,
    needs=(Need(type="company", amount=1),),
)


def told(found: Found) -> Document:
    return document_of(sheet(found))


@pytest.fixture(scope="module")
def covered() -> Document:
    return told(Found(coverage=cover(SITUATION)))


def test_chapters_begin_with_what_is_withheld_and_what_nobody_can_fill(
    covered: Document,
) -> None:
    names = [each.name for each in covered.chapters]

    assert names == ["withheld", "gaps", "filled", "load", "units", "left", "inputs"]
    assert "nothing is before you" in covered.chapters[0].says[0]
    assert covered.chapters[1].title == "What nobody can fill"
    left = "1 unit of it is not planned with"
    assert any(left in each for each in covered.chapters[1].says)
    assert covered.label == "NATO RESTRICTED"


def test_the_summary_and_the_foot_say_how_far_to_trust_it(covered: Document) -> None:
    assert re.fullmatch(
        r"\d+ % of what is wanted is filled; \d of \d gaps nobody can fill\.",
        covered.summary,
    )
    assert covered.foot[0].startswith("What went in was made up")
    assert covered.foot[1].startswith("basis: derived, as of")
    assert "proven, gap 0.00%" in covered.foot[2]


def test_no_id_stands_where_people_read(covered: Document) -> None:
    cells = [
        cell.text
        for chapter in covered.chapters
        for table in chapter.tables
        for row in table.rows
        for cell in row
    ]

    assert "First" in cells
    assert "u1" not in cells


def test_what_hangs_on_a_nation_is_no_judgement() -> None:
    found = told(Found(drops=drop_each(SITUATION)))

    drops = next(each for each in found.chapters if each.name == "drops")
    assert "no judgement of nations" in drops.says[0]
    assert [row[0].text for row in drops.tables[0].rows] == ["POL"]
    assert found.summary == (
        "1 of 1 nations cannot drop out without more being missing."
    )


def test_a_surge_tells_what_it_takes_from_others_before_all_else() -> None:
    found = told(Found(surge=surge(SITUATION, Further(commitments=(CRISIS,)))))

    names = [each.name for each in found.chapters]
    assert names[1:3] == ["surge", "gaps"]
    assert "is missing, amount times periods" in found.chapters[1].says[1]


def test_hours_go_with_their_clock() -> None:
    ask = AskClosure(situation=SITUATION, places=places_of(SITUATION))
    found = told(Found(closure=close_in(ask)))

    closure = next(each for each in found.chapters if each.name == "closure")
    assert closure.title == "Who is on station within 48 h"
    assert [each.name for each in closure.tables] == ["clocks", "curve", "arrivals"]
    assert "on station within 48 h" in found.summary
