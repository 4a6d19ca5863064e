"""What a refused marking is told: a wrong word here sends somebody the wrong way.

`tests/data/label-refusals.json` holds a text for every place that refuses one, with the
code and the sentence. Whoever changes a sentence changes it there too.
"""

import json
from pathlib import Path

import msgspec
import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.errors import InvalidInputError, LabelError
from foedus.ids import NationCode
from foedus.releasability.ceilings import check_ceiling, resolve_ceiling
from foedus.releasability.markings import Marking
from foedus.releasability.sources import (
    label_of_marking,
    label_of_statement,
    label_of_tlp,
    own_labels,
    read_label,
)
from foedus.stix.markings import OtherDefinition

DATA = Path(__file__).resolve().parent.parent / "data" / "label-refusals.json"
REFUSALS = json.loads(DATA.read_text("utf-8"))


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: repr(each["text"]))
def test_a_refused_text_is_told_why_and_in_what_words(
    nato: Alliance, refusal: dict[str, str]
) -> None:
    with pytest.raises(LabelError) as refused:
        read_label(refusal["text"], nato)

    assert refused.value.code == refusal["code"]
    assert refused.value.detail == refusal["detail"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NR // REL TO XXX", "unknown_entity"),
        ("NR// NO ONWARD RELEASE", "missing_audience"),
        ("NATO SECRET ATOMAL CRYPTO", "unsupported_sensitivity"),
    ],
)
def test_a_statement_that_begins_like_a_marking_is_refused_like_one(
    nato: Alliance, text: str, code: str
) -> None:
    with pytest.raises(LabelError) as refused:
        label_of_statement(text, nato)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "text", ["", "Copyright 2026", "See https://example.org//x", "N/A // nothing"]
)
def test_a_statement_that_is_no_marking_says_nothing(nato: Alliance, text: str) -> None:
    assert label_of_statement(text, nato) is None


def test_what_an_alliance_without_markings_of_its_own_reads() -> None:
    bare = Alliance.from_pack(msgspec.structs.replace(load_pack("nato"), markings=None))

    assert label_of_statement("NATO  SECRET // REL TO POL", bare) == read_label(
        "NATO SECRET // REL TO POL", bare
    )
    assert label_of_statement("NATO SECRET", bare) is None
    assert label_of_statement("Good morning // and good night", bare) is None
    with pytest.raises(LabelError) as refused:
        read_label("NATO SECRET", bare)
    assert refused.value.code == "missing_audience"


def test_a_marking_of_an_unknown_kind_is_told_what_to_use_instead(
    nato: Alliance,
) -> None:
    with pytest.raises(LabelError) as refused:
        own_labels([OtherDefinition(reason="says nothing")], nato)

    assert refused.value.detail == (
        "a marking of a kind that this hub does not know; use TLP or the alliance's "
        "own words"
    )


def test_what_is_above_the_ceiling_is_told_so(nato: Alliance) -> None:
    with pytest.raises(LabelError) as refused:
        check_ceiling(3, 1, nato)

    assert refused.value.detail == (
        "NATO SECRET is above NATO RESTRICTED, the highest level that this hub may "
        "hold; it kept nothing of it"
    )


def test_a_ceiling_that_is_no_level_is_told_those_that_are(nato: Alliance) -> None:
    with pytest.raises(InvalidInputError) as refused:
        resolve_ceiling("HIGH", nato)

    assert refused.value.detail == (
        "the setting ceiling: 'HIGH' is no level of North Atlantic Treaty "
        "Organization; use one of NATO UNCLASSIFIED, NATO RESTRICTED, NATO "
        "CONFIDENTIAL, NATO SECRET, COSMIC TOP SECRET"
    )


def test_a_code_of_nobody_is_told_to_name_the_nations(nato: Alliance) -> None:
    marking = Marking(
        policy="NATO", classification="RESTRICTED", releasable_to=("ATLANTIS",)
    )

    with pytest.raises(LabelError) as refused:
        label_of_marking(marking, nato)

    assert refused.value.code == "unknown_entity"
    assert refused.value.detail == (
        "ATLANTIS is not known to this hub; name the nations"
    )


def test_a_light_of_today_names_nations_beside_its_members(nato: Alliance) -> None:
    closed = tuple(
        msgspec.structs.replace(each, open=False, names_add=True)
        for each in nato.pack.tlp
    )
    alliance = Alliance.from_pack(msgspec.structs.replace(nato.pack, tlp=closed))

    found = label_of_tlp("AMBER", alliance, [NationCode("UKR")])

    [clause] = found.audience
    assert clause.nations == ("UKR",)
    assert clause.closed
    assert not clause.open


def test_a_light_without_a_meaning_is_told_so(nato: Alliance) -> None:
    with pytest.raises(LabelError) as refused:
        label_of_tlp("MAUVE", nato)

    assert refused.value.detail == (
        "TLP:MAUVE has no meaning in North Atlantic Treaty Organization"
    )
