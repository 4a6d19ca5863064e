"""The OpenCTI extension: what its connectors look for on every object.

- What is said follows from the object and its dates in the reader's world alone.
- Of what is lost only the id and the type are said, under the same internal id.

Source: `cti-platforms` reference, 3a; OpenCTI's extension definition.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid5

from foedus.compat.observables import observables
from foedus.stix.timestamps import format_us

DEFINITION: Final = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba"
"""The id of the extension."""

SCORE_DEFAULT: Final = 50
"""What OpenCTI gives indicators that nobody has scored."""

SCORE_MAX: Final = 100

_OURS: Final = UUID("2f2c3f0e-6f0b-5d0a-9a51-6d7f5b8f1c11")
"""The namespace of the internal ids that stand for objects of a hub."""

_CASED: Final = {
    "ipv4-addr": "IPv4-Addr",
    "ipv6-addr": "IPv6-Addr",
    "file": "StixFile",
    "language-content": "Language",
    "relationship": "stix-core-relationship",
    "sighting": "stix-sighting-relationship",
    "ssh-key": "SSH-Key",
    "threat-actor": "Threat-Actor-Group",
}
"""Types that OpenCTI does not simply write with capitals."""

_IDENTITIES: Final = {
    "individual": "Individual",
    "system": "System",
    "class": "Sector",
}
"""What identities are by their class; organisations else."""


def internal_id(stix_id: str) -> str:
    """Give what an object is called inside; equal on every hub and for everybody."""
    return str(uuid5(_OURS, stix_id))


def entity_type(stix_type: str) -> str:
    """Give what OpenCTI calls a type."""
    found = _CASED.get(stix_type)
    return found or "-".join(part.capitalize() for part in stix_type.split("-"))


def lost(stix_id: str, stix_type: str) -> dict[str, object]:
    """Say of an object only which it was."""
    return {
        "extension_type": "property-extension",
        "id": internal_id(stix_id),
        "type": entity_type(stix_type),
    }


def described(
    tree: Mapping[str, Any], *, created_us: int, updated_us: int
) -> dict[str, object]:
    """Describe an object.

    Args:
        tree: the object, as read.
        created_us: since when the reader has it.
        updated_us: since when the reader has this version.
    """
    content = {
        **lost(str(tree["id"]), str(tree["type"])),
        "type": _type_of(tree),
        "created_at": _ms(created_us),
        "updated_at": _ms(updated_us),
        "is_inferred": False,
    }
    if tree["type"] == "indicator":
        found = observables(tree)
        content["score"] = _score(tree)
        content["detection"] = tree.get("x_opencti_detection") is True
        content["observable_values"] = [
            {"type": entity_type(stix_type), **values} for stix_type, values in found
        ]
        main = tree.get("x_opencti_main_observable_type")
        if isinstance(main, str) and main:
            content["main_observable_type"] = main
        else:
            content["main_observable_type"] = (
                entity_type(found[0][0]) if found else "Unknown"
            )
    return content


def _type_of(tree: Mapping[str, Any]) -> str:
    stix_type = str(tree["type"])
    if stix_type == "identity":
        return _IDENTITIES.get(str(tree.get("identity_class")), "Organization")
    if stix_type == "relationship" and isinstance(tree.get("relationship_type"), str):
        return str(tree["relationship_type"])
    return entity_type(stix_type)


def _score(tree: Mapping[str, Any]) -> int:
    for name in ("x_opencti_score", "confidence"):
        value = tree.get(name)
        if type(value) is int and 0 <= value <= SCORE_MAX:
            return value
    return SCORE_DEFAULT


def _ms(us: int) -> str:
    return format_us(us // 1_000 * 1_000).replace("000Z", "Z")
