"""The zones of capitals, in which ends of silence are shown."""

from zoneinfo import available_timezones

from foedus.decisions.zones import zone_of
from foedus.ids import NationCode


def test_a_capital_has_its_own_zone() -> None:
    assert zone_of(NationCode("FIN"), "UTC") == "Europe/Helsinki"


def test_an_unknown_nation_gets_the_other_zone() -> None:
    found = zone_of(NationCode("XXX"), "Europe/Brussels")

    assert found == "Europe/Brussels"


def test_the_zones_of_capitals_exist() -> None:
    codes = ("FIN", "POL", "USA", "TUR", "MDA", "UKR")

    assert {zone_of(NationCode(each), "-") for each in codes} <= available_timezones()
