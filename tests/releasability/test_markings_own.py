"""Printing markings in the alliance's own form: what is printed reads back."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.vocabulary import Vocabulary
from foedus.errors import LabelError
from foedus.releasability.markings import (
    Marking,
    parse_marking,
    print_marking,
)

ROOT = Path(__file__).parents[2]
PACK = ROOT / "src/foedus/alliance/packs/nato/markings.json"
CORPUS = json.loads((ROOT / "tests/data/label-corpus.json").read_text("utf-8"))
CASES = CORPUS["cases"]
FACTS = ROOT.parent / "shared/facts/labels.yaml"

NATO = msgspec.convert(json.loads(PACK.read_text("utf-8"))["markings"], Vocabulary)


def codes(*, of: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    names = st.sampled_from([name for name in NATO.nations if name.code not in of])
    both = st.sampled_from(NATO.communities) | names
    return st.lists(both, max_size=4, unique=True).map(
        lambda entities: tuple(entity.code for entity in entities)
    )


@st.composite
def own_markings(draw: st.DrawFn) -> Marking:
    context = draw(st.sampled_from(NATO.contexts))
    level = draw(st.sampled_from(NATO.levels))
    plain = level.value == NATO.administrative_with
    ranks = [each.value for each in NATO.levels]
    words = [
        each.code
        for each in NATO.sensitivities
        if not each.floor or ranks.index(each.floor) <= ranks.index(level.value)
    ]
    offices = [each.code for each in NATO.administrative] if plain else []
    widened = draw(codes(of=())) if level.releasable else ()
    others = [code for code in widened if code != context.release_code]
    return Marking(
        policy="NATO",
        context=context.code,
        classification=level.value,
        releasable_to=(context.release_code, *others) if others else (),
        only=draw(codes(of=())),
        additional_sensitivity=tuple(
            draw(st.lists(st.sampled_from(words), unique=True, max_size=3))
        ),
        administrative=tuple(
            draw(st.lists(st.sampled_from(offices), unique=True)) if offices else ()
        ),
        release_state=draw(st.sampled_from([None, "publicly disclosed"]))
        if plain
        else None,
    )


@given(marking=own_markings(), language=st.sampled_from(["en", "fr"]))
def test_what_is_printed_reads_as_the_same_marking(
    marking: Marking, language: str
) -> None:
    read = parse_marking(print_marking(marking, NATO, language=language), NATO)
    assert set(read.releasable_to) == set(marking.releasable_to)
    assert set(read.only) == set(marking.only)
    assert (
        msgspec.structs.replace(
            read,
            releasable_to=marking.releasable_to,
            only=marking.only,
            equivalent=None,
            warnings=(),
            legacy=False,
        )
        == marking
    )
    again = parse_marking(print_marking(read, NATO, language=language), NATO)
    assert msgspec.structs.replace(again, warnings=()) == msgspec.structs.replace(
        read, warnings=()
    )


@pytest.mark.parametrize(
    ("text", "language", "printed"),
    [
        (
            "NATO/KFOR CONFIDENTIAL Sweden, NATO ONLY rel to usa",
            "en",
            "NATO/KFOR CONFIDENTIAL NATO, Sweden ONLY Releasable to USA",
        ),
        ("CTS ATOMAL", "fr", "COSMIC TRÈS SECRET ATOMAL"),
        (
            "NR REL TO PFP, Japan",
            "fr",
            "NATO DIFFUSION RESTREINTE Communicable à PFP, JPN",
        ),
        ("NU STAFF MEDICAL", "en", "NATO UNCLASSIFIED - STAFF MEDICAL"),
        (
            "NU - publicly disclosed",
            "en",
            "NATO UNCLASSIFIED - PUBLICLY DISCLOSED",
        ),
        (
            "declassified - publicly disclosed",
            "en",
            "DECLASSIFIED/DECLASSIFIEE - PUBLIC DISCLOSED/MISE EN LECTURE PUBLIQUE",
        ),
        ("tlp: amber+strict", "en", "TLP:AMBER+STRICT"),
        ("tlp:white", "en", "TLP:WHITE"),
    ],
)
def test_markings_are_printed_in_the_form_of_the_alliance(
    text: str, language: str, printed: str
) -> None:
    assert print_marking(parse_marking(text, NATO), NATO, language=language) == printed


@pytest.mark.parametrize(
    "marking",
    [
        Marking(policy="EU", classification="SECRET"),
        Marking(policy="NATO", context="NATO", classification="PURPLE"),
        Marking(policy="NATO", context="MARS", classification="SECRET"),
        Marking(policy="NATO", classification="SECRET"),
        Marking(policy="NATO", context="NATO", release_state="leaked"),
        Marking(
            policy="NATO",
            context="NATO",
            classification="UNCLASSIFIED",
            release_state="leaked",
        ),
        Marking(
            policy="NATO",
            context="NATO",
            classification="SECRET",
            only=("SWE", "ATL"),
        ),
        Marking(
            policy="NATO",
            context="NATO",
            classification="TOP SECRET",
            releasable_to=("NATO", "SWE"),
        ),
        Marking(policy="TLP", label="PURPLE"),
    ],
)
def test_a_marking_that_would_not_read_back_is_not_printed(marking: Marking) -> None:
    with pytest.raises(LabelError) as refusal:
        print_marking(marking, NATO)
    assert refusal.value.code == "not_printable"
    assert refusal.value.detail == (
        f"a marking of policy {marking.policy} with these parts has no printed form"
    )


@pytest.mark.parametrize("language", ["", "la"])
def test_a_language_that_the_alliance_does_not_print_is_refused(language: str) -> None:
    with pytest.raises(LabelError) as refusal:
        print_marking(parse_marking("NS", NATO), NATO, language=language)
    assert refusal.value.code == "unknown_language"
