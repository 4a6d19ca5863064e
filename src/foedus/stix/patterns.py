r"""Patterns: the patterning language of STIX, read into what can be compared.

- A pattern is read into its *brackets*: each says what one observation must be like.
  What joins brackets, and the qualifiers behind them, are about several observations;
  they are checked for their form, and nothing is kept of them.
- Reading is recursive descent over tokens; the longest token goes first. Depth, size
  and number of comparisons have limits, so that no text takes long or fails unhandled.
- Where a timestamp is no such instant (30 February), the text is kept and nothing
  compares to it: the grammar allows it.

Source: STIX 2.1, section 9; the OASIS grammar `STIXPattern.g4`.
"""

import base64
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from foedus.errors import InvalidInputError
from foedus.stix.timestamps import Instant, parse_instant

PATTERN_CHARS_MAX: Final = 65_536
"""Characters of a pattern. The longest of ATT&CK's and MISP's have a tenth of it."""

DEPTH_MAX: Final = 32
"""Parentheses inside each other; people stop at three."""

COMPARISONS_MAX: Final = 1_024
"""Comparisons of a pattern; generated ones list some hundred hashes."""

VALUES_MAX: Final = 4_096
"""Values in the lists of a pattern: more addresses or hashes than there is room for."""

DIGITS_MAX: Final = 300
"""Characters of a number; longer ones are none that anybody measured. The token has
it too: looking for a point behind each of many zeros would take the square of them."""


class Operator(StrEnum):
    """How a property is compared."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    IN = "IN"
    LIKE = "LIKE"
    MATCHES = "MATCHES"
    IS_SUBSET = "ISSUBSET"
    IS_SUPERSET = "ISSUPERSET"
    EXISTS = "EXISTS"


class Timestamp(msgspec.Struct, frozen=True):
    """A timestamp; `instant` is None where there is no such one."""

    text: str
    instant: Instant | None


Value = bool | int | float | str | bytes | Timestamp
"""What a property is compared to."""

Step = str | int | None
"""A step of a path: a key, a place in a list, or None for any place."""


class Path(msgspec.Struct, frozen=True):
    """Where a property is: the type of the object, and the way to it."""

    type: str
    steps: tuple[Step, ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison; of `IN` any value fits, `EXISTS` has none."""

    path: Path
    operator: Operator
    values: tuple[Value, ...] = ()
    negated: bool = False


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions of which all must hold, or any."""

    all: bool
    parts: tuple["Condition", ...]


Condition = Comparison | Joined


class Pattern(msgspec.Struct, frozen=True):
    """A pattern: what each of its observations must be like."""

    brackets: tuple[Condition, ...]


def parse_pattern(text: str) -> Pattern:
    """Read a pattern.

    Raises:
        InvalidInputError: it is none, or passes a limit; says where and what.
    """
    if len(text) > PATTERN_CHARS_MAX:
        raise InvalidInputError(
            f"a pattern has at most {PATTERN_CHARS_MAX} characters, not {len(text)}"
        )
    reader = _Reader(text)
    reader.observations()
    reader.end()
    return Pattern(tuple(reader.brackets))


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


_KEYWORDS: Final = frozenset(
    [
        *("AND", "OR", "NOT", "FOLLOWEDBY", "LIKE", "MATCHES", "ISSUPERSET"),
        *("ISSUBSET", "EXISTS", "LAST", "IN", "START", "STOP", "SECONDS", "WITHIN"),
        *("REPEATS", "TIMES"),
    ]
)

_TOKEN: Final = re.compile(
    r"""
    (?P<skip>[ \t\r\n\v\f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+
            |/\*.*?\*/|//[^\r\n]*)
  | (?P<float>[+-]?[0-9]{0,300}\.[0-9]+)
  | (?P<int>[+-]?(?:0|[1-9][0-9]*))
  | (?P<hex>h'(?:[0-9A-Fa-f]{2})*')
  | (?P<binary>b'(?:[0-9A-Za-z+/]{4})*(?:[0-9A-Za-z+/]{4}|[0-9A-Za-z+/]{3}=
               |[0-9A-Za-z+/]{2}==)')
  | (?P<timestamp>t'[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])
                  T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?Z')
  | (?P<string>'(?:[^'\\]|\\['\\])*')
  | (?P<name>[A-Za-z_][A-Za-z0-9_-]*)
  | (?P<sign>==|!=|<>|<=|>=|[=<>:.,()\[\]*])
    """,
    re.VERBOSE | re.DOTALL,
)

_EQUAL: Final = {
    "=": Operator.EQUAL,
    "==": Operator.EQUAL,
    "!=": Operator.UNEQUAL,
    "<>": Operator.UNEQUAL,
}
_ORDER: Final = {
    "<": Operator.LESS,
    "<=": Operator.AT_MOST,
    ">": Operator.GREATER,
    ">=": Operator.AT_LEAST,
}
_TEXTS: Final = {
    each.value: each
    for each in (
        Operator.LIKE,
        Operator.MATCHES,
        Operator.IS_SUBSET,
        Operator.IS_SUPERSET,
    )
}
_ORDERABLE: Final = ("int", "float", "string", "hex", "binary", "timestamp")
_END: Final = "end"
_LONG: Final = f"pattern: a number has at most {DIGITS_MAX} characters"


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise InvalidInputError(
                f"pattern: {text[at]!r} at character {at + 1} is not understood"
            )
        kind, word = str(match.lastgroup), match.group()
        if kind == "name":
            kind = _kind_of(word)
        if kind != "skip":
            found.append(_Token(kind, word, at))
        at = match.end()
    found.append(_Token(_END, "the end", at))
    return found


def _kind_of(word: str) -> str:
    if word in ("true", "false"):
        return "bool"
    if word in _KEYWORDS:
        return word
    return "hyphened" if "-" in word else "name"


class _Reader:
    """Reads tokens; each method takes what its rule of the grammar describes."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._place = 0
        self._depth = 0
        self._comparisons = 0
        self._values = 0
        self.brackets: list[Condition] = []

    # Observations

    def observations(self) -> None:
        self._observation()
        while self._takes("AND", "OR", "FOLLOWEDBY"):
            self._observation()

    def end(self) -> None:
        self._expect(_END)

    def _observation(self) -> None:
        if self._takes("["):
            self.brackets.append(self._any())
            self._expect("]")
        elif self._takes("("):
            self._deeper()
            self.observations()
            self._depth -= 1
            self._expect(")")
        else:
            raise self._wrong("'[' or '('")
        while token := self._takes("START", "WITHIN", "REPEATS"):
            self._qualifier(token.text)

    def _qualifier(self, word: str) -> None:
        if word == "START":
            self._expect("timestamp")
            self._expect("STOP")
            self._expect("timestamp")
        elif word == "WITHIN":
            self._positive("int", "float")
            self._expect("SECONDS")
        else:
            self._positive("int")
            self._expect("TIMES")

    def _positive(self, *kinds: str) -> None:
        if self._expect(*kinds).text.startswith("-"):
            self._place -= 1
            raise self._wrong("a number that is not negative")

    # Comparisons

    def _any(self) -> Condition:
        return self._joined("OR", self._all)

    def _all(self) -> Condition:
        return self._joined("AND", self._test)

    def _joined(self, word: str, part: Callable[[], Condition]) -> Condition:
        parts = [part()]
        while self._takes(word):
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        return Joined(all=word == "AND", parts=tuple(parts))

    def _test(self) -> Condition:
        if self._takes("("):
            self._deeper()
            found = self._any()
            self._depth -= 1
            self._expect(")")
            return found
        self._comparisons += 1
        if self._comparisons > COMPARISONS_MAX:
            raise InvalidInputError(
                f"a pattern has at most {COMPARISONS_MAX} comparisons"
            )
        if self._peek().kind in ("NOT", "EXISTS"):
            negated = self._takes("NOT") is not None
            self._expect("EXISTS")
            return Comparison(
                path=self._path(), operator=Operator.EXISTS, negated=negated
            )
        path = self._path()
        negated = self._takes("NOT") is not None
        operator, values = self._compared()
        return Comparison(path=path, operator=operator, values=values, negated=negated)

    def _compared(self) -> tuple[Operator, tuple[Value, ...]]:
        word = self._expect(*_EQUAL, *_ORDER, *_TEXTS, "IN").text
        if word == "IN":
            return Operator.IN, self._set()
        if word in _TEXTS:
            return _TEXTS[word], (_value(self._expect("string")),)
        if word in _ORDER:
            return _ORDER[word], (_value(self._expect(*_ORDERABLE)),)
        return _EQUAL[word], (_value(self._expect(*_ORDERABLE, "bool")),)

    def _set(self) -> tuple[Value, ...]:
        self._expect("(")
        if self._takes(")"):
            return ()
        values = [self._listed()]
        while self._takes(","):
            values.append(self._listed())
        self._expect(")")
        return tuple(values)

    def _listed(self) -> Value:
        self._values += 1
        if self._values > VALUES_MAX:
            raise InvalidInputError(f"a pattern lists at most {VALUES_MAX} values")
        return _value(self._expect(*_ORDERABLE, "bool"))

    def _path(self) -> Path:
        kind = self._expect("name", "hyphened").text
        self._expect(":")
        steps: list[Step] = [self._key()]
        while True:
            if self._takes("."):
                steps.append(self._key())
            elif self._takes("["):
                place = self._expect("int", "*").text
                steps.append(_place(place))
                self._expect("]")
            else:
                return Path(kind, tuple(steps))

    def _key(self) -> str:
        token = self._expect("name", "string")
        return _text(token.text) if token.kind == "string" else token.text

    # Tokens

    def _peek(self) -> _Token:
        return self._tokens[self._place]

    def _takes(self, *kinds: str) -> _Token | None:
        """Take the next token if it is of a kind; signs are of their own kind."""
        token = self._peek()
        if (token.text if token.kind == "sign" else token.kind) not in kinds:
            return None
        self._place += 1
        return token

    def _expect(self, *kinds: str) -> _Token:
        token = self._takes(*kinds)
        if token is None:
            raise self._wrong(" or ".join(kinds))
        return token

    def _wrong(self, wanted: str) -> InvalidInputError:
        token = self._peek()
        return InvalidInputError(
            f"pattern: {wanted} is expected at character {token.at + 1}, "
            f"not {token.text[:40]}"
        )

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise InvalidInputError(
                f"a pattern has at most {DEPTH_MAX} parentheses inside each other"
            )


def _place(text: str) -> Step:
    if len(text) > DIGITS_MAX:
        raise InvalidInputError(_LONG)
    return None if text == "*" else int(text)


def _value(token: _Token) -> Value:
    if token.kind in ("int", "float") and len(token.text) > DIGITS_MAX:
        raise InvalidInputError(_LONG)
    return _VALUES[token.kind](token.text)


def _text(quoted: str) -> str:
    return re.sub(r"\\(['\\])", r"\1", quoted[1:-1])


def _timestamp(text: str) -> Timestamp:
    try:
        return Timestamp(text, parse_instant(text))
    except InvalidInputError:
        return Timestamp(text, None)


_VALUES: Final[Mapping[str, Callable[[str], Value]]] = {
    "int": int,
    "float": float,
    "bool": lambda text: text == "true",
    "hex": lambda text: bytes.fromhex(text[2:-1]),
    "binary": lambda text: base64.b64decode(text[2:-1]),
    "timestamp": lambda text: _timestamp(text[2:-1]),
    "string": _text,
}
