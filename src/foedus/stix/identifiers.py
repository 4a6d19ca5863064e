"""STIX identifiers, `type--UUID`, and the ids that follow from an object's content.

- One spelling: the UUID is in lower case; `as_identifier` folds the other spelling.
- The id of an observable can be computed from its contributing properties by anybody;
  nothing that the hub says may depend on knowing such an id.

Source: STIX 2.1, sections 2.9, 3.4 and 6.
"""

import re
import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from foedus.errors import InvalidInputError
from foedus.ids import StixId
from foedus.stix import canonical

TYPE_LENGTH_MIN = 3
TYPE_LENGTH_MAX = 250
"""Characters of the name of a type (STIX 2.1, section 3.1)."""

TAIL_LENGTH = len("--") + 36
"""Characters of an identifier that follow its type."""

IDENTIFIERS_REMEMBERED = 8_192
"""Identifiers whose form was checked lately. Creators and markings recur, and what a
bundle holds refers to itself."""

SCO_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace of the computed ids of observables (STIX 2.1, section 2.9)."""

CONTRIBUTING: Mapping[str, tuple[str, ...]] = {
    "artifact": ("hashes", "payload_bin"),
    "autonomous-system": ("number",),
    "directory": ("path",),
    "domain-name": ("value",),
    "email-addr": ("value",),
    "email-message": ("from_ref", "subject", "body"),
    "file": ("hashes", "name", "extensions", "parent_directory_ref"),
    "ipv4-addr": ("value",),
    "ipv6-addr": ("value",),
    "mac-addr": ("value",),
    "mutex": ("name",),
    "network-traffic": (
        "start",
        "end",
        "src_ref",
        "dst_ref",
        "src_port",
        "dst_port",
        "protocols",
        "extensions",
    ),
    "process": (),
    "software": ("name", "cpe", "swid", "vendor", "version"),
    "url": ("value",),
    "user-account": ("account_type", "user_id", "account_login"),
    "windows-registry-key": ("key", "values"),
    "x509-certificate": ("hashes", "serial_number"),
}
"""The properties of each observable that its id is computed from."""

STIX_TYPES = frozenset(CONTRIBUTING) | {
    "attack-pattern",
    "campaign",
    "course-of-action",
    "extension-definition",
    "grouping",
    "identity",
    "incident",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "language-content",
    "location",
    "malware",
    "malware-analysis",
    "marking-definition",
    "note",
    "observed-data",
    "opinion",
    "relationship",
    "report",
    "sighting",
    "threat-actor",
    "tool",
    "vulnerability",
}
"""Every type of object that STIX 2.1 defines."""


_HASHES_PREFERRED = ("MD5", "SHA-1", "SHA-256", "SHA-512")
_TYPE = r"[a-z0-9]+(?:-[a-z0-9]+)*+"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_IS_TYPE = re.compile(_TYPE).fullmatch
_IS_IDENTIFIER = re.compile(f"{_TYPE}--{_UUID}").fullmatch
_IS_RFC = re.compile(
    f"{_TYPE}--[0-9a-f]{{8}}-[0-9a-f]{{4}}-[1-8][0-9a-f]{{3}}-[89ab][0-9a-f]{{3}}"
    "-[0-9a-f]{12}"
).fullmatch
_LENGTH_MIN = TYPE_LENGTH_MIN + TAIL_LENGTH
_LENGTH_MAX = TYPE_LENGTH_MAX + TAIL_LENGTH


def is_type(text: str) -> bool:
    """Tell whether this can be the name of a type."""
    length_fits = TYPE_LENGTH_MIN <= len(text) <= TYPE_LENGTH_MAX
    return length_fits and _IS_TYPE(text) is not None


def is_identifier(text: str) -> bool:
    """Tell whether this is `type--UUID`, the UUID in lower case."""
    return form_of(text) is not None


Form = Literal["object", "marking", "extension"]
"""What an identifier names: a definition of a marking or an extension, or else."""


def form_of(text: str) -> Form | None:
    """Tell what a text names if it is an identifier; else `None`."""
    return _form_of(text) if len(text) <= _LENGTH_MAX else None


@lru_cache(maxsize=IDENTIFIERS_REMEMBERED)
def _form_of(text: str) -> Form | None:
    if len(text) < _LENGTH_MIN or _IS_IDENTIFIER(text) is None:
        return None
    match type_of(text):
        case "marking-definition":
            return "marking"
        case "extension-definition":
            return "extension"
        case _:
            return "object"


def as_identifier(text: str) -> StixId | None:
    """Give the identifier that a text spells, its UUID in lower case; else `None`."""
    if is_identifier(text):
        return StixId(text)
    folded = text[:-36] + text[-36:].lower()
    return StixId(folded) if is_identifier(folded) else None


def is_rfc_identifier(text: str) -> bool:
    """Tell whether this is an identifier with a UUID that RFC 9562 knows.

    It is for ids, which do not recur: their form is not remembered.
    """
    return _LENGTH_MIN <= len(text) <= _LENGTH_MAX and _IS_RFC(text) is not None


def type_of(identifier: str) -> str:
    """Give the type that an identifier names."""
    return identifier[:-TAIL_LENGTH]


def is_observable(stix_type: str) -> bool:
    """Tell whether this is one of the observables that STIX 2.1 defines."""
    return stix_type in CONTRIBUTING


def is_deterministic(stix_type: str) -> bool:
    """Tell whether ids of this type are computed from content where they can be."""
    return bool(CONTRIBUTING.get(stix_type))


def compute_id(properties: Mapping[str, object]) -> StixId | None:
    """Compute the id of an observable from its contributing properties.

    Args:
        properties: the object, `type` included, `id` ignored.

    Returns:
        `None` where the standard fixes no id: the type computes none, or none of the
        contributing properties is there, or of `hashes` none of MD5, SHA-1, SHA-256
        and SHA-512.

    Raises:
        InvalidInputError: a contributing property cannot be written canonically.
    """
    stix_type = properties.get("type")
    if not isinstance(stix_type, str):
        raise InvalidInputError("type: not a string; write the object's type")
    contributing: dict[str, object] = {}
    for name in CONTRIBUTING.get(stix_type, ()):
        value = properties.get(name)
        if name == "hashes" and value is not None:
            value = _preferred_hash(value)
            if value is None:
                return None
        if value is not None:
            contributing[name] = value
    if not contributing:
        return None
    text = canonical.encode(contributing)
    return StixId(f"{stix_type}--{uuid.uuid5(SCO_NAMESPACE, text)}")


def _preferred_hash(hashes: object) -> dict[str, object] | None:
    if not isinstance(hashes, Mapping):
        return None
    for algorithm in _HASHES_PREFERRED:
        if algorithm in hashes:
            return {algorithm: hashes[algorithm]}
    return None
