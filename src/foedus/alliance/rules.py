"""When an alliance may be founded, a status may change, and a day may begin."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Self, assert_never

import msgspec

from foedus.alliance.events import (
    AllianceEvent,
    Change,
    DayBegun,
    Founded,
    ParticipationChanged,
    StatusChanged,
)
from foedus.alliance.frameworks import named_framework
from foedus.alliance.histories import ALWAYS, FOREVER, span
from foedus.alliance.nations import Alliance, carriers
from foedus.alliance.pack import print_pack, with_guide
from foedus.alliance.records import Framework, Pack
from foedus.alliance.statuses import Status
from foedus.errors import (
    ConflictError,
    CorruptLogError,
    NotFoundError,
    RuleViolationError,
)
from foedus.ids import NationCode, Position

AHEAD_MAX = timedelta(days=3660)
"""How far ahead a change may be recorded; ten years tell a plan from a slip."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The alliance as its stream tells it.

    Attributes:
        alliance: with every recorded change.
        access_day: the day as of which access is judged.
    """

    alliance: Alliance
    access_day: date

    @classmethod
    def fold(cls, history: Iterable[tuple[AllianceEvent, date]]) -> Self | None:
        """Fold a stream; null if nothing was founded.

        Args:
            history: every event with the day of its arrival, in order.
        """
        founding: Founded | None = None
        changes: list[Change] = []
        days: list[date] = []
        for event, arrived in history:
            match event:
                case Founded():
                    founding = event
                    days.append(arrived)
                case StatusChanged() | ParticipationChanged():
                    changes.append(event)
                    days.append(arrived)
                case DayBegun(day=day):
                    days.append(day)
                case _:
                    assert_never(event)
        if founding is None:
            return None
        alliance = founded_alliance(bytes(founding.pack))
        return cls(alliance=alliance.with_changes(changes), access_day=max(days))


def founded_pack(document: bytes) -> Pack:
    """Read the pack that an alliance was founded from.

    It was checked when it was written; rules that came later do not undo it.

    Raises:
        CorruptLogError: it is not a pack.
    """
    try:
        return msgspec.json.decode(document, type=Pack)
    except msgspec.MsgspecError as error:
        raise CorruptLogError(
            f"the pack in the log cannot be read: {error}", position=Position(1)
        ) from error


@lru_cache(maxsize=2)
def founded_alliance(document: bytes) -> Alliance:
    """Give the alliance that was founded from a pack, without any change since.

    A pack from before there was a guide is given the shipped one.

    Raises:
        CorruptLogError: it is not a pack.
    """
    return Alliance.from_pack(with_guide(founded_pack(document)))


def found(state: State | None, pack: Pack) -> Founded:
    """Decide whether the hub may be founded.

    Raises:
        ConflictError: it serves an alliance already.
    """
    if state is not None:
        raise ConflictError(
            f"this hub serves {state.alliance.name} already; found another hub for "
            f"{pack.name}"
        )
    return Founded(code=pack.code, pack=msgspec.Raw(print_pack(pack)))


def change_status(
    alliance: Alliance,
    nation: NationCode,
    *,
    status: Status,
    since: date,
    today: date,
) -> StatusChanged:
    """Decide whether a change of status may be recorded.

    Raises:
        NotFoundError: the alliance knows no such nation.
        RuleViolationError: the nation has this status from that day on already, or
            the day is too far ahead.
    """
    if nation not in alliance.nations:
        raise NotFoundError(
            f"no nation {nation!r} in {alliance.name}; list the nations"
        )
    if since > today + AHEAD_MAX:
        raise RuleViolationError(
            f"{since} is more than ten years ahead; record the change when it is nearer"
        )
    if _lasts(alliance, nation, status, since=since):
        raise RuleViolationError(
            f"{nation} has the status {status} from {since} on already; there is "
            "nothing to record"
        )
    return StatusChanged(nation=nation, status=status, since=since)


def change_participation(
    alliance: Alliance, wanted: ParticipationChanged, *, today: date
) -> ParticipationChanged:
    """Decide whether joining or leaving a framework may be recorded.

    Args:
        alliance: as it stands.
        wanted: the change; its framework may be named in any way.
        today: the day on which it is recorded.

    Raises:
        NotFoundError: the alliance knows no such nation or framework.
        RuleViolationError: it says nothing new, is too far ahead, is membership, or
            follows from something else.
    """
    nation, since = wanted.nation, wanted.since
    if nation not in alliance.nations:
        raise NotFoundError(
            f"no nation {nation!r} in {alliance.name}; list the nations"
        )
    record = named_framework(alliance, wanted.framework)
    if since > today + AHEAD_MAX:
        raise RuleViolationError(
            f"{since} is more than ten years ahead; record the change when it is nearer"
        )
    _check_joinable(alliance, record, wanted)
    spans = [
        span(each.since, each.until)
        for each in alliance.participations(record.id)
        if each.nation == nation
    ]
    if wanted.joined and any(low <= since and high == FOREVER for low, high in spans):
        raise RuleViolationError(
            f"{nation} takes part in {record.name} from {since} on already; there is "
            "nothing to record"
        )
    if not wanted.joined and all(high <= since for _, high in spans):
        raise RuleViolationError(
            f"{nation} takes no part in {record.name} on {since} or later; there is "
            "nothing to record"
        )
    return ParticipationChanged(
        nation=nation, framework=record.id, joined=wanted.joined, since=since
    )


def _check_joinable(
    alliance: Alliance, record: Framework, wanted: ParticipationChanged
) -> None:
    """Refuse what is a status, follows from something else, or is for others."""
    if record.assurance.collective_defence:
        raise RuleViolationError(
            f"{record.name} is membership, and partnership is not: record the status "
            "`member` instead"
        )
    carried = carriers(alliance.frameworks[record.id], alliance.words)
    if carried and len(carried) < len(record.words):
        raise RuleViolationError(
            f"who takes part in {record.name} follows from {', '.join(record.words)}; "
            "record that instead"
        )
    if wanted.joined and carried and _is_member(alliance, wanted):
        raise RuleViolationError(
            f"{wanted.nation} is a member on {wanted.since}; partnership ends with "
            "membership"
        )
    if wanted.joined and record.ended is not None and record.ended <= wanted.since:
        raise RuleViolationError(f"{record.name} ended on {record.ended}")


def _is_member(alliance: Alliance, wanted: ParticipationChanged) -> bool:
    return any(
        stretch.underlying is Status.MEMBER
        for stretch in alliance.status_history(wanted.nation)
        if (stretch.since or ALWAYS) <= wanted.since < (stretch.until or FOREVER)
    )


def begin_day(access_day: date, day: date, *, today: date) -> DayBegun:
    """Decide whether dated changes up to a day may take effect.

    Raises:
        ConflictError: that day has begun already.
        RuleViolationError: that day has not come yet.
    """
    if day <= access_day:
        raise ConflictError(f"{day} has begun already")
    if day > today:
        raise RuleViolationError(f"{day} has not come yet; it begins at 00:00 UTC")
    return DayBegun(day=day)


def _lasts(
    alliance: Alliance, nation: NationCode, status: Status, *, since: date
) -> bool:
    return all(
        stretch.status is status
        for stretch in alliance.status_history(nation)
        if stretch.until is None or stretch.until > since
    )
