"""A dossier in words, on a page and on paper."""

import re

import pytest

from foedus.paper.documents import Document
from foedus.paper.html import as_html
from foedus.paper.pdf import as_pdf
from foedus.planning.dossier_words import document_of
from tests.planning.assessing import BEFORE_FINLAND, Stage

CHAPTERS = (
    *("status", "border", "measures", "readiness", "intelligence", "burden"),
    *("timeline", "risks", "method"),
)


@pytest.fixture(scope="module")
def moldova(stage: Stage) -> Document:
    return document_of(stage.dossier("MDA", "member"))


def test_all_nine_parts_are_there_in_order(moldova: Document) -> None:
    assert tuple(each.name for each in moldova.chapters) == CHAPTERS
    assert all(
        each.title.startswith(f"{number}. ")
        for number, each in enumerate(moldova.chapters, start=1)
    )


def test_a_partner_is_never_written_of_as_a_member(stage: Stage) -> None:
    page = as_html(document_of(stage.dossier("MDA", "itpp"))).decode()

    assert "a participant of Individually Tailored Partnership Programme" in page
    assert "Partnership is not membership" in page
    assert re.search(r"becomes a member", page) is None


def test_the_page_is_one_file_that_fetches_and_runs_nothing(moldova: Document) -> None:
    page = as_html(moldova).decode()

    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|url\(|@import|\bon\w+=", page)
    assert page.count(moldova.label) >= 2
    assert page.count("<svg") >= 4


def test_paper_is_the_same_byte_for_byte(moldova: Document) -> None:
    first = as_pdf(moldova)

    assert first.startswith(b"%PDF")
    assert first == as_pdf(moldova)


def test_orders_and_ranges_are_written_out(stage: Stage) -> None:
    found = document_of(
        stage.dossier("FIN", "member", on=BEFORE_FINLAND, together=("SWE",))
    )
    tables = {each.name: each for part in found.chapters for each in part.tables}

    assert [row[0].text for row in tables["orders"].rows].count("FIN then SWE") == 3
    assert tables["border-sums"].rows[0][2].text == "20,122 to 20,166 km"


def test_every_table_of_a_dossier_has_a_name_of_its_own(moldova: Document) -> None:
    names = [each.name for part in moldova.chapters for each in part.tables]

    assert len(set(names)) == len(names)
    heads = [word for part in moldova.chapters for e in part.tables for word in e.head]
    assert all(heads)  # a heading without words says nothing to who cannot see
