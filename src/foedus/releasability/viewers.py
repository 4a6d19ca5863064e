"""Viewers: the nation, clearance and roles as which something is read."""

from enum import StrEnum

import msgspec

from foedus.ids import AccountId, NationCode


class Role(StrEnum):
    """What an account may do; an account has one or more."""

    READER = "reader"
    PUBLISHER = "publisher"
    DUTY_OFFICER = "duty-officer"
    DELEGATE = "delegate"
    PLANNER = "planner"
    SECRETARIAT = "secretariat"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who looks, now.

    Attributes:
        nation: the nation, or the alliance's own body by its code.
        clearance: index into the alliance's levels, ascending.
        roles: what the viewer may do.
        account: the opaque account; never shown to another nation.
    """

    nation: NationCode
    clearance: int
    roles: frozenset[Role]
    account: AccountId
