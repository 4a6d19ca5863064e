"""Patterns: what parses is what the reference implementation of OASIS parses."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stix2patterns.exceptions import ParseException
from stix2patterns.v21.pattern import Pattern as Reference

from foedus.errors import InvalidInputError
from foedus.stix.patterns import (
    COMPARISONS_MAX,
    DEPTH_MAX,
    DIGITS_MAX,
    PATTERN_CHARS_MAX,
    Comparison,
    Joined,
    Operator,
    Path,
    Timestamp,
    Value,
    parse_pattern,
)

WORDS = [
    *("[", "]", "(", ")", ":", ".", ",", "*", "=", "==", "!=", "<>", "<", ">="),
    *("AND", "OR", "NOT", "FOLLOWEDBY", "IN", "LIKE", "MATCHES", "ISSUBSET"),
    *("EXISTS", "START", "STOP", "WITHIN", "SECONDS", "REPEATS", "TIMES"),
    *("file", "x-usb", "_name", "true", "false", "'text'", r"'\''", "'", "/* c */"),
    *("1", "-1", "+2", "01", "1.5", "-.5", "h'ab'", "h'a'", "b'aa=='", "b''", "//c\n"),
    *("t'2024-02-30T00:00:00Z'", "t'2024-13-01T00:00:00Z'", "é", "\\", "\0", "\xa0"),
]
NAMES = st.sampled_from(["file", "x-usb", "a_b"])
KEYS = st.sampled_from(["name", "'SHA-256'", "a_b"])
STEPS = st.sampled_from(["", ".name", ".'x y'", "[*]", "[0].b", "[-1]", ".a.b[2]"])
LITERALS = st.sampled_from(
    ["1", "-1.5", "'x'", r"'it\'s'", "h'AB'", "b'aGk='", "t'2024-01-01T00:00:00.5Z'"]
)


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    path = f"{draw(NAMES)}:{draw(KEYS)}{draw(STEPS)}"
    negated = draw(st.sampled_from(["", "NOT "]))
    shape = draw(st.sampled_from(["op", "in", "like", "exists", "bool"]))
    if shape == "op":
        return f"{path} {negated}{draw(st.sampled_from('=<>'))} {draw(LITERALS)}"
    if shape == "in":
        values = draw(st.lists(LITERALS, max_size=3))
        return f"{path} {negated}IN ({', '.join(values)})"
    if shape == "like":
        return f"{path} {negated}LIKE 'a%'"
    if shape == "exists":
        return f"{negated}EXISTS {path}"
    return f"{path} != true"


def joined(parts: st.SearchStrategy[str], *words: str) -> st.SearchStrategy[str]:
    return st.builds(
        lambda first, word, second: f"({first} {word} {second})",
        parts,
        st.sampled_from(words),
        parts,
    )


CONDITIONS = st.recursive(comparisons(), lambda x: joined(x, "AND", "OR"), max_leaves=4)
QUALIFIERS = st.sampled_from(
    [
        *("", " REPEATS 2 TIMES", " WITHIN 1.5 SECONDS WITHIN 2 SECONDS"),
        " START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00Z'",
    ]
)
PATTERNS = st.recursive(
    st.builds("[{}]{}".format, CONDITIONS, QUALIFIERS),
    lambda x: joined(x, "AND", "OR", "FOLLOWEDBY"),
    max_leaves=3,
)


def parses(text: str) -> bool:
    try:
        parse_pattern(text)
    except InvalidInputError:
        return False
    return True


def reference_parses(text: str) -> bool:
    try:
        Reference(text)
    except ParseException:
        return False
    return True


@given(text=PATTERNS)
def test_whatever_the_grammar_makes_is_read(text: str) -> None:
    assert reference_parses(text)
    assert parses(text)


@given(
    text=PATTERNS,
    at=st.integers(0, 200),
    cut=st.integers(0, 3),
    word=st.sampled_from(WORDS),
)
def test_what_is_damaged_is_refused_where_the_reference_refuses_it(
    text: str, at: int, cut: int, word: str
) -> None:
    damaged = f"{text[:at]}{word}{text[at + cut :]}"
    assert parses(damaged) == reference_parses(damaged)


@given(words=st.lists(st.sampled_from(WORDS), max_size=14), space=st.sampled_from(" "))
def test_any_words_are_read_or_refused_as_the_reference_does(
    words: list[str], space: str
) -> None:
    text = space.join(["[file:name", *words])
    assert parses(text) == reference_parses(text)


@given(text=st.text(max_size=40))
def test_no_text_fails_unhandled(text: str) -> None:
    parses(text)
    parses(f"[file:name = '{text}']")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'it\\'s \\\\ here'", "it's \\ here"),
        ("-1", -1),
        ("+.5", 0.5),
        ("true", True),
        ("h'fF00'", b"\xff\x00"),
        ("b'aGk='", b"hi"),
        ("t'2024-02-30T00:00:00Z'", Timestamp("2024-02-30T00:00:00Z", None)),
    ],
)
def test_a_literal_is_read_as_what_it_means(written: str, value: Value) -> None:
    (found,) = parse_pattern(f"[file:name = {written}]").brackets
    assert isinstance(found, Comparison)
    assert found.values == (value,)
    assert type(found.values[0]) is type(value)


def test_what_joins_binds_as_the_grammar_says() -> None:
    text = "[a:b = 1 OR a:'c'[*].d NOT IN (2, 3) AND EXISTS a:e] OR ([x:y = 1])"
    first, second = parse_pattern(text).brackets
    one, two = Path("a", ("b",)), Path("a", ("c", None, "d"))
    within = Comparison(path=two, operator=Operator.IN, values=(2, 3), negated=True)
    there = Comparison(path=Path("a", ("e",)), operator=Operator.EXISTS)
    equal = Comparison(path=one, operator=Operator.EQUAL, values=(1,))
    assert first == Joined(
        all=False, parts=(equal, Joined(all=True, parts=(within, there)))
    )
    assert isinstance(second, Comparison)
    assert second.path == Path("x", ("y",))


@pytest.mark.parametrize(
    "text",
    [
        f"[a:b = '{'x' * PATTERN_CHARS_MAX}']",
        f"[a:b = {'1' * (DIGITS_MAX + 1)}]",
        f"[a:b[{'1' * (DIGITS_MAX + 1)}] = 1]",
        f"{'(' * (DEPTH_MAX + 1)}[a:b = 1]{')' * (DEPTH_MAX + 1)}",
        f"[{'(' * (DEPTH_MAX + 1)}a:b = 1{')' * (DEPTH_MAX + 1)}]",
        f"[{' OR '.join(['a:b=1'] * (COMPARISONS_MAX + 1))}]",
    ],
)
def test_what_passes_a_limit_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_pattern(text)


def test_a_refusal_says_where_and_what() -> None:
    with pytest.raises(InvalidInputError, match=r"character 14.*not the end"):
        parse_pattern("[file:name = ")
    with pytest.raises(InvalidInputError, match="'é' at character 2"):
        parse_pattern("[é:b = 1]")


@pytest.mark.parametrize("before", ["", "[a:b = "])
def test_a_long_row_of_zeros_is_refused_at_once(before: str) -> None:
    """Looking for a point behind each took six seconds."""
    started = time.process_time()
    with pytest.raises(InvalidInputError):
        parse_pattern(before + "0" * (PATTERN_CHARS_MAX - 8))
    assert time.process_time() - started < 2
