"""The forms of names."""

import time

import pytest

from foedus.response.vocabulary import (
    is_identifier,
    is_variable_name,
    variables_in,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("block __ip__:value at __fw-1__:value", ["__ip__", "__fw-1__"]),
        ("__ip__ alone", []),
        ("x__ip__:value", ["__ip__"]),
        (":value __:value", []),
        ("__a____b__:value", ["__a____b__"]),
    ],
)
def test_references_are_found_in_a_text(text: str, names: list[str]) -> None:
    assert list(variables_in(text)) == names


def test_no_text_is_slow_to_search() -> None:
    began = time.perf_counter()

    assert list(variables_in("_" * 1_000_000 + "-:value" * 1_000)) == []

    assert time.perf_counter() - began < 1


def test_names_and_identifiers_have_their_form() -> None:
    assert is_variable_name("__a-1__")
    assert not is_variable_name("__1__")
    assert is_identifier("end--bd4c07f7-a4b5-4120-b179-c0ad559b2d93")
    assert not is_identifier("end--bd4c07f7")
