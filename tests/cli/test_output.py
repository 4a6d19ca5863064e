"""Answers: data on stdout, talk and problems on stderr."""

import json

import pytest

from foedus.cli import output
from foedus.errors import CorruptLogError, LabelError, NotFoundError


def test_data_goes_to_stdout_as_one_document(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.give({"name": "é"})

    assert capsys.readouterr() == ('{"name":"é"}\n', "")


def test_talk_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("hello")

    assert capsys.readouterr() == ("", "hello\n")


def test_lines_go_to_stdout_and_that_there_are_none_to_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.tell(["one", "two"])
    assert capsys.readouterr() == ("one\ntwo\n", "")

    output.tell([])
    assert capsys.readouterr() == ("", "Nothing to show.\n")


def test_a_refusal_is_a_sentence_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    output.refuse(NotFoundError("no such thing"), as_json=False)

    assert capsys.readouterr() == ("", "foedus: no such thing\n")


def test_a_refusal_under_json_is_a_problem_document_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.refuse(NotFoundError("no such thing"), as_json=True)

    out, err = capsys.readouterr()
    assert out == ""
    assert json.loads(err) == {
        "type": "https://foedus.example/problems/not-found",
        "title": "Nothing here",
        "status": 404,
        "detail": "no such thing",
    }


def test_the_problem_of_a_label_has_its_code() -> None:
    problem = output.problem_of(LabelError("no", code="unknown_marking"))

    assert (problem.code, problem.position) == ("unknown_marking", None)


def test_the_problem_of_a_log_has_its_position() -> None:
    problem = output.problem_of(CorruptLogError("no", position=7))

    assert (problem.code, problem.position) == (None, 7)


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    rows = [("a", "bcd", "e"), ("fghi", "j", "")]

    assert list(output.table(rows)) == ["a     bcd  e", "fghi  j"]


def test_progress_says_nothing_where_nobody_watches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with output.progress("Working", 2) as add:
        add(1)

    assert capsys.readouterr() == ("", "")


def test_what_was_typed_in_no_encoding_is_refused_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.refuse(NotFoundError("no thing \udcff"), as_json=True)

    assert json.loads(capsys.readouterr().err)["detail"] == "no thing \\udcff"
