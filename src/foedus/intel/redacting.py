"""Erasing what must not be here: after a spill, bytes go from the log itself.

- An entry is redacted by its position; `find` gives those that hold an id.
- What is left of it is what folding needs and is no content: whose version of which
  id it was, under which label. So nobody else's numbers and dates move.
- What clients fetched before, they keep.

Source: DESIGN §5, item 7.
"""

import asyncio
from typing import Any, Final

import msgspec

from foedus.clock import to_ms
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.codec import Codec, kind_of
from foedus.eventlog.envelope import (
    NOTHING,
    Act,
    Append,
    Recorded,
    Redacted,
    redaction_stream,
)
from foedus.eventlog.log import EventLog
from foedus.ids import NationCode, Position, StixId, new_event_id
from foedus.intel.commands import Desk
from foedus.intel.events import IntelEvent, Published
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer

REDACTORS: Final = frozenset({Role.OPERATOR, Role.SECRETARIAT})
"""Roles of the alliance's own body that may redact what anybody published."""

OWN_REDACTORS: Final = frozenset(
    {Role.DUTY_OFFICER, Role.PUBLISHER, Role.DELEGATE, Role.SECRETARIAT}
)
"""Roles that may redact what their own nation published."""

REASON_LENGTH_MAX = 1_000
"""Characters of a reason. It stays in the log for ever, so it should be short."""

FOUND_MAX = 10_000
"""Entries that are told of one id. More than a lane should ever have."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the log that holds a version of an object.

    Attributes:
        position: where it stands.
        arrival_ms: when it arrived, in milliseconds since 1970.
        nation: who published it.
        collection: the alias.
        id: of the object; of a tear line its own.
        version: as it is written in the object.
        withdrawn: whether nobody is shown it any more; its bytes are there yet.
        redacted: whether its bytes are gone.
    """

    position: Position
    arrival_ms: int
    nation: NationCode
    collection: str
    id: StixId
    version: str
    withdrawn: bool
    redacted: bool


_HOLDING = """
WITH RECURSIVE held (version) AS (
    SELECT version FROM version WHERE object = :id AND nation <> ''
     UNION
    SELECT d.version FROM held AS h JOIN version AS d ON d.origin = h.version
)
SELECT v.position, v.arrival, v.nation, c.alias, v.object, v.written,
       min(v.withdrawn), e.body IS NULL
  FROM held AS h
  JOIN version AS v ON v.version = h.version
  JOIN collection AS c ON c.collection = v.collection
  JOIN log.entry AS e ON e.position = v.position
 GROUP BY v.position
 ORDER BY v.position
 LIMIT :limit
"""


async def redact(
    desk: Desk, viewer: Viewer, act: Act, position: int, reason: str
) -> Position:
    """Erase the bytes of an entry that published intelligence.

    Args:
        desk: where.
        viewer: who redacts.
        act: the same, and when.
        position: where the entry stands; see `find`.
        reason: why; kept in the log for ever.

    Returns:
        The position of the redaction.

    Raises:
        NotFoundError: there is no such entry.
        ForbiddenError: the viewer may not redact it.
        RuleViolationError: the entry is not of a kind that can be redacted.
        InvalidInputError: there is no reason, or too long a one.
        ConflictError: it was redacted already.
        UnavailableError: the bytes are not gone yet; do it again.
    """
    request = await asyncio.to_thread(_request, desk, viewer, act, position, reason)
    return await desk.log.redact(request)


def find(seen: Snapshot, viewer: Viewer, stix_id: str) -> list[Held]:
    """Find the entries that hold versions of an id, or tear lines made of one.

    Returns:
        Those that the viewer may redact, in order of position.
    """
    rows: list[tuple[Any, ...]] = seen.db.execute(
        _HOLDING, {"id": stix_id, "limit": FOUND_MAX}
    ).fetchall()
    held = (
        Held(
            position=position, arrival_ms=arrival_ms, nation=nation, collection=alias,
            id=found_id, version=version, withdrawn=bool(withdrawn),
            redacted=bool(redacted),
        )
        for position, arrival_ms, nation, alias, found_id, version, withdrawn, redacted
        in rows
    )  # fmt: skip
    return [each for each in held if may_redact(viewer, each.nation, seen.access)]


def may_redact(viewer: Viewer, nation: str, access: Access) -> bool:
    """Tell whether a viewer may redact what a nation published."""
    if not access.standing(viewer.nation):
        return False
    if viewer.nation == access.alliance.code and viewer.roles & REDACTORS:
        return True
    return viewer.nation == nation and bool(viewer.roles & OWN_REDACTORS)


def redaction(
    recorded: Recorded, viewer: Viewer, access: Access, *, reason: str
) -> Redacted:
    """Decide whether an entry may be redacted, and what is left of it.

    Raises:
        ForbiddenError: the viewer is of another nation and not of the body's
            operators or secretariat, or has no role that redacts.
        RuleViolationError: the entry is no published version.
        InvalidInputError: there is no reason, or too long a one.
    """
    position = recorded.position
    if not may_redact(viewer, recorded.who.nation, access):
        raise ForbiddenError(
            f"the entry at position {position} is redacted by the nation that wrote "
            "it or by the alliance's operators and secretariat"
        )
    if recorded.kind != _PUBLISHED:
        raise RuleViolationError(
            f"the entry at position {position} is {recorded.kind}; only published "
            "intelligence can be redacted, since all else is folded from every word"
        )
    if not 1 <= len(reason.strip()) <= REASON_LENGTH_MAX:
        raise InvalidInputError(
            f"say why in 1 to {REASON_LENGTH_MAX} characters, without what is erased"
        )
    residue = NOTHING
    if not recorded.erased:
        event = _CODEC.decode(recorded)
        assert isinstance(event, Published), "its kind says so"
        residue = msgspec.Raw(_CODEC.encode(residue_of(event))[1])
    return Redacted(position=position, reason=reason.strip(), residue=residue)


def residue_of(event: Published) -> Published:
    """Give what of a published version is no content and has to be folded."""
    return msgspec.structs.replace(
        event,
        joined=(),
        created_by=None,
        splice=None,
        stand_ins=tuple(
            msgspec.structs.replace(each, object=NOTHING) for each in event.stand_ins
        ),
        object=NOTHING,
    )


def _request(
    desk: Desk, viewer: Viewer, act: Act, position: int, reason: str
) -> Append:
    recorded = _entry(desk.log, position)
    event = redaction(recorded, viewer, desk.reading.access(), reason=reason)
    return Append(
        event_id=new_event_id(to_ms(act.at)),
        stream=redaction_stream(position),
        event=event,
        who=act.who,
    )


def _entry(log: EventLog, position: int) -> Recorded:
    """Read one entry.

    Raises:
        NotFoundError: there is none.
    """
    if 0 < position <= log.head():
        return log.read_after(Position(position - 1), 1)[0]
    raise NotFoundError(f"the log has no entry at position {position}")


_CODEC = Codec(IntelEvent)

_PUBLISHED = kind_of(Published)
