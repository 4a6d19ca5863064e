import pytest

from foedus.hub import Hub
from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel, fix
from foedus.releasability.labels import parse_label
from foedus.releasability.sources import read_label
from foedus.stix.markings import TLP_2
from foedus.web import chips

NOR = NationCode("NOR")
SWE = NationCode("SWE")


def _label(hub: Hub, text: str) -> FixedLabel:
    access = hub.access
    label = read_label(text, access.alliance)
    return fix(label, access.alliance, on=access.on, originator=NOR)


def test_a_chip_says_level_audience_and_caveats(hub: Hub) -> None:
    label = _label(hub, "NATO SECRET // REL TO NOR, SWE // NO ONWARD RELEASE")

    chip = chips.chip(label, hub.access)

    assert (chip.level, chip.css) == ("NATO SECRET", "lv3")
    assert chip.audience == ("REL TO NOR, SWE",)
    assert chip.caveats == ("NO ONWARD RELEASE",)


def test_a_chip_of_everybody_says_so(hub: Hub) -> None:
    chip = chips.chip(_label(hub, "NATO UNCLASSIFIED // PUBLIC"), hub.access)

    assert chip.audience == ("PUBLIC",)


@pytest.mark.parametrize(
    ("light", "css"),
    [("CLEAR", "clear"), ("GREEN", "green"), ("AMBER+STRICT", "amber"), ("RED", "red")],
)
def test_a_traffic_light_is_shown_where_it_is_all_that_the_label_says(
    light: str, css: str, hub: Hub
) -> None:
    chip = chips.chip_of_object(
        _label(hub, f"TLP:{light}"),
        hub.access,
        nation=NOR,
        marking_refs=[TLP_2[light]],
    )

    assert (chip.light, chip.light_css) == (f"TLP:{light}", css)


def test_a_label_that_is_narrower_than_its_light_is_shown_whole(hub: Hub) -> None:
    chip = chips.chip_of_object(
        _label(hub, "NATO RESTRICTED // REL TO NATO"),
        hub.access,
        nation=NOR,
        marking_refs=["marking-definition--other", TLP_2["GREEN"]],
    )

    assert chip.light == ""


def test_the_marking_of_a_page_is_the_join_of_its_labels(hub: Hub) -> None:
    labels = [
        _label(hub, "NATO SECRET // REL TO NOR, SWE"),
        _label(hub, "NATO UNCLASSIFIED // REL TO NOR, MDA"),
    ]

    marking = chips.page_marking(labels, hub.access, NOR)

    assert marking is not None
    assert marking.text == "NATO SECRET // REL TO NOR"


def test_a_page_of_nothing_labelled_has_no_marking(hub: Hub) -> None:
    assert chips.page_marking([], hub.access, NOR) is None


def test_a_nation_is_drawn_by_its_standing(hub: Hub) -> None:
    member = chips.token(NOR, hub.access)
    partner = chips.token(NationCode("MDA"), hub.access, own=True)

    assert (member.css, member.name) == ("member", "Norway")
    assert (partner.css, partner.standing) == ("partner own", "partner")


def test_the_alliances_own_staff_is_no_nation(hub: Hub) -> None:
    assert chips.token(NationCode("NATO"), hub.access).name == "NATO staff"


def test_of_some_nations_the_own_one_is_drawn_as_such(hub: Hub) -> None:
    swe, nor = chips.tokens([NationCode("SWE"), NOR], hub.access, NOR)

    assert (swe.css, nor.css) == ("member", "member own")


def test_a_label_that_is_not_fixed_has_a_chip(hub: Hub) -> None:
    label = parse_label("NATO RESTRICTED // REL TO NATO, MDA", hub.alliance)

    chip = chips.chip_of_label(label, hub.alliance)

    assert (chip.level, chip.audience) == ("NATO RESTRICTED", ("REL TO NATO, MDA",))


def test_standing_is_a_sentence_with_its_date(hub: Hub) -> None:
    access = hub.access

    def sentence(code: str) -> str:
        return chips.standing_sentence(NationCode(code), access.alliance, access)

    assert sentence("SWE") == "Member since 7 March 2024."
    assert sentence("MDA") == "Partner since 16 March 1994."
    assert sentence("NATO") == "Staff of NATO."
