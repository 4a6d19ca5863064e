"""What may happen in a history, as plain data, and how it is printed.

An act that makes a release has a key; later acts name the release by it, so that a
history may be shortened without being renumbered.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from tests.leaks import oracle_labels as labels


class Post(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    collection: str
    items: tuple[dict[str, Any], ...]


class Withdraw(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    collection: str
    id: str
    match: str


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody recalls an object from everybody who received it, under a key."""

    account: str
    id: str
    key: int = 0


class Acknowledge(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody confirms that its nation has removed what was recalled under a key."""

    account: str
    id: str
    key: int = 0


class Tear(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asks for the tear line of the last version of an object."""

    account: str
    collection: str
    id: str


class MakeRelease(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody releases what an audience can see.

    Attributes:
        since: how many days after the beginning the oldest information may have come.
        dry_run: only previewed.
    """

    key: int
    account: str
    to: tuple[str, ...]
    text: str
    since: int
    ongoing: bool
    controlled: bool
    asks: tuple[str, ...]
    dry_run: bool = False


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    release: int


class EndRelease(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody withdraws a release, or the consent to one."""

    account: str
    release: int


class Register(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    identity: str
    nation: str


class Redact(msgspec.Struct, frozen=True, kw_only=True):
    """The operator erases what a nation stored of an object."""

    nation: str
    collection: str
    id: str
    version: str


class OpenAccount(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A nation's status changes, so many days from now; a past day acts at once."""

    nation: str
    status: str
    days: int = 0


class Midnight(msgspec.Struct, frozen=True, kw_only=True):
    """A day begins."""


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """A client goes on where it left off.

    Attributes:
        by: how it goes on: by `next` as long as it has one, or always by date.
        pages: after how many pages it leaves off; null for as many as there are.
    """

    account: str
    collection: str
    surface: str
    match: str
    by: str
    limit: int
    pages: int | None

    @property
    def client(self) -> tuple[str, ...]:
        """What tells clients apart."""
        return (self.account, self.collection, self.surface, self.match, self.by)


Act = (
    Post
    | Withdraw
    | Recall
    | Acknowledge
    | Tear
    | MakeRelease
    | Consent
    | EndRelease
    | Register
    | Redact
    | OpenAccount
    | Change
    | Midnight
    | Poll
)

OF_EVERYBODY = Change | Midnight | OpenAccount | Register
"""What may be known to all; it stays in every world."""


def actor(act: Act) -> str:
    """Name the account that acts; "" where it is the hub or its operator."""
    return getattr(act, "account", "")


def describe(acts: Sequence[Act | None], texts: Sequence[str] = ()) -> str:
    """Print a history, one act a line, for a failing test."""
    known = {labels.marking_id(each): each for each in texts}
    return "\n".join(f"  {n:3} {_line(act, known)}" for n, act in enumerate(acts))


def _line(act: Act | None, known: dict[str, str]) -> str:
    if act is None:
        return "nothing"
    if not isinstance(act, Post):
        return _short(act, known)
    items = "; ".join(
        " ".join(
            _short(value, known)
            for name, value in item.items()
            if name not in {"type", "spec_version", "created", "extensions"}
        )
        for item in act.items
    )
    return f"{act.account} posts to {act.collection[:2]}: {items}"


def _short(value: object, known: dict[str, str]) -> str:
    """Print a value with ids cut down to what tells them apart."""
    text = str(value)
    for marking, word in labels.TLP.items():
        text = text.replace(marking, f"TLP:{word}")
    for marking, said in known.items():
        text = text.replace(marking, said)
    text = re.sub(r"--0{8}-0000-4000-8000-0{9}", "-", text)
    text = re.sub(r"(\d\d)\1{3}-\1\1-[0-9-]*", r"\1", text)
    return re.sub(r"(ipv4-addr--...)[0-9a-f-]*", r"\1", text)
