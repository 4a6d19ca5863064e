"""`foedus protocol catalogue`."""

import json

import pytest

from foedus.cli.protocol_catalogue import describe
from foedus.response import catalogue
from tests.cli.conftest import Run
from tests.tidy.sources import REFERENCE


def test_the_catalogue_names_each_protocol_and_its_exercise(run_nowhere: Run) -> None:
    listed = json.loads(run_nowhere("--json", "protocol", "catalogue", "list").stdout)

    assert [one["name"] for one in listed] == list(catalogue.names())
    assert listed[1]["title"] == f"EXERCISE: {listed[0]['title']}"


def test_a_protocol_is_drawn_for_a_person_and_given_to_a_program(
    run_nowhere: Run,
) -> None:
    name = "air-policing-hand-over"

    drawn = run_nowhere("protocol", "catalogue", "show", name).stdout
    given = run_nowhere("--json", "protocol", "catalogue", "show", name).stdout

    assert drawn.splitlines() == list(describe(catalogue.raw(name)))
    assert given.encode() == catalogue.raw(name)


def test_an_unknown_name_is_refused(run_nowhere: Run) -> None:
    result = run_nowhere("protocol", "catalogue", "show", "moon-landing")

    assert result.exit_code == 1
    assert "foedus protocol catalogue" in result.stderr


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_the_reference_shows_the_protocol_as_it_ships(name: str) -> None:
    page = (REFERENCE / "catalogue.md").read_text(encoding="utf-8")

    assert "\n".join(describe(catalogue.raw(name))) in page
