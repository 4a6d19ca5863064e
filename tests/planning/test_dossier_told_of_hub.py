"""Chapters that the hub tells."""

from foedus.planning.dossier_told_of_hub import (
    intelligence,
    measures,
    percent,
    readiness,
)
from tests.planning.assessing import Stage


def test_counts_are_of_the_readers_world_and_say_so(stage: Stage) -> None:
    told = intelligence(stage.dossier("MDA", "member"))

    assert told.says[0] == (
        "Of 3 objects that you see, 1 are open to it already, 1 would be open at once, "
        "1 would stay closed."
    )
    assert "Counted in your world" in told.says[1]
    assert {each[1].text.partition(":")[0] for each in told.tables[0].rows} == {
        *("open, as now", "open", "closed"),
    }


def test_suspension_tells_what_would_be_closed(stage: Stage) -> None:
    told = intelligence(stage.dossier("MDA", "suspended"))

    assert told.says[1] == "1 that are open to it now would be closed."


def test_no_evidence_is_told_as_neither_good_nor_bad(stage: Stage) -> None:
    told = readiness(stage.dossier("UKR", "member").readiness)

    assert "neither good nor bad" in told.says[0]
    assert told.tables == ()


def test_a_contribution_is_told_without_and_with(stage: Stage) -> None:
    told = measures(stage.dossier("MDA", "member"))

    assert "Before you it contributes to: Rapid Reaction Force." in told.says
    assert len(told.plots) == 3
    tables = {each.name for each in told.tables}
    assert {"measures", "kept", "plans", "needs"} <= tables
    assert any("planned twice by the same rules" in each for each in told.says)
    alone = measures(stage.dossier("UKR", "member"))
    assert "Standing alone contributes nothing" in alone.says[1]
    assert "No plan was made: no unit of UKR" in alone.says[-1]


def test_shares_are_written_to_a_whole_percent() -> None:
    assert percent(0.666) == "67 %"
    assert percent(None) == "-"
