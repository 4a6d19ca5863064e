"""Observables: the values that an indicator's pattern compares with.

Connectors take them instead of reading patterns. Only comparisons for equality are
taken, at any depth of a pattern: what a pattern excludes or matches loosely is no
value that anybody should block.

Source: STIX 2.1, section 9; `cti-platforms` reference, 3a.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

VALUES_MAX: Final = 1_000
"""Values of one pattern; patterns with more are lists that nobody reads as one."""

PATTERN_LETTERS_MAX: Final = 200_000
"""Letters of a pattern that is looked through."""

Observable = tuple[str, dict[str, Any]]
"""The STIX type of something, and what is said of it: its value or its hashes."""

_TOKEN: Final = re.compile(
    r"""
      (?P<type> [a-z0-9][a-z0-9-]*+ ) :
      (?P<path> (?: '(?:[^'\\]|\\.)*+' | [^\s'=!<>] ){1,64}+ )
      \s*+ (?P<operator> =(?!~) | != ) \s*+
      (?: '(?P<text> (?:[^'\\]|\\.)*+ )' | (?P<number> -?[0-9]{1,15}+ ) )
    | (?P<other> '(?:[^'\\]|\\.)*+' | [\[\]()]++ | [^\s'\[\]()]++ | \s++ )
    """,
    re.VERBOSE | re.DOTALL,
).match
"""One step through a pattern. Each takes what it has looked at, give or take a path of
bounded length, so that a hostile pattern costs no more than its letters."""

_HASH: Final = re.compile(r"hashes\.'?(?P<name>[A-Za-z0-9-]+)'?").fullmatch
_ESCAPED: Final = re.compile(r"\\(.)")

_VALUES: Final = frozenset(
    {"value", "name", "key", "path", "number", "account_login", "subject"}
)
"""The properties that OpenCTI takes as the value of something."""


def observables(indicator: Mapping[str, Any]) -> list[Observable]:
    """List what an indicator's pattern compares with; in order, each once."""
    pattern = indicator.get("pattern")
    if indicator.get("pattern_type", "stix") != "stix" or not isinstance(pattern, str):
        return []
    if len(pattern) > PATTERN_LETTERS_MAX:
        return []
    found: dict[str, Observable] = {}
    for each in _compared(pattern):
        found.setdefault(repr(each), each)
        if len(found) == VALUES_MAX:
            break
    return list(found.values())


def _compared(pattern: str) -> Iterator[Observable]:
    is_negated = False
    at = 0
    while token := _TOKEN(pattern, at):
        at = token.end()
        if token["other"] is None:
            if token["operator"] == "=" and not is_negated:
                yield from _taken(token)
            is_negated = False
        elif not token["other"].isspace():
            is_negated = token["other"] == "NOT"


def _taken(token: re.Match[str]) -> Iterator[Observable]:
    value: Any = token["number"]
    value = _ESCAPED.sub(r"\1", token["text"]) if value is None else int(value)
    hashed = _HASH(token["path"])
    if hashed is not None:
        yield token["type"], {"hashes": {hashed["name"]: value}}
    elif token["path"] in _VALUES:
        yield token["type"], {"value": value}
