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
    Enrolment,
    Evaluation,
    Exercise,
    Lesson,
    Measure,
    Module,
    Need,
    Objective,
    PairTest,
    Participation,
    Requirement,
    Route,
)
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role
from tests.readiness.world import (
    DAY,
    FIN,
    POL,
    STAFF,
    nato_pack,
    report,
    unit,
    viewer,
)

NATO = Alliance.from_pack(nato_pack())
NEED = Need(type="company", amount=2)


def commitment(**more: object) -> Commitment:
    said = {"title": "W", "location": "N", "needs": (NEED,), "since": DAY}
    return msgspec.convert({**said, **more}, Commitment)


def route(**more: object) -> Route:
    said = {"start": "Tapa", "end": "N", "travel_h": 1, "source": "s", "since": DAY}
    return msgspec.convert({**said, **more}, Route)


def pair(**more: object) -> PairTest:
    said = {
        "first": "POL",
        "second": "FIN",
        "subject": "Link 16",
        "result": "success",
        "on": DAY,
        "evidence": "e",
    }
    return msgspec.convert({**said, **more}, PairTest)


DAY_AFTER = "; write the day after the last"
AS_WRITTEN = " in the data pack; write it as in stanag_4774"
RARE = {"posture": "periodic", "windows": 4}
DAYS = {"since": "2027-01-04", "until": "2027-02-01"}
BACKWARDS = {"since": "2027-02-01", "until": "2027-01-04"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (unit(since="1826-01-01"), "1826-01-01 is more than a century away"),
        (
            unit(away=[{"since": "2027-01-02", "until": "2027-01-02"}]),
            "away: 2027-01-02 is not after 2027-01-02" + DAY_AFTER,
        ),
        (route(end=" tapa "), "end: a way is between two places"),
        (unit(until="2026-01-01"), "2026-01-01 is not after 2026-01-01" + DAY_AFTER),
        (unit(measures=["a", "a"]), "the measure a stands there twice"),
        (
            report("u", valid_until="2026-11-01"),
            "valid_until: 2026-11-01 is not after 2026-11-01",
        ),
        (
            report("u", valid_until="2029-01-01"),
            "valid_until: nobody relies on a report for more than two years",
        ),
        (
            report("u", posture="on-demand", notice_h=None),
            "notice_h: say how many hours, since the posture is on-demand",
        ),
        (
            report("u", notice_h=None),
            "notice_h: say how many hours, since the posture is at-notice",
        ),
        (report("u", posture="periodic"), "windows: say how often a year it is there"),
        (
            report("u", present=[DAYS]),
            "present: only what is periodic is there at times, not at-notice",
        ),
        (
            report("u", **RARE, every_days=90),
            "every_days: say in `present` which days come again",
        ),
        (
            report("u", **RARE, present=[BACKWARDS]),
            "present: 2027-01-04 is not after 2027-02-01" + DAY_AFTER,
        ),
        (
            report("u", **RARE, present=[{**DAYS, "until": "2027-01-04"}]),
            "present: 2027-01-04 is not after 2027-01-04" + DAY_AFTER,
        ),
        (
            report("u", **RARE, present=[DAYS, DAYS]),
            "present: 2027-01-04 is before 2027-02-01; write them in order",
        ),
        (
            report("u", **RARE, present=[DAYS], every_days=27),
            "every_days: 28 days cannot come again every 27",
        ),
        (
            report("u", available=0.5, available_to=0.4),
            "available_to: it is below `available`",
        ),
        (commitment(needs=(NEED, NEED)), "the need company stands there twice"),
        (commitment(needs=(Need(type=" ", amount=1),)), "needs: name what is needed"),
        (
            Adoption(nation=NationCode("POL"), standard="stanag_0", since=DAY),
            "no standard 'stanag_0'" + AS_WRITTEN,
        ),
        (Module(name="M", teaches=("x",)), "no standard 'x'" + AS_WRITTEN),
        (
            Module(name="M", teaches=("stanag_4774", "stanag_4774")),
            "the standard stanag_4774 stands there twice",
        ),
        (
            Requirement(measure="m", since=DAY, modules=("a", "a")),
            "the module a stands there twice",
        ),
        (
            Requirement(measure="m", since=DAY, standards=("x",)),
            "no standard 'x'" + AS_WRITTEN,
        ),
        (pair(second="POL"), "second: a test is between two nations"),
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
            "2026-11-23 is not after 2026-11-23" + DAY_AFTER,
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
    with pytest.raises(InvalidInputError) as refusal:
        rules.check_content(content, NATO, today=DAY)
    assert str(refusal.value) == said


def test_what_can_be_meant_passes() -> None:
    for content in (unit(), report("u"), commitment(until=None), Module(name="M")):
        rules.check_content(content, NATO, today=DAY)


def test_only_the_staff_speaks_for_the_alliance_and_for_others() -> None:
    for content in (Module(name="M"), Requirement(measure="m", since=DAY), unit("FIN")):
        rules.check_may_record(content, STAFF, NATO)
        with pytest.raises(ForbiddenError):
            rules.check_may_record(content, POL, NATO)
    for content in (Module(name="M"), Measure(name="M")):
        with pytest.raises(ForbiddenError) as refusal:
            rules.check_may_record(content, POL, NATO)
        assert str(refusal.value) == (
            "measures, requirements and modules are recorded by the staff of NATO; "
            "propose a decision instead"
        )
    rules.check_may_record(Lesson(exercise="x", text="t"), FIN, NATO)
    rules.check_follows(STAFF, NationCode("POL"), NATO)
    with pytest.raises(ForbiddenError, match="only POL or the staff of NATO"):
        rules.check_follows(FIN, NationCode("POL"), NATO)


def test_who_records_without_evidence_is_told() -> None:
    assert rules.remark_on(unit()) == rules.NOT_COUNTED
    assert rules.remark_on(report("u", evidence="")) == rules.NO_EVIDENCE
    assert rules.remark_on(report("u")) == ""


@pytest.mark.parametrize(
    "content",
    [
        unit("FIN"),
        Adoption(nation=NationCode("FIN"), standard="stanag_4774", since=DAY),
        Enrolment(module="m", nation=NationCode("FIN"), people=1, on=DAY),
        Completion(
            module="m", nation=NationCode("FIN"), people=1, on=DAY, certificate="c"
        ),
        Participation(exercise="x", nation=NationCode("FIN")),
        pair(second="SWE", first="FIN"),
    ],
)
def test_a_nation_records_what_is_its_own_and_nothing_else(content: AnyContent) -> None:
    rules.check_may_record(content, FIN, NATO)
    rules.check_may_record(content, STAFF, NATO)
    with pytest.raises(ForbiddenError) as refusal:
        rules.check_may_record(content, POL, NATO)
    assert str(refusal.value) == (
        "POL records what is its own; the staff of NATO records for others"
    )


def test_either_of_two_nations_records_a_test_between_them() -> None:
    for nation in (POL, FIN):
        rules.check_may_record(pair(), nation, NATO)


def test_who_speaks_has_a_role_for_it_in_a_nation_with_standing() -> None:
    access = Access(NATO, DAY)
    for role in Role:
        who = viewer("POL", role)
        if role in rules.SPEAKERS:
            rules.check_speaks(who, access)
            continue
        with pytest.raises(ForbiddenError) as refusal:
            rules.check_speaks(who, access)
        assert str(refusal.value) == (
            "this takes one of the roles delegate, duty-officer, planner, publisher, "
            "secretariat; ask who has one"
        )
    with pytest.raises(ForbiddenError) as refusal:
        rules.check_speaks(viewer("BLR"), access)
    assert str(refusal.value) == "a nation without standing records nothing here"


@pytest.mark.parametrize(
    "content",
    [
        unit(since=DAY - rules.FAR, until=DAY + rules.FAR),
        unit(away=[{"since": "2027-01-02", "until": "2027-01-03"}]),
        report("u", as_of=DAY, valid_until=DAY + rules.VALID_MAX),
        report("u", posture="on-demand", notice_h=0),
        report("u", **RARE, present=[DAYS], every_days=28),
        report("u", **RARE, present=[DAYS, {**BACKWARDS, "until": "2027-02-02"}]),
        report("u", available=0.5, available_to=0.5),
        pair(),
        Adoption(nation=NationCode("POL"), standard="stanag_4774", since=DAY),
    ],
)
def test_what_is_just_within_bounds_passes(content: AnyContent) -> None:
    rules.check_content(content, NATO, today=DAY)


def test_a_place_is_one_however_it_is_written() -> None:
    assert rules.place("  Camp \t Adazi ") == rules.place("camp adazi") == "camp adazi"


def test_an_evaluation_and_a_test_without_evidence_are_remarked_on() -> None:
    evaluation = msgspec.convert(
        {"exercise": "x", "objective": "o", "grade": "achieved", "on": DAY}, Evaluation
    )

    assert rules.remark_on(evaluation) == rules.NO_EVIDENCE
    assert rules.remark_on(pair(evidence="")) == rules.NO_EVIDENCE
    assert rules.remark_on(msgspec.structs.replace(evaluation, evidence="e")) == ""
    assert rules.remark_on(pair()) == ""
