from datetime import date

import pytest

from foedus.alliance.nations import Alliance
from foedus.errors import NotFoundError
from foedus.guidance.following import Ways
from foedus.guidance.guide import guide_of
from foedus.guidance.sheets import HUB, Guide
from tests.guidance.conftest import TODAY

WAYS = Ways(url="https://hub.example")


def guide(alliance: Alliance, text: str, on: date = TODAY) -> Guide:
    return guide_of(alliance, text, on=on, ways=WAYS, today=TODAY)


@pytest.mark.parametrize("on", [date(1949, 4, 3), date(1999, 3, 11), TODAY])
def test_every_nation_is_told_three_steps_each_with_sources_basis_and_day(
    nato: Alliance, on: date
) -> None:
    for code in nato.nations:
        found = guide(nato, code, on)
        assert len(found.steps) == 3
        for step in found.steps:
            assert step.items, (code, step.title)
            for item in step.items:
                assert item.text
                assert item.source, item
                sids = {each.sid for each in item.source}
                assert sids <= {HUB, *nato.sources}


def test_a_nation_is_found_by_its_name(nato: Alliance) -> None:
    assert guide(nato, "sweden").nation == "SWE"


def test_an_unknown_nation_is_refused_with_what_may_have_been_meant(
    nato: Alliance,
) -> None:
    with pytest.raises(NotFoundError, match=r"did you mean SWE \(Sweden\)\?"):
        guide(nato, "Swedn")


def test_nothing_near_is_no_suggestion(nato: Alliance) -> None:
    with pytest.raises(NotFoundError, match="Organization; list the nations"):
        guide(nato, "qqqq")


def test_an_alliance_whose_pack_has_no_guide_has_one_all_the_same(
    harbour: Alliance,
) -> None:
    assert [bool(step.items) for step in guide(harbour, "QMA").steps] == [True] * 3
