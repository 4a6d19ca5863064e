from typing import get_args

import msgspec
import pytest

from foedus.readiness.events import KIND_OF
from foedus.readiness.records import AnyContent, Report, Unit
from tests.readiness.world import report, unit


def test_every_content_has_a_kind_of_its_own() -> None:
    assert set(KIND_OF) == set(get_args(AnyContent))
    assert len(set(KIND_OF.values())) == len(KIND_OF)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0},
        {"size": -1},
        {"name": ""},
        {"colour": "red"},
        {"measures": ["m"] * 257},
    ],
)
def test_a_unit_has_its_limits(wrong: dict[str, object]) -> None:
    said = msgspec.to_builtins(unit())

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**said, **wrong}, Unit)


@pytest.mark.parametrize(
    "wrong",
    [
        {"posture": "asleep"},
        {"clock": "noon"},
        {"available": 1.1},
        {"notice_h": -1},
        {"windows": 0},
        {"shown": "hoped"},
    ],
)
def test_a_report_says_what_is_known_in_known_words(wrong: dict[str, object]) -> None:
    said = msgspec.to_builtins(report("unit--1"))

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**said, **wrong}, Report)
