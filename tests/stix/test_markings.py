import json
import warnings

import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.stix import markings
from foedus.stix.markings import (
    AcsDefinition,
    AcsPrivilege,
    AcsScope,
    AcsSharing,
    Definition,
    HubDefinition,
    OtherDefinition,
    StatementDefinition,
    TlpDefinition,
    hub_marking_id,
    make_hub_definition,
    read_definition,
)
from foedus.stix.objects import parse_object

LABEL = "NATO RESTRICTED // REL TO NATO 2024-03-07, UKR"
OWN_ID = "marking-definition--0042a9f5-f053-4769-b3ef-9ad018dfa298"
TLP_2_EXTENSION = markings.TLP_2_EXTENSION


def read(marking_id: str = OWN_ID, **properties: object) -> Definition:
    head = {"type": "marking-definition", "spec_version": "2.1", "id": marking_id}
    return read_definition(parse_object(json.dumps({**head, **properties}).encode()))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("WHITE", stix2.TLP_WHITE),
        ("GREEN", stix2.TLP_GREEN),
        ("AMBER", stix2.TLP_AMBER),
        ("RED", stix2.TLP_RED),
    ],
)
def test_the_markings_of_tlp_1_are_those_of_the_standard(
    name: str, known: stix2.MarkingDefinition
) -> None:
    assert markings.TLP_1[name] == known.id
    found = read_definition(parse_object(known.serialize().encode()))
    assert found == TlpDefinition(version=1, name=name)


@pytest.mark.parametrize("name", sorted(markings.TLP_2))
def test_the_markings_of_tlp_2_are_known_by_id(name: str) -> None:
    assert read(markings.TLP_2[name]) == TlpDefinition(version=2, name=name)


def test_a_tlp_id_means_what_the_standard_says_whatever_the_object_claims() -> None:
    claims = {"definition_type": "tlp", "definition": {"tlp": "white"}}
    assert read(markings.TLP_1["RED"], **claims) == TlpDefinition(version=1, name="RED")


def test_tlp_is_read_from_other_objects_as_well() -> None:
    extension = {"extension_type": "property-extension", "tlp_2_0": "amber+strict"}
    assert read(extensions={TLP_2_EXTENSION: extension}) == TlpDefinition(
        version=2, name="AMBER+STRICT"
    )
    assert read(definition_type="tlp", definition={"tlp": "red"}) == TlpDefinition(
        version=1, name="RED"
    )


def test_a_statement_is_read() -> None:
    found = read(definition_type="statement", definition={"statement": "© MITRE"})
    assert found == StatementDefinition(text="© MITRE")


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_label_is_read_from_the_marking_made_of_it(text: str) -> None:
    made = parse_object(make_hub_definition(text))
    assert (made.id, made.warnings) == (hub_marking_id(text), ())
    assert read_definition(made) == HubDefinition(text=text)


def test_our_marking_is_the_same_bytes_for_ever() -> None:
    assert make_hub_definition(LABEL) == (
        b'{"type":"marking-definition","spec_version":"2.1",'
        b'"id":"marking-definition--f7d3a2bd-2376-5b74-863a-4248679c3b2e","created":"2026-01-01T00:00:00.000Z",'
        b'"name":"NATO RESTRICTED // REL TO NATO 2024-03-07, UKR","extensions":'
        b'{"extension-definition--257b8e0a-0b8a-4d65-b316-9e53cd52dc83":'
        b'{"extension_type":"property-extension",'
        b'"label":"NATO RESTRICTED // REL TO NATO 2024-03-07, UKR"}}}'
    )


def test_other_programs_can_read_our_marking_and_its_extension() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        marking = stix2.parse(make_hub_definition(LABEL).decode(), version="2.1")
        extension = stix2.parse(
            markings.make_hub_extension_definition().decode(), version="2.1"
        )
    assert (marking.name, extension.id) == (LABEL, markings.HUB_EXTENSION)


def test_our_extension_is_itself_without_fault() -> None:
    found = parse_object(markings.make_hub_extension_definition())
    assert (found.id, found.warnings) == (markings.HUB_EXTENSION, ())


@pytest.mark.parametrize("text", ["", "x" * 4097])
def test_a_label_without_text_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="label"):
        make_hub_definition(text)


def test_acs_privileges_are_read_and_the_rest_is_named() -> None:
    scope = {"permitted_nationalities": ["USA"], "shareability": ["NCC"]}
    privilege = {
        "privilege_action": "DSPLY",
        "rule_effect": "permit",
        "privilege_scope": scope,
    }
    extension = {
        "extension_type": "property-extension",
        "identifier": "isa:guide.19001.ACS3-1",
        "policy_reference": "urn:a urn:b",
        "responsible_entity_custodian": "USA.DHS",
        "responsible_entity_originator": "USA.NSA",
        "public_release": {"released_by": "somebody"},
        "control_set": {
            "classification": "U",
            "caveat": ["FISA"],
            "formal_determination": ["AIS"],
            "permitted_organizations": ["NATO"],
            "sensitivity": ["LES"],
        },
        "access_privilege": [privilege],
        "further_sharing": [{"rule_effect": "deny", "sharing_scope": ["SECTOR"]}],
        "resource_disposition": {"disposition_process": "destruction"},
    }
    assert read(extensions={markings.ACS_EXTENSION: extension}) == AcsDefinition(
        classification="U",
        scope=AcsScope(permitted_organizations=("NATO",)),
        determinations=("AIS",),
        caveats=("FISA",),
        privileges=(
            AcsPrivilege(
                privilege_action="DSPLY",
                rule_effect="permit",
                privilege_scope=AcsScope(
                    permitted_nationalities=("USA",), shareability=("NCC",)
                ),
            ),
        ),
        sharing=(AcsSharing(rule_effect="deny", sharing_scope=("SECTOR",)),),
        policies=("urn:a", "urn:b"),
        responsible=("USA.DHS", "USA.NSA"),
        unread=("resource_disposition", "sensitivity"),
    )


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"extensions": []},
        {"extensions": {TLP_2_EXTENSION: None}},
        {"extensions": {TLP_2_EXTENSION: {"tlp_2_0": "white"}}},
        {"extensions": {TLP_2_EXTENSION: {"tlp_2_0": ["red"]}}},
        {"extensions": {OWN_ID: {"x": 1}}},
        {"extensions": {markings.HUB_EXTENSION: {"label": LABEL}}},
        {"extensions": {markings.HUB_EXTENSION: {"label": 1}}},
        {"extensions": {markings.ACS_EXTENSION: {"access_privilege": [{"x": 1}]}}},
        {"extensions": {markings.ACS_EXTENSION: {"access_privilege": 1}}},
        *(
            {"extensions": {markings.ACS_EXTENSION: wrong}}
            for wrong in (
                {"control_set": {"classification": 1}},
                {"control_set": {"entity": "ALL"}},
                {"control_set": ["U"]},
                {"further_sharing": [{"rule_effect": "deny"}]},
                {"policy_reference": ["urn:a"]},
                {"responsible_entity_custodian": 1},
            )
        ),
        {"definition_type": "tlp", "definition": {"tlp": "purple"}},
        {"definition_type": "tlp", "definition": "red"},
        {"definition_type": "statement", "definition": {"statement": ""}},
        {"definition_type": "iep", "definition": {"x": 1}},
        {"definition_type": 5},
        {"definition": {"tlp": "white"}},
        {
            "definition_type": "tlp",
            "definition": {"tlp": "white"},
            "extensions": {TLP_2_EXTENSION: {"tlp_2_0": "red"}},
        },
        {
            "extensions": {
                TLP_2_EXTENSION: {"tlp_2_0": "clear"},
                markings.HUB_EXTENSION: {"label": LABEL},
            }
        },
    ],
)
def test_what_is_not_read_with_certainty_is_other(
    properties: dict[str, object],
) -> None:
    assert isinstance(read(**properties), OtherDefinition)


def test_only_a_marking_definition_is_read() -> None:
    other = parse_object(b'{"type":"url","id":"url--%s"}' % OWN_ID[-36:].encode())
    with pytest.raises(InvalidInputError, match="marking-definition"):
        read_definition(other)
