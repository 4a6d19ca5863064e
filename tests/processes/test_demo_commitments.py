"""What the demo has promised, from where, and how long the ways are."""

from datetime import date

from foedus.processes.demo_commitments import LOCATIONS, absences, promised, ways
from foedus.readiness.rules import place

TODAY = date(2026, 11, 23)


def test_what_is_promised_begins_today_at_the_earliest() -> None:
    assert min(each.since for each in promised(TODAY)) == TODAY
    assert {each.since for each in ways(TODAY)} == {TODAY}
    assert absences("Desk Damson", TODAY) == []
    assert absences("Lake group", TODAY)[0]["since"] > TODAY


def test_every_way_begins_where_a_unit_is_and_ends_where_one_is_wanted() -> None:
    bases = set(map(place, LOCATIONS.values()))
    wanted = {place(each.location) for each in promised(TODAY)}

    assert {place(each.start) for each in ways(TODAY)} <= bases
    assert {place(each.end) for each in ways(TODAY)} <= wanted
