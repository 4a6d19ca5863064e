import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.errors import InvalidInputError, NotFoundError
from foedus.releasability.labels import print_label
from foedus.web.publish_form import TEXT_LENGTH_MAX, Fields, label_of, read_fields

NATO = Alliance.from_pack(load_pack("nato"))
OWN = "NATO UNCLASSIFIED // REL TO ORIGINATOR"
FRESH = Fields(at="2026-11-22T12:00:00.000Z")


def built(**chosen: object) -> str:
    fields = Fields(at="", **chosen)  # type: ignore[arg-type]  # a shorthand
    return print_label(label_of(fields, NATO), NATO)


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ({}, OWN),
        (
            {"nations": "Finland, SWE"},
            "NATO UNCLASSIFIED // REL TO FIN, ORIGINATOR, SWE",
        ),
        ({"who": "members", "level": "1"}, "NATO RESTRICTED // REL TO NATO"),
        (
            {"who": "members", "nations": "UKR"},
            "NATO UNCLASSIFIED // REL TO NATO, UKR",
        ),
        ({"who": "everybody"}, "NATO UNCLASSIFIED // PUBLIC"),
        (
            {"controlled": True, "no_onward": True},
            f"{OWN} // ORIGINATOR CONTROLLED // NO ONWARD RELEASE",
        ),
    ],
)
def test_choices_build_the_label(chosen: dict[str, object], text: str) -> None:
    assert built(**chosen) == text


@pytest.mark.parametrize(
    "more",
    [{"level": "1"}, {"nations": "FIN"}, {"controlled": True}, {"no_onward": True}],
)
def test_what_everybody_may_see_takes_nothing_beside_it(
    more: dict[str, object],
) -> None:
    with pytest.raises(InvalidInputError, match="lowest level"):
        built(who="everybody", **more)


@pytest.mark.parametrize("level", ["", "-1", "9", "x", "1.0"])
def test_a_level_that_is_none_is_refused(level: str) -> None:
    with pytest.raises(InvalidInputError, match="sensitive"):
        built(level=level)


def test_an_audience_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="who may see it"):
        built(who="them")


def test_a_nation_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(NotFoundError, match="Atlantis"):
        built(nations="FIN, Atlantis")


def test_a_field_has_a_length_that_is_tested_from_both_sides() -> None:
    built(note="x" * TEXT_LENGTH_MAX)
    with pytest.raises(InvalidInputError, match=str(TEXT_LENGTH_MAX)):
        built(note="x" * (TEXT_LENGTH_MAX + 1))


def test_what_was_not_sent_is_as_it_was() -> None:
    found = read_fields({"what": "a.example"}, FRESH)
    assert (found.at, found.who) == (FRESH.at, FRESH.who)
    assert not found.controlled


def test_what_was_sent_is_taken() -> None:
    form = {"at": "u", "who": "members", "no-onward": "1", "nations": " FIN "}
    found = read_fields(form, FRESH)
    assert (found.at, found.who, found.nations) == ("u", "members", "FIN")
    assert found.no_onward
