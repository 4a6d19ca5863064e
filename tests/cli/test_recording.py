import pytest

from foedus.cli.recording import content_of, parts
from foedus.errors import InvalidInputError
from foedus.readiness.records import Exercise, Module


def test_what_was_left_out_has_its_default() -> None:
    assert content_of(Module, {"name": "N", "purpose": "", "teaches": ()}).purpose == ""


def test_what_is_missing_or_wrong_is_named() -> None:
    with pytest.raises(InvalidInputError, match="missing required field"):
        content_of(Exercise, {"name": "N"})
    with pytest.raises(InvalidInputError, match="in `since`"):
        content_of(Exercise, {"name": "N", "since": "x", "until": "2026-01-01"})


def test_lists_are_separated_by_commas() -> None:
    assert parts("a,b") == ("a", "b")
    assert parts("") == ()
