"""What would change in standing: what is owed, and what is promised or is not.

- Partnership is never called membership, and no promise is told that nobody made.
- What would be owed stands beside what was reported of it, as far as the reader may
  know; nothing before the reader is said to be nothing before the reader.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

import msgspec

from foedus.alliance.citing import Citation, citations
from foedus.alliance.frameworks import not_promised
from foedus.alliance.nations import Alliance
from foedus.alliance.records import Framework
from foedus.alliance.sourced import Basis
from foedus.alliance.statuses import Status
from foedus.guidance.obligations import Line, last_reports, line, owed_by
from foedus.ids import CommunityCode
from foedus.planning.cases import Case, said
from foedus.releasability.join import FixedLabel

How = Literal["gained", "kept", "ended"]
"""What becomes of something by the change."""

MEANS: Final = {
    Status.MEMBER: "A member takes part in decisions, owes what the treaty says, and "
    "the members' mutual obligations cover it: from the deposit of its instrument of "
    "accession on, and not a day before.",
    Status.INVITEE: "An invitee is no member: it has no say in decisions, and the "
    "members' mutual obligations do not cover it.",
    Status.ASPIRANT: "An aspirant is no member: that it wishes to join, or was told "
    "that it will, promises neither a date nor protection.",
    Status.PARTNER: "Partnership is not membership and need not lead to it: a partner "
    "has no say in decisions, and the members' mutual obligations do not cover it.",
    Status.SUSPENDED: "A suspended nation sees and does nothing here until that ends.",
    Status.NONE: "Without a status a nation is neither a member nor a partner.",
}
"""What standing so means, and does not."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a nation stands on the day.

    Attributes:
        since: null where it never had another status.
        frameworks: ids of those that it takes part in.
        owes: how many obligations it has.
    """

    status: Status
    since: date | None
    communities: tuple[CommunityCode, ...]
    frameworks: tuple[str, ...]
    owes: int
    members: int


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """What a framework promises, and what it does not.

    Attributes:
        change: what becomes of the nation's part in it.
        protects: whether it is the promise of collective defence.
    """

    framework: str
    name: str
    change: How
    protects: bool
    not_promised: tuple[str, ...]
    text: str
    source: tuple[Citation, ...]
    basis: Basis
    as_of: date


class StandingChange(msgspec.Struct, frozen=True, kw_only=True):
    """What would change in standing.

    Attributes:
        means: what standing so means, and does not.
        gained: what it would owe and does not now.
        ended: what it owes and would not any more.
        shown: of what it would owe newly, how much is reported as met, or with what
            shows it, as far as the reader may know.
    """

    before: Standing
    after: Standing
    means: str
    gained: tuple[Line, ...]
    ended: tuple[Line, ...]
    kept: int
    shown: int
    promises: tuple[Promise, ...]


def standing_change(case: Case) -> StandingChange:
    """Tell what would change in standing."""
    before = {each.obligation: each for each in _owed(case, case.before)}
    after = {each.obligation: each for each in _owed(case, case.after)}
    gained = tuple(after[key] for key in after if key not in before)
    return StandingChange(
        before=_standing(case, case.before),
        after=_standing(case, case.after),
        means=MEANS[case.after.status(case.nation, case.on)],
        gained=gained,
        ended=tuple(before[key] for key in before if key not in after),
        kept=len(before.keys() & after.keys()),
        shown=sum(is_shown(each) for each in gained),
        promises=tuple(_promises(case)),
    )


def is_shown(each: Line) -> bool:
    """Tell whether anything before the reader shows that an obligation is met."""
    report = each.report
    return report is not None and (report.status == "met" or bool(report.evidence))


def labels_of(case: Case, found: StandingChange) -> set[FixedLabel]:
    """Give the labels of the reports that are told."""
    reports = [each.report for each in (*found.gained, *found.ended) if each.report]
    return {said(case, each.label, each.author) for each in reports}


def _owed(case: Case, alliance: Alliance) -> Iterator[Line]:
    seen = case.seen
    reports = last_reports(seen.db, seen.access, case.viewer, case.nation)
    for each in owed_by(alliance, case.nation, case.on):
        yield line(each, reports.get(each.obligation), case.on)


def _standing(case: Case, alliance: Alliance) -> Standing:
    nation, on = case.nation, case.on
    return Standing(
        status=alliance.status(nation, on),
        since=alliance.since(nation, on),
        communities=tuple(
            code
            for code in sorted(alliance.communities)
            if nation in alliance.members_of(code, on)
        ),
        frameworks=tuple(each.framework for each in alliance.frameworks_of(nation, on)),
        owes=sum(1 for _ in owed_by(alliance, nation, on)),
        members=sum(
            alliance.status(code, on) is Status.MEMBER for code in alliance.nations
        ),
    )


def _promises(case: Case) -> Iterator[Promise]:
    """List what is promised: of the frameworks of before and after."""
    before = _frameworks(case, case.before)
    after = _frameworks(case, case.after)
    for record in case.before.frameworks.values():
        if record.id in before | after:
            how: How = "kept"
            if record.id not in before:
                how = "gained"
            elif record.id not in after:
                how = "ended"
            yield _promise(case, record, how)


def _frameworks(case: Case, alliance: Alliance) -> set[str]:
    found = alliance.frameworks_of(case.nation, case.on)
    return {each.framework for each in found}


def _promise(case: Case, record: Framework, how: How) -> Promise:
    assurance = record.assurance
    return Promise(
        framework=record.id,
        name=record.name,
        change=how,
        protects=assurance.collective_defence,
        not_promised=not_promised(assurance),
        text=assurance.text,
        source=citations(case.before, record.sources),
        basis=record.basis,
        as_of=record.as_of,
    )
