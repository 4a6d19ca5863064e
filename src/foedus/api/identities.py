"""The register of identities: which nation publishes under which; open to all."""

from typing import Annotated, Final

import msgspec

from foedus.api.operations import Answer, Asked, Closed, Door, Operation, PageQuery
from foedus.intel.identities import (
    Registered,
    all_registered,
    read_registration,
    register,
)

IDENTITY_LENGTH_MAX = 100
"""Characters of what is taken for an identity's id; one has 46."""

WORDS_MAX = 100
"""Characters of a nation's name."""


class NewIdentity(Closed, frozen=True, kw_only=True):
    """The identity that is to be registered.

    Attributes:
        identity: its STIX id.
        nation: a nation by code, name or alias, or the alliance's body by its code.
    """

    identity: Annotated[str, msgspec.Meta(max_length=IDENTITY_LENGTH_MAX)]
    nation: Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_MAX)]


async def list_identities(asked: Asked) -> Answer:
    """List the registered identities and their nations, by id."""
    page = asked.asks(PageQuery)
    with asked.hub.reading.snapshot() as seen:
        found = all_registered(seen.db, after=page.after, limit=page.limit)
        last = found[-1].identity if len(found) == page.limit else ""
        more = bool(last and all_registered(seen.db, after=last, limit=1))
    return Answer(value=found, after=last if more else "")


async def add_identity(asked: Asked) -> Answer:
    """Register an identity.

    Raises:
        InvalidInputError: there is no such nation, or it is no identity's id.
        ForbiddenError: the one who asks may not register for this nation.
        ConflictError: it is registered already.
        RuleViolationError: the nation has as many as it may have.
    """
    hub = asked.hub
    sent = asked.sends(NewIdentity)
    wanted = read_registration(sent.identity, sent.nation, hub.alliance)
    position = await register(
        hub.desk,
        asked.viewer,
        asked.act,
        wanted.identity,
        wanted.nation,
    )
    await hub.seen([position])
    return Answer(value=wanted, location=asked.path)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/identities",
        name="listIdentities",
        summary="The registered identities and their nations, by id.",
        handler=list_identities,
        gives=list[Registered],
        query=PageQuery,
    ),
    Operation(
        method="POST",
        path="/api/v1/identities",
        name="registerIdentity",
        summary="Register an identity: only its nation publishes under it.",
        handler=add_identity,
        gives=Registered,
        status=201,
        body=NewIdentity,
        door=Door.WRITE,
        errors=(403, 409, 422),
    ),
)
