import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.nations import level_names
from foedus.errors import InvalidInputError, LabelError
from foedus.releasability.ceilings import (
    ABOVE_CEILING,
    check_ceiling,
    resolve_ceiling,
)
from tests.releasability.strategies import NATO

LEVELS = st.integers(min_value=0, max_value=len(NATO.levels) - 1)


def test_without_a_setting_the_ceiling_is_the_highest_level() -> None:
    assert resolve_ceiling(None, NATO) == len(NATO.levels) - 1


def test_a_ceiling_is_named_as_a_level_is() -> None:
    for index, level in enumerate(NATO.levels):
        for name in level_names(level):
            assert resolve_ceiling(name.lower(), NATO) == index


@pytest.mark.parametrize("text", ["", "SECRET TO ALL", "5", "-1"])
def test_a_ceiling_that_is_no_level_is_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"ceiling.*NATO UNCLASSIFIED"):
        resolve_ceiling(text, NATO)


@given(level=LEVELS, ceiling=LEVELS)
def test_what_is_above_the_ceiling_is_refused_and_nothing_else(
    level: int, ceiling: int
) -> None:
    if level <= ceiling:
        check_ceiling(level, ceiling, NATO)
        return
    with pytest.raises(LabelError) as refusal:
        check_ceiling(level, ceiling, NATO)
    assert refusal.value.code == ABOVE_CEILING
    for each in (level, ceiling):
        assert NATO.levels[each].name in refusal.value.detail
