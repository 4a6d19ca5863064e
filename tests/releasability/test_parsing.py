"""What a text says is said the same way wherever it is asked."""

from pathlib import Path

import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import parse_pack
from foedus.errors import LabelError
from foedus.releasability.parsing import say
from tests.releasability.strategies import NATO

HARBOUR = Alliance.from_pack(
    parse_pack((Path(__file__).parents[1] / "alliance/data/harbour.json").read_bytes())
)


def test_a_marking_says_its_parts_and_its_canonical_text() -> None:
    assert say("nato  restricted", NATO) == {
        "canonical": "NATO RESTRICTED // REL TO NATO",
        "policy": "NATO",
        "context": "NATO",
        "classification": "RESTRICTED",
    }


def test_a_marking_that_cannot_be_enforced_says_why() -> None:
    said = say("RESTREINT UE/EU RESTRICTED", NATO)

    assert said["canonical"] is None
    assert said["refused"] == {
        "code": "foreign_marking",
        "detail": (
            "a marking of EU binds North Atlantic Treaty Organization only by "
            "agreement; mark it in the alliance's own words"
        ),
    }


def test_old_and_forgiven_words_are_told() -> None:
    assert say("NATO/ISAF RESTRICTED", NATO)["legacy"] is True
    assert say("TLP: AMBER", NATO)["warnings"]


def test_a_label_in_the_hubs_own_form_is_read_where_no_marking_is() -> None:
    said = say("NATO RESTRICTED // REL TO NATO, UKR", NATO)

    assert said["canonical"] == "NATO RESTRICTED // REL TO NATO, UKR"


def test_what_is_neither_is_refused_as_a_marking() -> None:
    with pytest.raises(LabelError) as refusal:
        say("NATO TOP SECRET", NATO)
    assert refusal.value.code == "unknown_marking"


def test_an_alliance_without_a_grammar_reads_labels_alone() -> None:
    assert HARBOUR.markings is None
    assert say("OPEN WATER // PUBLIC", HARBOUR) == {
        "canonical": "OPEN WATER // PUBLIC",
        "policy": "HARBOUR",
        "classification": HARBOUR.levels[0].policy_value,
    }
