"""Rule profiles: by which rules a text is decided, as data.

A profile is copied into the event that opens silence, so that a later change of the
shipped ones alters nothing that has begun.

Source: `response` reference, section 4.1.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

import msgspec

from foedus.errors import InvalidInputError

HOUR_MS: Final = 3_600_000
"""Milliseconds of an hour."""

Share = tuple[
    Annotated[int, msgspec.Meta(ge=0)],
    Annotated[int, msgspec.Meta(ge=1)],
]
"""A fraction: numerator, denominator."""


class Ceiling(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """How many may abstain constructively: below one of these shares, all of them.

    Attributes:
        states: share of the electorate at which nothing is adopted.
        population: share of the weights that must be reached as well; None where only
            States count.
    """

    states: Share
    population: Share | None = None


class Profile(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """The rules of one kind of body.

    Attributes:
        source: where its rules and numbers are from.
        period_min_hours: the shortest period of silence.
        opened_in_meeting: whether silence is opened in a meeting only.
        short_hours: below so many hours, adoption needs a quorum of read receipts.
        short_readers: that quorum, as a share of the electorate.
        abstention: the ceiling of constructive abstention; None where there is none.
        hold_hours: the last part of a period, in which no outage may fall.
        outage_min_s: the shortest outage that counts, in seconds.
        working_hours_min: fewer working hours of a capital inside the period are
            warned of.
        not_expiring_on: days, as MM-DD, on which silence does not end.
        text_issued: when the adopted text is issued.
    """

    id: str
    name: str
    source: str
    period_min_hours: int = 0
    opened_in_meeting: bool = False
    short_hours: int = 0
    short_readers: Share = (0, 1)
    abstention: Ceiling | None = None
    hold_hours: int = 2
    outage_min_s: int = 60
    working_hours_min: int = 0
    not_expiring_on: tuple[str, ...] = ()
    text_issued: Literal["at expiry", "next meeting"] = "at expiry"


@cache
def profiles() -> dict[str, Profile]:
    """Give the shipped profiles, by id."""
    document = files("foedus.decisions").joinpath("profiles.json").read_bytes()
    found = msgspec.json.decode(document, type=list[Profile])
    return {each.id: each for each in found}


def find_profile(name: str) -> Profile:
    """Find a profile by its id.

    Raises:
        InvalidInputError: there is none.
    """
    found = profiles().get(name)
    if found is None:
        known = ", ".join(profiles())
        raise InvalidInputError(f"no rule profile {name!r}; use one of {known}")
    return found
