"""The kinds of identifier, as distinct types, and how new ones are minted."""

import os
import uuid
from typing import NewType

NationCode = NewType("NationCode", str)
"""ISO 3166-1 alpha-3, or a user-assigned code of the alliance pack (`XKX`).

The alliance's own body (its staff) has the pack's code in upper case (`NATO`).
"""

CommunityCode = NewType("CommunityCode", str)
"""A community of the alliance pack, in upper case (`MEMBERS`, `PFP`)."""

AccountId = NewType("AccountId", str)
"""An opaque account id, `account--` and a UUID; never a person's name."""

CollectionId = NewType("CollectionId", str)
"""A UUID in lower case with hyphens."""

StixId = NewType("StixId", str)
"""A STIX identifier, `type--UUID`."""

Position = NewType("Position", int)
"""An event's place in the log, from 1; 0 is before the first. Never leaves the hub."""

START = Position(0)
"""Before the first event: "this stream must be empty"."""


def new_event_id(at_ms: int) -> uuid.UUID:
    """Mint the id of one event, a UUIDv7.

    Args:
        at_ms: the instant of the command, in whole milliseconds since 1970.

    Source: RFC 9562, section 5.7.
    """
    random = int.from_bytes(os.urandom(10), "big")
    value = (at_ms & 0xFFFF_FFFF_FFFF) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def new_account_id() -> AccountId:
    """Mint an opaque account id."""
    return AccountId(f"account--{uuid.uuid4()}")


def new_collection_id() -> CollectionId:
    """Mint a collection id (TAXII 2.1, section 5.2.1: a UUIDv4)."""
    return CollectionId(str(uuid.uuid4()))
