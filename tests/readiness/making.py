"""Records made without a hub, for the rules that rate them."""

import itertools
from datetime import date

import msgspec

from foedus.ids import NationCode
from foedus.readiness.ratings import Stock
from foedus.readiness.reading import C, Held
from foedus.readiness.records import (
    Adoption,
    Completion,
    Evaluation,
    Exercise,
    Need,
    Objective,
    PairTest,
    Report,
    Requirement,
    Unit,
)

ON = date(2026, 11, 23)
_NUMBERS = itertools.count(1)


def held(content: C, *, illustrative: bool = False) -> Held[C]:
    return Held(
        record=f"{type(content).__name__.lower()}--{next(_NUMBERS):04}",
        author=NationCode("NATO"),
        recorded=ON,
        illustrative=illustrative,
        label="NATO UNCLASSIFIED // PUBLIC",
        content=content,
    )


def requirement(amount: float = 10, **more: object) -> Held[Requirement]:
    said = {"measure": "m", "since": "2026-01-01", **more}
    found = msgspec.convert(said, Requirement)
    needs = (Need(type="company", amount=amount),) if amount else ()
    return held(msgspec.structs.replace(found, needs=needs))


def stock(
    *parts: tuple[Held[Unit], tuple[Held[Report], ...]],
    asks: Held[Requirement] | None = None,
) -> Stock:
    return Stock(
        on=ON,
        requirement=requirement() if asks is None else asks,
        units=tuple(unit for unit, _ in parts),
        reports={unit.record: reports for unit, reports in parts},
    )


def a_unit(
    nation: str = "POL", size: float = 10, name: str = "First", type_: str = "company"
) -> Held[Unit]:
    found = Unit(
        nation=NationCode(nation),
        name=name,
        type=type_,
        size=size,
        measures=("m",),
        since=date(2026, 1, 1),
    )
    return held(found)


def a_report(**more: object) -> Held[Report]:
    said = {
        "unit": "unit--0",
        "posture": "at-notice",
        "notice_h": 48,
        "as_of": "2026-11-01",
        "valid_until": "2027-05-01",
        "evidence": "inspection 7",
        **more,
    }
    return held(msgspec.convert(said, Report))


def reported(
    nation: str = "POL", size: float = 10, name: str = "First", **more: object
) -> tuple[Held[Unit], tuple[Held[Report], ...]]:
    return a_unit(nation, size, name), (a_report(**more),)


def silent(
    nation: str = "POL", size: float = 10
) -> tuple[Held[Unit], tuple[Held[Report], ...]]:
    return a_unit(nation, size, "Silent"), ()


def adopted(nation: str, standard: str = "stanag_4774") -> Held[Adoption]:
    found = Adoption(
        nation=NationCode(nation),
        standard=standard,
        since=date(2025, 1, 1),
        evidence="order 3",
    )
    return held(found)


def tried(
    one: str,
    other: str,
    result: str = "success",
    day: str = "",
    subject: str = "link",
) -> Held[PairTest]:
    said = {
        "first": one,
        "second": other,
        "subject": subject,
        "result": result,
        "on": day or "2026-09-01",
        "evidence": "test 4",
    }
    return held(msgspec.convert(said, PairTest))


def certified(nation: str, module: str = "labels_and_binding") -> Held[Completion]:
    found = Completion(
        module=module,
        nation=NationCode(nation),
        people=4,
        on=date(2026, 3, 1),
        certificate="N-4",
    )
    return held(found)


def exercise(about: str = "interoperability") -> Held[Exercise]:
    objective = msgspec.convert(
        {"id": "o1", "text": "one picture", "about": about}, Objective
    )
    found = Exercise(
        name="Lights",
        since=date(2026, 9, 1),
        until=date(2026, 9, 5),
        measures=("m",),
        objectives=(objective,),
    )
    return held(found)


def evaluated(
    of: Held[Exercise], grade: str = "achieved", day: str = "2026-09-04"
) -> Held[Evaluation]:
    said = {
        "exercise": of.record,
        "objective": "o1",
        "grade": grade,
        "on": day,
        "evidence": "report 2",
    }
    return held(msgspec.convert(said, Evaluation))
