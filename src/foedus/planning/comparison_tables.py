"""Comparisons as they are written in a file: one JSON object.

- `criteria`: by name, each with a `direction`, a `weight`, and for PROMETHEE a
  `preference` with `q`, `p` and `s` where it wants them.
- `alternatives`: by name, each an object with a number for every criterion.
- `judgements`: `of` some names, and a `matrix` of how much more each matters than each
  other. Of the criteria, they make the weights; alone, AHP is all that is asked.

Or as a `matrix` with lists beside it; see `matrices`.
"""

from typing import Annotated, Final, Literal

import msgspec
import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.games import FloatArray
from foedus.planning.matrices import comparison_text
from foedus.planning.mcda import (
    RANDOM_INDEX,
    Criterion,
    Preference,
    judgements,
)
from foedus.planning.tables import counted, number, numbers, part, read_table

COMPARED_MAX = 50
"""Alternatives of a comparison: each is left out in turn, and all pairs looked at."""

CRITERIA_MAX = 50
"""Criteria of a comparison: more than anybody weighs."""

JUDGEMENT_MAX = 1_000_000
"""How much more one thing may matter than another; Saaty's scale ends at 9."""

_THRESHOLDS: Final = {
    Preference.U: ("q",),
    Preference.V: ("p",),
    Preference.LEVEL: ("p",),
    Preference.LINEAR: ("p",),
    Preference.GAUSSIAN: ("s",),
    Preference.USUAL: (),
}
"""What a preference has to say above zero."""


class Weighing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One criterion, as it is written."""

    direction: Literal["higher", "lower"] = "higher"
    weight: float | None = None
    preference: Preference = Preference.USUAL
    q: float = 0.0
    p: float = 0.0
    s: float = 0.0


Judgement = (
    Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,6}([/.][0-9]{1,6})?$")]
    | Annotated[float, msgspec.Meta(gt=0, le=JUDGEMENT_MAX)]
)
"""How much more one thing matters than another: 3, 0.5 or "1/3"."""


class Judgements(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Judgements in pairs, as they are written."""

    of: list[str]
    matrix: list[list[Judgement]]


class ComparisonTable(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """A file, before its parts are read."""

    criteria: dict[str, msgspec.Raw] = {}
    alternatives: dict[str, msgspec.Raw] = {}
    judgements: msgspec.Raw = msgspec.Raw()


class Comparison(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A comparison to be made.

    Attributes:
        values: one row an alternative, one column a criterion; None where there are
            judgements alone.
        weights: one a criterion, unless judgements make them.
        judged: what the judgements are of, in the order of their matrix.
        matrix: the judgements, if any.
    """

    alternatives: tuple[str, ...] = ()
    criteria: dict[str, Criterion] = {}
    values: FloatArray | None = None
    weights: FloatArray | None = None
    judged: tuple[str, ...] = ()
    matrix: FloatArray | None = None


def read_comparison(text: bytes) -> Comparison:
    """Read a file.

    Raises:
        InvalidInputError: it is written otherwise, or cannot be compared; the detail
            begins with the key.
        TooLargeError: there are too many alternatives, criteria, judgements or bytes.
    """
    table = read_table(comparison_text(text), ComparisonTable)
    judged, matrix = _judged(table.judgements)
    if matrix is not None and not (table.criteria or table.alternatives):
        return Comparison(judged=judged, matrix=matrix)
    rows = counted("alternatives", table.alternatives, least=2, most=COMPARED_MAX)
    columns = counted("criteria", table.criteria, least=1, most=CRITERIA_MAX)
    written = {
        name: part(f"criteria.{name}", table.criteria[name], Weighing)
        for name in columns
    }
    if matrix is not None and set(judged) != set(columns):
        raise InvalidInputError("judgements.of: name the criteria, each of them once")
    values = np.array(
        [
            numbers(f"alternatives.{row}", table.alternatives[row], columns)
            for row in rows
        ]
    )
    for place, name in enumerate(columns):
        if not (values[:, place] ** 2).sum() > 0:
            raise InvalidInputError(f"criteria.{name}: it is zero for all; take it out")
    return Comparison(
        alternatives=rows,
        criteria={name: _criterion(name, each) for name, each in written.items()},
        values=values,
        weights=_weights(written, judged=matrix is not None),
        judged=judged,
        matrix=matrix,
    )


def _judged(raw: msgspec.Raw) -> tuple[tuple[str, ...], FloatArray | None]:
    if not bytes(raw):
        return (), None
    found = part("judgements", raw, Judgements)
    names = counted("judgements.of", found.of, least=1, most=len(RANDOM_INDEX))
    if [len(row) for row in found.matrix] != [len(names)] * len(names):
        raise InvalidInputError(
            f"judgements.matrix: give {len(names)} rows of {len(names)} judgements"
        )
    try:
        return names, judgements(found.matrix)
    except InvalidInputError as error:
        raise InvalidInputError(f"judgements.matrix: {error}") from error


def _criterion(name: str, written: Weighing) -> Criterion:
    key = f"criteria.{name}"
    for threshold in ("q", "p", "s"):
        value = number(f"{key}.{threshold}", getattr(written, threshold))
        if value < 0:
            raise InvalidInputError(f"{key}.{threshold}: it is at least zero")
        if value == 0 and threshold in _THRESHOLDS[written.preference]:
            raise InvalidInputError(
                f"{key}.{threshold}: '{written.preference}' wants one above zero"
            )
    if written.p < written.q and "p" in _THRESHOLDS[written.preference]:
        raise InvalidInputError(f"{key}.p: it is at least as large as q")
    return Criterion(
        sense=1 if written.direction == "higher" else -1,
        type=written.preference,
        q=written.q,
        p=written.p,
        s=written.s,
    )


def _weights(written: dict[str, Weighing], *, judged: bool) -> FloatArray | None:
    found = []
    for name, each in written.items():
        key = f"criteria.{name}.weight"
        if judged and each.weight is not None:
            raise InvalidInputError(f"{key}: leave it out; judgements make the weights")
        if not judged and each.weight is None:
            raise InvalidInputError(
                f"{key}: it is missing; give it, or 'judgements' of the criteria"
            )
        found.append(number(key, each.weight or 0.0))
        if found[-1] < 0:
            raise InvalidInputError(f"{key}: it is at least zero")
    if judged:
        return None
    if not sum(found) > 0:
        raise InvalidInputError("criteria: not all weights are zero")
    return np.array(found) / sum(found)
