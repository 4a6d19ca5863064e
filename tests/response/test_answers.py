"""What an answer says of values: each from its place, of its type, and no more."""

import json

import pytest

from foedus.errors import InvalidInputError
from foedus.response.answers import Wanted, read_answer, wanted_of
from foedus.response.moves import VALUE_LENGTH_MAX
from tests.response import books
from tests.response.books import at_step, book, step_id, variable
from tests.response.theatre import assign


def want(kind: str = "string", place: str = "/x") -> Wanted:
    return Wanted(name="__x__", kind=kind, place=place)


def read(value: object, kind: str = "string", place: str = "/x") -> object:
    body = json.dumps({"x": value}).encode()
    return read_answer(body, [want(kind, place)], openc2=False).get("__x__", "absent")


@pytest.mark.parametrize(
    ("value", "kind", "held"),
    [
        ("t-1", "string", "t-1"),
        ("", "string", ""),
        (7, "integer", "7"),
        ("7", "integer", "7"),
        (2.5, "float", "2.5"),
        (True, "bool", "true"),
        ({"a": 1}, "dictionary", '{"a":1}'),
        ("192.0.2.1", "ipv4-addr", "192.0.2.1"),
        (None, "integer", None),
    ],
)
def test_a_value_is_taken_as_its_variable_holds_it(
    value: object, kind: str, held: str | None
) -> None:
    assert read(value, kind) == held


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("canary", "integer"),
        ("", "integer"),
        ("canary", "bool"),
        ("canary", "ipv4-addr"),
        ({"canary": 1}, "string"),
        (["canary"], "string"),
        (["canary"], "dictionary"),
        ("canary", "dictionary"),
        (2**64, "integer"),
        ("canary" * VALUE_LENGTH_MAX, "string"),
    ],
)
def test_what_does_not_fit_is_refused_and_not_repeated(
    value: object, kind: str
) -> None:
    with pytest.raises(InvalidInputError, match="__x__") as refused:
        read(value, kind)

    assert "canary" not in refused.value.detail


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("/a/1/b~1c", "deep"),
        ("/a/2", "absent"),
        ("/a/01", "absent"),
        ("/a/-", "absent"),
        ("/a/1/b", "absent"),
        ("/x/y", "absent"),
    ],
)
def test_a_place_is_a_json_pointer(place: str, found: str) -> None:
    body = b'{"a": [0, {"b/c": "deep"}], "x": "text"}'

    assert read_answer(body, [want(place=place)], openc2=False).get(
        "__x__", "absent"
    ) == (found)


@pytest.mark.parametrize(
    "body", [None, b"", b"<html>", b'["x"]', b'{"x": 1, "x": 2}', b'{"y": 1}']
)
def test_what_is_no_plain_object_says_nothing(body: bytes | None) -> None:
    assert read_answer(body, [want()], openc2=False) == {}


def test_of_openc2_the_results_are_read() -> None:
    alone = b'{"status": 200, "x": "no", "results": {"x": "yes"}}'
    carried = b'{"body": {"openc2": {"response": %s}}}' % alone

    for body in (alone, carried):
        assert read_answer(body, [want()], openc2=True) == {"__x__": "yes"}


def test_each_output_has_its_own_name_unless_the_step_says_where() -> None:
    document = book(
        {"A1": {"on_completion": "E"}, "E": {}},
        playbook_variables={"__x_y__": variable(), "__n__": variable(kind="integer")},
    )
    assign(document, "A1", answers=[{"name": "__n__", "at": "/data/n"}])
    at_step(document, "A1")["out_args"] = ["__x_y__", "__n__"]
    found = books.read(document)

    assert wanted_of(found, found.workflow[step_id("A1")]) == (
        Wanted(name="__x_y__", kind="string", place="/x_y"),
        Wanted(name="__n__", kind="integer", place="/data/n"),
    )
