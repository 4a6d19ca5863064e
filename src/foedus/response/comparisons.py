"""How two operands of a condition compare: by the declared type of the variable.

- Numbers as numbers, truth exactly, addresses as addresses, hashes, MACs and UUIDs
  whatever the case of their letters, everything else as text.
- Null is unknown: it equals nothing, not even the empty text, and asking for an order
  or a pattern of it cannot be answered (A9).
- What cannot be answered raises; it is never false (A8).

Source: CACAO 2.0, section 10.18; STIX 2.1, section 9.6.
"""

import ipaddress
import operator
import re
from collections.abc import Callable
from decimal import Decimal

from foedus.errors import InvalidInputError
from foedus.response.cacao import Variable
from foedus.response.conditions import (
    ORDERING,
    Comparison,
    Expression,
    Listed,
    Literal,
    LiteralKind,
    Operand,
    Reference,
    holds,
)
from foedus.response.matching import Pay, compile_pattern, is_like
from foedus.response.vocabulary import (
    ADDRESS_TYPES,
    FOLDED_TYPES,
    NUMERIC_TYPES,
    VALUE_CHARS_MAX,
)
from foedus.stix.timestamps import Instant, parse_instant

NUMBER_LENGTH_MAX = 60
"""Characters of a number; Python's integers have no limit, time has."""

COMPARING = 50
"""What a comparison costs, before the characters of its values."""

Look = Callable[[str], Variable | None]
"""Gives a variable as it stands, or `None` where none of that name is declared."""

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Value = str | Decimal | Instant | _Network


class CannotJudgeError(InvalidInputError):
    """The condition cannot be evaluated: the step fails, with this as the reason."""

    slug = "cannot-judge"
    title = "The condition cannot be judged"


def evaluate(expression: Expression, look: Look, pay: Pay) -> bool:
    """Tell whether a condition holds.

    Args:
        expression: the condition.
        look: gives the variables that are in scope.
        pay: is told what each comparison costs, before it is made.

    Raises:
        CannotJudgeError: a variable is undefined, or types do not fit.
    """
    return holds(expression, lambda comparison: _judge(comparison, look, pay))


def text_of(name: str, look: Look) -> str | None:
    """Give the value of a variable; `None` is null.

    Raises:
        CannotJudgeError: there is no such variable.
    """
    return _find(name, look).value


def check_fits(value: str | None, kind: str) -> None:
    """Check that a value is of the type that its variable declares.

    Raises:
        CannotJudgeError: it is not; the text says what it should be.
    """
    if value:
        _read(value, kind)


def _find(name: str, look: Look) -> Variable:
    variable = look(name)
    if variable is None:
        raise CannotJudgeError(f"{name} is not defined")
    return variable


def _judge(comparison: Comparison, look: Look, pay: Pay) -> bool:
    kind = _kind(comparison, look)
    return _compare(comparison, kind, look, pay) is not comparison.negated


def _kind(comparison: Comparison, look: Look) -> str:
    """Give the type by which a comparison is made."""
    operands = (comparison.left, comparison.right)
    for operand in operands:
        items = operand.items if isinstance(operand, Listed) else (operand,)
        for item in items:
            if isinstance(item, Reference):
                kind = _find(item.name, look).kind
                return kind if not _has_instant(operands) else "instant"
    literals = [item for item in operands if isinstance(item, Literal)]
    return literals[0].kind.value if literals else "string"


def _has_instant(operands: tuple[Operand, ...]) -> bool:
    return any(
        isinstance(item, Literal) and item.kind is LiteralKind.INSTANT
        for item in operands
    )


def _compare(comparison: Comparison, kind: str, look: Look, pay: Pay) -> bool:
    op, left, right = comparison.op, comparison.left, comparison.right
    if op == "IN":
        if not isinstance(right, Listed):
            raise CannotJudgeError("IN asks for a list in parentheses")
        value = _value(left, look)
        return any(
            _is_in(value, _paid(value, _value(item, look), pay), kind)
            for item in right.items
        )
    a = _value(left, look)
    b = _paid(a, _value(right, look), pay)
    if op in ("=", "!="):
        return _equal(a, b, kind) is (op == "=")
    if a is None or b is None:
        raise CannotJudgeError(f"null has no answer to {op}")
    if op in ORDERING:
        return _in_order(op, a, b, kind)
    if op in _PATTERNS:
        return _PATTERNS[op](a, b, kind, pay)
    return _WORDS[op](a, b, kind)


def _paid(a: str | None, b: str | None, pay: Pay) -> str | None:
    """Pay for reading two values and comparing them; gives the second."""
    pay(COMPARING + len(a or "") + len(b or ""))
    return b


def _value(operand: Operand, look: Look) -> str | None:
    match operand:
        case Literal(_, text):
            return text
        case Reference(name):
            return _find(name, look).value
        case Listed():
            raise CannotJudgeError("a list stands only behind IN")


def _equal(a: str | None, b: str | None, kind: str) -> bool:
    if a is None or b is None:
        return a is b
    if not a or not b:
        return a == b
    return _read(a, kind) == _read(b, kind)


def _is_in(value: str | None, item: str | None, kind: str) -> bool:
    if value and item and kind in ADDRESS_TYPES:
        return _lies_in(_network(value), _network(item))
    return value is not None and _equal(value, item, kind)


def _in_order(op: str, a: str, b: str, kind: str) -> bool:
    if kind == "bool":
        raise CannotJudgeError("true and false have no order")
    return _SIGNS[op](_place(_read(a, kind), _read(b, kind)), 0)


def _place(a: "_Value", b: "_Value") -> int:
    """Tell whether one value stands before (-1), at (0) or behind (1) another."""
    match a, b:
        case (str(), str()) | (Decimal(), Decimal()) | (Instant(), Instant()):
            return (a > b) - (a < b)  # type: ignore[operator] # of one type, as matched
        case _ if isinstance(a, _NETWORKS) and isinstance(b, _NETWORKS):
            if a.version == b.version:
                one = (int(a.network_address), a.prefixlen)
                other = (int(b.network_address), b.prefixlen)
                return (one > other) - (one < other)
    raise CannotJudgeError("addresses of two families have no order")


_SIGNS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NETWORKS = (ipaddress.IPv4Network, ipaddress.IPv6Network)


def _like(value: str, pattern: str, kind: str, pay: Pay) -> bool:
    _check_length(value)
    pay(len(value) * max(len(pattern), 1))
    return is_like(_folded(value, kind), _folded(pattern, kind))


def _matches(value: str, pattern: str, kind: str, pay: Pay) -> bool:
    _ = kind
    _check_length(value)
    return compile_pattern(pattern).found_in(value, pay)


def _check_length(value: str) -> None:
    if len(value) > VALUE_CHARS_MAX:
        raise CannotJudgeError(
            f"patterns are asked for in {VALUE_CHARS_MAX} characters at most"
        )


def _issubset(value: str, item: str, kind: str) -> bool:
    _need_addresses(kind)
    return _lies_in(_network(value), _network(item))


def _issuperset(value: str, item: str, kind: str) -> bool:
    _need_addresses(kind)
    return _lies_in(_network(item), _network(value))


_PATTERNS: dict[str, Callable[[str, str, str, Pay], bool]] = {
    "LIKE": _like,
    "MATCHES": _matches,
}
_WORDS: dict[str, Callable[[str, str, str], bool]] = {
    "ISSUBSET": _issubset,
    "ISSUPERSET": _issuperset,
}


def _need_addresses(kind: str) -> None:
    if kind in NUMERIC_TYPES | FOLDED_TYPES | {"bool"}:
        raise CannotJudgeError(f"{kind} is no set of addresses")


def _folded(text: str, kind: str) -> str:
    return text.casefold() if kind in FOLDED_TYPES else text


def _read(text: str, kind: str) -> "_Value":
    """Read a value by its type."""
    if kind in NUMERIC_TYPES or kind == "number":
        return _number(text, kind)
    if kind == "bool":
        if text not in ("true", "false"):
            raise CannotJudgeError(f"{text[:40]!a} is neither true nor false")
        return text
    if kind in ADDRESS_TYPES:
        return _network(text)
    if kind == "instant":
        return _instant(text)
    return _folded(text, kind)


def _number(text: str, kind: str) -> Decimal:
    form = r"[+-]?[0-9]+" if kind in ("integer", "long") else _FLOAT
    whole = r"[+-]?[0-9]+(?:\.[0-9]+)?"
    if len(text) <= NUMBER_LENGTH_MAX and (
        re.fullmatch(form, text) or re.fullmatch(whole, text)
    ):
        return Decimal(text)
    raise CannotJudgeError(f"{text[:40]!a} is no number")


_FLOAT = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"


def _instant(text: str) -> Instant:
    try:
        return parse_instant(text)
    except InvalidInputError as error:
        raise CannotJudgeError(f"{text[:40]!a} is no instant") from error


def _network(text: str) -> _Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise CannotJudgeError(f"{text[:60]!a} is no address") from error


def _lies_in(inner: _Network, outer: _Network) -> bool:
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)
