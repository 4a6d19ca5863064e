"""`foedus framework`."""

import json

from tests.cli.conftest import Run


def test_frameworks_are_listed_with_what_they_do_not_promise(run_nowhere: Run) -> None:
    listed = json.loads(run_nowhere("framework", "list", "--json").stdout)

    assert len(listed) == 29
    peace = listed[0]
    assert (peace["id"], peace["participants"]) == ("pfp", 18)
    assert peace["not_promised"] == ["collective defence", "mutual defence"]
    said = run_nowhere("framework", "list").stdout
    assert "does not promise" in said.splitlines()[0]


def test_a_framework_is_shown_as_of_a_day(run_nowhere: Run) -> None:
    words = ("framework", "show", "pfp", "--as-of", "2000-01-01")

    found = json.loads(run_nowhere(*words, "--json").stdout)
    said = run_nowhere(*words).stdout

    assert found["day"] == "2000-01-01"
    assert found["assurance"]["text"].startswith("No Article 5")
    assert "not promised collective defence, mutual defence" in said
    assert "SWE  Sweden, from 1994-05-09 to 2024-03-07; status partner" in said
    assert "[mixed, as of 2024-08-06: Partnership for Peace: Framework" in said


def test_an_unknown_framework_is_refused(run_nowhere: Run) -> None:
    result = run_nowhere("framework", "show", "parpp")

    assert result.exit_code == 1
    assert "did you mean parp or " in result.stderr
