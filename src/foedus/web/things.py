"""STIX objects in plain words: what it is, what it is called, what it says."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import orjson

from foedus.web.fields import NAMES
from foedus.web.harmless import harmless

TITLE_LENGTH_MAX = 120
"""Characters of a title in a list; the page of the object has the rest."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """An object as a page shows it.

    Attributes:
        kind: what it is, such as `Domain indicator`.
        title: what it is called; an address is made harmless.
        code: whether the title is a value, to be shown letter by letter.
        exact: the value as it was sent; empty where the title is no value.
        summary: its description; empty if it has none.
        marking_refs: the markings it bears.
        references: the ids that it names.
        revoked: whether its author has revoked it.
    """

    kind: str
    title: str
    code: bool
    exact: str
    summary: str
    marking_refs: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    revoked: bool


_PATTERN = re.compile(r"\[\s*([a-z0-9-]+):[^=]*=\s*'((?:[^'\\]|\\.)*)'\s*\]")

_VALUES: Mapping[str, str] = {
    "domain-name": "Domain",
    "ipv4-addr": "Address",
    "ipv6-addr": "Address",
    "url": "Web address",
    "file": "File",
    "email-addr": "Mail address",
}

_TITLES = (
    "name", "abstract", "value", "path", "key", "subject", "statement", "opinion",
    "description", "content",
)  # fmt: skip

HIDDEN = frozenset(
    {
        "type", "spec_version", "id", "created_by_ref", "object_marking_refs",
        "granular_markings", "extensions", "description", "content", "pattern_type",
        "pattern_version", "lang", "defanged",
    }
)  # fmt: skip
"""Properties that are no facts: they say how to read the others, or stand elsewhere."""

_REFERENCE = re.compile(r"[a-z][a-z0-9-]*--[0-9a-f-]{36}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def describe(raw: bytes) -> Thing:
    """Read a stored object as a page shows it.

    Args:
        raw: the bytes as served; they were checked at admission.
    """
    tree: dict[str, object] = orjson.loads(raw)
    kind, title, code = _head(tree)
    of_type = _type_of_value(tree, title)
    references = [
        (in_words(name), each)
        for name, value in tree.items()
        if name.endswith(("_ref", "_refs")) and name not in HIDDEN
        for each in _ids(value)
    ]
    return Thing(
        kind=kind,
        title=harmless(of_type, title)[:TITLE_LENGTH_MAX],
        code=code,
        exact=title if code else "",
        summary=_summary(tree, title),
        marking_refs=tuple(_ids(tree.get("object_marking_refs"))),
        references=tuple(references),
        revoked=tree.get("revoked") is True,
    )


def _head(tree: dict[str, object]) -> tuple[str, str, bool]:
    stix_type = str(tree["type"])
    title = next((text for key in _TITLES if (text := _line(tree.get(key)))), "")
    if stix_type == "indicator":
        return _indicator(tree, title)
    if stix_type == "relationship":
        ends = [
            in_words(str(tree.get(end, "")).partition("--")[0])
            for end in ("source_ref", "target_ref")
        ]
        said = in_words(str(tree.get("relationship_type", ""))).lower()
        return "Relationship", f"{ends[0]} {said} {ends[1].lower()}", False
    if stix_type == "report" and "object_refs" in tree:
        count = len(_ids(tree.get("object_refs")))
        kind = f"Report, {count} object" + ("" if count == 1 else "s")
        return kind, title or str(tree["id"]), False
    kind = _VALUES.get(stix_type) or in_words(stix_type)
    return kind, title or str(tree["id"]), "value" in tree or not title


def _indicator(tree: dict[str, object], name: str) -> tuple[str, str, bool]:
    pattern = str(tree.get("pattern", ""))
    found = _PATTERN.fullmatch(pattern)
    if found is None:
        return "Indicator", name or pattern or str(tree["id"]), not name
    kind = f"{_VALUES.get(found[1], in_words(found[1]))} indicator"
    value = _unquoted(found[2])
    title = name or value
    return kind, title, title == value


def _type_of_value(tree: dict[str, object], title: str) -> str:
    """Tell of which observable the title is the value; empty where it is none."""
    found = _PATTERN.fullmatch(str(tree.get("pattern", "")))
    if found is not None:
        return found[1] if title == _unquoted(found[2]) else ""
    return str(tree["type"]) if title == tree.get("value") else ""


def _unquoted(literal: str) -> str:
    return literal.replace("\\'", "'").replace("\\\\", "\\")


def _summary(tree: dict[str, object], title: str) -> str:
    text = tree.get("description") or tree.get("content")
    return text if isinstance(text, str) and text != title else ""


def in_words(name: str) -> str:
    """Write the name of a type or a property as people say it."""
    if name in NAMES:
        return NAMES[name]
    name = name.removesuffix("_refs").removesuffix("_ref")
    name = name.removeprefix("x_").removeprefix("x-")  # not of the specification
    text = name.replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def _line(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _ids(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [
        each for each in values if isinstance(each, str) and _REFERENCE.fullmatch(each)
    ]


def text_of(value: object) -> str:
    """Write a value of a property as people read it; empty where it says nothing."""
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return instant_words(value) if _INSTANT.fullmatch(value) else value
        case int() | float():
            return str(value)
        case list():
            return ", ".join(filter(None, map(text_of, value)))
        case dict():
            return "; ".join(f"{key}: {text_of(each)}" for key, each in value.items())
        case _:
            return ""


def instant_words(text: str) -> str:
    """Write a STIX timestamp as people write it, in UTC."""
    try:
        at = datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError:
        return text
    return f"{at:%a} {at.day} {at:%b %Y %H:%M} UTC"
