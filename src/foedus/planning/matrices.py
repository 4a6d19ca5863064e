"""Tables that are printed as a matrix, made the tables that are read by names.

Published cases are mostly printed as rows of numbers with lists beside them. Both files
of comparisons and of indices may be written so; further keys are notes. Names that are
not given are `A1`, `A2`, … for rows and `C1`, `C2`, … for columns.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.tables import TABLE_BYTES_MAX, once

Entry = Mapping[str, object]

_DIRECTIONS: Final = {1: "higher", -1: "lower"}

_THRESHOLDS: Final = ("preference", "q", "p", "s", "weight")
"""What a criterion in a list may say as one that has a name does."""


def comparison_text(text: bytes) -> bytes:
    """Give a comparison that is written as a `matrix` as one by names; else as it is.

    Raises:
        InvalidInputError: the lists do not fit the matrix.
    """
    entry = _entry(text)
    if entry is None or "matrix" not in entry:
        return text
    rows = _rows("matrix", entry["matrix"])
    if not {"criteria", "weights", "sense"} & entry.keys():
        names = _names("names", entry.get("names"), len(rows), "A")
        return _written({"judgements": {"of": names, "matrix": rows}})
    width = len(rows[0])
    columns = _criteria(entry, width)
    return _written(
        {"criteria": columns, "alternatives": _alternatives(entry, rows, list(columns))}
    )


def index_text(text: bytes) -> bytes:
    """Give an index that is written as rows of `raw` numbers as one by names.

    Raises:
        InvalidInputError: the lists do not fit the rows.
    """
    entry = _entry(text)
    if entry is None or "raw" not in entry:
        return text
    rows = _rows("raw", entry["raw"])
    columns = _names("indicators", entry.get("indicators"), len(rows[0]), "C")
    posts = entry.get("fixed_goalposts")
    made: dict[str, object] = {
        "indicators": {name: {} for name in columns},
        "alternatives": _alternatives(entry, rows, columns),
    }
    if isinstance(posts, dict):
        low, high = (
            _list(f"fixed_goalposts.{end}", posts.get(end), len(columns))
            for end in ("min", "max")
        )
        ends = zip(columns, low, high, strict=True)
        made["indicators"] = {
            name: {"goalposts": [one, two]} for name, one, two in ends
        }
    weights = entry.get("weights_percent", entry.get("weights"))
    if isinstance(weights, dict):
        made["weights"] = {
            name: dict(
                zip(columns, _list(f"weights.{name}", each, len(columns)), strict=True)
            )
            for name, each in weights.items()
        }
    kept = ("normalisings", "aggregations", "leave_out", "capped", "draws", "seed")
    return _written(made | {key: entry[key] for key in kept if key in entry})


def _entry(text: bytes) -> Entry | None:
    """Read an object; what is none, or too long, is refused by whoever reads tables."""
    if len(text) > TABLE_BYTES_MAX:
        raise TooLargeError(f"a table has at most {TABLE_BYTES_MAX} bytes")
    try:
        found = json.loads(text.decode(), object_pairs_hook=once)
    except (ValueError, RecursionError, InvalidInputError):
        return None
    return found if isinstance(found, dict) else None


def _criteria(entry: Entry, width: int) -> dict[str, dict[str, object]]:
    given = entry.get("criteria", [{}] * width)
    listed = _list("criteria", given, width)
    weights = entry.get("weights", "equal")
    shares = [1] * width if weights == "equal" else _list("weights", weights, width)
    senses = _list("sense", entry.get("sense", [1] * width), width)
    names = [f"C{place}" for place in range(1, width + 1)]
    made: dict[str, dict[str, object]] = {}
    for name, each, share, sense in zip(names, listed, shares, senses, strict=True):
        if not isinstance(each, dict):
            raise InvalidInputError("criteria: write an object for each column")
        said = {key: each[key] for key in _THRESHOLDS if key in each}
        if "type" in each:
            said["preference"] = each["type"]
        direction = each.get("sense", sense)
        if not isinstance(direction, int) or direction not in _DIRECTIONS:
            raise InvalidInputError(f"criteria.{name}.sense: write 1 or -1")
        called = each.get("name", name)
        made[str(called)] = {
            "weight": share,
            **said,
            "direction": _DIRECTIONS[direction],
        }
    if len(made) < width:
        raise InvalidInputError("criteria: a name stands there twice")
    return made


def _alternatives(
    entry: Entry, rows: Sequence[Sequence[object]], columns: Sequence[str]
) -> dict[str, dict[str, object]]:
    given = entry.get("names", entry.get("countries", entry.get("alternatives")))
    names = _names("names", given, len(rows), "A")
    return {
        name: dict(zip(columns, row, strict=True))
        for name, row in zip(names, rows, strict=True)
    }


def _rows(key: str, value: object) -> list[list[object]]:
    if not isinstance(value, list) or not value:
        raise InvalidInputError(f"{key}: write rows of numbers")
    if any(not isinstance(row, list) or len(row) != len(value[0]) for row in value):
        raise InvalidInputError(f"{key}: write rows of one length")
    if not value[0]:
        raise InvalidInputError(f"{key}: write rows of numbers")
    return value


def _names(key: str, value: object, count: int, letter: str) -> list[str]:
    if value is None:
        return [f"{letter}{place}" for place in range(1, count + 1)]
    names = [str(each) for each in _list(key, value, count)]
    if len(set(names)) < count:
        raise InvalidInputError(f"{key}: a name stands there twice")
    return names


def _list(key: str, value: object, count: int) -> list[object]:
    if not isinstance(value, list) or len(value) != count:
        raise InvalidInputError(f"{key}: write a list of {count}")
    return value


def _written(made: object) -> bytes:
    return json.dumps(made, ensure_ascii=False).encode(errors="surrogatepass")
