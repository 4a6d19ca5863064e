from datetime import date

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.processes.demo_pack import INVENTED, load_demo_pack

TODAY = date(2026, 11, 23)


def test_the_demo_adds_one_nation_and_says_that_it_is_invented() -> None:
    added = set(load_demo_pack().nations) - set(load_pack("nato").nations)

    [illustria] = added
    assert illustria.code == INVENTED
    assert "(invented)" in illustria.name
    assert "illustrative" in illustria.note


def test_the_invented_nation_begins_as_a_partner() -> None:
    alliance = Alliance.from_pack(load_demo_pack())

    assert alliance.status(INVENTED, TODAY) is Status.PARTNER


def test_no_real_nation_is_changed() -> None:
    real = load_pack("nato").nations

    assert load_demo_pack().nations[: len(real)] == real
