"""Runs as events: the folded tables give what the simulator gives."""

import json
from pathlib import Path

import pytest

from foedus.clock import LAST_MS
from tests.response.books import at_step, linear
from tests.response.running import Ledger, play


async def test_the_public_cases_told_by_events_give_the_expected_traces(
    tmp_path: Path, shared_data: Path
) -> None:
    document = json.loads(
        (shared_data / "cacao/foedus-vectors/cases.json").read_bytes()
    )
    for n, case in enumerate(document["cases"]):
        expect = case["expect"]
        if expect["final"] == "refused":
            continue  # nobody can start it
        folder = tmp_path / str(n)
        folder.mkdir()
        found = await play(Ledger(folder), case, document["iteration_ceiling"])
        assert found["trace"] == expect["trace"], case["name"]
        assert found["final"] == expect["final"], case["name"]
        assert found["variables"].items() >= expect["variables"].items(), case["name"]


@pytest.mark.parametrize("name", ["delay", "timeout"])
async def test_a_wait_beyond_the_calendar_that_was_taken_in_once_stops_nothing(
    tmp_path: Path, name: str
) -> None:
    document = linear()
    at_step(document, "A1")[name] = 999_999_999_999_999
    ledger = Ledger(tmp_path)

    await ledger.start([document])

    assert ledger.run().due_ms == LAST_MS
