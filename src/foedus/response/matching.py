r"""Regular expressions that cost linear time, for conditions of other people's making.

- A pattern becomes states, and a text walks through all of them at once: no pattern
  and no text can make it slow.
- What it takes: characters, `.`, classes, `\d \w \s` and their opposites, `^`, `$`,
  groups, `|`, `* + ?` and `{n,m}`. Not: references back, looking around, flags.
- A match may begin anywhere, as the STIX operator MATCHES has it.

Source: K. Thompson, Regular Expression Search Algorithm (1968); STIX 2.1, section 9.6.
"""

from collections.abc import Callable
from functools import lru_cache

from foedus.errors import InvalidInputError

PATTERN_LENGTH_MAX = 512
"""Characters of a pattern; real ones are below 100."""

STATES_MAX = 2_000
"""States of a pattern after `{n,m}` is written out."""

REPEAT_MAX = 200
"""The highest number in `{n,m}`."""

DEPTH_MAX = 20
"""Groups inside each other."""

WALKING = 20
"""What putting a character to a state costs, in units of `budget`."""

Test = Callable[[str], bool]
Pay = Callable[[int], None]
"""Takes what the next step costs; it may end the judging."""


class _State:
    """A place in a pattern: takes one character, or forks, or asks where it is."""

    __slots__ = ("anchor", "outs", "test", "weight")

    def __init__(
        self,
        outs: tuple[int, ...] = (),
        test: Test | None = None,
        anchor: str = "",
        weight: int = 1,
    ) -> None:
        self.outs = outs
        self.test = test
        self.anchor = anchor
        self.weight = weight


class Pattern:
    """A compiled pattern."""

    def __init__(self, states: list[_State], start: int, accept: int) -> None:
        self._states = states
        self._start = start
        self._accept = accept

    def found_in(self, text: str, pay: Pay) -> bool:
        """Tell whether the pattern matches anywhere in a text.

        Args:
            text: all of it is walked through, in the worst case.
            pay: is told of each state before a character is put to it.
        """
        here: set[int] = set()
        for n in range(len(text) + 1):
            self._follow(self._start, here, n, len(text))
            pay(WALKING * sum(self._states[number].weight for number in here))
            if self._accept in here:
                return True
            if n == len(text):
                break
            following: set[int] = set()
            for number in here:
                state = self._states[number]
                if state.test is not None and state.test(text[n]):
                    self._follow(state.outs[0], following, n + 1, len(text))
            here = following
        return False

    def _follow(self, number: int, into: set[int], n: int, end: int) -> None:
        waiting = [number]
        while waiting:
            number = waiting.pop()
            if number in into:
                continue
            state = self._states[number]
            if (state.anchor == "^" and n != 0) or (state.anchor == "$" and n != end):
                continue
            into.add(number)
            if state.test is None:
                waiting.extend(state.outs)


def is_like(text: str, pattern: str) -> bool:
    """Tell whether a whole text is like a pattern of `%` (any) and `_` (one)."""
    at = n = 0
    any_at, any_n = -1, 0
    while n < len(text):
        if pattern[at : at + 1] == "%":
            any_at, any_n = at, n
            at += 1
        elif at < len(pattern) and pattern[at] in ("_", text[n]):
            at, n = at + 1, n + 1
        elif any_at >= 0:
            any_n += 1
            at, n = any_at + 1, any_n
        else:
            return False
    return not pattern[at:].strip("%")


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """Read a pattern.

    Raises:
        InvalidInputError: it is no pattern, or one that this hub does not take.
    """
    if len(text) > PATTERN_LENGTH_MAX:
        raise InvalidInputError(
            f"a pattern has at most {PATTERN_LENGTH_MAX} characters"
        )
    return _Compiler(text).compile()


_SETS: dict[str, Test] = {
    "d": lambda c: "0" <= c <= "9",
    "w": lambda c: c.isalnum() or c == "_",
    "s": str.isspace,
}
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}


class _Compiler:
    """Reads a pattern from left to right, building the states from right to left."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def compile(self) -> Pattern:
        tree = self._either()
        if self._at < len(self._text):
            raise self._amiss("a ) too many")
        states: list[_State] = []
        accept = _put(states, _State())
        return Pattern(states, tree(states, accept), accept)

    def _either(self) -> "_Tree":
        trees = [self._row()]
        while self._take("|"):
            trees.append(self._row())
        return trees[0] if len(trees) == 1 else _fork(tuple(trees))

    def _row(self) -> "_Tree":
        trees: list[_Tree] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            trees.append(self._repeated(self._single()))
        return _chain(tuple(trees))

    def _repeated(self, tree: "_Tree") -> "_Tree":
        bounds = self._bounds()
        if bounds is None:
            return tree
        self._take("?")  # reluctant is the same when only asked whether
        if self._peek() and self._peek() in "*+":
            raise self._amiss("nothing to repeat")
        return _repeat(tree, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        if self._peek() != "{":
            return None
        closing = self._text.find("}", self._at)
        low, comma, high = self._text[self._at + 1 : closing].partition(",")
        if closing < 0 or not low.isdecimal() or (high and not high.isdecimal()):
            raise self._amiss("write {n}, {n,} or {n,m}, or \\{")
        self._at = closing + 1
        least = int(low[:6])
        most = (int(high[:6]) if high else None) if comma else least
        if max(least, most or 0) > REPEAT_MAX or (most is not None and most < least):
            raise self._amiss(f"repeat at most {REPEAT_MAX} times")
        return least, most

    def _single(self) -> "_Tree":
        sign = self._next()
        match sign:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "^" | "$":
                return _anchored(sign)
            case ".":
                return _taking(lambda c: c != "\n")
            case "\\":
                return _taking(self._escaped())
            case "*" | "+" | "?":
                raise self._amiss("nothing to repeat")
            case _:
                return _taking(sign.__eq__)

    def _group(self) -> "_Tree":
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise self._amiss(f"at most {DEPTH_MAX} groups inside each other")
        if self._take("?") and not self._take(":"):
            raise self._amiss("only (?: is taken of the groups with ?")
        tree = self._either()
        if not self._take(")"):
            raise self._amiss("a ) is missing")
        self._depth -= 1
        return tree

    def _escaped(self) -> Test:
        sign = self._next()
        if sign.lower() in _SETS:
            return _opposite(_SETS[sign.lower()]) if sign.isupper() else _SETS[sign]
        if sign in _PLAIN:
            return _PLAIN[sign].__eq__
        if sign.isalnum():
            raise self._amiss(f"\\{sign} is not taken")
        return sign.__eq__

    def _class(self) -> "_Tree":
        negated = self._take("^")
        tests: list[Test] = []
        while not (self._peek() == "]" and tests):
            tests.append(self._member())
        self._next()
        test = _none_of(tuple(tests)) if negated else _any_of(tuple(tests))
        return _taking(test, weight=1 + len(tests))

    def _member(self) -> Test:
        sign = self._next()
        if sign == "\\":
            low = self._peek()
            if low.lower() in _SETS or low in _PLAIN:
                return self._escaped()
            sign = self._next()
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in ("]", ""):
            return sign.__eq__
        self._next()
        high = self._next()
        if high == "\\":
            high = self._next()
        if high < sign:
            raise self._amiss("a range goes upwards")
        return _between(sign, high)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, sign: str) -> bool:
        taken = self._peek() == sign
        self._at += taken
        return taken

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise self._amiss("it ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _amiss(self, why: str) -> InvalidInputError:
        return InvalidInputError(f"not a pattern that is taken here: {why}")


_Tree = Callable[[list[_State], int], int]
"""Puts its states before a state that follows, and says which comes first."""


def _put(states: list[_State], state: _State) -> int:
    if len(states) >= STATES_MAX:
        raise InvalidInputError(f"a pattern may have {STATES_MAX} states; shorten it")
    states.append(state)
    return len(states) - 1


def _taking(test: Test, weight: int = 1) -> _Tree:
    return lambda states, then: _put(states, _State((then,), test, weight=weight))


def _anchored(sign: str) -> _Tree:
    return lambda states, then: _put(states, _State((then,), anchor=sign))


def _chain(trees: tuple[_Tree, ...]) -> _Tree:
    def build(states: list[_State], then: int) -> int:
        for tree in reversed(trees):
            then = tree(states, then)
        return then

    return build


def _fork(trees: tuple[_Tree, ...]) -> _Tree:
    def build(states: list[_State], then: int) -> int:
        return _put(states, _State(tuple(tree(states, then) for tree in trees)))

    return build


def _repeat(tree: _Tree, least: int, most: int | None) -> _Tree:
    def build(states: list[_State], then: int) -> int:
        if most is None:
            loop = _put(states, _State())
            states[loop].outs = (tree(states, loop), then)
            then = loop
        else:
            end = then
            for _ in range(most - least):
                then = _put(states, _State((tree(states, then), end)))
        for _ in range(least):
            before, then = then, tree(states, then)
            if then == before:
                break  # it takes nothing, however often: ((){200}){200} would not end
        return then

    return build


def _opposite(test: Test) -> Test:
    return lambda c: not test(c)


def _between(low: str, high: str) -> Test:
    return lambda c: low <= c <= high


def _any_of(tests: tuple[Test, ...]) -> Test:
    return lambda c: any(test(c) for test in tests)


def _none_of(tests: tuple[Test, ...]) -> Test:
    return lambda c: not any(test(c) for test in tests)
