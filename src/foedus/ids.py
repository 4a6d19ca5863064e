"""The kinds of identifier, as distinct types, and how new ones are minted."""

import hashlib
import os
import uuid
from collections.abc import Iterator
from typing import NewType

import msgspec

NationCode = NewType("NationCode", str)
"""ISO 3166-1 alpha-3, or a user-assigned code of the alliance pack (`XKX`).

The alliance's own body (its staff) has the pack's code in upper case (`NATO`).
"""

CommunityCode = NewType("CommunityCode", str)
"""A community of the alliance pack, in upper case (`MEMBERS`, `PFP`)."""

AccountId = NewType("AccountId", str)
"""An opaque account id, `account--` and a UUID; never a person's name."""

WHOEVER_RUNS_THE_HUB = AccountId("account--00000000-0000-4000-8000-000000000000")
"""Stands in the log for whoever may write to the data folder itself."""

CollectionId = NewType("CollectionId", str)
"""A UUID in lower case with hyphens."""

ReleaseId = NewType("ReleaseId", str)
"""A release, `release--` and a UUID."""

RecallId = NewType("RecallId", str)
"""A recall, `recall--` and a UUID."""

DecisionId = NewType("DecisionId", str)
"""A decision, `decision--` and a UUID."""

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
    return next(event_ids(at_ms, reserve=1))


def event_ids(at_ms: int, *, reserve: int = 64) -> Iterator[uuid.UUID]:
    """Mint the ids of many events of one command, without end.

    Args:
        at_ms: the instant of the command, in whole milliseconds since 1970.
        reserve: for how many ids randomness is drawn at once.
    """
    fixed = (at_ms & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | 0x2 << 62
    while True:
        drawn = os.urandom(10 * reserve)
        for start in range(0, 10 * reserve, 10):
            random = int.from_bytes(drawn[start : start + 10], "big") & _RANDOM
            # Three times as fast as `uuid.UUID`, which checks its arguments.
            yield msgspec.convert((fixed | random).to_bytes(16, "big"), uuid.UUID)


_RANDOM = ~(0xF << 76 | 0x3 << 62)
"""The bits of a UUIDv7's last ten bytes that are neither version nor variant."""


def new_account_id() -> AccountId:
    """Mint an opaque account id."""
    return AccountId(f"account--{uuid.uuid4()}")


def new_recall_id() -> RecallId:
    """Mint a recall's id; drawn by lot, so that it tells nothing."""
    return RecallId(f"recall--{uuid.uuid4()}")


def new_collection_id() -> CollectionId:
    """Mint a collection id (TAXII 2.1, section 5.2.1: a UUIDv4)."""
    return CollectionId(str(uuid.uuid4()))


def new_decision_id() -> DecisionId:
    """Mint the id of a decision."""
    return DecisionId(f"decision--{uuid.uuid4()}")


def new_report_id() -> str:
    """Mint the id of a report on an obligation; drawn by lot, so it tells nothing."""
    return f"report--{uuid.uuid4()}"


def new_engagement_id() -> str:
    """Mint the id of an engagement; drawn by lot, so it tells nothing."""
    return f"engagement--{uuid.uuid4()}"


def new_record_id(kind: str) -> str:
    """Mint the id of a record of readiness; drawn by lot, so it tells nothing."""
    return f"{kind}--{uuid.uuid4()}"


def new_update_id() -> str:
    """Mint the id of a policy update; drawn by lot, so it tells nothing."""
    return f"update--{uuid.uuid4()}"


def derived_event_id(at_ms: int, *words: object) -> uuid.UUID:
    """Give the id of an event that follows from others: the same words, the same id.

    Args:
        at_ms: the instant that it follows from, in whole milliseconds since 1970.
        words: what it is about; no text among them holds a line feed.

    Source: RFC 9562, section 5.7; the random bits are those of a digest.
    """
    fixed = (at_ms & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | 0x2 << 62
    digest = hashlib.sha256("\n".join(map(str, words)).encode()).digest()
    return uuid.UUID(int=fixed | int.from_bytes(digest[:10], "big") & _RANDOM)


def new_release_id() -> ReleaseId:
    """Mint the id of a release."""
    return ReleaseId(f"release--{uuid.uuid4()}")
