"""Tear lines: what is left of an object without the properties that are withheld.

- Whole properties, items and dictionary entries go, as the selectors of the granular
  markings name them. What is left empty goes too: STIX knows no empty lists.
- All else stays byte for byte: the order, the spelling of numbers and strings. Only a
  container out of which something was taken is written anew, without white space.
- What is torn is valid where the object was: what STIX requires of its type, and what
  makes it what it says it is, does not go.

Source: STIX 2.1, sections 3.2, 3.5, 7.2.3 and those of each type.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec
import orjson

from foedus.errors import InvalidInputError
from foedus.ids import StixId
from foedus.stix import identifiers, strict_json
from foedus.stix.markings import HUB_MARKING_NAMESPACE
from foedus.stix.objects import UNVERSIONED, StixObject, is_computable, parse_object
from foedus.stix.strict_json import shown

FOEDUS_NAMESPACE: Final = HUB_MARKING_NAMESPACE
"""The namespace of every id that the hub makes itself. Never changes."""

SELECTORS_MAX = 1_000
"""Selectors of what is withheld from one object; bounds the time it takes."""

KEPT = frozenset(
    {
        "type",
        "id",
        "spec_version",
        "created",
        "modified",
        "revoked",
        "object_marking_refs",
        "granular_markings",
    }
)
"""Properties that say what an object is, and who may see it; they are not withheld."""

COMMON = KEPT | {
    "created_by_ref",
    "confidence",
    "defanged",
    "external_references",
    "labels",
    "lang",
}
"""Properties that any object may have, and that say nothing of its subject."""

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "attack-pattern": ("name",),
    "autonomous-system": ("number",),
    "campaign": ("name",),
    "course-of-action": ("name",),
    "directory": ("path",),
    "domain-name": ("value",),
    "email-addr": ("value",),
    "email-message": ("is_multipart",),
    "extension-definition": (
        "created_by_ref",
        "name",
        "schema",
        "version",
        "extension_types",
    ),
    "grouping": ("context", "object_refs"),
    "identity": ("name",),
    "incident": ("name",),
    "indicator": ("pattern", "pattern_type", "valid_from"),
    "infrastructure": ("name",),
    "intrusion-set": ("name",),
    "ipv4-addr": ("value",),
    "ipv6-addr": ("value",),
    "language-content": ("object_ref", "contents"),
    "mac-addr": ("value",),
    "malware": ("is_family",),
    "malware-analysis": ("product",),
    "mutex": ("name",),
    "network-traffic": ("protocols",),
    "note": ("content", "object_refs"),
    "observed-data": ("first_observed", "last_observed", "number_observed"),
    "opinion": ("opinion", "object_refs"),
    "relationship": ("relationship_type", "source_ref", "target_ref"),
    "report": ("name", "published", "object_refs"),
    "sighting": ("sighting_of_ref",),
    "software": ("name",),
    "threat-actor": ("name",),
    "tool": ("name",),
    "url": ("value",),
    "vulnerability": ("name",),
}
"""What STIX requires of a type, beside the properties of every object."""

REQUIRED_IN_2_0: Mapping[str, tuple[str, ...]] = {
    "identity": ("identity_class",),
    "indicator": ("labels",),
    "malware": ("labels", "name"),
    "observed-data": ("objects",),
    "report": ("labels",),
    "threat-actor": ("labels",),
    "tool": ("labels",),
}
"""What STIX 2.0 requires of a type besides."""

ONE_OF: Mapping[str, tuple[str, ...]] = {
    "artifact": ("payload_bin", "url"),
    "file": ("hashes", "name"),
    "location": ("region", "country", "latitude"),
    "malware-analysis": ("result", "analysis_sco_refs"),
    "network-traffic": ("src_ref", "dst_ref"),
    "observed-data": ("objects", "object_refs"),
}
"""Of which STIX requires at least one of a type."""

NEEDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "artifact": (("url", "hashes"), ("decryption_key", "encryption_algorithm")),
    "location": (
        ("latitude", "longitude"),
        ("longitude", "latitude"),
        ("precision", "latitude"),
    ),
    "malware": (("is_family", "name"),),
}
"""Pairs of properties of a type: where the first holds, the second is required."""

ITEMS: Mapping[str, tuple[str, ...]] = {
    "external_references": ("source_name",),
    "kill_chain_phases": ("kill_chain_name", "phase_name"),
}
"""What STIX requires of the items of lists that any object may have."""

POINTERS = frozenset({"description", "url", "external_id"})
"""Of which an external reference has at least one (STIX 2.1, section 2.5.2)."""

DEFINING = ("new-", "toplevel-property-extension")
"""How the `extension_type` begins of an extension that says what an object is."""

_INDEX = re.compile(r"\[(0|[1-9][0-9]{0,6})\]")

_Path = tuple[str, ...]
_Plan = dict[str, "_Plan"]
"""What goes, by the parts of the paths; the end of a path has nothing below it."""


def tear(raw: bytes, *, withheld: Callable[[str], bool], new_id: str) -> bytes:
    """Give the bytes of an object's tear line.

    Args:
        raw: an object that `parse_object` has accepted, without a stamp.
        withheld: tells of a marking's id whether what bears it is withheld.
        new_id: the id of the tear line, of the same type.

    Returns:
        The object without what is withheld and without `granular_markings`.

    Raises:
        InvalidInputError: nothing in it is withheld, what is withheld is not there,
            or is required; the detail says what to do.
    """
    parsed = parse_object(raw)
    _check_type(parsed, new_id)
    tree = strict_json.read_object(raw)
    paths = _paths(tree, withheld)
    if not paths:
        raise InvalidInputError(
            "no property is withheld, so there is nothing to tear off; whoever may see "
            "its label sees the object itself"
        )
    plan = _plan([*paths, ("granular_markings",)])
    left = _cut(raw, plan)
    assert left is not None, "an id is never withheld"
    members = _MEMBERS.decode(left)
    members["id"] = msgspec.Raw(orjson.dumps(new_id))
    torn = msgspec.json.encode(members)
    _check_whole(parsed, tree, strict_json.read_object(torn))
    return torn


def tear_line_id(stix_type: str, nation: str, stix_id: str) -> StixId:
    """Compute the id of the tear line of a nation's object."""
    name = f"tear-line/{nation}/{stix_id}"
    return StixId(f"{stix_type}--{uuid.uuid5(FOEDUS_NAMESPACE, name)}")


def derived_from(
    tear_line: str, original: str, *, created: str | None, modified: str | None
) -> bytes:
    """Make the relationship that says of what a tear line is a part.

    Args:
        tear_line: the id of the tear line.
        original: the id of the object that was torn.
        created: as the object has it; observables have none.
        modified: likewise.
    """
    made = created or modified or UNVERSIONED
    return orjson.dumps(
        {
            "type": "relationship",
            "spec_version": "2.1",
            "id": derived_from_id(tear_line),
            "created": made,
            "modified": modified or made,
            "relationship_type": "derived-from",
            "source_ref": tear_line,
            "target_ref": original,
        }
    )


def derived_from_id(tear_line: str) -> StixId:
    """Compute the id of the relationship that `derived_from` makes."""
    found = uuid.uuid5(FOEDUS_NAMESPACE, f"derived-from/{tear_line}")
    return StixId(f"relationship--{found}")


def _check_type(parsed: StixObject, new_id: str) -> None:
    if parsed.type == "marking-definition":
        raise InvalidInputError("a marking definition has no tear line; mark it whole")
    if (
        not identifiers.is_identifier(new_id)
        or identifiers.type_of(new_id) != parsed.type
    ):
        raise InvalidInputError(f"the tear line's id: write `{parsed.type}--UUID`")


def _paths(tree: dict[str, object], withheld: Callable[[str], bool]) -> list[_Path]:
    """Find what is withheld, each once."""
    selectors: dict[str, None] = {}
    listed = tree.get("granular_markings")
    for entry in listed if isinstance(listed, list) else ():
        marking = identifiers.as_identifier(entry.get("marking_ref", ""))
        if marking is not None and withheld(marking):
            selectors.update(dict.fromkeys(entry["selectors"]))
    if len(selectors) > SELECTORS_MAX:
        raise InvalidInputError(
            f"more than {SELECTORS_MAX} selectors are withheld; select whole lists"
        )
    clear: set[int] = set()
    return [_find(tree, selector, clear) for selector in selectors]


def _find(tree: dict[str, object], selector: str, clear: set[int]) -> _Path:
    """Give the parts of a selector whose property is there and may go.

    Args:
        tree: the object.
        selector: as the object has it.
        clear: the containers whose names have been checked.

    Source: STIX 2.1, section 7.2.3.1.
    """
    path = tuple(selector.split("."))
    if path[0] in KEPT:
        raise InvalidInputError(
            f"{shown(path[0])}: is marked as withheld, but no tear line goes without "
            "it; select other properties"
        )
    node: object = tree
    for part in path:
        index = _INDEX.fullmatch(part)
        if isinstance(node, dict) and part in node:
            if id(node) not in clear:
                _check_names(node)
                clear.add(id(node))
            node = node[part]
        elif isinstance(node, list) and index and int(index[1]) < len(node):
            node = node[int(index[1])]
        else:
            raise InvalidInputError(
                f"granular_markings: selects {shown(selector)!r}, which is not there; "
                "correct the selector"
            )
    return path


def _check_names(node: dict[str, object]) -> None:
    """Refuse names that selectors cannot tell from paths."""
    for name in node:
        if "." in name:
            raise InvalidInputError(
                f"{shown(name)}: holds a dot, so that no selector is clear; rename it"
            )


def _plan(paths: Iterable[_Path]) -> _Plan:
    """Join paths; what lies below another path goes with it."""
    plan: _Plan = {}
    for path in sorted(paths, key=len):
        node = plan
        for part in path:
            if part in node and not node[part]:
                break
            node = node.setdefault(part, {})
    return plan


_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_CONTAINER = msgspec.json.Decoder(dict[str, msgspec.Raw] | list[msgspec.Raw])


def _cut(raw: bytes, plan: _Plan) -> bytes | None:
    """Take out of a container what is planned; `None` if nothing is left of it."""
    container = _CONTAINER.decode(raw)
    if isinstance(container, list):
        items = [
            left
            for place, value in enumerate(container)
            if (left := _left(value, plan, f"[{place}]")) is not None
        ]
        return msgspec.json.encode(items) if items else None
    members = {
        name: left
        for name, value in container.items()
        if (left := _left(value, plan, name)) is not None
    }
    return msgspec.json.encode(members) if members else None


def _left(value: msgspec.Raw, plan: _Plan, part: str) -> msgspec.Raw | None:
    if part not in plan:
        return value
    below = plan[part]
    left = _cut(bytes(value), below) if below else None
    return None if left is None else msgspec.Raw(left)


def _check_whole(
    parsed: StixObject, before: dict[str, object], after: dict[str, object]
) -> None:
    """Refuse a tear line that lacks what the object had and has to have.

    Raises:
        InvalidInputError: the detail names what it lacks.
    """
    stix_type = parsed.type
    required = REQUIRED.get(stix_type, ())
    if parsed.spec_version == "2.0":
        required += REQUIRED_IN_2_0.get(stix_type, ())
    missing = [
        *(name for name in required if name not in after),
        *_lacking_one_of(ONE_OF.get(stix_type, ()), after),
        *(
            needed
            for having, needed in NEEDS.get(stix_type, ())
            if _holds(after.get(having)) and needed not in after
        ),
    ]
    lost = [name for name in missing if name in before]
    if lost:
        raise _required(lost[0], f"of every {stix_type}")
    _check_items(before, after)
    _check_extensions(before, after)
    if before.keys() - COMMON and not after.keys() - COMMON:
        raise InvalidInputError(
            "everything that it says is withheld, so that nothing is left for a tear "
            "line; publish another object instead"
        )
    _check_id(parsed, before, after)


def _lacking_one_of(names: Sequence[str], after: Mapping[str, object]) -> Sequence[str]:
    return () if after.keys() & set(names) else names


def _holds(value: object) -> bool:
    return value is not None and value is not False


def _check_items(before: dict[str, object], after: dict[str, object]) -> None:
    """Refuse items that lack what they had and have to have."""
    for name, required in ITEMS.items():
        for each in required:
            if _lacking(after, name, {each}) > _lacking(before, name, {each}):
                raise _required(f"{name}.{each}", "of every item of the list")
    name = "external_references"
    if _lacking(after, name, POINTERS) > _lacking(before, name, POINTERS):
        raise _required(name, "to say where it leads")


def _lacking(tree: Mapping[str, object], name: str, wanted: Iterable[str]) -> int:
    """Count the items of a list that have none of some properties."""
    listed = tree.get(name)
    return sum(
        isinstance(item, dict) and not item.keys() & set(wanted)
        for item in (listed if isinstance(listed, list) else ())
    )


def _check_extensions(before: dict[str, object], after: dict[str, object]) -> None:
    """Refuse to lose the extension that says what the object is."""
    kept = _extensions(after)
    for name, content in _extensions(before).items():
        kind = content.get("extension_type")
        if kind is None:
            continue
        defines = isinstance(kind, str) and kind.startswith(DEFINING)
        if defines and name not in kept:
            raise _required(f"extensions.{name}", "to say what the object is")
        if name in kept and "extension_type" not in kept[name]:
            raise _required(f"extensions.{name}.extension_type", "of every extension")


def _extensions(tree: Mapping[str, object]) -> dict[str, dict[str, object]]:
    listed = tree.get("extensions")
    if not isinstance(listed, dict):
        return {}
    return {
        name: content for name, content in listed.items() if isinstance(content, dict)
    }


def _check_id(
    parsed: StixObject, before: dict[str, object], after: dict[str, object]
) -> None:
    """Refuse to lose what the id of an observable was computed from."""
    if not is_computable(parsed):
        return
    if identifiers.compute_id(after) == identifiers.compute_id(before):
        return
    contributing = ", ".join(identifiers.CONTRIBUTING[parsed.type])
    raise InvalidInputError(
        f"its id is computed from what is withheld ({contributing}); withhold other "
        "properties, or give the object a random id"
    )


def _required(name: str, whence: str) -> InvalidInputError:
    return InvalidInputError(
        f"{shown(name)}: is withheld, but STIX requires it {whence}; select more or "
        "other properties, or publish another object for the others"
    )
