"""Matching: whether an object is, or names, what a pattern asks for.

- An observable matches if it satisfies one bracket of the pattern: it would be one of
  the observations that the pattern is made of. Nothing is known of other objects, so
  what joins brackets is not judged, a bracket that needs two objects matches none, and
  a path through a reference leads nowhere.
- An indicator matches if one bracket of its own pattern could be an observation that
  satisfies one bracket of the pattern. What it compares by `=`, `IN` and `ISSUBSET`
  says what such an observation may be like; everything else that it says counts only
  where the same is asked.
- `MATCHES` is refused: an expression of another's making may take for ever.
- What judging an object costs is reckoned before it is spent, from the sizes alone. An
  object that would cost more than `COST_MAX` matches: who asked sees one too many, and
  misses none.

Source: STIX 2.1, section 9.6.
"""

import base64
import binascii
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any, Final, NamedTuple

from foedus.errors import InvalidInputError
from foedus.stix.patterns import (
    PATTERN_CHARS_MAX,
    Comparison,
    Condition,
    Operator,
    Path,
    Step,
    Timestamp,
    Value,
    parse_pattern,
)
from foedus.stix.timestamps import parse_instant

COMPARISONS_MAX: Final = 32
"""Comparisons of a pattern that is asked for: each is judged on every object."""

VALUES_MAX: Final = 64
"""Values of a pattern that is asked for, those of lists included: each is judged on
every value that an indicator names, and there may be thousands."""

TEXT_CHARS_MAX: Final = 65_536
"""Characters of a text on which `LIKE` is judged; longer ones fit nothing."""

LIKE_CHARS_MAX: Final = 256
"""Characters of what `LIKE` asks for; with the other, bounds how long judging it holds
all other threads up: some 15 ms."""

ADDRESS_CHARS_MAX: Final = 64
"""Characters of an address with its prefix; the longest have 49."""

COST_MAX: Final = 50_000_000
"""What judging one object may cost: 50 ms, in nanoseconds of an ordinary core."""

_READING: Final = 250
"""What reading a character of a pattern costs."""

_STEPPING: Final = 500
"""What looking at one of many places of an object costs."""

_COMPARING: Final = 1_000
"""What comparing two values costs, whatever they are."""

_PAIRING: Final = 3_000
"""What holding two comparisons against each other costs, before their values."""

_NETWORK: Final = 3_000
"""What reading two networks and comparing them costs."""

_DECODING: Final = 3_000
"""What reading a text as bytes or an instant costs, and some more a character."""

_DECODING_CHARACTER: Final = 8

INDICATOR: Final = "indicator"
STIX: Final = "stix"
"""The type of patterns that are judged; others are in languages of their own."""

Holds = Callable[[Comparison], bool]


class Judged(NamedTuple):
    """What was judged of an object.

    Attributes:
        matches: whether it is, or names, what is asked for.
        cost: what it took, in nanoseconds of an ordinary core.
    """

    matches: bool
    cost: int


class Matcher:
    """Tells which objects a pattern asks for.

    Args:
        text: the pattern.

    Raises:
        InvalidInputError: it is none, is too long, or uses `MATCHES`.
    """

    def __init__(self, text: str) -> None:
        self._pattern = parse_pattern(text)
        asked = list(_comparisons(self._pattern.brackets))
        if len(asked) > COMPARISONS_MAX:
            raise InvalidInputError(
                f"pattern: at most {COMPARISONS_MAX} comparisons, not {len(asked)}"
            )
        values = sum(len(each.values) for each in asked)
        if values > VALUES_MAX:
            raise InvalidInputError(
                f"pattern: at most {VALUES_MAX} values, not {values}"
            )
        for each in asked:
            _check(each)

    def matches(self, thing: Mapping[str, object]) -> bool:
        """Tell whether an object is, or names, what is asked for."""
        return self.judge(thing).matches

    def judge(self, thing: Mapping[str, object]) -> Judged:
        """Tell the same, and what it cost to find out."""
        purse = _Purse()
        try:
            found = self._judge(thing, purse)
        except _SpentError:
            found = True
        return Judged(found, purse.spent)

    def _judge(self, thing: Mapping[str, object], purse: "_Purse") -> bool:
        if thing.get("type") != INDICATOR:
            return self._any(lambda asked: _is_so(asked, thing, purse))
        text = thing.get("pattern")
        if thing.get("pattern_type", STIX) != STIX or not isinstance(text, str):
            return False
        try:
            purse.pay(min(len(text), PATTERN_CHARS_MAX) * _READING)
            named = parse_pattern(text)
        except InvalidInputError:
            return False
        return any(self._matches_bracket(each, purse) for each in named.brackets)

    def _matches_bracket(self, named: Condition, purse: "_Purse") -> bool:
        facts = list(_comparisons([named]))
        return self._any(
            lambda asked: any(_may_be_so(asked, each, purse) for each in facts)
        )

    def _any(self, holds: Holds) -> bool:
        return any(_holds(each, holds) for each in self._pattern.brackets)


class _SpentError(Exception):
    """Judging an object would cost more than it may."""


class _Purse:
    """What may be spent on one object."""

    def __init__(self) -> None:
        self.spent = 0

    def pay(self, cost: int) -> None:
        """Spend; before it is done what is paid for.

        Raises:
            _SpentError: there is not as much left.
        """
        if self.spent + cost > COST_MAX:
            raise _SpentError
        self.spent += cost


def _check(asked: Comparison) -> None:
    if asked.operator is Operator.MATCHES:
        raise InvalidInputError(
            "pattern: MATCHES is not evaluated here; write LIKE, with % and _"
        )
    if asked.operator is Operator.LIKE and len(str(asked.values[0])) > LIKE_CHARS_MAX:
        raise InvalidInputError(
            f"pattern: LIKE takes at most {LIKE_CHARS_MAX} characters"
        )


def _holds(condition: Condition, holds: Holds) -> bool:
    if isinstance(condition, Comparison):
        return holds(condition)
    found = (_holds(each, holds) for each in condition.parts)
    return all(found) if condition.all else any(found)


def _comparisons(conditions: Iterable[Condition]) -> Iterator[Comparison]:
    for each in conditions:
        if isinstance(each, Comparison):
            yield each
        else:
            yield from _comparisons(each.parts)


# Of an object


def _is_so(asked: Comparison, thing: Mapping[str, object], purse: _Purse) -> bool:
    if asked.path.type != thing.get("type"):
        return False
    found = list(_values_at(thing, asked.path.steps, purse))
    if asked.operator is Operator.EXISTS:
        return bool(found) is not asked.negated
    return any(_compares(asked, each, purse) for each in found)


def _values_at(
    value: object, steps: tuple[Step, ...], purse: _Purse
) -> Iterator[object]:
    """Give what is at the end of a path; of any place in a list, all."""
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        if isinstance(value, Mapping) and step in value:
            yield from _values_at(value[step], rest, purse)
    elif isinstance(value, list):
        chosen = value if step is None else value[step : step + 1] if step >= 0 else []
        purse.pay(len(chosen) * _STEPPING)
        for each in chosen:
            yield from _values_at(each, rest, purse)
    elif step is None and isinstance(value, Mapping):
        # `hashes[*]`, as producers write it.
        purse.pay(len(value) * _STEPPING)
        for each in value.values():
            yield from _values_at(each, rest, purse)


# Of an indicator


def _may_be_so(asked: Comparison, fact: Comparison, purse: _Purse) -> bool:
    """Tell whether what satisfies a fact may satisfy what is asked."""
    purse.pay(_PAIRING)
    if not _may_be_one(asked.path, fact.path):
        return False
    if asked.operator is Operator.EXISTS:
        return not asked.negated
    if _says_the_same(asked, fact):
        return True
    if fact.negated:
        return False
    if fact.operator is Operator.IS_SUBSET:
        purse.pay(len(asked.values) * _NETWORK)
        return _is_in(asked, fact)
    is_named = fact.operator in (Operator.EQUAL, Operator.IN)
    return is_named and any(
        _compares(asked, _as_written(each), purse) for each in fact.values
    )


def _says_the_same(a: Comparison, b: Comparison) -> bool:
    return (a.operator, a.values, a.negated) == (b.operator, b.values, b.negated)


def _is_in(asked: Comparison, fact: Comparison) -> bool:
    """Tell whether an address of the fact's network may be what is asked."""
    if asked.negated or asked.operator not in (
        Operator.EQUAL,
        Operator.IN,
        Operator.IS_SUBSET,
    ):
        return False
    whole = _network(fact.values[0])
    return any(
        whole is not None
        and (part := _network(each)) is not None
        and (whole.has(part) or part.has(whole))
        for each in asked.values
    )


def _may_be_one(a: Path, b: Path) -> bool:
    return (
        a.type == b.type
        and len(a.steps) == len(b.steps)
        and all(
            x == y
            or (not isinstance(x, str) and not isinstance(y, str) and None in (x, y))
            for x, y in zip(a.steps, b.steps, strict=True)
        )
    )


def _as_written(value: Value) -> object:
    """Give a literal as a property holds it."""
    match value:
        case Timestamp():
            return value.text
        case bytes():
            return value.hex()
        case _:
            return value


# Of a value


def _compares(asked: Comparison, have: object, purse: _Purse) -> bool:
    purse.pay(sum(_cost(asked.operator, have, each) for each in asked.values))
    return (
        any(_OPERATORS[asked.operator](have, wanted) for wanted in asked.values)
        is not asked.negated
    )


def _cost(compared: Operator, have: object, wanted: Value) -> int:
    """Reckon what comparing two values costs at the most."""
    size = len(have) if isinstance(have, str) else 0
    if compared is Operator.LIKE and isinstance(wanted, str):
        # Each character of the text may be held against each of the longest piece.
        piece = max(map(len, wanted.split("%"))) if "_" in wanted else 1
        return _COMPARING * len(wanted) + min(size, TEXT_CHARS_MAX) * max(piece, 1)
    if compared in (Operator.IS_SUBSET, Operator.IS_SUPERSET):
        return _NETWORK
    if isinstance(wanted, bytes | Timestamp):
        return _DECODING + size * _DECODING_CHARACTER
    return _COMPARING


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[object, Value], bool]:
    def judge(have: object, wanted: Value) -> bool:
        return any(compare(mine, its) for mine, its in _of_one_kind(have, wanted))

    return judge


def _of_one_kind(have: object, wanted: Value) -> list[tuple[object, object]]:
    """Give both as what can be compared; nothing where they are of two kinds."""
    match wanted:
        case bool():
            return [(have, wanted)] if isinstance(have, bool) else []
        case int() | float():
            is_number = isinstance(have, int | float) and not isinstance(have, bool)
            return [(have, wanted)] if is_number else []
        case str():
            return [(have, wanted)] if isinstance(have, str) else []
        case bytes():
            return [(each, wanted) for each in _bytes_of(have)]
        case Timestamp():
            return _instants(have, wanted)


def _bytes_of(have: object) -> list[bytes]:
    """Read what a text may mean: hexadecimal, base64, or both."""
    if not isinstance(have, str):
        return []
    found = []
    for read in (bytes.fromhex, lambda text: base64.b64decode(text, validate=True)):
        try:
            found.append(read(have))
        except (ValueError, binascii.Error):
            continue
    return found


def _instants(have: object, wanted: Timestamp) -> list[tuple[object, object]]:
    if not isinstance(have, str) or wanted.instant is None:
        return []
    try:
        return [(parse_instant(have), wanted.instant)]
    except InvalidInputError:
        return []


def _is_unequal(have: object, wanted: Value) -> bool:
    return not _ordered(operator.eq)(have, wanted)


def _is_like(have: object, wanted: Value) -> bool:
    if not isinstance(have, str) or not isinstance(wanted, str):
        return False
    return len(have) <= TEXT_CHARS_MAX and _fits(have, wanted)


def _fits(text: str, like: str) -> bool:
    """Tell whether a text fits: `%` is any text, `_` any one character.

    Each piece between two `%` is taken where it is found first; no other choice could
    leave more for the next, so nothing is ever tried again.
    """
    first, *rest = (_piece(each) for each in like.split("%"))
    if not rest:
        return first.fullmatch(text) is not None
    start = first.match(text)
    if start is None:
        return False
    at = start.end()
    *middle, last = rest
    for piece in middle:
        found = piece.search(text, at)
        if found is None:
            return False
        at = found.end()
    length = len(like) - like.rindex("%") - 1
    return (
        at <= len(text) - length
        and last.fullmatch(text, len(text) - length) is not None
    )


def _piece(text: str) -> re.Pattern[str]:
    return re.compile(
        "".join("." if x == "_" else re.escape(x) for x in text), re.DOTALL
    )


class _Network(NamedTuple):
    """A network: how many bits its addresses have, those that count, and their number.

    The standard library's takes six times as long, and there may be thousands.
    """

    size: int
    number: int
    length: int

    def has(self, other: "_Network") -> bool:
        """Tell whether another network is inside this one, or is the same."""
        behind = self.size - self.length
        return (
            self.size == other.size
            and self.length <= other.length
            and self.number >> behind == other.number >> behind
        )


def _network(value: object) -> _Network | None:
    if not isinstance(value, str) or len(value) > ADDRESS_CHARS_MAX:
        return None
    address, slash, prefix = value.partition("/")
    try:
        number = inet_pton(AF_INET6 if ":" in address else AF_INET, address)
    except (OSError, ValueError):
        return None
    size = len(number) * 8
    if not slash:
        return _Network(size, int.from_bytes(number), size)
    if not (prefix.isascii() and prefix.isdigit() and int(prefix) <= size):
        return None
    return _Network(size, int.from_bytes(number), int(prefix))


def _is_subset(have: object, wanted: Value) -> bool:
    part, whole = _network(have), _network(wanted)
    return part is not None and whole is not None and whole.has(part)


def _is_superset(have: object, wanted: Value) -> bool:
    return (
        isinstance(have, str) and isinstance(wanted, str) and _is_subset(wanted, have)
    )


_OPERATORS: Final[Mapping[Operator, Callable[[object, Value], bool]]] = {
    Operator.EQUAL: _ordered(operator.eq),
    Operator.UNEQUAL: _is_unequal,
    Operator.LESS: _ordered(operator.lt),
    Operator.AT_MOST: _ordered(operator.le),
    Operator.GREATER: _ordered(operator.gt),
    Operator.AT_LEAST: _ordered(operator.ge),
    Operator.IN: _ordered(operator.eq),
    Operator.LIKE: _is_like,
    Operator.IS_SUBSET: _is_subset,
    Operator.IS_SUPERSET: _is_superset,
}
