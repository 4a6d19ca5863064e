"""Days mean periods, and periods of a plan are counted from 1."""

from datetime import date

import pytest

from foedus.errors import InvalidInputError
from foedus.planning.horizons import Horizon, check_horizon

YEAR = Horizon(as_of=date(2027, 1, 4), periods=3)


@pytest.mark.parametrize(
    ("since", "until", "span", "touched", "filled"),
    [
        ((2027, 1, 4), (2027, 2, 1), (1, 1), [1], [1]),
        ((2027, 1, 31), (2027, 2, 2), (1, 2), [1, 2], []),
        ((2020, 1, 1), (2030, 1, 1), (1, 3), [1, 2, 3], [1, 2, 3]),
        ((2020, 1, 1), (2027, 1, 4), None, [], []),
        ((2027, 3, 29), (2030, 1, 1), None, [], []),
    ],
)
def test_days_touch_some_periods_and_fill_fewer(
    since: tuple[int, int, int],
    until: tuple[int, int, int],
    span: tuple[int, int] | None,
    touched: list[int],
    filled: list[int],
) -> None:
    days = date(*since), date(*until)

    assert YEAR.span(*days) == span
    assert list(YEAR.touched(*days)) == touched
    assert list(YEAR.filled(*days)) == filled


def test_what_has_no_end_runs_to_the_end() -> None:
    assert YEAR.span(date(2027, 2, 1), None) == (2, 3)


@pytest.mark.parametrize("wrong", [{"periods": 0}, {"period_h": 0.5}])
def test_a_horizon_without_time_is_refused(wrong: dict[str, float]) -> None:
    said = {"as_of": date(2027, 1, 4), **wrong}

    with pytest.raises(InvalidInputError, match="from 1 to"):
        check_horizon(Horizon(**said))  # type: ignore[arg-type] - of the parameters
