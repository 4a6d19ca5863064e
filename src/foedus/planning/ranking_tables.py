"""Orders and lists as they are written in a file: one JSON object, a table a key.

A table is written in one of four forms; further keys are notes and are not looked at:

- `profile`: how many votes, and their order from first to last, as a list of names or a
  text of which each letter is one;
- `names` and `support`: with how much weight each comes before each other (`outranking`
  is another word for it);
- `x` and `y`: two lists of numbers, held against each other by rank;
- `rows`: names with two numbers each, likewise: how large a nation is, and how much of
  what it has it gives.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.games import FloatArray
from foedus.planning.tables import counted, number, read_table

RANKED_MAX: Final = 50
"""Things that are ordered: each is left out in turn, and all pairs looked at."""

VOTES_MAX: Final = 10_000
"""Different orders of a profile."""

VALUES_MAX: Final = 200
"""Values of a list: each is left out in turn."""

VALUES_LEAST: Final = 4
"""Values that are correlated: three without one are no sample."""

RANKINGS_MAX: Final = 100
"""Tables of a file."""

PAIR: Final = 2


class Support(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """With how much weight each comes before each other."""

    names: tuple[str, ...]
    matrix: FloatArray


class Lists(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Two lists of numbers, of which those at one place belong together."""

    x: FloatArray
    y: FloatArray


Table = Support | Lists


def read_rankings(text: bytes) -> tuple[dict[str, Table], tuple[str, ...]]:
    """Read a file of tables.

    Returns:
        The tables by name, and the names of objects that are none.

    Raises:
        InvalidInputError: it is no JSON object, or a table is not written as one; the
            detail begins with its name.
        TooLargeError: there are too many tables, names, votes or bytes.
    """
    document = read_table(text, dict[str, object])
    found: dict[str, Table] = {}
    others = []
    for name, entry in document.items():
        form = _form(entry)
        if form is not None and isinstance(entry, dict):
            found[name] = _FORMS[form](name, entry)
        elif isinstance(entry, dict):
            others.append(name)
    if not found:
        raise InvalidInputError(
            "there is no table: give one by 'profile', by 'names' and 'support', by "
            "'x' and 'y', or by 'rows'"
        )
    if len(found) > RANKINGS_MAX:
        raise TooLargeError(f"{len(found)} tables; at most {RANKINGS_MAX} are possible")
    return found, tuple(others)


def _form(entry: object) -> str | None:
    if not isinstance(entry, dict):
        return None
    return next((form for form in _FORMS if form in entry), None)


def _of_votes(key: str, entry: Mapping[str, object]) -> Support:
    votes = _list(f"{key}.profile", entry["profile"], most=VOTES_MAX)
    if not votes:
        raise InvalidInputError(f"{key}.profile: give at least one order")
    orders = []
    for place, vote in enumerate(votes, start=1):
        where = f"{key}.profile, vote {place}"
        if not isinstance(vote, list) or len(vote) != PAIR:
            raise InvalidInputError(f"{where}: write how many, and their order")
        count = number(where, vote[0])
        if count < 0:
            raise InvalidInputError(f"{where}: there cannot be less than no votes")
        orders.append((count, _order(where, vote[1])))
    names = counted(f"{key}.profile", sorted(orders[0][1]), least=2, most=RANKED_MAX)
    matrix = np.zeros((len(names), len(names)))
    for place, (count, order) in enumerate(orders, start=1):
        if sorted(order) != list(names):
            raise InvalidInputError(
                f"{key}.profile, vote {place}: order each of {', '.join(names)} once"
            )
        places = [names.index(name) for name in order]
        for position, before in enumerate(places):
            matrix[before, places[position + 1 :]] += count
    return Support(names=names, matrix=matrix)


def _of_support(key: str, entry: Mapping[str, object]) -> Support:
    written = "support" if "support" in entry else "outranking"
    if "names" not in entry:
        raise InvalidInputError(f"{key}.names: they are missing")
    names = _order(f"{key}.names", entry["names"])
    names = counted(f"{key}.names", names, least=2, most=RANKED_MAX)
    rows = _list(f"{key}.{written}", entry[written], most=RANKED_MAX)
    if [len(row) if isinstance(row, list) else 0 for row in rows] != [len(names)] * len(
        names
    ):
        raise InvalidInputError(
            f"{key}.{written}: give {len(names)} rows of {len(names)} numbers"
        )
    matrix = np.array(
        [
            [number(f"{key}.{written}, row {place}", value) for value in row]
            for place, row in enumerate(rows, start=1)
            if isinstance(row, list)
        ]
    )
    if matrix.min() < 0:
        raise InvalidInputError(f"{key}.{written}: support is at least zero")
    np.fill_diagonal(matrix, 0.0)
    return Support(names=names, matrix=matrix)


def _of_lists(key: str, entry: Mapping[str, object]) -> Lists:
    if "y" not in entry:
        raise InvalidInputError(f"{key}.y: it is missing beside 'x'")
    x, y = (_list(f"{key}.{name}", entry[name], most=VALUES_MAX) for name in ("x", "y"))
    return _lists(key, x, y)


def _of_rows(key: str, entry: Mapping[str, object]) -> Lists:
    rows = _list(f"{key}.rows", entry["rows"], most=VALUES_MAX)
    pairs: list[list[object]] = []
    for place, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(row) != PAIR + 1:
            raise InvalidInputError(f"{key}.rows, row {place}: a name and two numbers")
        pairs.append(row[1:])
    return _lists(key, *([pair[side] for pair in pairs] for side in range(PAIR)))


def _lists(key: str, x: Sequence[object], y: Sequence[object]) -> Lists:
    if len(x) != len(y) or len(x) < VALUES_LEAST:
        raise InvalidInputError(
            f"{key}: give two lists of the same length, of {VALUES_LEAST} at least"
        )
    first, second = (
        np.array(
            [number(f"{key}, value {at}", each) for at, each in enumerate(values, 1)]
        )
        for values in (x, y)
    )
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        raise InvalidInputError(
            f"{key}: the values of a list are all equal, and have no order"
        )
    return Lists(x=first, y=second)


_FORMS: Final[Mapping[str, Callable[[str, Mapping[str, object]], Table]]] = {
    "profile": _of_votes,
    "support": _of_support,
    "outranking": _of_support,
    "x": _of_lists,
    "rows": _of_rows,
}


def _list(key: str, value: object, *, most: int) -> list[object]:
    if not isinstance(value, list):
        raise InvalidInputError(f"{key}: it is no list")
    if len(value) > most:
        raise TooLargeError(f"{key}: at most {most} are possible, not {len(value)}")
    return value


def _order(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(map(str, value))
    raise InvalidInputError(
        f"{key}: write a list of names, or a text of which each letter is one"
    )
