"""When an account may be opened and closed."""

import re
from collections.abc import Iterable

import msgspec

from foedus.alliance.nations import Alliance
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.identity.accounts import Account, AccountFacts, Holder
from foedus.identity.events import AccountClosed, AccountOpened, IdentityEvent
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

BODY_ROLES = frozenset({Role.OPERATOR, Role.SECRETARIAT})
"""Roles of the alliance's own staff; no nation runs or serves the whole hub."""

_NAME = re.compile(r"[a-z0-9._-]{1,64}")


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """The account that is asked for.

    Attributes:
        name: the login name.
        nation: a nation by code, name or alias, or the alliance's body by its code.
        roles: what it may do; at least one.
        clearance: index into the alliance's levels; None is the highest
            unclassified one, or the nation's ceiling where that is lower.
        holder: a person or a service.
    """

    name: str
    nation: str
    roles: frozenset[Role]
    clearance: int | None = None
    holder: Holder = Holder.PERSON


def open_account(
    opening: Opening, account_id: AccountId, alliance: Alliance
) -> AccountOpened:
    """Decide whether such an account may be opened.

    Args:
        opening: what is asked for.
        account_id: the new account's opaque id.
        alliance: the alliance as it stands.

    Raises:
        InvalidInputError: the name cannot be a login name, or no role is named.
        RuleViolationError: the nation is unknown, a role is not for a nation, or
            the clearance is above the nation's ceiling.
    """
    check_name(opening.name)
    if not opening.roles:
        raise InvalidInputError("an account has at least one role; name one")
    nation = _nation(opening.nation, alliance)
    if nation != alliance.code and opening.roles & BODY_ROLES:
        reserved = ", ".join(sorted(opening.roles & BODY_ROLES))
        raise RuleViolationError(
            f"the role {reserved} is for the alliance's own body; "
            f"open the account with nation {alliance.code}"
        )
    return AccountOpened(
        account=account_id,
        nation=nation,
        roles=tuple(sorted(opening.roles)),
        clearance=_clearance(opening.clearance, nation, alliance),
        holder=opening.holder,
    )


def close_account(facts: AccountFacts | None, account_id: AccountId) -> AccountClosed:
    """Decide whether an account may be closed.

    Raises:
        NotFoundError: there is no such account.
        RuleViolationError: it is closed already.
    """
    if facts is None:
        raise NotFoundError("no such account; list those that you may know of")
    if not facts.open:
        raise RuleViolationError("the account is closed already")
    return AccountClosed(account=account_id)


def check_scopes(scopes: frozenset[Role] | None, roles: frozenset[Role]) -> None:
    """Refuse a token that would promise more than its account may do.

    Raises:
        RuleViolationError: a scope is not among the account's roles.
        InvalidInputError: no scope is left, so the token could do nothing.
    """
    if scopes is None:
        return
    if not scopes:
        raise InvalidInputError("a token has at least one scope, or all by default")
    if not scopes <= roles:
        more = ", ".join(sorted(scopes - roles))
        raise RuleViolationError(f"the account has not the role {more}; leave that out")


def fold(events: Iterable[IdentityEvent]) -> AccountFacts | None:
    """Tell what an account's events make of it; None if nothing happened."""
    facts: AccountFacts | None = None
    for event in events:
        facts = step(facts, event)
    return facts


def step(facts: AccountFacts | None, event: IdentityEvent) -> AccountFacts | None:
    """Tell what one more event makes of an account."""
    if isinstance(event, AccountOpened):
        return AccountFacts(
            nation=event.nation,
            roles=frozenset(event.roles),
            clearance=event.clearance,
            holder=event.holder,
            open=True,
        )
    return facts and msgspec.structs.replace(facts, open=False)


def check_may_change_status(account: Account, alliance: Alliance) -> None:
    """Refuse a change of a nation's status by anybody but the alliance's own staff.

    Raises:
        ForbiddenError: the account is of a nation, or is neither of the secretariat
            nor an operator.
    """
    if account.nation != alliance.code or not account.roles & BODY_ROLES:
        raise ForbiddenError(
            "only the alliance's secretariat and operators change the status of a "
            "nation, or the frameworks it is in; ask them"
        )


def check_name(name: str) -> None:
    """Refuse what cannot be a login name.

    Raises:
        InvalidInputError: it has other characters, none, or more than 64.
    """
    if not is_name(name):
        raise InvalidInputError(
            "a name has 1 to 64 characters, each a small letter a to z, a digit, "
            "a dot, an underscore or a hyphen"
        )


def is_name(text: str) -> bool:
    """Whether a text can be a login name."""
    return _NAME.fullmatch(text) is not None


def parse_roles(text: str) -> frozenset[Role]:
    """Read a comma-separated list of roles.

    Raises:
        InvalidInputError: one of them is not a role.
    """
    try:
        return frozenset(Role(word) for word in text.split(","))
    except ValueError as error:
        known = ", ".join(Role)
        raise InvalidInputError(
            f"roles are a comma-separated list without blanks of: {known}"
        ) from error


def _nation(text: str, alliance: Alliance) -> NationCode:
    if text.upper() == alliance.code:
        return NationCode(alliance.code)
    nation = alliance.nation(text)
    if nation is None:
        raise RuleViolationError(
            f"the alliance knows no nation {text!r}; use a code of `nation list`, "
            f"or {alliance.code} for the alliance's own body"
        )
    return nation


def _clearance(asked: int | None, nation: NationCode, alliance: Alliance) -> int:
    top = alliance.ceiling(nation)
    if asked is None:
        return min(alliance.default_clearance, top)
    if not 0 <= asked < len(alliance.levels):
        raise InvalidInputError("no such level; use one of the alliance's levels")
    if asked > top:
        raise RuleViolationError(
            f"the clearance {alliance.levels[asked].name} is above the nation's "
            f"ceiling, {alliance.levels[top].name}"
        )
    return asked
