"""The playbooks that a run may use."""

import pytest

from foedus.errors import InvalidInputError
from foedus.response.library import Library, MissingPlaybookError
from tests.response.books import book, linear, read, step_id, variable

LATER = "2026-02-01T00:00:00.000Z"
FIRST = read(linear(id="playbook--edd41723-869d-4a07-9971-55876c706533"))
SECOND = read(
    linear(id="playbook--edd41723-869d-4a07-9971-55876c706533", modified=LATER)
)


def caller(**which: object) -> object:
    steps = {
        "C": {"playbook_id": FIRST.id, "on_completion": "E", **which},
        "E": {},
    }
    return book(steps)


def test_without_a_version_the_newest_is_called() -> None:
    outer = read(caller())
    library = Library([SECOND, FIRST, outer])

    assert library.child_of(outer.workflow[step_id("C")]) is SECOND


def test_a_version_is_called_by_when_it_was_modified() -> None:
    outer = read(caller(playbook_version=FIRST.modified))
    library = Library([FIRST, SECOND, outer])

    assert library.child_of(outer.workflow[step_id("C")]) is FIRST


def test_a_playbook_that_is_called_must_be_there() -> None:
    outer = read(caller())

    with pytest.raises(MissingPlaybookError):
        Library([outer]).check(outer, {})


def test_only_what_is_external_and_fits_is_set() -> None:
    playbook = read(
        linear(
            playbook_variables={
                "__n__": variable("1", "integer", external=True),
                "__m__": variable("1", "integer"),
            }
        )
    )
    library = Library([playbook])

    library.check(playbook, {"__n__": "7"})
    for launch in ({"__n__": "seven"}, {"__m__": "7"}, {"__o__": "7"}):
        with pytest.raises(InvalidInputError):
            library.check(playbook, launch)
