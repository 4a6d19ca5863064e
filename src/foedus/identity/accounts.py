"""Accounts as the rest of the hub meets them."""

from enum import StrEnum

import msgspec

from foedus.identity.proofs import GUARDED, TWO_FACTORS, Proof
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role, Viewer


class Holder(StrEnum):
    """Who uses an account."""

    PERSON = "person"
    SERVICE = "service"


class AccountFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the log tells of an account.

    Attributes:
        nation: the nation, or the alliance's own body by its code.
        roles: what the account may do.
        clearance: index into the alliance's levels, ascending.
        holder: a person, or a service, which keeps its clearance for life.
        open: whether it may still sign in.
    """

    nation: NationCode
    roles: frozenset[Role]
    clearance: int
    holder: Holder
    open: bool


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account that has proved itself, for the length of one request.

    Attributes:
        id: the opaque id, as in the log.
        name: the login name; shown to the account's own nation and to operators.
        nation: the nation, or the alliance's own body by its code.
        roles: what it may do here: fewer than the account's where a token says so.
        clearance: index into the alliance's levels, ascending.
        holder: a person or a service.
        open: whether it may still sign in.
        limited: whether it came with a token that may do less or that ends.
        proof: what it showed here.
        withheld: roles that it has, and that a second factor would open.
    """

    id: AccountId
    name: str
    nation: NationCode
    roles: frozenset[Role]
    clearance: int
    holder: Holder
    open: bool
    limited: bool = False
    proof: Proof = Proof.PASSWORD
    withheld: frozenset[Role] = frozenset()

    def viewer(self) -> Viewer:
        """Look at the hub as this account."""
        return Viewer(
            nation=self.nation,
            clearance=self.clearance,
            roles=self.roles,
            account=self.id,
        )


def account_of(account_id: AccountId, name: str, facts: AccountFacts) -> Account:
    """Join what the log tells with the login name that `state.db` holds."""
    return Account(
        id=account_id,
        name=name,
        nation=facts.nation,
        roles=facts.roles,
        clearance=facts.clearance,
        holder=facts.holder,
        open=facts.open,
    )


def takes_two_factors(account: Account | AccountFacts) -> bool:
    """Tell whether an account has roles that a second factor would open."""
    return account.holder is Holder.PERSON and bool(account.roles & GUARDED)


def proven(account: Account) -> Account:
    """Leave an account the roles that what it showed suffices for.

    Args:
        account: with all roles that it has, and with its proof.
    """
    if account.proof in TWO_FACTORS or not takes_two_factors(account):
        return account
    withheld = account.roles & GUARDED
    return msgspec.structs.replace(
        account, roles=account.roles - withheld, withheld=withheld
    )
