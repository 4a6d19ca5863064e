"""Accounts: everybody's own; to the alliance's operators all, to open and close."""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from foedus.alliance.nations import Alliance
from foedus.api.operations import (
    Answer,
    Asked,
    Door,
    Keep,
    Operation,
    PageQuery,
    Part,
)
from foedus.clock import from_ms
from foedus.errors import ForbiddenError, InvalidInputError, NotFoundError
from foedus.identity import views
from foedus.identity.accounts import Holder
from foedus.identity.commands import (
    close_account,
    give_enrolment_code,
    open_account,
)
from foedus.identity.rules import Opening
from foedus.identity.secret import PASSWORD_CHARACTERS_MIN, Secret
from foedus.identity.tokens import TokenTerms
from foedus.identity.views import AccountRow
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

NAME = "^[a-z0-9._-]{1,64}$"
"""How a login name is written."""

ID = "^account--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of an account is written."""

WORDS_MAX = 100
"""Characters of a nation's or a level's name."""

_FIRST_TOKEN = "first"  # noqa: S105 - the label of a token


class AccountLine(msgspec.Struct, frozen=True, kw_only=True):
    """An account.

    Attributes:
        id: the opaque id, as in the log.
        name: the login name; null where it was lost before the account came to be.
        clearance: the highest level that it sees.
        opened: when, to the millisecond.
        closed: when; null while it is open.
    """

    id: AccountId
    name: str | None
    nation: NationCode
    roles: tuple[Role, ...]
    clearance: str
    holder: Holder
    opened: datetime
    closed: datetime | None


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The account that is to be opened.

    Attributes:
        nation: a nation by code, name or alias, or the alliance's body by its code.
        roles: what it may do.
        clearance: a level; null is the highest unclassified one, or the nation's
            ceiling where that is lower.
        holder: a person or a service; a person unless a token is asked for.
        password: a chosen password; null to have one made up.
        token: whether to make a token instead of a password.
    """

    name: Annotated[str, msgspec.Meta(pattern=NAME)]
    nation: Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_MAX)]
    roles: Annotated[list[Role], msgspec.Meta(min_length=1, max_length=len(Role))]
    clearance: Annotated[str, msgspec.Meta(max_length=WORDS_MAX)] | None = None
    holder: Holder | None = None
    password: (
        Annotated[str, msgspec.Meta(min_length=PASSWORD_CHARACTERS_MIN)] | None
    ) = None
    token: bool = False


class OpenedAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that has been opened, and its credential, which is shown once.

    Attributes:
        clearance: the highest level that it sees.
        password: the password that was made up, if one was.
        token: the token, if one was asked for.
        enrolment_code: with which its holder adds the first second factor, if the hub
            requires one of it; to be given by another way than the password.
    """

    id: AccountId
    name: str
    nation: NationCode
    roles: tuple[Role, ...]
    clearance: str
    password: str | None
    token: str | None
    enrolment_code: str | None


async def list_accounts(asked: Asked) -> Answer:
    """List the accounts that one may know of, by id."""
    page = asked.asks(PageQuery)
    hub = asked.hub
    with hub.reading.snapshot() as seen:
        alliance = seen.access.alliance
        rows = views.accounts(
            seen.db,
            asked.viewer,
            body=NationCode(alliance.code),
            after=AccountId(page.after),
            limit=page.limit,
        )
    # A full page may be the last one; the page after it is then empty.
    is_full = len(rows) == page.limit
    return Answer(
        value=_lines(asked, rows, alliance),
        after=rows[-1].account_id if is_full else "",
    )


async def show_account(asked: Asked) -> Answer:
    """Show one account.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    with asked.hub.reading.snapshot() as seen:
        alliance = seen.access.alliance
        found = views.account(
            seen.db,
            asked.viewer,
            AccountId(asked.parts["id"]),
            body=NationCode(alliance.code),
        )
    if found is None:
        raise NotFoundError("no such account; list those that you may know of")
    return Answer(value=_lines(asked, [found], alliance)[0])


async def add_account(asked: Asked) -> Answer:
    """Open an account.

    Raises:
        ForbiddenError: the one who asks is no operator.
        InvalidInputError: the name, the password or a level cannot be used.
        RuleViolationError: the nation, a role or the clearance is refused.
        ConflictError: the name is taken.
    """
    hub = asked.hub
    alliance = hub.alliance
    _require_operator(asked, alliance)
    wanted = asked.sends(NewAccount)
    opened = await open_account(
        hub.registry,
        _opening(wanted, alliance),
        _first(wanted),
        alliance=alliance,
        act=asked.act,
    )
    await hub.seen([opened.position])
    code = None
    if hub.settings.sign_in.requires_two_factors:
        code = give_enrolment_code(hub.registry, opened.account, at=asked.at)
    return Answer(
        value=OpenedAccount(
            id=opened.account,
            name=opened.name,
            nation=opened.nation,
            roles=opened.roles,
            clearance=alliance.levels[opened.clearance].name,
            password=opened.password.reveal() if opened.password else None,
            token=opened.token.reveal() if opened.token else None,
            enrolment_code=code.reveal() if code else None,
        ),
        location=f"{asked.path}/{opened.account}",
    )


async def remove_account(asked: Asked) -> Answer:
    """Close an account for ever.

    Raises:
        ForbiddenError: the one who asks is no operator.
        NotFoundError: there is no such account.
    """
    hub = asked.hub
    _require_operator(asked, hub.alliance)
    account_id = AccountId(asked.parts["id"])
    position = await close_account(hub.registry, account_id, act=asked.act)
    await hub.seen([position])
    return Answer()


def _require_operator(asked: Asked, alliance: Alliance) -> None:
    account = asked.account
    if account.nation != alliance.code or Role.OPERATOR not in account.roles:
        raise ForbiddenError("only the alliance's operators open and close accounts")


def _opening(wanted: NewAccount, alliance: Alliance) -> Opening:
    level = None
    if wanted.clearance is not None:
        level = alliance.level(wanted.clearance)
        if level is None:
            known = ", ".join(each.name for each in alliance.levels)
            raise InvalidInputError(f"the clearance is no level; use one of {known}")
    usual = Holder.SERVICE if wanted.token else Holder.PERSON
    return Opening(
        name=wanted.name,
        nation=wanted.nation,
        roles=frozenset(wanted.roles),
        clearance=level,
        holder=wanted.holder or usual,
    )


def _first(wanted: NewAccount) -> Secret | TokenTerms | None:
    """Give a chosen password, the terms of a token, or None for a made-up password."""
    if wanted.token and wanted.password is not None:
        raise InvalidInputError("ask for a password or a token, not for both")
    if wanted.token:
        return TokenTerms(label=_FIRST_TOKEN)
    return None if wanted.password is None else Secret(wanted.password)


def _lines(
    asked: Asked, rows: list[AccountRow], alliance: Alliance
) -> list[AccountLine]:
    names = asked.hub.keyring.names.of_all([each.account_id for each in rows])
    return [
        AccountLine(
            id=each.account_id,
            name=names.get(each.account_id),
            nation=each.nation,
            roles=msgspec.json.decode(each.roles, type=tuple[Role, ...]),
            clearance=alliance.levels[each.clearance].name,
            holder=each.holder,
            opened=from_ms(each.opened_ms),
            closed=None if each.closed_ms is None else from_ms(each.closed_ms),
        )
        for each in rows
    ]


_PART: Final = {"id": Part(description="The account's opaque id.", pattern=ID)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/accounts",
        name="listAccounts",
        summary="The accounts that one may know of, by id.",
        handler=list_accounts,
        gives=list[AccountLine],
        query=PageQuery,
    ),
    Operation(
        method="POST",
        path="/api/v1/accounts",
        name="openAccount",
        summary="Open an account; for the alliance's operators.",
        handler=add_account,
        gives=OpenedAccount,
        status=201,
        body=NewAccount,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 409, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/accounts/{id}",
        name="showAccount",
        summary="One account.",
        handler=show_account,
        gives=AccountLine,
        parts=_PART,
        errors=(404,),
    ),
    Operation(
        method="DELETE",
        path="/api/v1/accounts/{id}",
        name="closeAccount",
        summary="Close an account for ever; for the alliance's operators.",
        handler=remove_account,
        gives=None,
        status=204,
        parts=_PART,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409),
    ),
)
