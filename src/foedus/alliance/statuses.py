"""The six statuses of a nation, of which it has one at a time."""

from enum import StrEnum


class Status(StrEnum):
    """How a nation stands to the alliance; listed in order of precedence.

    A pack records *words* (`pfp`, `map`, `invited`), several of which a nation may
    hold at once. Each word stands for one of these or for none of them; the nation's
    status is the first of these for which it holds a word.
    """

    SUSPENDED = "suspended"
    MEMBER = "member"
    INVITEE = "invitee"
    ASPIRANT = "aspirant"
    PARTNER = "partner"
    NONE = "none"

    @property
    def rank(self) -> int:
        """The place in the order of precedence; 0 comes first."""
        return _RANK[self]


_RANK = {status: rank for rank, status in enumerate(Status)}

PARTNERSHIP_STATUSES = frozenset({Status.INVITEE, Status.ASPIRANT, Status.PARTNER})
"""What only a nation outside the alliance can be; membership ends it."""
