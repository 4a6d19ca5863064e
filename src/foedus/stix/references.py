"""What an object refers to, and what is odd about it, in one walk without recursion.

- Every property whose name ends in `_ref` or `_refs` counts, at any depth, custom
  ones included: an unknown reference must not escape the join of labels.
- Not references are `created_by_ref` and `object_marking_refs` of the object itself,
  the marking in a `marking_ref`, and extension definitions.
- A dangling reference is allowed; whether the target exists is not asked here.

Source: STIX 2.1, sections 2.9, 3.3 and 7.2.
"""

from collections.abc import Sequence

from foedus.errors import InvalidInputError
from foedus.stix.identifiers import as_identifier, is_identifier
from foedus.stix.strict_json import DEPTH_MAX, shown, too_deep

REFERENCES_MAX = 10_000
"""Different references of one object. Bounds the join of labels at admission."""

WARNINGS_MAX = 20
"""Reports kept for one object; more would only repeat them."""

EXACT_INTEGER_MAX = 2**53 - 1
"""The largest integer that every JSON reader keeps (RFC 7493, section 2.2)."""

_ENDINGS = ("_ref", "_refs")
_NOT_REFERENCES = frozenset({"created_by_ref", "object_marking_refs"})


class Findings:
    """What one walk over one object found, in the order in which it was met."""

    __slots__ = ("_warnings", "references")

    def __init__(self) -> None:
        self.references: dict[str, None] = {}
        self._warnings: dict[str, None] = {}

    def warn(self, text: str) -> None:
        """Report something odd that is accepted; the same text counts once."""
        if len(self._warnings) < WARNINGS_MAX:
            self._warnings[text] = None

    def warnings(self) -> tuple[str, ...]:
        """Give the reports, at most `WARNINGS_MAX`."""
        return tuple(self._warnings)


def walk(tree: dict[str, object], findings: Findings, *, strict: bool) -> None:
    """Visit every value of an object, level by level.

    Args:
        tree: the object, as read.
        findings: takes the references and the reports.
        strict: refuse a reference of the standard's own that is no identifier; else
            it is only reported, as custom and nested ones always are.

    Raises:
        InvalidInputError: a malformed reference, too many of them, or too deep.
    """
    below = _visit((tree,), findings, _STRICT if strict else _LENIENT)
    depth = 1
    while below:
        depth += 1
        if depth > DEPTH_MAX:
            raise too_deep()
        below = _visit(below, findings, _NESTED)
    if len(findings.references) > REFERENCES_MAX:
        raise InvalidInputError(
            f"refers to more than {REFERENCES_MAX} objects; split it"
        )


_Container = dict[str, object] | list[object]
_STRICT, _LENIENT, _NESTED = range(3)


def _visit(
    level: Sequence[_Container], findings: Findings, place: int
) -> list[_Container]:
    """Look at the values of one level, and give the containers of the next.

    Most values are strings. A JSON reader makes no subclasses, so that comparing
    classes settles them soonest.
    """
    below: list[_Container] = []
    for node in level:
        if isinstance(node, list):
            _visit_list(node, below, findings)
            continue
        for name, value in node.items():
            if "_ref" in name and name.endswith(_ENDINGS):
                _collect(name, value, findings, place)
            if value.__class__ is str:
                continue
            if value and isinstance(value, (dict, list)):
                below.append(value)
            else:
                _judge(name, value, findings)
    return below


def _visit_list(
    node: list[object], below: list[_Container], findings: Findings
) -> None:
    for value in node:
        if value.__class__ is str:
            continue
        if isinstance(value, (dict, list)):
            if value:
                below.append(value)
        else:
            _judge("a list item", value, findings)


def _judge(name: str, value: object, findings: Findings) -> None:
    if value is None:
        findings.warn(f"{shown(name)}: null; leave it out instead")
    elif isinstance(value, (dict, list)):
        findings.warn(f"{shown(name)}: empty; leave it out instead")
    elif isinstance(value, (int, float)) and abs(value) > EXACT_INTEGER_MAX:
        findings.warn(f"{shown(name)}: beyond 2**53, other readers may round it")


def _collect(name: str, value: object, findings: Findings, place: int) -> None:
    if place != _NESTED and name in _NOT_REFERENCES:
        return
    if isinstance(value, str) and is_identifier(value):
        _follow(name, value, findings)
        return
    for text in value if isinstance(value, list) else (value,):
        identifier = as_identifier(text) if isinstance(text, str) else None
        if identifier is not None:
            if identifier != text:
                findings.warn(f"{shown(name)}: read in lower case; write it so")
            _follow(name, identifier, findings)
        elif place == _STRICT and not name.startswith("x_"):
            raise InvalidInputError(
                f"{shown(name)}: not an identifier; write `type--UUID`"
            )
        else:
            findings.warn(f"{shown(name)}: no identifier, so not followed")


def _follow(name: str, identifier: str, findings: Findings) -> None:
    if identifier.startswith(_DEFINITIONS) and (
        name == "marking_ref" or identifier.startswith("extension-definition--")
    ):
        return
    findings.references[identifier] = None


_DEFINITIONS = ("extension-definition--", "marking-definition--")
