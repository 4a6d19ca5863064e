"""Who may record what, and what cannot be meant."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from foedus.alliance.nations import Alliance
from foedus.errors import ForbiddenError, InvalidInputError
from foedus.ids import NationCode
from foedus.readiness.records import (
    Absence,
    Adoption,
    AnyContent,
    Commitment,
    Completion,
    Enrolment,
    Evaluation,
    Exercise,
    Measure,
    Module,
    Need,
    PairTest,
    Participation,
    Report,
    Requirement,
    Route,
    Unit,
)
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer

SPEAKERS: Final = frozenset(
    {Role.DELEGATE, Role.PUBLISHER, Role.DUTY_OFFICER, Role.PLANNER, Role.SECRETARIAT}
)
"""Roles whose holders record something for their nation or the alliance."""

FAR: Final = timedelta(days=36_600)
"""How far ahead or back a day may lie; a century tells a plan from a slip."""

VALID_MAX: Final = timedelta(days=731)
"""How long a report on readiness may be relied on: two years."""

NOT_COUNTED: Final = (
    "this unit counts for no rating until a report says how ready it is and names "
    "what shows that: more troops alone raise nothing"
)
"""What is said to whoever records a unit without a report."""

NO_EVIDENCE: Final = (
    "this report names nothing that shows it, so it counts for no rating; record it "
    "again with its evidence"
)
"""What is said to whoever reports without evidence."""


def check_speaks(viewer: Viewer, access: Access) -> None:
    """Refuse whoever records nothing for a nation.

    Raises:
        ForbiddenError: the nation has no standing, or the account only reads.
    """
    if not access.standing(viewer.nation):
        raise ForbiddenError("a nation without standing records nothing here")
    if not viewer.roles & SPEAKERS:
        names = ", ".join(sorted(SPEAKERS))
        raise ForbiddenError(f"this takes one of the roles {names}; ask who has one")


def check_may_record(content: AnyContent, viewer: Viewer, alliance: Alliance) -> None:
    """Refuse to speak for another nation, or for the alliance as a whole.

    Raises:
        ForbiddenError: the viewer's nation may not record this.
    """
    if viewer.nation == alliance.code:
        return
    match content:
        case Measure() | Requirement() | Module():
            raise ForbiddenError(
                f"measures, requirements and modules are recorded by the staff of "
                f"{alliance.code}; propose a decision instead"
            )
        case PairTest(first=first, second=second):
            whose = {first, second}
        case (
            Unit(nation=nation)
            | Adoption(nation=nation)
            | Enrolment(nation=nation)
            | Completion(nation=nation)
            | Participation(nation=nation)
        ):
            whose = {nation}
        case _:
            return
    if viewer.nation not in whose:
        raise ForbiddenError(
            f"{viewer.nation} records what is its own; the staff of {alliance.code} "
            "records for others"
        )


def check_follows(viewer: Viewer, owner: NationCode, alliance: Alliance) -> None:
    """Refuse to report on what is another nation's.

    Raises:
        ForbiddenError: it is neither the viewer's nation's, nor is this the staff.
    """
    if viewer.nation not in {owner, alliance.code}:
        raise ForbiddenError(f"only {owner} or the staff of {alliance.code} says this")


def check_content(content: AnyContent, alliance: Alliance, *, today: date) -> None:
    """Refuse what cannot be meant.

    Raises:
        InvalidInputError: days are in no order or far away, a number is missing, a
            nation, standard or measure is named twice or unknown.
    """
    for day in _days(content):
        if abs(day - today) > FAR:
            raise InvalidInputError(f"{day} is more than a century away")
    _check_names(content, alliance)
    _check_parts(content)
    _check_order(content)


def _check_parts(content: AnyContent) -> None:
    match content:
        case Report():
            _check_report(content)
        case Requirement(needs=needs) | Commitment(needs=needs):
            _once("need", (each.type for each in needs))
            _check_needs(needs)
        case PairTest(first=first, second=second) if first == second:
            raise InvalidInputError("second: a test is between two nations")
        case Exercise(objectives=objectives):
            _once("objective", (each.id for each in objectives))
        case Unit(away=away):
            _check_absences(away)
        case Route(start=start, end=end) if place(start) == place(end):
            raise InvalidInputError("end: a way is between two places")
        case _:
            pass


def _check_report(report: Report) -> None:
    if report.valid_until <= report.as_of:
        raise InvalidInputError(
            f"valid_until: {report.valid_until} is not after {report.as_of}"
        )
    if report.valid_until - report.as_of > VALID_MAX:
        raise InvalidInputError(
            "valid_until: nobody relies on a report for more than two years"
        )
    if report.posture in {"at-notice", "on-demand"} and report.notice_h is None:
        raise InvalidInputError(
            f"notice_h: say how many hours, since the posture is {report.posture}"
        )
    if report.posture == "periodic" and report.windows is None:
        raise InvalidInputError("windows: say how often a year it is there")
    _check_pattern(report)
    if report.available_to is not None and report.available_to < report.available:
        raise InvalidInputError("available_to: it is below `available`")


def _check_pattern(report: Report) -> None:
    """Refuse days on which something is there that are no pattern."""
    if (report.present or report.every_days) and report.posture != "periodic":
        raise InvalidInputError(
            f"present: only what is periodic is there at times, not {report.posture}"
        )
    if report.every_days is not None and not report.present:
        raise InvalidInputError("every_days: say in `present` which days come again")
    last = None
    for each in report.present:
        if each.until <= each.since:
            raise InvalidInputError(
                f"present: {each.until} is not after {each.since}; write the day after "
                "the last"
            )
        if last is not None and each.since < last:
            raise InvalidInputError(
                f"present: {each.since} is before {last}; write them in order"
            )
        last = each.until
    if report.every_days is not None and last is not None:
        days = (last - report.present[0].since).days
        if days > report.every_days:
            raise InvalidInputError(
                f"every_days: {days} days cannot come again every {report.every_days}"
            )


def _check_needs(needs: Iterable[Need]) -> None:
    for each in needs:
        if not each.type.strip():
            raise InvalidInputError("needs: name what is needed")


def _check_absences(away: Iterable[Absence]) -> None:
    for each in away:
        if each.until <= each.since:
            raise InvalidInputError(
                f"away: {each.until} is not after {each.since}; write the day after "
                "the last"
            )


def place(text: str) -> str:
    """Give the name of a place as it is compared: without case or further spaces."""
    return " ".join(text.split()).casefold()


def _check_order(content: AnyContent) -> None:
    since: date | None
    until: date | None
    match content:
        case Unit() | Adoption() | Commitment() | Exercise():
            since, until = content.since, content.until
        case Completion():
            since, until = content.on, content.valid_until
        case _:
            return
    if until is not None and until <= since:
        raise InvalidInputError(
            f"{until} is not after {since}; write the day after the last"
        )


def _check_names(content: AnyContent, alliance: Alliance) -> None:
    known = {each.id for each in alliance.pack.standards}
    standards: tuple[str, ...] = ()
    match content:
        case Requirement():
            standards = content.standards
            _once("nation", content.contributors)
            _once("module", content.modules)
        case Adoption():
            standards = (content.standard,)
        case Module():
            standards = content.teaches
        case Unit() | Exercise():
            _once("measure", content.measures)
        case _:
            pass
    _once("standard", standards)
    for each in standards:
        if each not in known:
            raise InvalidInputError(
                f"no standard {each!r} in the data pack; write it as in stanag_4774"
            )


def _days(content: AnyContent) -> Iterable[date]:
    for name in content.__struct_fields__:
        value = getattr(content, name)
        if isinstance(value, date):
            yield value


def _once(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidInputError(f"the {what} {name} stands there twice")
        seen.add(name)


def remark_on(content: AnyContent) -> str:
    """Say what whoever records this is to know; empty where nothing."""
    match content:
        case Unit():
            return NOT_COUNTED
        case Report(evidence="") | Evaluation(evidence="") | PairTest(evidence=""):
            return NO_EVIDENCE
        case _:
            return ""
