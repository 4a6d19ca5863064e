"""Tables that people write as JSON, read so strictly that nothing of them is lost.

Every refusal begins with the key that it is about.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from foedus.errors import InvalidInputError, TooLargeError

TABLE_BYTES_MAX = 1 << 20
"""Bytes of a table: more than a person reads."""

NUMBER_MAX = 1e15
"""The largest number: above it a unit is lost in rounding."""

NAME_LENGTH_MAX = 200
"""Characters of a name: two lines on a terminal."""

SHOWN_MAX = 40
"""Characters of what is refused that the refusal shows."""

T = TypeVar("T")


def read_table(text: bytes, kind: type[T]) -> T:
    """Read a table.

    Args:
        text: a JSON object.
        kind: a struct; what is `Raw` in it is read by `part` or `numbers`.

    Raises:
        InvalidInputError: it is not written as such a table.
        TooLargeError: it has too many bytes.
    """
    if len(text) > TABLE_BYTES_MAX:
        raise TooLargeError(f"a table has at most {TABLE_BYTES_MAX} bytes")
    try:
        json.loads(text.decode(), object_pairs_hook=once)
        return msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"the table: {error}") from error


def once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Refuse a key that stands twice, since one of them would be lost.

    Raises:
        InvalidInputError: one does.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InvalidInputError(f"{key!r} stands twice in one object")
            seen.add(key)
    return found


def part(key: str, raw: msgspec.Raw, kind: type[T]) -> T:
    """Read what stands under a key.

    Raises:
        InvalidInputError: it is of another form.
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidInputError(f"{key}: {error}") from error


def numbers(key: str, raw: msgspec.Raw, names: Sequence[str]) -> list[float]:
    """Read an object that has a number for each name.

    Returns:
        The numbers in the order of the names.

    Raises:
        InvalidInputError: one is missing, is none, or has another name.
    """
    found: Mapping[str, object] = part(key, raw, dict[str, object])
    for name in names:
        if found.get(name) is None:
            raise InvalidInputError(f"{key}.{name}: it is missing; nothing is guessed")
    strangers = found.keys() - set(names)
    if strangers:
        raise InvalidInputError(f"{key}.{min(strangers)}: there is no such name")
    return [number(f"{key}.{name}", found[name]) for name in names]


def number(key: str, value: object) -> float:
    """Take a number that can be reckoned with.

    Raises:
        InvalidInputError: it is none, or out of range.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        plain = value is None or isinstance(value, str | bool | int)
        text = json.dumps(value, ensure_ascii=False) if plain else "a list or object"
        shown = text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"
        raise InvalidInputError(f"{key}: {shown} is no number")
    if not abs(value) <= NUMBER_MAX:
        raise InvalidInputError(f"{key}: at most {NUMBER_MAX:g} is possible")
    return float(value)


def counted(
    key: str, names: Iterable[str], *, least: int, most: int
) -> tuple[str, ...]:
    """Take names that are neither too few nor too many.

    Raises:
        InvalidInputError: there are fewer, or one is empty, too long or double.
        TooLargeError: there are more.
    """
    found = tuple(names)
    if len(found) < least:
        raise InvalidInputError(f"{key}: give at least {least}, not {len(found)}")
    if len(found) > most:
        raise TooLargeError(f"{key}: at most {most} are possible, not {len(found)}")
    for name in found:
        if not name.strip() or len(name) > NAME_LENGTH_MAX or not name.isprintable():
            raise InvalidInputError(
                f"{key}: {name[:SHOWN_MAX]!r} is no name of 1 to {NAME_LENGTH_MAX} "
                "printable characters"
            )
    if len(set(found)) < len(found):
        raise InvalidInputError(f"{key}: a name stands there twice")
    return found
