"""Who one is, and one's own tokens.

A credential cannot make a stronger one: a token that is limited to some roles, or
that ends, neither makes tokens nor revokes any; and a token proves what the credential
did that it was made with.
"""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from foedus.api.operations import Answer, Asked, Door, Keep, Operation, Part
from foedus.clock import from_ms
from foedus.errors import ForbiddenError
from foedus.identity.accounts import Account, Holder
from foedus.identity.commands import issue_token
from foedus.identity.tokens import LABEL_CHARACTERS_MAX, StoredToken, TokenTerms
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

_ENDING = 4
"""Last characters of a token by which it is known again."""


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks.

    Attributes:
        id: the opaque id, as in the log.
        nation: the nation, or the alliance's own body by its code.
        roles: what the credential may do: fewer than the account where a token says so.
        clearance: the highest level that the account sees.
        standing: whether the nation may see anything today.
    """

    id: AccountId
    name: str
    nation: NationCode
    roles: tuple[Role, ...]
    clearance: str
    holder: Holder
    standing: bool


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a token: never the token.

    Attributes:
        ending: its last four characters.
        scopes: the roles that it may use; null is all that the account has.
        expires: when it ends; null is never.
    """

    id: str
    label: str
    ending: str
    scopes: tuple[Role, ...] | None
    made: datetime
    expires: datetime | None


class NewToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The token that is asked for.

    Attributes:
        label: what its owner calls it; one line.
        scopes: the roles that it may use; null is all that the account has.
        expires: when it ends; null is never.
    """

    label: Annotated[
        str, msgspec.Meta(min_length=1, max_length=LABEL_CHARACTERS_MAX)
    ] = "token"
    scopes: Annotated[list[Role], msgspec.Meta(min_length=1)] | None = None
    expires: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class IssuedToken(Token, frozen=True, kw_only=True):
    """A token that has been made.

    Attributes:
        token: the token itself; it is not shown again.
    """

    token: str


async def show(asked: Asked) -> Answer:
    """Tell who asks."""
    account = asked.account
    access = asked.hub.access
    return Answer(
        value=Me(
            id=account.id,
            name=account.name,
            nation=account.nation,
            roles=tuple(sorted(account.roles)),
            clearance=access.alliance.levels[account.clearance].name,
            holder=account.holder,
            standing=access.standing(account.nation),
        )
    )


async def list_tokens(asked: Asked) -> Answer:
    """List one's own tokens, oldest first."""
    listed = asked.hub.keyring.tokens.list_of(asked.account.id)
    return Answer(value=[_token(each) for each in listed])


async def make_token(asked: Asked) -> Answer:
    """Make a token for oneself.

    Raises:
        ForbiddenError: the credential is a limited token, or the nation has no
            standing.
        InvalidInputError: the terms cannot be kept, or there are too many tokens.
        RuleViolationError: a scope is not among the account's roles.
    """
    _require_unlimited(asked)
    hub, account = asked.hub, asked.account
    if not hub.access.standing(account.nation):
        raise ForbiddenError(
            f"{account.nation} has no standing in the alliance now; its accounts make "
            "no tokens"
        )
    wanted = asked.sends(NewToken)
    terms = TokenTerms(
        label=wanted.label,
        scopes=_scopes(account, wanted.scopes),
        expires=wanted.expires,
        proof=account.proof,
    )
    token = issue_token(hub.registry, account.id, terms, at=asked.at).reveal()
    made = [
        each
        for each in hub.keyring.tokens.list_of(account.id)
        if each.ending == token[-_ENDING:]
    ]
    shown = msgspec.structs.asdict(_token(made[-1]))
    return Answer(
        value=IssuedToken(**shown, token=token),
        location=f"{asked.path}/{made[-1].token_id}",
    )


async def revoke_token(asked: Asked) -> Answer:
    """End one of one's own tokens at once.

    Raises:
        ForbiddenError: the credential is a limited token.
        NotFoundError: the account has no such token.
    """
    _require_unlimited(asked)
    asked.hub.keyring.tokens.revoke(asked.account.id, asked.parts["id"])
    return Answer()


def _scopes(account: Account, wanted: list[Role] | None) -> frozenset[Role] | None:
    """Tell which roles a token is to use.

    Raises:
        ForbiddenError: one of them takes a second factor that was not shown.
    """
    if not account.withheld:
        return None if wanted is None else frozenset(wanted)
    scopes = account.roles if wanted is None else frozenset(wanted)
    if scopes & account.withheld:
        beyond = ", ".join(sorted(scopes & account.withheld))
        raise ForbiddenError(
            f"the role {beyond} takes a second factor, which a password alone does not "
            "show; ask your operator for the token of a service"
        )
    return scopes


def _require_unlimited(asked: Asked) -> None:
    if asked.account.limited:
        raise ForbiddenError(
            "a token that is limited or ends makes and revokes no tokens; send the "
            "password or an unlimited token"
        )


def _token(stored: StoredToken) -> Token:
    scopes = None
    if stored.scopes is not None:
        scopes = msgspec.json.decode(stored.scopes, type=tuple[Role, ...])
    ends = stored.expires_ms
    return Token(
        id=stored.token_id,
        label=stored.label,
        ending=stored.ending,
        scopes=scopes,
        made=from_ms(stored.made_ms),
        expires=None if ends is None else from_ms(ends),
    )


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/me",
        name="showMe",
        summary="Who asks, and what the credential may do.",
        handler=show,
        gives=Me,
    ),
    Operation(
        method="GET",
        path="/api/v1/me/tokens",
        name="listMyTokens",
        summary="One's own tokens, oldest first; at most 100.",
        handler=list_tokens,
        gives=list[Token],
    ),
    Operation(
        method="POST",
        path="/api/v1/me/tokens",
        name="makeMyToken",
        summary="Make a token; it is shown once.",
        handler=make_token,
        gives=IssuedToken,
        status=201,
        body=NewToken,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 422),
    ),
    Operation(
        method="DELETE",
        path="/api/v1/me/tokens/{id}",
        name="revokeMyToken",
        summary="End a token at once.",
        handler=revoke_token,
        gives=None,
        status=204,
        parts={"id": Part(description="The token's id.", pattern="^[0-9a-f]{16}$")},
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404),
    ),
)
