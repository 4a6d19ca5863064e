"""The register of identities: under which STIX identities a nation publishes.

- An identity belongs to one nation at most; only that nation publishes under it.
- The register is open to every account: it holds ids and nations, and no name.
- A nation registers for itself; the alliance's own body for any nation, and it alone
  moves an identity from one nation to another.

Source: DESIGN §6, "Lanes".
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import apsw
import msgspec

from foedus.alliance.nations import Alliance
from foedus.clock import to_ms
from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    RuleViolationError,
)
from foedus.eventlog.envelope import Act, Append, Event, Recorded
from foedus.ids import START, NationCode, Position, StixId, new_event_id
from foedus.intel import events
from foedus.intel.events import IdentityRegistered
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer
from foedus.stix.identifiers import as_identifier, type_of

if TYPE_CHECKING:
    # What publishes asks the register, so it imports this module.
    from foedus.intel.commands import Desk

IDENTITIES_MAX = 1_000
"""Identities of one nation: its teams and services. Bounds the register."""

PAGE_SIZE_MAX = 500
"""Identities on one page of the list."""

REGISTRARS = frozenset(
    {Role.PUBLISHER, Role.DUTY_OFFICER, Role.DELEGATE, Role.SECRETARIAT}
)
"""Roles that register for their own nation."""

KEEPERS = frozenset({Role.SECRETARIAT, Role.OPERATOR})
"""Roles of the alliance's own body that register for any nation, and move."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS identity (
    identity TEXT    NOT NULL PRIMARY KEY CHECK (identity GLOB 'identity--*'),
    nation   TEXT    NOT NULL,
    position INTEGER NOT NULL CHECK (position > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS identity_of_nation ON identity (nation, identity);
"""

_REGISTER = """
INSERT INTO identity (identity, nation, position)
VALUES (:identity, :nation, :position)
    ON CONFLICT (identity)
    DO UPDATE SET nation = excluded.nation, position = excluded.position
"""

_REGISTERED = """
SELECT identity, nation
  FROM identity
 WHERE identity IN (SELECT value FROM json_each(:ids))
 ORDER BY identity
 LIMIT 1000000
"""

_LIST = """
SELECT identity, nation
  FROM identity
 WHERE identity > :after
 ORDER BY identity
 LIMIT :limit
"""

_LAST = "SELECT nation, position FROM identity WHERE identity = :identity"

_COUNT = "SELECT count(*) FROM identity WHERE nation = :nation"


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """An identity, and the nation that alone publishes under it."""

    identity: StixId
    nation: NationCode


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the register says before an identity is registered.

    Attributes:
        owner: the nation that has it; None if none does.
        held: identities that the nation has for which it is to be registered.
    """

    owner: NationCode | None = None
    held: int = 0


def read_registration(identity: str, nation: str, alliance: Alliance) -> Registered:
    """Read what is to be registered, and for whom.

    Args:
        identity: a STIX id.
        nation: a nation by code, name or alias, or the alliance's body by its code.
        alliance: whose nations they are.

    Raises:
        InvalidInputError: one of them is not what it must be.
    """
    stix_id = as_identifier(identity)
    if stix_id is None or type_of(stix_id) != "identity":
        raise InvalidInputError("the identity is no `identity--UUID`; give its STIX id")
    body = NationCode(alliance.code)
    code = body if nation.upper() == body else alliance.nation(nation)
    if code is None:
        raise InvalidInputError(
            f"the nation is none of {alliance.name}; see the list of nations"
        )
    return Registered(identity=stix_id, nation=code)


def decide(
    wanted: Registered, known: Known, viewer: Viewer, access: Access
) -> IdentityRegistered:
    """Decide whether an identity may be registered.

    Raises:
        ForbiddenError: the viewer may not register for this nation.
        ConflictError: the identity is registered already.
        RuleViolationError: the nation has as many identities as it may have.
    """
    keeps = viewer.nation == access.alliance.code and bool(viewer.roles & KEEPERS)
    if not keeps:
        _check_own(wanted.nation, viewer, access)
    if known.owner == wanted.nation:
        raise ConflictError(f"this identity is registered to {known.owner} already")
    if known.owner is not None and not keeps:
        raise ConflictError(
            f"this identity is registered to {known.owner}; only the secretariat or an "
            f"operator of {access.alliance.code} moves it"
        )
    if known.held >= IDENTITIES_MAX:
        raise RuleViolationError(
            f"{wanted.nation} has {IDENTITIES_MAX} identities, and may have no more; "
            "publish under one of them"
        )
    return IdentityRegistered(identity=wanted.identity, nation=wanted.nation)


def _check_own(nation: NationCode, viewer: Viewer, access: Access) -> None:
    if nation != viewer.nation:
        raise ForbiddenError(
            f"a nation registers identities for itself; ask {nation}, or the "
            f"secretariat of {access.alliance.code}"
        )
    if not viewer.roles & REGISTRARS:
        roles = ", ".join(sorted(REGISTRARS))
        raise ForbiddenError(f"to register an identity takes one of the roles {roles}")
    if not access.standing(viewer.nation):
        raise ForbiddenError(f"{viewer.nation} has no standing; it registers nothing")


async def register(
    desk: "Desk", viewer: Viewer, act: Act, identity: str, nation: str
) -> Position:
    """Register an identity to a nation, or move it there.

    Args:
        desk: where.
        viewer: who registers.
        act: the same, and when the request arrived.
        identity: a STIX id.
        nation: see `read_registration`.

    Raises:
        InvalidInputError: there is no such nation, or it is no identity's id.
        ForbiddenError: the viewer may not register for this nation.
        ConflictError: it is registered already, or somebody was faster.
        RuleViolationError: the nation has as many identities as it may have.
    """
    with desk.reading.snapshot() as seen:
        access = seen.access
        wanted = read_registration(identity, nation, access.alliance)
        last = seen.db.execute(_LAST, {"identity": wanted.identity}).fetchone()
        held = seen.db.execute(_COUNT, {"nation": wanted.nation}).get
    owner, after = last or (None, START)
    event = decide(wanted, Known(owner=owner, held=held), viewer, access)
    return await desk.log.append(
        Append(
            event_id=new_event_id(to_ms(act.at)),
            stream=events.identity_stream(event.identity),
            event=event,
            who=act.who,
            after=after,
        )
    )


class IdentityView:
    """How the register follows from the log."""

    folds = IdentityRegistered
    schema = _SCHEMA
    version = 1

    def load(self, db: apsw.Connection) -> None:
        """Nothing is kept in memory: another process may have folded."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event; the last registration of an identity counts."""
        if isinstance(event, IdentityRegistered):
            db.execute(
                _REGISTER,
                {
                    "identity": event.identity,
                    "nation": event.nation,
                    "position": recorded.position,
                },
            )

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Nothing waits for the end of a commit."""


def registered(db: apsw.Connection, ids: Iterable[str]) -> dict[str, NationCode]:
    """Tell to which nations some identities belong; who belongs to none is left out."""
    rows = db.execute(_REGISTERED, {"ids": msgspec.json.encode(list(ids)).decode()})
    return {str(identity): NationCode(str(nation)) for identity, nation in rows}


def all_registered(
    db: apsw.Connection, *, after: str = "", limit: int = PAGE_SIZE_MAX
) -> tuple[Registered, ...]:
    """List the register by identity.

    Args:
        db: a connection to `views.db`.
        after: the last identity of the page before.
        limit: identities on a page, at most `PAGE_SIZE_MAX`.
    """
    bindings = {"after": after, "limit": min(limit, PAGE_SIZE_MAX)}
    return tuple(
        Registered(identity=identity, nation=nation)
        for identity, nation in db.execute(_LIST, bindings)
    )
