"""What is before the reader of how ready a nation is, and whom it can work with.

No evidence is an answer, and is neither good nor bad. What the reader may not see is
told as what was never recorded: nothing of it is before the reader.
"""

from datetime import date

import msgspec

from foedus.ids import NationCode
from foedus.planning.cases import Case, said
from foedus.readiness.reading import Wanted, list_held
from foedus.readiness.records import Requirement
from foedus.readiness.reports import NationReport, nation_report
from foedus.releasability.join import FixedLabel


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """The last test of the nation with another.

    Attributes:
        tests: how many there are.
    """

    nation: NationCode
    result: str
    subject: str
    on: date
    tests: int
    evidence: str
    illustrative: bool


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is before the reader.

    Attributes:
        is_any: whether anything is.
        tried: by the other nation.
        failed: nations with which the last test found an issue.
        untested: contributors to measures with which no test is before the reader.
        standards_missing: standards that measures ask for, of which none is shown.
    """

    is_any: bool
    report: NationReport
    tried: tuple[Tried, ...]
    failed: tuple[NationCode, ...]
    untested: tuple[NationCode, ...]
    standards_missing: tuple[str, ...]


def evidence(case: Case) -> tuple[Evidence, set[FixedLabel]]:
    """Tell what is before the reader, with the labels of all of it."""
    seen = case.seen
    report = nation_report(seen.db, seen.access, case.viewer, case.nation, case.on)
    asked = list_held(
        seen.db, seen.access, case.viewer, Requirement, Wanted(on=case.on)
    )
    tried = _tried(case, report)
    named = {one for each in asked for one in each.content.contributors}
    wanted = {one for each in asked for one in each.content.standards}
    held = {each.content.standard for each in report.standards}
    found = Evidence(
        is_any=bool(
            report.units
            or report.standards
            or report.tests
            or report.certificates
            or report.exercises
        ),
        report=report,
        tried=tried,
        failed=tuple(each.nation for each in tried if each.result == "issue"),
        untested=tuple(sorted(named - {each.nation for each in tried} - {case.nation})),
        standards_missing=tuple(sorted(wanted - held)),
    )
    labels = _labels(case, report)
    labels |= {said(case, each.label, each.author) for each in asked}
    return found, labels


def _tried(case: Case, report: NationReport) -> tuple[Tried, ...]:
    by_nation: dict[NationCode, list[Tried]] = {}
    for each in report.tests:  # the latest first
        test = each.content
        other = test.second if test.first == case.nation else test.first
        by_nation.setdefault(other, []).append(
            Tried(
                nation=other,
                result=test.result,
                subject=test.subject,
                on=test.on,
                tests=0,
                evidence=test.evidence,
                illustrative=each.illustrative,
            )
        )
    return tuple(
        msgspec.structs.replace(found[0], tests=len(found))
        for _, found in sorted(by_nation.items())
    )


def _labels(case: Case, report: NationReport) -> set[FixedLabel]:
    told = {(each.label, each.author) for each in report.units}
    told |= {(each.report_label, each.author) for each in report.units}
    for group in (report.standards, report.tests, report.certificates):
        told |= {(each.label, each.author) for each in group}
    told |= {(each.label, each.author) for each in report.exercises}
    return {said(case, label, author) for label, author in told if label}
