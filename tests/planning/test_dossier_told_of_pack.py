"""Chapters that the data pack tells."""

from foedus.alliance.sourced import Basis
from foedus.planning.dossier_told_of_pack import (
    STATUSES,
    border,
    burden,
    cited,
    listed,
    status,
    timeline,
)
from tests.planning.assessing import Stage


def test_a_pack_without_a_table_of_lengths_has_no_border_to_tell_of() -> None:
    told = border(None)

    assert "none is taken from a map" in told.says[0]
    assert not told.plots


def test_a_pack_without_figures_has_none_to_tell_of() -> None:
    assert burden(()).says == ("The data pack has no figures of spending.",)


def test_estimates_and_what_is_to_be_confirmed_are_marked(stage: Stage) -> None:
    told = burden(stage.dossier("BGR", "partner").burden)
    figures = {each[0].text: each[2].text for each in told.tables[0].rows}

    assert "2025: 2.06 e ?" in figures["August 2025"]
    assert "2014: 1.31," in figures["August 2025"]


def test_what_is_not_shown_is_said_to_be_nothing_before_the_reader(
    stage: Stage,
) -> None:
    told = status(stage.dossier("MDA", "member").standing)
    tables = {each.name: each for each in told.tables}

    assert {each[2].text for each in tables["obligations"].rows} == {"nothing"}
    assert "met, 2026-11-23: budget of 2026" in {
        each[2].text for each in tables["ended"].rows
    }


def test_a_date_is_written_as_far_as_it_is_known(stage: Stage) -> None:
    told = timeline(stage.dossier("MDA", "member"))
    accessions = next(each for each in told.tables if each.name == "accessions")
    talks = [each for each in accessions.rows if each[1].text == "talks"]

    assert (talks[0][2].text, talks[0][3].text) == ("2016-02", "about 61")
    assert (talks[2][2].text, talks[2][3].text) == ("2022-07-04", "5")


def test_what_a_chapter_rests_on_is_named_once() -> None:
    assert cited([]) == ()
    assert cited([(Basis.READ, ()), (Basis.KNOWN, ())])[0].startswith(
        "Basis: known, read."
    )
    assert listed(()) == "-"
    assert STATUSES["none"] == "no status"
