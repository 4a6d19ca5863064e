"""A nation's obligations as a checklist, with what was reported of each.

- What is owed is of the pack, by the frameworks that the nation is in on a day, and is
  known to everybody; what was reported of it is labelled.
- Of the reports on one obligation the last one that the viewer may read is shown.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import apsw
import msgspec

from foedus.alliance.citing import Citation, citations
from foedus.alliance.nations import Alliance
from foedus.alliance.sourced import Basis, Sourced
from foedus.clock import from_ms
from foedus.errors import NotFoundError
from foedus.guidance.events import Progress
from foedus.guidance.standing import is_outside, owes
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import decode_label
from foedus.releasability.labelled import readable_labels
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer

REPORTS_MAX = 2_000
"""Obligations of one nation with a report; none has a tenth of them."""

_LAST = """
SELECT r.obligation, r.report, r.author, r.status, r.due, r.owner, r.evidence,
       r.arrival_ms, l.fixed
  FROM obligation_report AS r
  JOIN label AS l ON l.label = r.label
 WHERE r.nation = :nation
   AND substr(:readable, r.label, 1) = x'01'
   AND NOT EXISTS (SELECT 1
                     FROM obligation_report AS later
                    WHERE later.nation = r.nation
                      AND later.obligation = r.obligation
                      AND later.position > r.position
                      AND substr(:readable, later.label, 1) = x'01')
 ORDER BY r.obligation
 LIMIT :limit
"""


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a nation owes.

    Attributes:
        obligation: its key: the framework and a number, or article or duty.
        under: what it is owed under, in words.
    """

    obligation: str
    under: str
    text: str
    source: tuple[Citation, ...]
    basis: Basis
    as_of: date


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was last reported of an obligation.

    Attributes:
        at: the day on which it was.
        author: the nation that reported, or the alliance's own body.
        label: who may see the report.
    """

    report: str
    status: Progress
    due: date | None
    owner: str
    evidence: str
    author: NationCode
    at: date
    label: str


class Line(Owed, frozen=True, kw_only=True):
    """A line of the checklist.

    Attributes:
        report: null where nothing was reported that the viewer may read.
        overdue: whether its day has passed and it is neither met nor waived.
    """

    report: Report | None
    overdue: bool


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """A nation's obligations on a day."""

    nation: NationCode
    as_of: date
    obligations: tuple[Line, ...]


def owed_by(alliance: Alliance, nation: NationCode, on: date) -> Iterator[Owed]:
    """List what a nation owes on a day, by the frameworks that it is in."""
    for each in alliance.frameworks_of(nation, on):
        record = alliance.frameworks[each.framework]
        if not owes(alliance, record, nation, on):
            continue
        for number, text in enumerate(record.obligations, start=1):
            key = f"{record.id}/{number}"
            yield _owed(alliance, record, key, record.name, text)
    if not is_outside(alliance, nation, on):
        for article in alliance.pack.articles:
            if article.obligation:
                key, under = f"article/{article.article}", f"Article {article.article}"
                yield _owed(alliance, article, key, under, article.gist)
        for duty in alliance.pack.duties:
            key = f"duty/{re.sub(r'[^a-z0-9]+', '-', duty.topic.casefold())}"
            yield _owed(alliance, duty, key, duty.topic, duty.text)


def find_owed(alliance: Alliance, nation: NationCode, key: str, on: date) -> Owed:
    """Find one thing that a nation owes on a day, by its key.

    Raises:
        NotFoundError: it owes nothing of this key.
    """
    for each in owed_by(alliance, nation, on):
        if each.obligation == key:
            return each
    raise NotFoundError(
        f"{nation} owes nothing called {key!r} on {on}; list its obligations"
    )


def checklist(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    nation: NationCode,
    on: date,
) -> Checklist:
    """Tell a viewer what a nation owes on a day, and what was reported of it."""
    last = last_reports(db, access, viewer, nation)
    return Checklist(
        nation=nation,
        as_of=on,
        obligations=tuple(
            line(each, last.get(each.obligation), on)
            for each in owed_by(access.alliance, nation, on)
        ),
    )


def bare_checklist(alliance: Alliance, nation: NationCode, on: date) -> Checklist:
    """Tell what a nation owes on a day, where nothing can have been reported."""
    return Checklist(
        nation=nation,
        as_of=on,
        obligations=tuple(
            line(each, None, on) for each in owed_by(alliance, nation, on)
        ),
    )


def last_reports(
    db: apsw.Connection, access: Access, viewer: Viewer, nation: NationCode
) -> dict[str, Report]:
    """Give what was last reported to a viewer of each obligation, by its key."""
    rows: Iterator[tuple[Any, ...]] = db.execute(
        _LAST,
        {
            "nation": nation,
            "readable": readable_labels(db, access, viewer),
            "limit": REPORTS_MAX,
        },
    )
    return {
        obligation: Report(
            report=report,
            status=Progress(status),
            due=None if due is None else date.fromisoformat(due),
            owner=owner,
            evidence=evidence,
            author=NationCode(author),
            at=from_ms(arrival_ms).date(),
            label=print_label(decode_label(bytes(fixed)).label, access.alliance),
        )
        for (
            obligation, report, author, status, due, owner, evidence, arrival_ms, fixed
        ) in rows
    }  # fmt: skip


def line(owed: Owed, report: Report | None, on: date) -> Line:
    """Put what is owed beside what was reported of it."""
    due = report.due if report else None
    settled = report is not None and report.status in {Progress.MET, Progress.WAIVED}
    return Line(
        **msgspec.structs.asdict(owed),
        report=report,
        overdue=due is not None and due < on and not settled,
    )


def _owed(alliance: Alliance, record: Sourced, key: str, under: str, text: str) -> Owed:
    return Owed(
        obligation=key,
        under=under,
        text=text,
        source=citations(alliance, record.sources),
        basis=record.basis,
        as_of=record.as_of,
    )
