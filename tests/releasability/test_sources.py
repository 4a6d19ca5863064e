import msgspec
import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.errors import LabelError
from foedus.ids import NationCode
from foedus.releasability.labels import print_label
from foedus.releasability.markings import parse_marking
from foedus.releasability.sources import (
    label_of_marking,
    label_of_statement,
    label_of_tlp,
    own_labels,
    read_label,
)
from foedus.stix.markings import (
    AcsDefinition,
    AcsScope,
    HubDefinition,
    OtherDefinition,
    StatementDefinition,
    TlpDefinition,
)
from tests.releasability.strategies import NATO

NU = "NATO UNCLASSIFIED // "
COPYRIGHT = StatementDefinition(text="Copyright 2026, Example Corp. See our terms.")


def printed(text: str) -> str:
    return print_label(read_label(text, NATO), NATO)


def statement(text: str) -> StatementDefinition:
    return StatementDefinition(text=text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("NATO RESTRICTED // REL TO FRA", "NATO RESTRICTED // REL TO FRA"),
        ("NATO RESTRICTED", "NATO RESTRICTED // REL TO NATO"),
        ("NATO SECRET RELEASABLE TO SWEDEN", None),
        ("NATO/PFP RESTRICTED", None),
        ("TLP:CLEAR", NU + "PUBLIC"),
        ("TLP:WHITE", NU + "PUBLIC"),
        ("TLP:GREEN", NU + "REL TO PARTNERSHIP+"),
        ("TLP:AMBER", NU + "REL TO NATO+"),
        ("TLP:AMBER+STRICT", NU + "REL TO NATO+ // NO ONWARD RELEASE"),
        ("TLP:RED", NU + "REL TO ORIGINATOR"),
    ],
)
def test_a_label_is_read_from_its_text_a_marking_or_a_light(
    text: str, canonical: str | None
) -> None:
    found = printed(text)
    assert canonical is None or found == canonical
    assert printed(found) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NATO TOP SECRET", None),
        ("CONFIDENTIEL UE/EU CONFIDENTIAL", "foreign_marking"),
        ("NATO RESTRICTED // REL TO QQQ", "unknown_entity"),
        ("NATO RESTRICTED // EYES ONLY", "unknown_caveat"),
        ("free for all", None),
        ("", None),
    ],
)
def test_what_cannot_be_enforced_is_refused(text: str, code: str | None) -> None:
    with pytest.raises(LabelError) as refusal:
        read_label(text, NATO)
    assert code is None or refusal.value.code == code


def test_without_a_grammar_only_canonical_texts_are_read() -> None:
    pack = msgspec.structs.replace(load_pack("nato"), markings=None)
    plain = Alliance.from_pack(pack)
    assert read_label("NU // PUBLIC", plain) == read_label("NU // PUBLIC", NATO)
    with pytest.raises(LabelError):
        read_label("NATO RESTRICTED", plain)
    assert label_of_statement("NATO TOP SECRET", plain) is None
    marking = parse_marking("NATO RESTRICTED", NATO.markings)
    with pytest.raises(LabelError) as refusal:
        label_of_marking(marking, plain)
    assert refusal.value.code == "foreign_marking"


def test_a_sensitivity_that_needs_an_authorisation_is_refused() -> None:
    marking = parse_marking("NATO SECRET ATOMAL", NATO.markings)
    assert marking.additional_sensitivity
    with pytest.raises(LabelError) as refusal:
        label_of_marking(marking, NATO)
    assert refusal.value.code == "unsupported_sensitivity"


def test_a_marking_of_another_level_or_community_than_the_pack_s_is_refused() -> None:
    marking = parse_marking("NATO RESTRICTED", NATO.markings)
    strange = msgspec.structs.replace(marking, classification="BURIED")
    with pytest.raises(LabelError) as refusal:
        label_of_marking(strange, NATO)
    assert refusal.value.code == "unknown_marking"
    strange = msgspec.structs.replace(marking, releasable_to=("QQQ",))
    with pytest.raises(LabelError) as refusal:
        label_of_marking(strange, NATO)
    assert refusal.value.code == "unknown_entity"


def test_a_marking_without_a_level_is_of_the_lowest() -> None:
    marking = parse_marking("NATO RESTRICTED", NATO.markings)
    plain = msgspec.structs.replace(marking, classification=None)
    assert label_of_marking(plain, NATO).level == 0


def test_what_a_marking_reserves_for_some_is_for_them_only() -> None:
    marking = parse_marking("NATO RESTRICTED", NATO.markings)
    only = msgspec.structs.replace(marking, only=("USA", "FRA"))
    assert print_label(label_of_marking(only, NATO), NATO) == (
        "NATO RESTRICTED // REL TO FRA, USA // REL TO NATO"
    )


def test_a_released_marking_is_public() -> None:
    marking = parse_marking("NATO UNCLASSIFIED", NATO.markings)
    released = msgspec.structs.replace(marking, release_state="PUBLIC")
    assert print_label(label_of_marking(released, NATO), NATO) == NU + "PUBLIC"


def test_a_light_without_a_meaning_is_refused() -> None:
    with pytest.raises(LabelError) as refusal:
        label_of_tlp("PURPLE", NATO)
    assert refusal.value.code == "unknown_marking"


def test_a_light_may_stand_for_a_closed_community() -> None:
    pack = load_pack("nato")
    closed = tuple(msgspec.structs.replace(rule, open=False) for rule in pack.tlp)
    other = Alliance.from_pack(msgspec.structs.replace(pack, tlp=closed))
    assert print_label(label_of_tlp("AMBER", other), other) == NU + "REL TO NATO"


@pytest.mark.parametrize(
    ("light", "canonical"),
    [
        ("CLEAR", "PUBLIC"),
        ("GREEN", "REL TO PARTNERSHIP+"),
        ("AMBER", "REL TO NATO+, MDA"),
        ("AMBER+STRICT", "REL TO NATO+, MDA // NO ONWARD RELEASE"),
        ("RED", "REL TO MDA, ORIGINATOR"),
    ],
)
def test_amber_and_red_add_the_nations_that_the_object_names(
    light: str, canonical: str
) -> None:
    label = label_of_tlp(light, NATO, [NationCode("MDA")])
    assert print_label(label, NATO) == NU + canonical


def test_the_nations_named_are_those_of_the_other_markings() -> None:
    own = own_labels(
        [
            TlpDefinition(version=2, name="AMBER"),
            HubDefinition(text="NU // REL TO NATO+, MDA, ORIGINATOR"),
        ],
        NATO,
    )
    assert [print_label(each, NATO) for each in own.labels] == [
        NU + "REL TO NATO+, MDA, ORIGINATOR",
        NU + "REL TO NATO+, MDA",
    ]


def test_lights_travel_by_themselves() -> None:
    for definitions in ([], [TlpDefinition(version=2, name="GREEN")]):
        assert own_labels(definitions, NATO).travels


@pytest.mark.parametrize(
    "text",
    [
        "NATO UNCLASSIFIED // REL TO NATO",
        "NATO UNCLASSIFIED // REL TO NATO 2024-03-07, MDA",
        "NATO UNCLASSIFIED // REL TO ORIGINATOR, FRA",
        "NATO UNCLASSIFIED // PUBLIC // ORIGINATOR CONTROLLED",
    ],
)
def test_a_marking_of_a_hub_needs_the_stamp_that_brings_its_definition(
    text: str,
) -> None:
    assert not own_labels([HubDefinition(text=text)], NATO).travels


def test_a_statement_does_not_travel_if_it_is_a_marking() -> None:
    assert not own_labels([statement("NATO RESTRICTED")], NATO).travels
    assert own_labels([COPYRIGHT], NATO).travels


def test_an_acs_marking_is_read_and_names_nations_for_the_lights() -> None:
    acs = AcsDefinition(
        classification="U",
        scope=AcsScope(permitted_nationalities=("MDA", "USA")),
        policies=("urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit",),
    )
    own = own_labels([TlpDefinition(version=2, name="AMBER"), acs], NATO)
    assert [print_label(each, NATO) for each in own.labels] == [
        NU + "REL TO MDA, USA",
        NU + "REL TO NATO+, MDA, USA",
    ]
    assert not own.travels


def test_a_mere_statement_says_nothing_about_who_may_see() -> None:
    assert own_labels([COPYRIGHT], NATO).labels == ()
    assert label_of_statement("", NATO) is None
    assert label_of_statement("see https://example.com//terms", NATO) is None


@pytest.mark.parametrize(
    "text",
    [
        "NATO TOP SECRET",
        "NATO SECRET // REL TO QQQ",
        "NATO SECRET // EYES ONLY",
        "NU // whatever",
        "TLP:PURPLE",
    ],
)
def test_a_statement_that_looks_like_a_marking_and_is_none_is_refused(
    text: str,
) -> None:
    with pytest.raises(LabelError):
        own_labels([statement(text)], NATO)


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (AcsDefinition(classification="S"), "unsupported_marking"),
        (OtherDefinition(reason="says nothing"), "unsupported_marking"),
        (HubDefinition(text="NATO SECRET // REL TO QQQ"), "unknown_entity"),
    ],
)
def test_markings_that_are_not_enforced_are_refused(
    definition: AcsDefinition | OtherDefinition | HubDefinition, code: str
) -> None:
    with pytest.raises(LabelError) as refusal:
        own_labels([TlpDefinition(version=2, name="CLEAR"), definition], NATO)
    assert refusal.value.code == code
