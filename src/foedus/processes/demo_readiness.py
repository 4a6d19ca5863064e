"""The readiness of the demo: made-up evidence from which known ratings follow.

- Every record is marked as illustrative, and units have names of no unit that exists:
  nothing here says how ready anybody is.
- Together they give the comparison that the founding article prints, worked out by the
  same rules as everywhere.
- Surveillance of the border is shared with partners, so that Moldova sees one row where
  members see five; of forward presence it sees one nation of two, and no rating.

Source: founding article, "Comparison of security measures".
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from foedus.ids import NationCode
from foedus.processes.demo_commitments import (
    HILL,
    LOCATIONS,
    SHARED,
    absences,
    presences,
    promised,
    rotation,
    ways,
)
from foedus.processes.demo_pack import INVENTED
from foedus.processes.demo_stage import (
    MOLDOVA,
    NORWAY,
    STAFF,
    SWEDEN,
    Stage,
    player,
)
from foedus.readiness.commands import Recording, Register, record_all
from foedus.readiness.records import (
    Adoption,
    AnyContent,
    Completion,
    Enrolment,
    Evaluation,
    Exercise,
    Lesson,
    PairTest,
    Participation,
    Report,
    Requirement,
    Unit,
)

MEMBERS: Final = "NATO RESTRICTED // REL TO NATO"
PARTNERS: Final = "TLP:GREEN"

TOLD: Final = "demo.readiness"
"""The setting that is there once the evidence is."""

EVIDENCE: Final = "made up for the demonstration"
"""What shows what is claimed; it shows nothing, and says so."""

_AIR = "joint_air_patrols"
_CYBER = "cyber_defence_coordination"
_RAPID = "rapid_reaction"
_BORDER = "border_surveillance"
_FORWARD = "forward_presence"
_NONE = ""
"""Pledged to no measure: for whatever asks for the type."""

Said = dict[str, Any]
"""Fields of a record, before it is decoded: data of this module, no input."""


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """A unit with its reports, as days before and after the day of the telling.

    Attributes:
        reports: of each the first day, how long it is valid, and what it says.
    """

    nation: NationCode
    measure: str
    name: str
    type: str
    size: float
    label: str = MEMBERS
    reports: tuple[tuple[int, int, Said], ...]


_FLIGHT: Final[Said] = {"posture": "continuous", "shown": "exercised"}
_DESK: Final[Said] = {"posture": "on-demand"}
_MOVE: Final[Said] = {"posture": "at-notice", "shown": "inspected"}
_POST: Final[Said] = {"posture": "periodic"}

_CONTRIBUTIONS: Final = tuple(
    Contribution(
        nation=nation,
        measure=measure,
        name=name,
        type=kind,
        size=size,
        label=PARTNERS
        if measure in {_BORDER, _NONE} or name == "Fjord group"
        else MEMBERS,
        reports=reports,
    )
    for nation, measure, name, kind, size, reports in (
        (NORWAY, _AIR, "Alert flight Auk", "fighter", 4, (
            (-412, 409, {**_FLIGHT, "available": 0.94}),
            (-3, 180, {**_FLIGHT, "available": 0.96}))),
        (SWEDEN, _AIR, "Alert flight Bittern", "fighter", 4, (
            (-400, 395, {**_FLIGHT, "available": 0.95}),
            (-5, 150, {**_FLIGHT, "available": 0.94, "available_to": 1.0}))),
        (NORWAY, _CYBER, "Desk Cinnabar", "cyber desk", 3, (
            (-9, 90, {**_DESK, "notice_h": 2, "available": 0.6,
                      "available_to": 0.72}),)),
        (SWEDEN, _CYBER, "Desk Damson", "cyber desk", 3, (
            (-20, 90, {**_DESK, "notice_h": 4, "available": 0.58,
                       "available_to": 0.7}),)),
        (NORWAY, _RAPID, "Company group Elder", "company", 4, (
            (-12, 180, {**_MOVE, "notice_h": 24, "available": 0.95,
                        "available_to": 1.0}),)),
        (SWEDEN, _RAPID, "Company group Fir", "company", 4, (
            (-30, 160, {**_MOVE, "notice_h": 48, "available": 0.93,
                        "available_to": 0.98}),)),
        (SWEDEN, _RAPID, "Company group Gorse", "company", 2, (
            (-300, 280, {**_MOVE, "notice_h": 12}),)),
        (NORWAY, _BORDER, "Posts Heron", "post", 4, (
            (-40, 300, {**_POST, "windows": 4, "available": 0.9}),)),
        (SWEDEN, _BORDER, "Posts Ibis", "post", 3, (
            (-90, 300, {**_POST, "windows": 3, "available": 0.5}),)),
        (INVENTED, _BORDER, "Posts Jay", "post", 3, (
            (-140, 300, {**_POST, "windows": 2, "available": 0.2}),)),
        (NORWAY, _FORWARD, "Fjord group", "battle group", 1, (
            (-60, 200, {**_MOVE, "notice_h": 240, "available": 0.8}),)),
        (SWEDEN, _FORWARD, "Lake group", "battle group", 1, (
            (-70, 200, {**_MOVE, "notice_h": 240, "available": 0.7}),)),
        (MOLDOVA, _NONE, "Engineers Kite", "engineers", 1, (
            (-15, 200, {**_MOVE, "notice_h": 72}),)),
        (INVENTED, _NONE, "Engineers Linnet", "engineers", 2, (
            (-25, 200, {**_MOVE, "notice_h": 96, "available": 0.5,
                        "available_to": 0.9}),)),
        (NORWAY, _NONE, "Engineers Merlin", "engineers", 1, (
            (-35, 200, {**_MOVE, "notice_h": 48}),)),
    )
)  # fmt: skip

_NEEDS: Final = {
    _AIR: ("fighter", 8),
    _CYBER: ("cyber desk", 6),
    _RAPID: ("company", 8),
    _BORDER: ("post", 10),
    _FORWARD: ("battle group", 2),
}

_STANDARDS: Final = {
    _AIR: ("stanag_5516", "stanag_5518", "stanag_4193"),
    _CYBER: ("stanag_4774", "stanag_4778", "stanag_5636"),
    _RAPID: ("stanag_2019", "stanag_7149", "stanag_5527", "stanag_6001"),
    _BORDER: ("stanag_2211", "stanag_2586"),
    _FORWARD: ("stanag_2014", "stanag_2020"),
}

_MODULES: Final = {_AIR: ("data_links",), _RAPID: ("joint_symbols",)}

_NOT_APPLIED: Final = {
    (SWEDEN, "stanag_4778"),
    (SWEDEN, "stanag_5636"),
    (NORWAY, "stanag_5527"),
    (SWEDEN, "stanag_2586"),
    (INVENTED, "stanag_2586"),
    (SWEDEN, "stanag_2020"),
}
"""Gaps: without them every measure would be excellent."""

_EXERCISES: Final = (
    ("Kestrel Lights", (_AIR, _RAPID), MEMBERS, 60, ("achieved", "achieved")),
    ("Quiet Wire", (_CYBER,), MEMBERS, 35, ("achieved",)),
    ("Long Shore", (_BORDER,), PARTNERS, 110, ("achieved", "partly")),
)
"""Name, measures, label, how many days ago it ended, grades of its objectives."""


async def illustrate(stage: Stage) -> None:
    """Record the made-up evidence once; on a hub without these measures nothing."""
    alliance = stage.reading.access().alliance
    known = {each.id for each in alliance.pack.measures}
    if not _NEEDS.keys() <= known or INVENTED not in alliance.nations:
        return
    if stage.store.setting(TOLD) is not None:
        return
    # Written down before it is told: a crash loses some of it, and doubles nothing.
    stage.store.set_setting(TOLD, "told")
    today = stage.clock().date()
    for nation in (NORWAY, SWEDEN, INVENTED, MOLDOVA):
        await _contribute(stage, nation, today)
    await _record(stage, STAFF, _asked(today))
    await _exercise(stage, today)


async def _contribute(stage: Stage, nation: NationCode, today: date) -> None:
    own = [each for each in _CONTRIBUTIONS if each.nation == nation]
    names = await _record(
        stage, nation, [(_unit(each, today), each.label) for each in own]
    )
    reports = [
        (_report(name, each, told, today), each.label)
        for name, each in zip(names, own, strict=True)
        for told in each.reports
    ]
    await _record(stage, nation, [*reports, *_standing(nation, today)])


def _unit(each: Contribution, today: date) -> AnyContent:
    said = {
        "nation": each.nation,
        "name": each.name,
        "type": each.type,
        "size": each.size,
        "measures": [each.measure] if each.measure else [],
        "location": LOCATIONS.get(each.name, ""),
        "rotation": rotation(each.name),
        "away": absences(each.name, today),
        "since": "2025-01-01",
    }
    return msgspec.convert(said, Unit)


def _report(
    unit: str, of: Contribution, told: tuple[int, int, Said], today: date
) -> AnyContent:
    first, days, said = told
    as_of = today + timedelta(days=first)
    dated = {"as_of": as_of, "valid_until": as_of + timedelta(days=days)}
    evidence = f"{of.name}: {EVIDENCE}"
    there = presences(of.name, today)
    return msgspec.convert(
        {"unit": unit, "evidence": evidence, **dated, **there, **said}, Report
    )


def _standing(nation: NationCode, today: date) -> list[tuple[AnyContent, str]]:
    """Give the standards that a nation applies, and whom it has certified."""
    found: list[tuple[AnyContent, str]] = []
    for measure in _NEEDS:
        if nation not in _contributors(measure):
            continue
        label = PARTNERS if measure == _BORDER else MEMBERS
        found.extend(
            (
                Adoption(
                    nation=nation,
                    standard=standard,
                    since=today - timedelta(days=500),
                    evidence=EVIDENCE,
                    shown="inspected",
                ),
                label,
            )
            for standard in _STANDARDS[measure]
            if (nation, standard) not in _NOT_APPLIED
        )
        for module in _MODULES.get(measure, ()):
            on = today - timedelta(days=100)
            found += [
                (Enrolment(module=module, nation=nation, people=8, on=on), label),
                (
                    Completion(
                        module=module,
                        nation=nation,
                        people=7,
                        on=on + timedelta(days=30),
                        valid_until=on + timedelta(days=760),
                        certificate="ILLUSTRATIVE certificate",
                    ),
                    label,
                ),
            ]
    return found


def _asked(today: date) -> list[tuple[AnyContent, str]]:
    """Give what measures ask for, which pairs were tried, and what is promised."""
    found: list[tuple[AnyContent, str]] = []
    for measure, (kind, amount) in _NEEDS.items():
        label = PARTNERS if measure in {_BORDER, _FORWARD} else MEMBERS
        asks = {
            "measure": measure,
            "needs": [{"type": kind, "amount": amount}],
            "contributors": _contributors(measure),
            "standards": _STANDARDS[measure],
            "modules": _MODULES.get(measure, ()),
            "since": "2025-01-01",
        }
        found.append((msgspec.convert(asks, Requirement), label))
    tests = [(NORWAY, SWEDEN, "success", MEMBERS, measure) for measure in _MODULES]
    tests += [(NORWAY, SWEDEN, "success", MEMBERS, _CYBER)]
    tests += [(NORWAY, SWEDEN, "success", PARTNERS, _BORDER)]
    tests += [(NORWAY, INVENTED, "success", PARTNERS, _BORDER)]
    tests += [(SWEDEN, INVENTED, "limited", PARTNERS, _BORDER)]
    for one, other, result, label, measure in tests:
        said = {
            "first": one,
            "second": other,
            "subject": "exchange of one picture",
            "measure": measure,
            "result": result,
            "on": today - timedelta(days=80),
            "evidence": EVIDENCE,
        }
        found.append((msgspec.convert(said, PairTest), label))
    found += [
        (each, PARTNERS if each.title in SHARED else MEMBERS)
        for each in promised(today)
    ]
    found += [
        (each, PARTNERS if each.start == HILL else MEMBERS) for each in ways(today)
    ]
    return found


async def _exercise(stage: Stage, today: date) -> None:
    held = [
        (_planned(name, measures, ago, len(grades), today), label)
        for name, measures, label, ago, grades in _EXERCISES
    ]
    names = await _record(stage, STAFF, held)
    after: list[tuple[AnyContent, str]] = []
    for record, (_, measures, label, ago, grades) in zip(
        names, _EXERCISES, strict=True
    ):
        after.extend(
            (Participation(exercise=record, nation=nation), label)
            for nation in _contributors(measures[0])
        )
        for number, grade in enumerate(grades, start=1):
            said = {
                "exercise": record,
                "objective": f"o{number}",
                "grade": grade,
                "on": today - timedelta(days=ago),
                "evidence": EVIDENCE,
            }
            after.append((msgspec.convert(said, Evaluation), label))
        lesson = Lesson(
            exercise=record,
            text="Agree on words before the first day.",
            action="Send the list of words with the invitation.",
            owner="planning staff",
            due=today + timedelta(days=60),
        )
        after.append((lesson, label))
    await _record(stage, STAFF, after)


def _planned(
    name: str, measures: Sequence[str], ago: int, objectives: int, today: date
) -> AnyContent:
    until = today - timedelta(days=ago)
    texts = ("Exchange one picture", "Hand over without a gap")
    said = {
        "name": name,
        "purpose": "Show that the contributors work together.",
        "since": until - timedelta(days=5),
        "until": until,
        "host": "made up",
        "measures": measures,
        "objectives": [
            {"id": f"o{n + 1}", "text": texts[n]} for n in range(objectives)
        ],
        "status": "done",
    }
    return msgspec.convert(said, Exercise)


def _contributors(measure: str) -> tuple[NationCode, ...]:
    found = {each.nation for each in _CONTRIBUTIONS if each.measure == measure}
    return tuple(sorted(found))


async def _record(
    stage: Stage, nation: NationCode, contents: Sequence[tuple[AnyContent, str]]
) -> list[str]:
    """Record contents as a nation, and wait until they can be read; give their ids."""
    account, act = player(stage, nation)
    register = Register(log=stage.log, sight=stage.reading.snapshot)
    sent = [
        Recording(content=content, label=label, illustrative=True)
        for content, label in contents
    ]
    made = await record_all(register, account.viewer(), act, sent)
    await stage.projector.wait(max(each.position for each in made))
    return [each.record for each in made]
