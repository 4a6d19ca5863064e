from datetime import date

import msgspec
import pytest

from foedus.alliance.nations import Alliance
from foedus.errors import ForbiddenError, InvalidInputError
from foedus.ids import NationCode
from foedus.readiness import rules
from foedus.readiness.records import (
    Adoption,
    AnyContent,
    Commitment,
    Completion,
    Exercise,
    Lesson,
    Module,
    Need,
    Objective,
    Requirement,
    Route,
)
from tests.readiness.world import DAY, FIN, POL, STAFF, nato_pack, report, unit

NATO = Alliance.from_pack(nato_pack())
NEED = Need(type="company", amount=2)


def commitment(**more: object) -> Commitment:
    said = {"title": "W", "location": "N", "needs": (NEED,), "since": DAY}
    return msgspec.convert({**said, **more}, Commitment)


def route(**more: object) -> Route:
    said = {"start": "Tapa", "end": "N", "travel_h": 1, "source": "s", "since": DAY}
    return msgspec.convert({**said, **more}, Route)


RARE = {"posture": "periodic", "windows": 4}
DAYS = {"since": "2027-01-04", "until": "2027-02-01"}
BACKWARDS = {"since": "2027-02-01", "until": "2027-01-04"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (unit(since="1826-01-01"), "more than a century away"),
        (
            unit(away=[{"since": "2027-01-02", "until": "2027-01-02"}]),
            "away: 2027-01-02 is not after 2027-01-02",
        ),
        (route(end=" tapa "), "a way is between two places"),
        (unit(until="2026-01-01"), "2026-01-01 is not after 2026-01-01"),
        (unit(measures=["a", "a"]), "the measure a stands there twice"),
        (report("u", valid_until="2026-11-01"), "valid_until: 2026-11-01 is not"),
        (report("u", valid_until="2029-01-01"), "more than two"),
        (report("u", notice_h=None), "notice_h: say how many hours"),
        (report("u", posture="periodic"), "windows: say how often"),
        (report("u", present=[DAYS]), "only what is periodic is there at times"),
        (report("u", **RARE, every_days=90), "which days come again"),
        (report("u", **RARE, present=[BACKWARDS]), "is not after 2027-02-01"),
        (report("u", **RARE, present=[DAYS, DAYS]), "write them in order"),
        (report("u", **RARE, present=[DAYS], every_days=27), "28 days cannot"),
        (report("u", available=0.5, available_to=0.4), "below `available`"),
        (commitment(needs=(NEED, NEED)), "the need company stands there twice"),
        (commitment(needs=(Need(type=" ", amount=1),)), "name what is needed"),
        (
            Adoption(nation=NationCode("POL"), standard="stanag_0", since=DAY),
            "no standard 'stanag_0'",
        ),
        (Module(name="M", teaches=("x",)), "no standard 'x'"),
        (
            Requirement(
                measure="m",
                since=DAY,
                contributors=(NationCode("POL"), NationCode("POL")),
            ),
            "the nation POL stands there twice",
        ),
        (
            Completion(
                module="m",
                nation=NationCode("POL"),
                people=1,
                on=DAY,
                valid_until=DAY,
                certificate="c",
            ),
            "is not after",
        ),
        (
            Exercise(
                name="X",
                since=DAY,
                until=date(2026, 12, 1),
                objectives=(Objective(id="a", text="t"), Objective(id="a", text="t")),
            ),
            "the objective a stands there twice",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    content: AnyContent, said: str
) -> None:
    with pytest.raises(InvalidInputError, match=said):
        rules.check_content(content, NATO, today=DAY)


def test_what_can_be_meant_passes() -> None:
    for content in (unit(), report("u"), commitment(until=None), Module(name="M")):
        rules.check_content(content, NATO, today=DAY)


def test_only_the_staff_speaks_for_the_alliance_and_for_others() -> None:
    for content in (Module(name="M"), Requirement(measure="m", since=DAY), unit("FIN")):
        rules.check_may_record(content, STAFF, NATO)
        with pytest.raises(ForbiddenError):
            rules.check_may_record(content, POL, NATO)
    rules.check_may_record(Lesson(exercise="x", text="t"), FIN, NATO)
    rules.check_follows(STAFF, NationCode("POL"), NATO)
    with pytest.raises(ForbiddenError, match="only POL or the staff of NATO"):
        rules.check_follows(FIN, NationCode("POL"), NATO)


def test_who_records_without_evidence_is_told() -> None:
    assert rules.remark_on(unit()) == rules.NOT_COUNTED
    assert rules.remark_on(report("u", evidence="")) == rules.NO_EVIDENCE
    assert rules.remark_on(report("u")) == ""
