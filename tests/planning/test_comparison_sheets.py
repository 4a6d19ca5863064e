"""What is told of a comparison."""

import json

import msgspec

from foedus.planning.comparison_sheets import ComparisonSheet
from foedus.planning.comparison_tables import read_comparison
from foedus.planning.comparisons import compare

TABLE = {
    "criteria": {"x": {}, "y": {}},
    "alternatives": {
        "A": {"x": 1, "y": 5},
        "B": {"x": 4, "y": 2},
        "C": {"x": 9, "y": 1},
        "D": {"x": 0, "y": 1},
    },
    "judgements": {"of": ["x", "y"], "matrix": [[1, "1/2"], [2, 1]]},
}


def test_a_sheet_is_read_back_from_json_as_it_was_written() -> None:
    sheet = compare(read_comparison(json.dumps(TABLE).encode()))

    text = msgspec.json.encode(sheet)

    assert sheet.dominance
    assert sheet.reversals
    assert msgspec.json.decode(text, type=ComparisonSheet) == sheet
