"""STIX objects: a typed head beside the original bytes.

- The bytes are kept as they came and never encoded again.
- Refused is what could deceive: ids, types, versions, markings and references that
  are not what they must be, and JSON that two readers would read differently.
- All else is accepted, custom types and properties included; what is odd is told in
  `StixObject.warnings`. Real data is full of empty lists.
- Arbitrary bytes raise nothing but `InvalidInputError` and `TooLargeError`.
"""

import re

import msgspec

from foedus.errors import InvalidInputError, TooLargeError
from foedus.stix import identifiers, references, strict_json, timestamps
from foedus.stix.identifiers import form_of
from foedus.stix.references import Findings
from foedus.stix.timestamps import Instant

OBJECT_BYTES_MAX = 1 << 20
"""Bytes of one object. At this size real ones take 25 ms, hostile ones 0.2 s."""

ENVELOPE_OBJECTS_MAX = 25_000
"""Objects of one envelope or bundle: the largest that are shared, ATT&CK's, in one.
Bounds the time of one admission, which takes a thread and is 0.1 ms an object."""

ENVELOPE_VALUES_MAX = 1_000_000
"""Commas of one envelope. Bounds the time in which it is taken apart: no envelope of
real objects comes near, one of bare numbers does."""

MARKINGS_MAX = 100
"""Markings in `object_marking_refs`. All of them are joined into one label."""

GRANULAR_MARKINGS_MAX = 1_000
"""Entries of `granular_markings`, each with any number of selectors."""

UNVERSIONED = "1970-01-01T00:00:00.000Z"
"""The version of what has neither `modified` nor `created` (our reading of TAXII)."""

_EPOCH = Instant(0)
_MARKING = "marking-definition"


class StixObject(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One STIX object, its head read and checked.

    Attributes:
        type: `indicator`, `x-custom`, …; never `bundle`.
        id: `type--UUID`; a UUID written in upper case is given in lower case, so that
            one object has one id. Fold what is asked for by `as_identifier`.
        spec_version: as written; else 2.1 for observables and 2.0 for all others.
        created: as written, or `None`.
        modified: as written, or `None`.
        version: `modified`, else `created`, else `UNVERSIONED`, as written.
        version_us: the instant of `version` in microseconds since 1970.
        version_rest: the digits of `version` beyond the microsecond; nearly always
            empty. Two versions are the same when both fields are.
        created_by_ref: who made it, or `None`.
        revoked: whether it says of itself that it no longer holds.
        lists_markings: whether it has `object_marking_refs`, be it an empty list.
        marking_refs: `object_marking_refs`, each once.
        granular_marking_refs: the markings of single properties, each once.
        has_granular: whether a single property carries a marking of its own.
        references: every other object it names, each once, in the order met.
        warnings: what is odd and was accepted.
        raw: the original bytes.
    """

    type: str
    id: str
    spec_version: str
    created: str | None
    modified: str | None
    version: str
    version_us: int
    version_rest: str
    created_by_ref: str | None
    revoked: bool
    lists_markings: bool
    marking_refs: tuple[str, ...]
    granular_marking_refs: tuple[str, ...]
    has_granular: bool
    references: tuple[str, ...]
    warnings: tuple[str, ...]
    raw: bytes


def parse_object(raw: bytes) -> StixObject:
    """Read one STIX object.

    Args:
        raw: the JSON text of the object, kept as it is.

    Raises:
        InvalidInputError: the detail names the property and what to do.
    """
    if len(raw) > OBJECT_BYTES_MAX:
        raise InvalidInputError(f"longer than {OBJECT_BYTES_MAX} bytes; split it")
    tree = strict_json.read_object(raw)
    findings = Findings()
    stix_type = _read_type(tree)
    object_id = _read_id(tree, stix_type, findings)
    spec_version = tree.get("spec_version")
    if spec_version != "2.1":
        spec_version = _read_spec_version(tree, stix_type, findings)
    created, modified, version, at = _read_versions(tree, stix_type)
    marking_refs: tuple[str, ...] = ()
    lists_markings = "object_marking_refs" in tree
    if lists_markings:
        marking_refs = _read_marking_refs(tree["object_marking_refs"], findings)
    granular: tuple[str, ...] = ()
    if "granular_markings" in tree:
        granular = _read_granular(tree["granular_markings"], findings)
    references.walk(tree, findings, strict=spec_version != "2.0")
    return StixObject(
        type=stix_type,
        id=object_id,
        spec_version=spec_version,
        created=created,
        modified=modified,
        version=version,
        version_us=at.us,
        version_rest=at.rest,
        created_by_ref=_read_creator(tree, findings),
        revoked=_read_revoked(tree),
        lists_markings=lists_markings,
        marking_refs=marking_refs,
        granular_marking_refs=granular,
        has_granular=bool(granular),
        references=tuple(findings.references),
        warnings=findings.warnings(),
        raw=raw,
    )


def split_envelope(
    body: bytes, *, objects_max: int = ENVELOPE_OBJECTS_MAX
) -> list[bytes]:
    """Cut a TAXII envelope or a STIX bundle into its objects, byte for byte.

    The objects themselves are not judged: `parse_object` does that one by one, so
    that one bad object does not condemn the others.

    Args:
        body: `{"objects": […]}`, other properties ignored; `{}` holds no objects.
        objects_max: how many objects are taken at most.

    Raises:
        InvalidInputError: not JSON, not an envelope, or a property given twice.
        TooLargeError: more than `objects_max` objects.
    """
    is_long = len(body) > ENVELOPE_VALUES_MAX
    if is_long and body.count(b",") > ENVELOPE_VALUES_MAX:
        raise TooLargeError(
            f"more than {ENVELOPE_VALUES_MAX} values; send several envelopes"
        )
    try:
        members = _MEMBERS.decode(body)
        objects = _OBJECTS.decode(members["objects"]) if members else []
    except KeyError as error:
        raise InvalidInputError(
            'objects: absent; send {"objects": […]}, also for a single object'
        ) from error
    except RecursionError as error:
        raise strict_json.too_deep() from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            f'not an envelope: {error}; send {{"objects": […]}} as UTF-8 JSON'
        ) from error
    if not _is_all(body, members):
        _refuse_members_given_twice(body, members)
    if len(objects) > objects_max:
        raise TooLargeError(f"more than {objects_max} objects; send several envelopes")
    return [bytes(item) for item in objects]


def is_computable(stix_object: StixObject) -> bool:
    """Tell whether anybody who knows the content can compute the id.

    True if the id is the one that `identifiers.compute_id` gives. It says nothing of
    the properties that do not contribute: those may hold anything.
    """
    if not identifiers.is_deterministic(stix_object.type):
        return False
    tree = strict_json.read_object(stix_object.raw)
    try:
        return identifiers.compute_id(tree) == stix_object.id
    except InvalidInputError:
        return False


_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_OBJECTS = msgspec.json.Decoder(list[msgspec.Raw])


_BEFORE = re.compile(rb'\s*\{\s*"objects"\s*:\s*').match
_BEHIND = re.compile(rb"\s*\}\s*").fullmatch


def _is_all(body: bytes, members: dict[str, msgspec.Raw]) -> bool:
    """Tell at a glance that an envelope is one list of objects and nothing else.

    The list that was kept is as long as what lies between the first name and the
    last brace: there is no room for a second one.
    """
    before = _BEFORE(body)
    if before is None or len(members) != 1:
        return False
    end = before.end() + memoryview(members["objects"]).nbytes
    return _BEHIND(body, end) is not None


def _refuse_members_given_twice(body: bytes, members: dict[str, msgspec.Raw]) -> None:
    """Compare colons: a member that was dropped takes at least one away."""
    kept = len(members) + sum(bytes(raw).count(b":") for raw in members.values())
    if any(":" in name for name in members):
        raise InvalidInputError("an envelope's property holds a colon; rename it")
    if body.count(b":") != kept:
        raise InvalidInputError("the envelope names a property twice; keep one of them")


def _read_type(tree: dict[str, object]) -> str:
    stix_type = tree.get("type")
    if not isinstance(stix_type, str):
        raise InvalidInputError(_TYPE_ADVICE)
    if stix_type == "bundle":
        raise InvalidInputError("type: a bundle is no object; send what it holds")
    return stix_type


_TYPE_ADVICE = "type: absent or malformed; write 3 to 250 of a-z, 0-9 and hyphen"


def _read_id(tree: dict[str, object], stix_type: str, findings: Findings) -> str:
    """Read the id; a type that begins a well-formed id is well formed itself."""
    object_id = tree.get("id")
    if not isinstance(object_id, str) or not identifiers.is_rfc_identifier(object_id):
        object_id = _read_odd_id(object_id, findings)
    if object_id[: -identifiers.TAIL_LENGTH] != stix_type:
        if not identifiers.is_type(stix_type):
            raise InvalidInputError(_TYPE_ADVICE)
        raise InvalidInputError("id: names another type; begin it with the `type`")
    return object_id


def _read_odd_id(text: object, findings: Findings) -> str:
    object_id = _read_identifier("id", text, findings)
    if not identifiers.is_rfc_identifier(object_id):
        findings.warn("id: its UUID has no version or variant that RFC 9562 knows")
    return object_id


def _read_spec_version(
    tree: dict[str, object], stix_type: str, findings: Findings
) -> str:
    """Read what is not simply 2.1."""
    if tree.get("spec_version") == "2.0":
        return "2.0"
    if "spec_version" in tree:
        raise InvalidInputError('spec_version: not one we read; write "2.1"')
    if identifiers.is_observable(stix_type):
        return "2.1"
    findings.warn("spec_version: absent, so read as 2.0")
    return "2.0"


def _read_versions(
    tree: dict[str, object], stix_type: str
) -> tuple[str | None, str | None, str, Instant]:
    created, created_at = None, _EPOCH
    if "created" in tree:
        created, created_at = _read_timestamp("created", tree["created"])
    if "modified" not in tree:
        return created, None, created or UNVERSIONED, created_at
    if stix_type == _MARKING:
        raise InvalidInputError(
            "modified: marking definitions never change; leave it out"
        )
    if created is not None and tree["modified"] == created:
        return created, created, created, created_at
    modified, modified_at = _read_timestamp("modified", tree["modified"])
    if created is not None and modified_at < created_at:
        raise InvalidInputError("modified: before `created`; correct one of them")
    return created, modified, modified, modified_at


def _read_timestamp(name: str, text: object) -> tuple[str, Instant]:
    if not isinstance(text, str):
        raise InvalidInputError(f"{name}: not a string; write a timestamp")
    try:
        return text, timestamps.parse_instant(text)
    except InvalidInputError as error:
        raise InvalidInputError(f"{name}: {error}") from error


def _read_creator(tree: dict[str, object], findings: Findings) -> str | None:
    if "created_by_ref" not in tree:
        return None
    return _read_identifier("created_by_ref", tree["created_by_ref"], findings)


def _read_revoked(tree: dict[str, object]) -> bool:
    revoked = tree.get("revoked", False)
    if not isinstance(revoked, bool):
        raise InvalidInputError("revoked: not a boolean; write true or false")
    return revoked


def _read_marking_refs(listed: object, findings: Findings) -> tuple[str, ...]:
    name = "object_marking_refs"
    if not isinstance(listed, list):
        raise InvalidInputError(f"{name}: not a list; list the markings' ids")
    if len(listed) > MARKINGS_MAX:
        raise InvalidInputError(f"{name}: more than {MARKINGS_MAX}; list fewer")
    if len(listed) == 1:
        return (_read_marking(name, listed[0], findings),)
    markings = {_read_marking(name, item, findings): None for item in listed}
    if len(markings) < len(listed):
        findings.warn(f"{name}: lists a marking twice; list it once")
    return tuple(markings)


def _read_granular(listed: object, findings: Findings) -> tuple[str, ...]:
    name = "granular_markings"
    if not isinstance(listed, list):
        raise InvalidInputError(f"{name}: not a list; list selectors and marking")
    if len(listed) > GRANULAR_MARKINGS_MAX:
        raise InvalidInputError(f"{name}: more than {GRANULAR_MARKINGS_MAX}; join some")
    markings: dict[str, None] = {}
    for entry in listed:
        marking = _read_granular_entry(entry, findings)
        if marking is not None:
            markings[marking] = None
    return tuple(markings)


def _read_granular_entry(entry: object, findings: Findings) -> str | None:
    if not isinstance(entry, dict) or ("marking_ref" in entry) == ("lang" in entry):
        raise InvalidInputError(
            "granular_markings: each needs `selectors` and `marking_ref` or `lang`"
        )
    selectors = entry.get("selectors")
    if not isinstance(selectors, list) or not selectors:
        raise InvalidInputError("granular_markings: `selectors` is no list of paths")
    for selector in selectors:
        if not isinstance(selector, str) or not selector:
            raise InvalidInputError("granular_markings: a selector is no path")
    if "lang" in entry:
        return None
    return _read_marking("granular_markings", entry["marking_ref"], findings)


def _read_marking(name: str, text: object, findings: Findings) -> str:
    if isinstance(text, str) and form_of(text) == "marking":
        return text
    identifier = _read_identifier(name, text, findings)
    if not identifier.startswith("marking-definition--"):
        raise InvalidInputError(
            f"{name}: names no marking; write `marking-definition--UUID`"
        )
    return identifier


def _read_identifier(name: str, text: object, findings: Findings) -> str:
    if not isinstance(text, str):
        raise InvalidInputError(f"{name}: not a string; write `type--UUID`")
    if form_of(text) is not None:
        return text
    folded = identifiers.as_identifier(text)
    if folded is None:
        raise InvalidInputError(f"{name}: not an identifier; write `type--UUID`")
    findings.warn(f"{name}: read in lower case; write it so")
    return folded
