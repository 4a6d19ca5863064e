"""The grammar of conditions."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.response.conditions import (
    DEPTH_MAX,
    LENGTH_MAX,
    Comparison,
    comparisons_of,
    holds,
    parse,
    read_switch,
    references_of,
)


def truth(text: str) -> bool:
    """Judge `1 = 1` as true and anything else as false."""
    return holds(parse(text), lambda one: one.left == one.right)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 = 1 OR 1 = 1 AND 1 = 2", True),
        ("(1 = 1 OR 1 = 1) AND 1 = 2", False),
        ("NOT (1 = 2)", True),
        ("NOT (NOT (1 = 2))", False),
        ("((1 = 1))", True),
    ],
)
def test_and_binds_more_than_or(text: str, *, expected: bool) -> None:
    assert truth(text) is expected


def test_every_comparison_and_its_variables_are_found() -> None:
    expression = parse("__a__:value = 1 AND NOT (__b__:value IN (__c__:value, 'd'))")

    found = list(comparisons_of(expression))

    assert [one.op for one in found] == ["=", "IN"]
    assert [list(references_of(one)) for one in found] == [
        ["__a__"],
        ["__b__", "__c__"],
    ]


def test_a_quote_inside_a_text_is_escaped() -> None:
    found = parse(r"'it\'s \\ so' = 'x'")

    assert isinstance(found, Comparison)
    assert found.left.text == r"it's \ so"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "__x__:value",
        "__x__:value =",
        "__x__:value == 'red'",
        "__x__:value = red",
        "__x__ = 'red'",
        "__x__:value = 'red",
        "__x__:value = 'a' AND",
        "(__x__:value = 'a'",
        "__x__:value = 'a')",
        "__x__:value IN ()",
        "NOT __x__:value = 'a'",
        "[__x__:value = 'a']",
        "__x__:value = 'a' FOLLOWEDBY __x__:value = 'b'",
        "__x__:value = 1 WITHIN 5 SECONDS",
        "Operator input to proceed",
        "(" * (DEPTH_MAX + 1) + "1 = 1" + ")" * (DEPTH_MAX + 1),
        " " * LENGTH_MAX + "1 = 1",
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse(text)


def test_bare_words_are_texts_only_where_that_is_asked_for() -> None:
    assert parse("__x__:value = red", bare_words=True) == parse("__x__:value = 'red'")


@pytest.mark.parametrize("text", ["__x__:value", " __x__ "])
def test_a_switch_names_one_variable(text: str) -> None:
    assert read_switch(text) == "__x__"


def test_a_switch_names_nothing_else() -> None:
    with pytest.raises(InvalidInputError):
        read_switch("'red'")


@given(st.text(alphabet="()'_xANDORNOTIN:value=<>!,. 1t\\[", max_size=60))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    with suppress(InvalidInputError):
        parse(text)
