r"""JSON read strictly, so that no two readers can disagree on what it says.

- Invalid UTF-8, lone surrogates, a byte order mark, NaN, Infinity, and numbers that
  no double holds are refused.
- A property given twice in one JSON object is refused, at any depth: a second
  `object_marking_refs` must not hide the first.

How duplicates are found cheaply: the reader keeps one value for each name, so a text
that equals its tree written again has none; this settles compact input. Otherwise
colons are counted: the tree written again has one for each name kept, and those
inside strings, as they were. A dropped pair takes at least one away. Only a colon
written as an escape would blur the count, so a text with `\u003a` takes the slow,
exact way.

Source: RFC 8259, section 4; RFC 7493 (I-JSON), sections 2.1 to 2.3.
"""

import json

import orjson

from foedus.errors import InvalidInputError

DEPTH_MAX = 64
"""Objects and lists inside each other. Real STIX stays below 12; no walk recurses."""


def read_object(raw: bytes) -> dict[str, object]:
    """Read the text of one JSON object.

    Args:
        raw: UTF-8, with or without white space around the object.

    Raises:
        InvalidInputError: it is not JSON, not an object, names a property twice, or
            nests far deeper than `DEPTH_MAX` (the walk checks the exact depth).
    """
    try:
        tree = orjson.loads(raw)
        written = orjson.dumps(tree)
    except orjson.JSONDecodeError as error:
        raise InvalidInputError(f"not JSON: {error}; send UTF-8 JSON") from error
    except TypeError as error:  # The writer gives up 254 levels down.
        raise too_deep() from error
    if tree.__class__ is not dict:
        raise InvalidInputError("not a JSON object; send `{…}` with `type` and `id`")
    if raw != written and _may_drop_a_pair(raw, written):
        _refuse_duplicates(raw)
    return tree


def too_deep() -> InvalidInputError:
    """Explain that something nests deeper than `DEPTH_MAX`."""
    return InvalidInputError(f"nests deeper than {DEPTH_MAX} levels; flatten it")


def shown(name: str) -> str:
    """Give a property's name in a form that is short and safe to print."""
    return ascii(name[:64])[1:-1]


def _may_drop_a_pair(raw: bytes, written: bytes) -> bool:
    if raw.count(b":") != written.count(b":"):
        return True
    return b"\\u003" in raw and (b"\\u003a" in raw or b"\\u003A" in raw)


def _refuse_duplicates(raw: bytes) -> None:
    json.loads(
        raw.decode(),
        object_pairs_hook=_each_once,
        parse_int=_ignored,
        parse_float=_ignored,
    )


def _each_once(pairs: list[tuple[str, object]]) -> None:
    names = set()
    for name, _ in pairs:
        if name in names:
            raise InvalidInputError(f"{shown(name)}: given twice; keep one of them")
        names.add(name)


def _ignored(_: str) -> None:
    return None
