"""Regular expressions and LIKE, in linear time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.response.budget import Budget, SpentError
from foedus.response.matching import (
    DEPTH_MAX,
    PATTERN_LENGTH_MAX,
    WALKING,
    compile_pattern,
    is_like,
)

FREE = Budget(10**9).pay

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", "^", "$", "(a|b)"])
SIGNS = st.sampled_from(["", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"])
PATTERNS = st.lists(
    st.tuples(ATOMS, SIGNS).filter(lambda pair: pair[0] not in "^$" or not pair[1]),
    max_size=6,
).map(lambda pairs: "".join(atom + sign for atom, sign in pairs))


@given(PATTERNS, st.text(alphabet="ab1\n", max_size=8))
def test_a_pattern_matches_as_the_language_s_own_does(pattern: str, text: str) -> None:
    own = re.search(pattern.replace("$", r"\Z"), text) is not None

    assert compile_pattern(pattern).found_in(text, FREE) is own


def test_no_pattern_is_slow() -> None:
    assert not compile_pattern("(a+)+$").found_in("a" * 2_000 + "b", FREE)


def test_repeating_nothing_takes_no_time() -> None:
    """Written out, it was done 200 times at each of 20 depths, without a state."""
    pattern = "(" * DEPTH_MAX + "){200}" * DEPTH_MAX
    assert compile_pattern(pattern).found_in("", FREE)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "a)",
        "*",
        "a**",
        "[a",
        "[b-a]",
        "a{2",
        "a{2,1}",
        "a{999}",
        "((a{200}){200}){200}",
        r"\1",
        "(?=a)",
        "(?i)a",
        "\\",
        "a" * (PATTERN_LENGTH_MAX + 1),
        "(" * (DEPTH_MAX + 1) + ")" * (DEPTH_MAX + 1),
    ],
)
def test_what_is_no_pattern_here_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInputError):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"\w+@\w+\.org", "x: a_b@c.org"), (r"[\d-]+", "-"), (r"[a\]]", "]"), ("", "")],
)
def test_classes_and_escapes(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).found_in(text, FREE)


@given(st.text(alphabet="ab%_", max_size=6), st.text(alphabet="ab\n", max_size=8))
def test_like_takes_any_for_a_percent_and_one_for_a_line(
    pattern: str, text: str
) -> None:
    own = pattern.replace("%", ".*").replace("_", ".")

    assert is_like(text, pattern) is (re.fullmatch(own, text, re.DOTALL) is not None)


def test_each_state_that_a_character_is_put_to_is_paid_for() -> None:
    dear = compile_pattern("(a?){190}b")

    with pytest.raises(SpentError):
        dear.found_in("a" * 1_000, Budget(10_000 * WALKING).pay)
    assert not dear.found_in("a" * 10, Budget(10_000 * WALKING).pay)


def test_a_class_of_many_members_costs_more_than_a_character() -> None:
    members = "".join(map(chr, range(0x4E00, 0x4E00 + 100)))

    with pytest.raises(SpentError):
        compile_pattern(f"[{members}]b").found_in("a" * 20, Budget(1_000 * WALKING).pay)
    assert not compile_pattern("cb").found_in("a" * 20, Budget(1_000 * WALKING).pay)
