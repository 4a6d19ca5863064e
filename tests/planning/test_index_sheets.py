"""What is told of a composite indicator."""

import json

import msgspec

from foedus.planning.index_sheets import IndexSheet
from foedus.planning.index_tables import read_index
from foedus.planning.indices import make

TABLE = {
    "indicators": {"men": {"goalposts": [0, 9]}, "days": {"goalposts": [0, 9]}},
    "alternatives": {"A": {"men": 1, "days": 1}, "B": {"men": 4, "days": 9}},
    "draws": 20,
}


def test_a_sheet_is_read_back_from_json_as_it_was_written() -> None:
    sheet = make(read_index(json.dumps(TABLE).encode()))

    assert msgspec.json.decode(msgspec.json.encode(sheet), type=IndexSheet) == sheet
