"""A dossier as a whole: whom it tells what, under which label, and that it repeats."""

import msgspec
import pytest

from foedus.planning.dossier import Dossier, as_json
from tests.planning.assessing import BEFORE_FINLAND, Stage


def test_made_again_it_is_the_same_byte_for_byte(stage: Stage) -> None:
    first, second = (stage.anew("MDA", "member") for _ in range(2))

    assert as_json(first) == as_json(second)
    assert len(first.method.digest) == 64


def test_what_is_told_differs_by_reader_and_so_does_the_digest(stage: Stage) -> None:
    pol, mda = (stage.dossier("MDA", "member", name=name) for name in ("pol", "mda"))

    assert pol.intelligence.objects > mda.intelligence.objects
    assert pol.method.digest != mda.method.digest
    assert (pol.reader, mda.reader) == ("POL", "MDA")


def test_it_is_labelled_as_high_as_what_it_rests_on(stage: Stage) -> None:
    assert stage.dossier("FIN", "member", on=BEFORE_FINLAND).label == (
        "NATO UNCLASSIFIED // PUBLIC"
    )
    found = stage.dossier("MDA", "member")
    assert "REL TO NATO" in found.label  # of the object for members
    assert "REL TO PARTNERSHIP+" in found.label  # of the records of readiness


def test_everything_it_cites_is_listed_with_how_it_is_known(stage: Stage) -> None:
    found = stage.dossier("MDA", "member")
    listed = {each.sid for each in found.method.source}

    assert {each.sid for each in found.borders.source} <= listed
    assert set(found.method.basis) <= {"read", "known", "mixed", "derived"}
    assert sum(found.method.basis.values()) > 10


@pytest.mark.parametrize("to", ["partner", "itpp", "suspended", "none"])
def test_no_target_but_membership_is_told_as_membership(stage: Stage, to: str) -> None:
    nation = "MDA" if to != "partner" else "FIN"
    found = stage.dossier(nation, to)

    assert found.standing.after.status != "member"
    assert not any(
        each.protects and each.change != "ended" for each in found.standing.promises
    )
    assert any("No mutual defence follows" in each.text for each in found.risks)


def test_a_dossier_is_read_back_as_it_was_written(stage: Stage) -> None:
    found = stage.dossier("MDA", "member")

    assert msgspec.json.decode(as_json(found), type=Dossier) == found
