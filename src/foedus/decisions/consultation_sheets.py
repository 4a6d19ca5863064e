"""Consultations as every surface shows them.

- Whoever may see a consultation is told who asked, about what, when the nations met
  and whether it is over. What was said is for those who are asked, the chair and the
  alliance's staff.
"""

from datetime import datetime
from typing import Literal

import msgspec

from foedus.clock import from_ms
from foedus.decisions.consultations import Consultation
from foedus.ids import DecisionId, NationCode
from foedus.releasability.access import Access
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer


class ConsultationLine(msgspec.Struct, frozen=True, kw_only=True):
    """A consultation in a list.

    Attributes:
        article: under what it was asked for.
        nations: who asked, in that order.
    """

    consultation: str
    article: str
    title: str
    label: str
    nations: tuple[NationCode, ...]
    asked_at: datetime
    state: Literal["open", "closed"]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation said when it joined."""

    nation: NationCode
    text: str


class ConsultationSheet(ConsultationLine, frozen=True, kw_only=True):
    """A consultation, as far as a reader may know it.

    Attributes:
        asked: who is asked.
        met_at: when the nations met, each time.
        statements: of nations that joined; null for observers.
        notes: of the meetings and of the end; null for observers.
        decision: what came of it; null also where that is hidden.
    """

    concern: str
    chair: NationCode
    asked: tuple[NationCode, ...]
    met_at: tuple[datetime, ...]
    statements: tuple[Said, ...] | None
    notes: tuple[str, ...] | None
    decision: DecisionId | None


def consultation_line(found: Consultation, access: Access) -> ConsultationLine:
    """Set a consultation out as a line of a list."""
    return ConsultationLine(
        consultation=found.id,
        article=found.article,
        title=found.title,
        label=print_label(found.label.label, access.alliance),
        nations=found.nations,
        asked_at=from_ms(found.asked_ms),
        state="closed" if found.closed else "open",
    )


def consultation_sheet(
    found: Consultation, viewer: Viewer, access: Access
) -> ConsultationSheet:
    """Set a consultation out in full, as far as the viewer may know it."""
    line = consultation_line(found, access)
    inside = viewer.nation in (*found.electorate, found.chair, access.alliance.code)
    joined = zip(found.nations[1:], found.texts, strict=True)
    said = tuple(Said(nation=nation, text=text) for nation, text in joined if text)
    return ConsultationSheet(
        **msgspec.structs.asdict(line),
        concern=found.concern,
        chair=found.chair,
        asked=found.electorate,
        met_at=tuple(from_ms(each) for each in found.met_ms),
        statements=said if inside else None,
        notes=tuple(each for each in found.notes if each) if inside else None,
        decision=found.decision,
    )
