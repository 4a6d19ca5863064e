"""What can happen to an account.

- No name and no credential is ever in an event: the log is for ever, people are not.
- A service keeps its clearance for life; another clearance is another account.
"""

from foedus.eventlog.envelope import Event
from foedus.identity.accounts import Holder
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role


class AccountOpened(Event, frozen=True, kw_only=True, tag="identity.account-opened"):
    """A person or service of a nation, or of the alliance's body, may sign in.

    Attributes:
        account: the opaque id.
        nation: the nation, or the alliance's own body by its code.
        roles: what it may do, sorted.
        clearance: index into the alliance's levels, ascending.
        holder: a person or a service.
    """

    account: AccountId
    nation: NationCode
    roles: tuple[Role, ...]
    clearance: int
    holder: Holder


class AccountClosed(Event, frozen=True, kw_only=True, tag="identity.account-closed"):
    """The account may not sign in again, ever."""

    account: AccountId


IdentityEvent = AccountOpened | AccountClosed
"""Everything that can happen here."""


def stream(account_id: AccountId) -> str:
    """Name the stream that holds one account's history."""
    return f"identity/{account_id}"
