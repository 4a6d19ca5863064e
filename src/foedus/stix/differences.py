"""Differences of two objects, as JSON patches.

- Objects are compared property by property at any depth; a list that has changed is
  replaced as a whole, since patches inside lists go wrong as soon as one is missed.
- Names go in order, so that equal objects always give equal patches.

Source: RFC 6902; RFC 6901.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

Json = Any
"""Any value of JSON, as read."""


class Operation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a patch.

    Attributes:
        op: `add`, `remove` or `replace`.
        path: where, as a JSON pointer.
        value: what is there afterwards; unset where something is removed.
    """

    op: str
    path: str
    value: Json = msgspec.UNSET


def difference(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[Operation]:
    """Give the patch that makes one object of another."""
    return list(_objects(old, new, ""))


def _objects(
    old: Mapping[str, Json], new: Mapping[str, Json], path: str
) -> Iterator[Operation]:
    for name in sorted(old.keys() | new.keys()):
        place = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in new:
            yield Operation(op="remove", path=place)
        elif name not in old:
            yield Operation(op="add", path=place, value=new[name])
        else:
            yield from _values(old[name], new[name], place)


def _values(old: Json, new: Json, path: str) -> Iterator[Operation]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _objects(old, new, path)
    elif not _same(old, new):
        yield Operation(op="replace", path=path, value=new)


def _same(one: Json, other: Json) -> bool:
    """Tell whether two values are written alike: to Python truth is a number."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(
            _same(value, other[name]) for name, value in one.items()
        )
    return bool(one == other)
