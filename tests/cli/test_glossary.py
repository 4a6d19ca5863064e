"""`foedus glossary`."""

import json

from tests.cli.conftest import Run


def test_a_term_is_looked_up_with_its_source(run_nowhere: Run) -> None:
    result = run_nowhere("glossary", "EAPC")

    assert result.exit_code == 0
    assert result.stdout.startswith("EAPC (Euro-Atlantic Partnership Council): ")
    assert "more: foedus framework show eapc" in result.stdout
    assert ": Euro-Atlantic Partnership Council]" in result.stdout


def test_what_is_near_is_said_to_be_near(run_nowhere: Run) -> None:
    result = run_nowhere("glossary", "Interoperabillity")

    assert result.stdout.startswith("Nothing is called so; near it are:")


def test_a_term_that_nobody_knows_is_refused(run_nowhere: Run) -> None:
    result = run_nowhere("glossary", "qqqqqq")

    assert (result.exit_code, result.stdout) == (1, "")


def test_without_a_term_everything_is_listed(run_nowhere: Run) -> None:
    assert len(json.loads(run_nowhere("glossary", "--json").stdout)) == 78


def test_mistakes_are_listed_with_what_is_right_and_what_the_data_shows(
    run_nowhere: Run,
) -> None:
    said = run_nowhere("glossary", "--mistakes").stdout
    listed = json.loads(run_nowhere("glossary", "--mistakes", "--json").stdout)

    assert "Mistake: An invitee is already covered." in said
    assert "  Right: Cover starts when the instrument is deposited" in said
    assert "  Here: On " in said
    assert len(listed) == 29


def test_questions_are_listed_with_answers(run_nowhere: Run) -> None:
    listed = json.loads(run_nowhere("glossary", "--questions", "--json").stdout)

    assert len(listed) == 20
    assert all(each["answer"] and each["source"] for each in listed)
    assert run_nowhere("glossary", "--questions").stdout.startswith("Question: ")


def test_a_term_and_a_list_at_once_are_misuse(run_nowhere: Run) -> None:
    assert run_nowhere("glossary", "EAPC", "--mistakes").exit_code == 2
