import msgspec

from foedus.readiness.ratings import (
    NO_EVIDENCE,
    WITHHELD,
    count,
    in_words,
    nothing,
    withheld,
)
from foedus.readiness.records import Posture
from tests.readiness.making import a_report, reported, requirement, silent, stock


def test_a_unit_counts_while_its_last_report_is_valid_and_shown() -> None:
    reports = (a_report(valid_until="2026-11-24"), a_report(as_of="2026-01-01"))
    unit = reported()[0]

    found = count(stock((unit, reports)))

    assert [each.report for each in found.ready] == [reports[0]]
    assert found.left == ()


def test_why_a_unit_does_not_count_is_said() -> None:
    found = count(
        stock(
            silent(),
            reported(name="Bare", evidence=""),
            reported(name="Old", valid_until="2026-11-23"),
            reported("SWE", name="Other"),
            asks=requirement(contributors=["POL"]),
        )
    )

    assert [each.why for each in found.left] == [
        "no report says how ready it is",
        "its report names nothing that shows it",
        "its report expired on 2026-11-23",
        "the requirement names no contribution of SWE",
    ]


def test_a_nation_is_seen_by_any_report_that_counts_or_not() -> None:
    asks = requirement(contributors=["NOR", "POL", "SWE"])

    found = count(stock(reported("POL", evidence=""), silent("SWE"), asks=asks))

    assert found.unseen == ("NOR", "SWE")


def test_contributors_are_those_named_or_those_who_show_something() -> None:
    units = (reported("POL"), silent("SWE"))

    assert stock(*units).contributors == ("POL",)
    named = requirement(contributors=["NOR", "SWE"])
    assert stock(*units, asks=named).contributors == ("NOR", "SWE")


def test_what_is_withheld_is_said_alike_whatever_the_reason() -> None:
    found = withheld(["NOR"], "report on a unit")

    assert found.word == WITHHELD
    assert found.low is None
    assert "none that you may see" in found.steps[1]
    assert nothing("nothing").word == NO_EVIDENCE


def test_a_posture_is_said_in_words() -> None:
    said: dict[Posture, str] = {
        "continuous": "continuous",
        "at-notice": "48 h until ready to move",
        "on-demand": "on demand, answers in 48 h",
        "periodic": "periodic, 3 times a year",
    }
    bare = a_report(windows=3).content

    for posture, words in said.items():
        assert in_words(msgspec.structs.replace(bare, posture=posture)) == words
