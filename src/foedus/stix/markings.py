"""Marking definitions: the ones everybody knows, the hub's own, and how to read any.

- A marking definition never changes, so what an id means is fixed: the TLP ids mean
  what the standard says, whatever the object that bears them claims.
- The hub's own marking is a function of its label's canonical text alone: id and bytes
  are the same on every hub.
- What says two things at once, or nothing known, is `OtherDefinition`; whoever enforces
  refuses it.

Source: STIX 2.1, section 7.2.1; OASIS, TLP 2.0 and ACS data marking extensions.
"""

import uuid
from collections.abc import Callable, Mapping

import msgspec
import orjson

from foedus.errors import InvalidInputError
from foedus.ids import StixId
from foedus.stix import strict_json
from foedus.stix.objects import StixObject

LABEL_TEXT_MAX = 4_096
"""Characters of a label's text: some hundred nations by name fit."""

TLP_1: Mapping[str, StixId] = {
    "WHITE": StixId("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    "GREEN": StixId("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    "AMBER": StixId("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"),
    "RED": StixId("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
}
"""The markings of TLP 1 by name; only these instances may exist."""

TLP_2: Mapping[str, StixId] = {
    "CLEAR": StixId("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"),
    "GREEN": StixId("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
    "AMBER": StixId("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
    "AMBER+STRICT": StixId("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"),
    "RED": StixId("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"),
}
"""The markings of TLP 2.0 by name."""

TLP_2_EXTENSION = StixId("extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d")
"""The extension that defines the markings of TLP 2.0."""

ACS_EXTENSION = StixId("extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce")
"""The extension for Access Control Specification (ISA) markings."""

HUB_EXTENSION = StixId("extension-definition--257b8e0a-0b8a-4d65-b316-9e53cd52dc83")
"""Our own extension: a marking definition that carries a label's canonical text."""

HUB_MARKING_NAMESPACE = uuid.UUID("761df9d8-1b92-41cc-8b9b-3eb8c9b05303")
"""The namespace of the ids of our own markings. Never changes."""

HUB_MARKING_CREATED = "2026-01-01T00:00:00.000Z"
"""The `created` of every marking of our own: a constant, so that bytes are equal."""


class TlpDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A marking of the Traffic Light Protocol.

    Attributes:
        version: 1 or 2.
        name: a key of `TLP_1` or `TLP_2`.
    """

    version: int
    name: str


class StatementDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """Free text, such as a copyright."""

    text: str


class HubDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A marking of our own: the canonical text of a label."""

    text: str


class AcsScope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To whom something applies; the names are those of the extension.

    None is what does not stand there, and limits nothing.

    Attributes:
        permitted_nationalities: three-letter codes, or `ALL`.
        permitted_organizations: codes of organizations, or `ALL`.
        shareability: codes of sharing communities, or `ALL`.
        entity: kinds of person, such as `MIL`, or `ALL`.
    """

    permitted_nationalities: tuple[str, ...] | None = None
    permitted_organizations: tuple[str, ...] | None = None
    shareability: tuple[str, ...] | None = None
    entity: tuple[str, ...] | None = None


class AcsPrivilege(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """One `access_privilege` of an ACS marking, as written.

    Attributes:
        privilege_action: such as `DSPLY`, or `ALL`.
        rule_effect: `permit` or `deny`.
        privilege_scope: to whom it applies.
    """

    privilege_action: str
    rule_effect: str
    privilege_scope: AcsScope


class AcsSharing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of `further_sharing`, as written.

    Attributes:
        rule_effect: `permit` or `deny`.
        sharing_scope: organizations, `FOREIGNGOV` or `SECTOR`.
    """

    rule_effect: str
    sharing_scope: tuple[str, ...]


class AcsDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A marking of the Access Control Specification, as far as we read it.

    Attributes:
        classification: such as `U`; `None` if none is given.
        scope: who has access at all.
        determinations: formal determinations, such as `PUBREL`.
        caveats: such as `FISA`.
        privileges: every `access_privilege`: what may be done by whom with access.
        sharing: every rule of `further_sharing`: to whom it may be passed on.
        policies: the parts of `policy_reference`, which say what holds by default.
        responsible: the custodian and the originator, where they are named.
        unread: the names of what it says besides; whoever enforces must not overlook
            them.
    """

    classification: str | None
    scope: AcsScope = AcsScope()
    determinations: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    privileges: tuple[AcsPrivilege, ...] = ()
    sharing: tuple[AcsSharing, ...] = ()
    policies: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class OtherDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A marking that we cannot read.

    Attributes:
        reason: why not, for whoever must refuse it.
    """

    reason: str


Definition = (
    TlpDefinition
    | StatementDefinition
    | HubDefinition
    | AcsDefinition
    | OtherDefinition
)

_ACS_RECORDS = frozenset(
    {
        "authority_reference",
        "create_date_time",
        "declassification",
        "derivative_classification",
        "extension_type",
        "identifier",
        "name",
        "original_classification",
        "public_release",
    }
)
"""What says where a marking comes from, and restricts nobody."""

_TLP_BY_ID: Mapping[str, TlpDefinition] = {
    **{key: TlpDefinition(version=1, name=name) for name, key in TLP_1.items()},
    **{key: TlpDefinition(version=2, name=name) for name, key in TLP_2.items()},
}


def tlp_of(marking_id: str) -> TlpDefinition | None:
    """Tell which TLP marking an id is, without its object; `None` if it is none."""
    return _TLP_BY_ID.get(marking_id)


def hub_marking_id(text: str) -> StixId:
    """Compute the id of our own marking from a label's canonical text."""
    return StixId(f"marking-definition--{uuid.uuid5(HUB_MARKING_NAMESPACE, text)}")


def make_hub_definition(text: str) -> bytes:
    """Make the marking definition that carries a label; equal bytes on every hub.

    Args:
        text: the canonical text of the label.

    Raises:
        InvalidInputError: the text is empty, or longer than `LABEL_TEXT_MAX`.
    """
    if not 0 < len(text) <= LABEL_TEXT_MAX:
        raise InvalidInputError(f"label: write 1 to {LABEL_TEXT_MAX} characters")
    extension = {"extension_type": "property-extension", "label": text}
    return orjson.dumps(
        {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": hub_marking_id(text),
            "created": HUB_MARKING_CREATED,
            "name": text,
            "extensions": {HUB_EXTENSION: extension},
        }
    )


def make_hub_extension_definition() -> bytes:
    """Make the object that explains our own marking to other programs."""
    return orjson.dumps(
        {
            "type": "extension-definition",
            "spec_version": "2.1",
            "id": HUB_EXTENSION,
            "created_by_ref": "identity--c612a7f4-aeb2-43ff-b22f-271386fcedf6",
            "created": HUB_MARKING_CREATED,
            "modified": HUB_MARKING_CREATED,
            "name": "Foedus label",
            "description": "A releasability label as the text of a marking definition.",
            "schema": "One property, `label`: a string, the canonical text of the "
            "label. The id of the marking definition is the UUIDv5 of that text in "
            f"the namespace {HUB_MARKING_NAMESPACE}.",
            "version": "1.0.0",
            "extension_types": ["property-extension"],
        }
    )


def read_definition(marking: StixObject) -> Definition:
    """Read what a marking definition means.

    Args:
        marking: an object of the type `marking-definition`.

    Returns:
        `OtherDefinition` for everything that is not read with certainty.

    Raises:
        InvalidInputError: it is not a marking definition.
    """
    if marking.type != "marking-definition":
        raise InvalidInputError("type: no marking; send a marking-definition")
    known = tlp_of(marking.id)
    if known is not None:
        return known
    said = _said(strict_json.read_object(marking.raw))
    if len(said) != 1:
        reason = "says more than one thing" if said else "says nothing"
        return OtherDefinition(reason=reason)
    kind, content = said.popitem()
    if kind == HUB_EXTENSION:
        return _read_hub(marking.id, content)
    read = _READERS.get(kind)
    if read is None:
        return OtherDefinition(reason=f"of a kind unknown here: {kind[:64]!a}")
    return read(content)


def _said(tree: dict[str, object]) -> dict[str, dict[str, object]]:
    """Collect everything that the definition says, by kind."""
    said: dict[str, dict[str, object]] = {}
    if "definition_type" in tree or "definition" in tree:
        said[str(tree.get("definition_type"))] = _mapping(tree.get("definition"))
    for name, content in _mapping(tree.get("extensions")).items():
        said[name] = _mapping(content)
    return said


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _read_statement(content: dict[str, object]) -> Definition:
    text = content.get("statement")
    if not isinstance(text, str) or not text:
        return OtherDefinition(reason="a statement without text")
    return StatementDefinition(text=text)


def _read_tlp_1(content: dict[str, object]) -> Definition:
    return _as_tlp(1, content.get("tlp"), TLP_1)


def _read_tlp_2(content: dict[str, object]) -> Definition:
    return _as_tlp(2, content.get("tlp_2_0"), TLP_2)


def _as_tlp(version: int, value: object, names: Mapping[str, StixId]) -> Definition:
    name = value.upper() if isinstance(value, str) else ""
    if name not in names:
        return OtherDefinition(reason=f"no colour of TLP {version}")
    return TlpDefinition(version=version, name=name)


def _read_hub(marking_id: str, content: dict[str, object]) -> Definition:
    text = content.get("label")
    if not isinstance(text, str) or not 0 < len(text) <= LABEL_TEXT_MAX:
        return OtherDefinition(reason="a label without text, or too long")
    if hub_marking_id(text) != marking_id:
        return OtherDefinition(reason="its id does not follow from its label")
    return HubDefinition(text=text)


class _AcsControls(AcsScope, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """The part of `control_set` that we read."""

    classification: str | None = None
    formal_determination: tuple[str, ...] = ()
    caveat: tuple[str, ...] = ()


class _Acs(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the extension that we read."""

    control_set: _AcsControls = _AcsControls()
    access_privilege: tuple[AcsPrivilege, ...] = ()
    further_sharing: tuple[AcsSharing, ...] = ()
    policy_reference: str = ""
    responsible_entity_custodian: str | None = None
    responsible_entity_originator: str | None = None


def _read_acs(content: dict[str, object]) -> Definition:
    try:
        read = msgspec.convert(content, _Acs)
    except msgspec.ValidationError:
        return OtherDefinition(reason="an ACS marking of another form")
    controls = read.control_set
    unread = content.keys() - _ACS_RECORDS - set(_Acs.__struct_fields__)
    unread |= _mapping(content.get("control_set")).keys() - set(
        _AcsControls.__struct_fields__
    )
    responsible = (
        read.responsible_entity_custodian,
        read.responsible_entity_originator,
    )
    return AcsDefinition(
        classification=controls.classification,
        scope=AcsScope(
            permitted_nationalities=controls.permitted_nationalities,
            permitted_organizations=controls.permitted_organizations,
            shareability=controls.shareability,
            entity=controls.entity,
        ),
        determinations=controls.formal_determination,
        caveats=controls.caveat,
        privileges=read.access_privilege,
        sharing=read.further_sharing,
        policies=tuple(read.policy_reference.split()),
        responsible=tuple(each for each in responsible if each is not None),
        unread=tuple(sorted(unread)),
    )


_READERS: Mapping[str, Callable[[dict[str, object]], Definition]] = {
    "statement": _read_statement,
    "tlp": _read_tlp_1,
    TLP_2_EXTENSION: _read_tlp_2,
    ACS_EXTENSION: _read_acs,
}
