"""Extending: one extension put into an object's bytes, which else stay as they are.

Source: STIX 2.1, section 7.3.
"""

from collections.abc import Mapping

import orjson

from foedus.stix.stamp import own_properties

_NAME = "extensions"


def extend(
    raw: bytes, tree: Mapping[str, object], name: str, content: Mapping[str, object]
) -> bytes:
    """Put an extension into an object.

    Where the object has this very extension already, what is put in goes over it, and
    the object is written anew.

    Args:
        raw: an object that was admitted.
        tree: the same, as read.
        name: the id of the extension's definition.
        content: its properties.
    """
    known = tree.get(_NAME)
    if not isinstance(known, dict):
        offset = raw.index(b"{") + 1
        added = orjson.dumps({_NAME: {name: content}})[1:-1] + b","
        if known is not None:  # what is no list of extensions cannot be added to
            return orjson.dumps({**tree, _NAME: {name: content}})
    elif name in known:
        merged = {**known, name: _over(known[name], content)}
        return orjson.dumps({**tree, _NAME: merged})
    else:
        named = next(end for each, end in own_properties(raw) if each == _NAME)
        offset = raw.index(b"{", named) + 1
        added = orjson.dumps({name: content})[1:-1] + (b"," if known else b"")
    return raw[:offset] + added + raw[offset:]


def _over(known: object, content: Mapping[str, object]) -> dict[str, object]:
    return {**known, **content} if isinstance(known, dict) else dict(content)
