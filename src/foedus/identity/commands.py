"""Opening and closing accounts, and giving them other credentials.

Two files are written, so the order matters. *Opening*: (1) the name is reserved in
`state.db` together with its first credential; (2) the account is appended to the log.
A credential is good only for an account that the log knows, so a crash between the
two leaves nothing that opens anything, and the name may be taken again after
`RESERVATION_MS`. Whoever is so slow that the name has been taken meanwhile closes
the account that nobody could sign in to. *Closing*: (1) the log, from which moment
nobody signs in where it is folded; (2) the credentials are erased, which ends
sessions and tokens in every process. After a crash between, closing again does (2).
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from foedus.alliance.nations import Alliance
from foedus.clock import to_ms
from foedus.errors import ConflictError, NotFoundError
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Append, Recorded
from foedus.eventlog.log import EventLog
from foedus.identity import events, rules
from foedus.identity.accounts import AccountFacts, takes_two_factors
from foedus.identity.events import AccountClosed, IdentityEvent
from foedus.identity.keyring import Keyring
from foedus.identity.names import RESERVATION_MS
from foedus.identity.passwords import hash_password
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret, check_password, generate_password
from foedus.identity.tokens import TokenTerms
from foedus.ids import (
    START,
    AccountId,
    NationCode,
    Position,
    new_account_id,
    new_event_id,
)
from foedus.releasability.viewers import Role


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An account that has been opened, and the credential to show once.

    Attributes:
        account: the opaque id.
        name: the login name.
        nation: the nation, or the alliance's own body by its code.
        roles: what it may do.
        clearance: index into the alliance's levels.
        position: where it stands in the log; wait for the views to reach it.
        password: the password that was made up; None if one was given, or a token.
        token: the token; None unless one was asked for.
    """

    account: AccountId
    name: str
    nation: NationCode
    roles: tuple[Role, ...]
    clearance: int
    position: Position
    password: Secret | None
    token: Secret | None


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """Where accounts are registered: the log, and what `state.db` keeps of them."""

    log: EventLog
    keyring: Keyring


async def open_account(
    registry: Registry,
    opening: Opening,
    first: Secret | TokenTerms | None,
    *,
    alliance: Alliance,
    act: Act,
) -> Opened:
    """Open an account with its first credential.

    Args:
        registry: where to.
        opening: what is asked for.
        first: a chosen password, the terms of a token, or None for a password that
            is made up.
        alliance: the alliance as it stands.
        act: who opens it, and when.

    Raises:
        InvalidInputError: the name, the password or the terms cannot be used.
        RuleViolationError: the nation, a role or the clearance is refused.
        ConflictError: the name is taken.
    """
    event = rules.open_account(opening, new_account_id(), alliance)
    if isinstance(first, Secret):
        check_password(first)
    elif isinstance(first, TokenTerms):
        rules.check_scopes(first.scopes, frozenset(event.roles))
    made = generate_password()
    token = registry.keyring.admit(
        opening.name,
        event.account,
        await _kept(first or made),
        at=act.at,
        instead_of=_gone(registry, opening.name, act.at),
    )
    position = await _append(registry, event, act, after=START)
    await _close_if_nameless(registry, event.account, act, opened=position)
    return Opened(
        account=event.account,
        name=opening.name,
        nation=event.nation,
        roles=event.roles,
        clearance=event.clearance,
        position=position,
        password=made if first is None else None,
        token=token,
    )


async def close_account(
    registry: Registry, account_id: AccountId, *, act: Act
) -> Position:
    """Close an account for ever; its sessions and tokens end at once.

    Closing it again only makes sure that no credential is left.

    Raises:
        NotFoundError: there is no such account.
        ConflictError: somebody else is closing it just now.
    """
    history = registry.log.read(events.stream(account_id))
    facts = rules.fold(_decoded(history))
    if facts is not None and not facts.open:
        position = history[-1].position
    else:
        event = rules.close_account(facts, account_id)
        position = await _append(registry, event, act, after=history[-1].position)
    registry.keyring.erase(account_id)
    return position


async def change_password(
    registry: Registry, account_id: AccountId, password: Secret
) -> None:
    """Give an account another password; sessions begun with the old one end.

    Raises:
        InvalidInputError: the password is too short or too long.
        NotFoundError: there is no such account, or it is closed.
    """
    check_password(password)
    _require_open(registry, account_id)
    password_hash = await asyncio.to_thread(hash_password, password)
    registry.keyring.change_password(account_id, password_hash)


def issue_token(
    registry: Registry, account_id: AccountId, terms: TokenTerms, *, at: datetime
) -> Secret:
    """Make a token for an account, to be shown once.

    Raises:
        InvalidInputError: the terms cannot be kept, or there are too many tokens.
        NotFoundError: there is no such account, or it is closed.
        RuleViolationError: a scope is not among the account's roles.
    """
    facts = _require_open(registry, account_id)
    rules.check_scopes(terms.scopes, facts.roles)
    return registry.keyring.tokens.issue(account_id, terms, at)


def give_enrolment_code(
    registry: Registry, account_id: AccountId, *, at: datetime
) -> Secret | None:
    """Make the code with which a person adds the first second factor.

    Returns:
        The code, to be shown once; None if the account has no role that takes two.

    Raises:
        NotFoundError: there is no such account, or it is closed.
    """
    if not takes_two_factors(_require_open(registry, account_id)):
        return None
    return registry.keyring.enrolments.give(account_id, at)


_CODEC = Codec(IdentityEvent)


def _decoded(history: Sequence[Recorded]) -> list[IdentityEvent]:
    decoded = (_CODEC.decode(recorded) for recorded in history)
    return [event for event in decoded if isinstance(event, IdentityEvent)]


def _require_open(registry: Registry, account_id: AccountId) -> AccountFacts:
    facts = rules.fold(_decoded(registry.log.read(events.stream(account_id))))
    if facts is None or not facts.open:
        raise NotFoundError("no such account; list those that you may know of")
    return facts


async def _kept(first: Secret | TokenTerms) -> str | TokenTerms:
    """Give what is kept of a first credential: terms, or the hash of a password."""
    if isinstance(first, TokenTerms):
        return first
    return await asyncio.to_thread(hash_password, first)


def _gone(registry: Registry, name: str, at: datetime) -> AccountId | None:
    """Find whose name may be taken over: an account that never came to be."""
    reservation = registry.keyring.names.find(name)
    if reservation is None:
        return None
    if registry.log.read(events.stream(reservation.account_id)):
        raise ConflictError(f"the name {name} is taken; choose another")
    if reservation.pending(to_ms(at)):
        raise ConflictError(
            f"the name {name} is just being taken; choose another, or come back in "
            f"{RESERVATION_MS // 1000} seconds"
        )
    return reservation.account_id


async def _append(
    registry: Registry, event: IdentityEvent, act: Act, *, after: Position
) -> Position:
    request = Append(
        event_id=new_event_id(to_ms(act.at)),
        stream=events.stream(event.account),
        event=event,
        who=act.who,
        after=after,
    )
    return await registry.log.append(request)


async def _close_if_nameless(
    registry: Registry, account_id: AccountId, act: Act, *, opened: Position
) -> None:
    if registry.keyring.names.of(account_id) is not None:
        return
    event = AccountClosed(account=account_id)
    await _append(registry, event, act, after=opened)
    raise ConflictError("the name was taken by somebody faster; choose another")
