"""How operands compare: by the declared type of the variable."""

import pytest

from foedus.errors import InvalidInputError
from foedus.response import conditions
from foedus.response.budget import Budget, SpentError
from foedus.response.cacao import Variable
from foedus.response.comparisons import (
    CannotJudgeError,
    check_fits,
    evaluate,
    text_of,
)
from foedus.response.vocabulary import VALUE_CHARS_MAX


def holds(
    condition: str, kind: str = "string", value: str | None = "", whole: int = 10**9
) -> bool:
    variables = {"__x__": Variable(kind=kind, value=value)}
    return evaluate(conditions.parse(condition), variables.get, Budget(whole).pay)


@pytest.mark.parametrize(
    ("condition", "kind", "value"),
    [
        ("__x__:value = 'red'", "string", "red"),
        ("__x__:value != 'Red'", "string", "red"),
        ("__x__:value NOT = 'blue'", "string", "red"),
        ("__x__:value < '3'", "string", "10"),
        ("3 < __x__:value", "integer", "10"),
        ("__x__:value = '10'", "integer", "010"),
        ("__x__:value = 2.50", "float", "2.5"),
        ("__x__:value > -1", "long", "9223372036854775808"),
        ("__x__:value <= 1", "float", "1e-3"),
        ("__x__:value != true", "bool", "false"),
        ("__x__:value = 'ABCD'", "md5-hash", "abcd"),
        ("__x__:value = 'AA:BB:CC:00:11:22'", "mac-addr", "aa:bb:cc:00:11:22"),
        ("__x__:value IN ('AB', 'CD')", "hash", "cd"),
        ("__x__:value LIKE 'ab%'", "sha256-hash", "ABCD"),
        ("__x__:value = '2001:db8::1'", "ipv6-addr", "2001:DB8:0:0:0:0:0:1"),
        ("__x__:value < '10.0.0.10'", "ipv4-addr", "10.0.0.9"),
        ("__x__:value IN ('10.0.0.0/8', '192.168.0.1')", "ipv4-addr", "10.1.2.3"),
        ("__x__:value NOT IN ('10.0.0.0/8')", "ipv4-addr", "11.1.2.3"),
        ("__x__:value ISSUBSET '10.0.0.0/8'", "ipv4-addr", "10.1.0.0/16"),
        ("__x__:value ISSUPERSET '10.1.2.3'", "ipv4-addr", "10.0.0.0/8"),
        ("__x__:value NOT ISSUBSET '2001:db8::/32'", "ipv4-addr", "10.1.2.3"),
        ("__x__:value ISSUBSET '10.0.0.0/8'", "string", "10.1.2.3"),
        ("__x__:value LIKE 'a_t%'", "string", "apt29"),
        ("__x__:value LIKE '%'", "string", ""),
        ("__x__:value MATCHES 'CVE-[0-9]{4}'", "string", "see CVE-2026-1"),
        ("__x__:value > t'2026-01-01T00:00:00Z'", "string", "2026-01-01T00:00:00.001Z"),
        ("1 = 1.0 AND 'a' < 'b' AND true = true", "string", ""),
        ("__x__:value IN (1, 2, 3)", "integer", "2"),
        ("__x__:value = __x__:value", "string", "same"),
    ],
)
def test_what_holds(condition: str, kind: str, value: str) -> None:
    assert holds(condition, kind, value)


@pytest.mark.parametrize(
    ("condition", "kind", "value"),
    [
        ("__x__:value = 'Red'", "string", "red"),
        ("__x__:value > 3", "integer", "3"),
        ("__x__:value LIKE 'apt'", "string", "apt29"),
        ("__x__:value IN ('red dawn')", "string", "red"),
        ("__x__:value = '10.0.0.1'", "ipv6-addr", "2001:db8::1"),
        ("__x__:value ISSUBSET '10.0.0.0/24'", "ipv4-addr", "10.0.0.0/8"),
        ("__x__:value MATCHES '^b'", "string", "ab"),
    ],
)
def test_what_does_not_hold(condition: str, kind: str, value: str) -> None:
    assert not holds(condition, kind, value)


@pytest.mark.parametrize(
    ("condition", "kind", "value"),
    [
        ("__y__:value = 'red'", "string", "red"),
        ("__x__:value = 'many'", "integer", "3"),
        ("__x__:value > 3", "integer", "many"),
        ("__x__:value > 3", "integer", "9" * 100),
        ("__x__:value = true", "bool", "True"),
        ("__x__:value < true", "bool", "true"),
        ("__x__:value = 'red'", "ipv4-addr", "10.0.0.1"),
        ("__x__:value < '2001:db8::1'", "ipv4-addr", "10.0.0.1"),
        ("__x__:value ISSUBSET '10.0.0.0/8'", "integer", "10"),
        ("__x__:value ISSUBSET '10.0.0.0/8'", "string", "red"),
        ("__x__:value MATCHES '('", "string", "red"),
        ("__x__:value LIKE 'a'", "string", None),
        ("__x__:value IN 'red'", "string", "red"),
        ("__x__:value = ('a', 'b')", "string", "a"),
        ("__x__:value > t'2026-01-01T00:00:00Z'", "string", "yesterday"),
        ("1 = 1 OR __y__:value = 'red'", "string", ""),
    ],
)
def test_what_cannot_be_answered_is_never_false(
    condition: str, kind: str, value: str | None
) -> None:
    with pytest.raises(InvalidInputError):
        holds(condition, kind, value)


def test_the_text_of_a_variable_may_be_null() -> None:
    assert text_of("__x__", lambda _: Variable(kind="string")) is None
    with pytest.raises(CannotJudgeError):
        text_of("__x__", lambda _: None)


def test_a_value_fits_its_type_or_is_empty() -> None:
    check_fits(None, "integer")
    check_fits("", "integer")
    check_fits("5", "integer")
    with pytest.raises(CannotJudgeError):
        check_fits("five", "integer")


@pytest.mark.parametrize("op", ["LIKE 'a%'", "MATCHES '^a'"])
def test_patterns_are_judged_on_so_many_characters_at_most(op: str) -> None:
    assert holds(f"__x__:value {op}", value="a" * VALUE_CHARS_MAX)
    with pytest.raises(CannotJudgeError, match="65536"):
        holds(f"__x__:value {op}", value="a" * (VALUE_CHARS_MAX + 1))


@pytest.mark.parametrize("op", ["= 'a'", "IN ('a', 'b')", "LIKE 'a%b'", "> 'b'"])
def test_what_compares_long_values_costs_more(op: str) -> None:
    assert not holds(f"__x__:value {op}", value="a" * 9, whole=1_000)
    with pytest.raises(SpentError):
        holds(f"__x__:value {op}", value="a" * 1_000, whole=1_000)
