"""What an object refers to, and what is odd about it, in one walk without recursion.

- Every property whose name ends in `_ref` or `_refs` counts, at any depth, custom
  ones included: an unknown reference must not escape the join of labels.
- Not references are `created_by_ref` and `object_marking_refs` of the object itself,
  the marking in a `marking_ref`, and extension definitions.
- A dangling reference is allowed; whether the target exists is not asked here.

Source: STIX 2.1, sections 2.9, 3.3 and 7.2.
"""

from collections.abc import Iterable, Mapping, Sequence

from foedus.errors import InvalidInputError
from foedus.stix.identifiers import as_identifier, form_of
from foedus.stix.strict_json import DEPTH_MAX, shown, too_deep

REFERENCES_MAX = 10_000
"""Different references of one object. Bounds the join of labels at admission."""

WARNINGS_MAX = 20
"""Reports kept for one object; more would only repeat them."""

SHAPES_REMEMBERED = 1_024
"""Sets of properties that are remembered: objects of one type have a few dozen."""

SHAPE_LETTERS = 1_000
"""Letters of the names of a set of properties that is remembered. Bounds memory."""

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
    place = _STRICT if strict else _LENIENT
    for name in _reference_names(tree):
        value = tree[name]
        if isinstance(value, str) and form_of(value) == "object":
            findings.references[value] = None
        else:
            _collect(name, value, findings, place)
    below: list[_Container] = []
    if _descend(tree.values(), below):
        _judge_values(tree, findings)
    depth = 1
    while below:
        depth += 1
        if depth > DEPTH_MAX:
            raise too_deep()
        below = _visit(below, findings)
    if len(findings.references) > REFERENCES_MAX:
        raise InvalidInputError(
            f"refers to more than {REFERENCES_MAX} objects; split it"
        )


_Container = dict[str, object] | list[object]
_STRICT, _LENIENT, _NESTED = range(3)


_remembered: dict[tuple[str, ...], tuple[str, ...]] = {}


def _reference_names(tree: Mapping[str, object]) -> tuple[str, ...]:
    """Give the names of an object's own properties that are references, in order.

    Objects of one kind have the same properties, so what was found is remembered.
    """
    names = tuple(tree)
    found = _remembered.get(names)
    if found is None:
        found = tuple(
            name
            for name in names
            if name.endswith(_ENDINGS) and name not in _NOT_REFERENCES
        )
        if sum(map(len, names)) <= SHAPE_LETTERS:
            if len(_remembered) >= SHAPES_REMEMBERED:
                _remembered.clear()
            _remembered[names] = found
    return found


def _visit(level: Sequence[_Container], findings: Findings) -> list[_Container]:
    """Look at the values of one level, and give the containers of the next.

    Most values are strings. A JSON reader makes no subclasses, so that comparing
    classes settles them soonest.
    """
    below: list[_Container] = []
    for node in level:
        if isinstance(node, list):
            is_odd = _descend(node, below)
        else:
            is_simple = True
            for name, value in node.items():
                if "_ref" in name and name.endswith(_ENDINGS):
                    _collect(name, value, findings, _NESTED)
                if value.__class__ is not str:
                    is_simple = False
            is_odd = not is_simple and _descend(node.values(), below)
        if is_odd:
            _judge_values(node, findings)
    return below


def _descend(values: Iterable[object], below: list[_Container]) -> bool:
    """Add the containers among some values to those of the next level.

    Returns:
        Whether a value is odd.
    """
    is_odd = False
    for value in values:
        kind = value.__class__
        if kind is str or kind is bool:
            continue
        if value and isinstance(value, (dict, list)):
            below.append(value)
        elif not isinstance(value, (int, float)) or abs(value) > EXACT_INTEGER_MAX:
            is_odd = True
    return is_odd


def _judge_values(node: _Container, findings: Findings) -> None:
    """Report the odd ones among the values of one level of one container."""
    if isinstance(node, list):
        for value in node:
            if not isinstance(value, (dict, list)):
                _judge("a list item", value, findings)
    else:
        for name, value in node.items():
            _judge(name, value, findings)


def _judge(name: str, value: object, findings: Findings) -> None:
    if value is None:
        findings.warn(f"{shown(name)}: null; leave it out instead")
    elif value in ({}, []):
        findings.warn(f"{shown(name)}: empty; leave it out instead")
    elif isinstance(value, (int, float)) and abs(value) > EXACT_INTEGER_MAX:
        findings.warn(f"{shown(name)}: beyond 2**53, other readers may round it")


def _collect(name: str, value: object, findings: Findings, place: int) -> None:
    for text in value if isinstance(value, list) else (value,):
        if isinstance(text, str) and form_of(text) == "object":
            findings.references[text] = None
        else:
            _collect_odd(name, text, findings, place)


def _collect_odd(name: str, text: object, findings: Findings, place: int) -> None:
    """Take what is no plain identifier, if it can be read as one."""
    identifier = as_identifier(text) if isinstance(text, str) else None
    if identifier is not None:
        if identifier != text:
            findings.warn(f"{shown(name)}: read in lower case; write it so")
        if not _is_definition(name, identifier):
            findings.references[identifier] = None
    elif place == _STRICT and not name.startswith("x_"):
        raise InvalidInputError(f"{shown(name)}: not an identifier; write `type--UUID`")
    else:
        findings.warn(f"{shown(name)}: no identifier, so not followed")


def _is_definition(name: str, identifier: str) -> bool:
    """Tell whether a definition is named that is no object of the join."""
    form = form_of(identifier)
    return form == "extension" or (name == "marking_ref" and form == "marking")
