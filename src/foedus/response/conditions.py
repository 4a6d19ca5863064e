r"""Conditions of steps: a comparison of variables, or several joined.

    expr    = term { OR term } ; term = factor { AND factor }
    factor  = [NOT] "(" expr ")" | operand [NOT] op operand
    op      = = != < <= > >= IN LIKE MATCHES ISSUBSET ISSUPERSET
    operand = __name__:value | 'text' | number | true | false | t'instant'
            | "(" operand {"," operand} ")"

- Operators of observations (FOLLOWEDBY, WITHIN, REPEATS, [ ]) mean nothing here.
- Bare words, another engine's habit, are texts only where that is asked for.
- `comparisons` says how operands compare; here is only what belongs together.

Source: CACAO 2.0, sections 4.8 to 4.10; STIX 2.1, section 9 (comparison expressions).
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

import msgspec

from foedus.errors import InvalidInputError

LENGTH_MAX = 8_192
"""Characters of a condition."""

DEPTH_MAX = 32
"""Parentheses inside each other."""


class LiteralKind(StrEnum):
    """What a literal is written as."""

    TEXT = "text"
    NUMBER = "number"
    BOOL = "bool"
    INSTANT = "instant"


class Literal(msgspec.Struct, frozen=True):
    """A value that is written in the condition."""

    kind: LiteralKind
    text: str


class Reference(msgspec.Struct, frozen=True):
    """A variable, by name."""

    name: str


class Listed(msgspec.Struct, frozen=True):
    """Several values in parentheses."""

    items: tuple[Literal | Reference, ...]


Operand = Literal | Reference | Listed


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two operands and what is asked of them."""

    left: Operand
    op: str
    right: Operand
    negated: bool = False


class Joined(msgspec.Struct, frozen=True):
    """Parts of which all, or any, must hold."""

    word: str
    parts: "tuple[Expression, ...]"


class Negated(msgspec.Struct, frozen=True):
    """What must not hold."""

    part: "Expression"


Expression = Comparison | Joined | Negated

Judge = Callable[[Comparison], bool]

ORDERING = frozenset({"<", "<=", ">", ">="})

_WORDS = frozenset({"IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"})
_OPS = ORDERING | {"=", "!="} | _WORDS
_OF_OBSERVATIONS = frozenset({"FOLLOWEDBY", "WITHIN", "REPEATS", "START", "STOP"})
_TOKEN = re.compile(
    r"\s*(?:(?P<variable>__[a-zA-Z_][a-zA-Z0-9_-]*?__):value(?![\w-])"
    r"|(?P<instant>t'[^']*')"
    r"|(?P<text>'(?:[^'\\]|\\.)*')"
    r"|(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?![\w.]))"
    r"|(?P<sign><=|>=|!=|[=<>(),])"
    r"|(?P<word>[^\s'\"=<>!(),\[\]]+))"
).match


def parse(text: str, *, bare_words: bool = False) -> Expression:
    """Read a condition.

    Args:
        text: the condition.
        bare_words: words without quotes are texts.

    Raises:
        InvalidInputError: it is no condition; the text says why.
    """
    if len(text) > LENGTH_MAX:
        raise InvalidInputError(f"a condition has at most {LENGTH_MAX} characters")
    return _Reader(list(_tokens(text)), bare_words=bare_words).read()


def read_switch(text: str) -> str:
    """Give the name of the variable that a switch looks at.

    Raises:
        InvalidInputError: it is not `__name__:value`.
    """
    found = re.fullmatch(r"\s*(__[a-zA-Z_][a-zA-Z0-9_-]*?__)(?::value)?\s*", text)
    if found is None:
        raise InvalidInputError("a switch names one variable, as __name__:value")
    return found[1]


def holds(expression: Expression, judge: Judge) -> bool:
    """Tell whether a condition holds; every part is judged.

    A part that cannot be judged fails the whole condition, wherever it stands: what
    a condition says must not depend on the order of its parts.
    """
    match expression:
        case Comparison():
            return judge(expression)
        case Negated(part):
            return not holds(part, judge)
        case Joined(word, parts):
            held = [holds(part, judge) for part in parts]
            return all(held) if word == "AND" else any(held)


def comparisons_of(expression: Expression) -> Iterator[Comparison]:
    """Give every comparison of a condition, from left to right."""
    match expression:
        case Comparison():
            yield expression
        case Negated(part):
            yield from comparisons_of(part)
        case Joined(_, parts):
            for part in parts:
                yield from comparisons_of(part)


def references_of(comparison: Comparison) -> Iterator[str]:
    """Give the name of every variable of a comparison."""
    for operand in (comparison.left, comparison.right):
        items = operand.items if isinstance(operand, Listed) else (operand,)
        yield from (item.name for item in items if isinstance(item, Reference))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        found = _TOKEN(text, at)
        if found is None:
            raise InvalidInputError(f"cannot read {text[at : at + 20].strip()!a}")
        kind = found.lastgroup
        assert kind is not None, "every alternative of the pattern is named"
        yield kind, found[kind]
        at = found.end()


class _Reader:
    """Reads tokens by the grammar, one function a rule."""

    def __init__(self, tokens: list[tuple[str, str]], *, bare_words: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._bare_words = bare_words

    def read(self) -> Expression:
        expression = self._joined("OR")
        if self._at < len(self._tokens):
            raise self._amiss("AND, OR or the end")
        return expression

    def _joined(self, word: str) -> Expression:
        part = self._factor if word == "AND" else self._term
        parts = [part()]
        while self._take("word", word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _term(self) -> Expression:
        return self._joined("AND")

    def _factor(self) -> Expression:
        if self._take("word", "NOT"):
            return Negated(self._group())
        if self._peek() == ("sign", "(") and not self._is_list():
            return self._group()
        return self._comparison()

    def _group(self) -> Expression:
        self._need("(")
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise InvalidInputError(f"at most {DEPTH_MAX} parentheses in each other")
        expression = self._joined("OR")
        self._need(")")
        self._depth -= 1
        return expression

    def _comparison(self) -> Expression:
        left = self._operand()
        negated = self._take("word", "NOT")
        op = self._peek()[1]
        if self._peek()[0] not in ("sign", "word") or op not in _OPS:
            raise self._amiss("an operator")
        self._at += 1
        right = self._operand()
        return Comparison(left=left, op=op, right=right, negated=negated)

    def _operand(self) -> Operand:
        if self._take("sign", "("):
            items = [self._item()]
            while self._take("sign", ","):
                items.append(self._item())
            self._need(")")
            return Listed(tuple(items))
        return self._item()

    def _item(self) -> Literal | Reference:
        kind, text = self._peek()
        self._at += 1
        match kind:
            case "variable":
                return Reference(text)
            case "text":
                return Literal(LiteralKind.TEXT, re.sub(r"\\(.)", r"\1", text[1:-1]))
            case "instant":
                return Literal(LiteralKind.INSTANT, text[2:-1])
            case "number":
                return Literal(LiteralKind.NUMBER, text)
            case "word" if text in ("true", "false"):
                return Literal(LiteralKind.BOOL, text)
            case "word" if self._bare_words and text not in _OPS | {"AND", "OR", "NOT"}:
                return Literal(LiteralKind.TEXT, text)
        self._at -= 1
        raise self._amiss("a variable, a 'text', a number, true or false")

    def _is_list(self) -> bool:
        """Tell whether a parenthesis holds values, by what follows the first."""
        after = self._tokens[self._at + 2 : self._at + 3]
        return bool(after) and after[0] in (("sign", ","), ("sign", ")"))

    def _peek(self) -> tuple[str, str]:
        if self._at < len(self._tokens):
            return self._tokens[self._at]
        return ("end", "the end")

    def _take(self, kind: str, text: str) -> bool:
        taken = self._peek() == (kind, text)
        self._at += taken
        return taken

    def _need(self, sign: str) -> None:
        if not self._take("sign", sign):
            raise self._amiss(sign)

    def _amiss(self, wanted: str) -> InvalidInputError:
        found = self._peek()[1]
        if found in _OF_OBSERVATIONS:
            return InvalidInputError(f"{found} is of observations; compare variables")
        return InvalidInputError(f"found {found[:40]!a} in the place of {wanted}")
