"""What can happen in guidance: reports on obligations, engagements, policy updates.

- Each has a label, fixed when it arrived; the editions of an update have the label of
  its first, so that whoever sees one edition sees them all and no number tells of more.
- What a nation says of an engagement or acknowledges is under the label of the thing.
"""

from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from foedus.eventlog.envelope import Event
from foedus.ids import NationCode


class Progress(StrEnum):
    """How far an obligation is met, as who reports says it."""

    PLANNED = "planned"
    IN_PROGRESS = "in-progress"
    MET = "met"
    NOT_MET = "not-met"
    WAIVED = "waived"


EngagementKind = Literal["project", "exchange", "mission", "visit", "exercise"]
"""What nations do together."""


class Course(StrEnum):
    """How an engagement stands."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class ObligationReported(
    Event, frozen=True, kw_only=True, tag="guidance.obligation-reported"
):
    """How a nation meets an obligation was reported.

    Attributes:
        report: the id of the report.
        nation: whose obligation it is.
        author: the nation that reports, or the alliance's own body.
        obligation: its key, such as `pfp/3`, `article/3`, `duty/spending`.
        due: when it is to be met; null where no day is set.
        owner: the office that sees to it; no person's name.
        evidence: what shows it, in words or as a reference.
        label: a `FixedLabel` in JSON.
    """

    report: str
    nation: NationCode
    author: NationCode
    obligation: str
    status: Progress
    due: date | None = None
    owner: str = ""
    evidence: str = ""
    label: msgspec.Raw


class EngagementRecorded(
    Event, frozen=True, kw_only=True, tag="guidance.engagement-recorded"
):
    """A project, exchange, mission, visit or joint exercise was recorded.

    Attributes:
        engagement: its id.
        author: the nation that recorded it, or the alliance's own body.
        since: its first day.
        until: the day after its last; null where it is open.
        participants: nations, and the alliance's body by its code.
        regions: such as `baltic_sea`; words of the pack.
        label: a `FixedLabel` in JSON.
    """

    engagement: str
    author: NationCode
    engagement_kind: EngagementKind
    title: str
    purpose: str
    since: date
    until: date | None = None
    participants: tuple[NationCode, ...] = ()
    regions: tuple[str, ...] = ()
    status: Course = Course.PLANNED
    outcome: str = ""
    label: msgspec.Raw


class EngagementReported(
    Event, frozen=True, kw_only=True, tag="guidance.engagement-reported"
):
    """How an engagement stands, and what came of it."""

    engagement: str
    status: Course
    outcome: str = ""


class UpdatePublished(
    Event, frozen=True, kw_only=True, tag="guidance.update-published"
):
    """An edition of a policy update was published.

    Attributes:
        update: the id of the update, the same for all its editions.
        author: the nation that publishes, or the alliance's own body.
        edition: counts from 1.
        effective: the day from which it applies.
        label: a `FixedLabel` in JSON; that of the first edition.
    """

    update: str
    author: NationCode
    edition: int
    title: str
    text: str
    effective: date
    label: msgspec.Raw


class UpdateAcknowledged(
    Event, frozen=True, kw_only=True, tag="guidance.update-acknowledged"
):
    """A nation acknowledged an edition of a policy update."""

    update: str
    edition: int
    nation: NationCode


GuidanceEvent = (
    ObligationReported
    | EngagementRecorded
    | EngagementReported
    | UpdatePublished
    | UpdateAcknowledged
)
"""Everything that can happen here."""


def report_stream(report: str) -> str:
    """Name the history of one report, which is written once."""
    return f"guidance/obligations/{report}"


def engagement_stream(engagement: str) -> str:
    """Name the history of one engagement."""
    return f"guidance/engagements/{engagement}"


def update_stream(update: str) -> str:
    """Name the history of the editions of one update."""
    return f"guidance/updates/{update}"


def acknowledgement_stream(update: str, nation: str) -> str:
    """Name the history of what one nation acknowledged of an update."""
    return f"guidance/acknowledgements/{update}/{nation}"
