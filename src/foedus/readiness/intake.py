"""Taking in a table: all of it or nothing, and only what has changed.

A table that was written, mended in a spreadsheet and read again records editions of
what differs, and nothing of the rest. A report on a unit that is there goes under the
label of the one before, unless its row says another.
"""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from foedus.eventlog.envelope import Act
from foedus.readiness.commands import (
    CALLED,
    Recorded,
    Recording,
    Register,
    record_all,
)
from foedus.readiness.reading import Held, list_held
from foedus.readiness.records import Commitment, Report, Route, Unit
from foedus.releasability.viewers import Viewer

Known = dict[str, Unit | Commitment | Route]
"""What there is, by its id."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a table.

    Attributes:
        recorded: what was recorded, in its order.
        unchanged: how many records were as they stand, and were left.
        remarks: what its author is to know, each once.
    """

    recorded: tuple[Recorded, ...]
    unchanged: int
    remarks: tuple[str, ...]


async def take_in(
    register: Register,
    viewer: Viewer,
    act: Act,
    sent: Sequence[Recording],
    told: Callable[[int], None] = lambda _: None,
) -> Taken:
    """Record what a table says that is not known already.

    Args:
        register: where.
        viewer: who records.
        act: by which door, and when.
        sent: what the table says.
        told: is told how many more are done.

    Raises:
        ForbiddenError: as `commands.record_all`; and so the others.
    """
    changed = await asyncio.to_thread(_changed, register, viewer, sent)
    told(len(sent) - len(changed))
    recorded = await record_all(register, viewer, act, changed, told)
    reported = {
        each.content.unit for each in changed if isinstance(each.content, Report)
    }
    told_of = [
        made
        for made, each in zip(recorded, changed, strict=True)
        if not isinstance(each.content, Unit)
        or not (each.again or each.called in reported)
    ]
    remarks = dict.fromkeys(each.remark for each in told_of if each.remark)
    return Taken(
        recorded=tuple(recorded),
        unchanged=len(sent) - len(changed),
        remarks=tuple(remarks),
    )


def filled(sent: Recording, label: str, *, illustrative: bool) -> Recording:
    """Give a row that names no label the one that goes for all rows.

    What follows something that is there already has the label of that.
    """
    content = sent.content
    follows = bool(sent.again or sent.drawn)
    if isinstance(content, Report):
        follows = follows or not content.unit.startswith(CALLED)
    return msgspec.structs.replace(
        sent,
        label=sent.label or ("" if follows else label),
        illustrative=sent.illustrative or illustrative,
    )


def _changed(
    register: Register, viewer: Viewer, sent: Sequence[Recording]
) -> list[Recording]:
    with register.sight() as seen:
        units = list_held(seen.db, seen.access, viewer, Unit)
        commitments = list_held(seen.db, seen.access, viewer, Commitment)
        routes = list_held(seen.db, seen.access, viewer, Route)
        reports = list_held(seen.db, seen.access, viewer, Report)
    labels = {each.record: each.label for each in units}
    known: Known = {each.record: each.content for each in units}
    known |= {each.record: each.content for each in commitments}
    known |= {each.record: each.content for each in routes}
    last = _last(reports)
    return [
        _following(each, labels, last)
        for each in sent
        if not _is_known(each, known, last)
    ]


def _last(reports: Sequence[Held[Report]]) -> dict[str, Held[Report]]:
    """Give the last report on each unit; they come with the last recorded first."""
    found: dict[str, Held[Report]] = {}
    for each in sorted(reports, key=lambda one: one.content.as_of, reverse=True):
        found.setdefault(each.content.unit, each)
    return found


def _following(
    sent: Recording, labels: dict[str, str], last: dict[str, Held[Report]]
) -> Recording:
    """Give a report that says no label that of the one before it, or of its unit.

    A table of an earlier version does not name the report that it was written from.
    """
    content = sent.content
    if not isinstance(content, Report) or sent.label or sent.drawn:
        return sent
    before = last.get(content.unit)
    if before is not None:
        return msgspec.structs.replace(sent, drawn=before.record)
    return msgspec.structs.replace(sent, label=labels.get(content.unit, ""))


def _is_known(sent: Recording, known: Known, last: dict[str, Held[Report]]) -> bool:
    content = sent.content
    if isinstance(content, Report):
        before = last.get(content.unit)
        if before is None or before.content != content:
            return False
        return sent.label in ("", before.label)
    return bool(sent.again) and known.get(sent.again) == content
