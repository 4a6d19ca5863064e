"""What an operation of the API is: a method and a path, and what it takes and gives.

The description is data beside each handler. The edge decodes what is described, and
the OpenAPI document is made of it, so neither can differ from the other.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Literal, TypeVar

import msgspec

from foedus.api.decoding import BODY_BYTES_MAX
from foedus.errors import UnauthorizedError
from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer

PAGE_SIZE_MAX = 500
"""Entries on one page of a list: below 200 KB, and read in a few milliseconds."""

PAGE_SIZE = 100
"""Entries on a page when the client does not say."""

T = TypeVar("T")


class Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client sends: unknown keys are refused."""


class NoQuery(Closed, frozen=True, kw_only=True):
    """No parameters at all."""


class PageQuery(Closed, frozen=True, kw_only=True):
    """Which page of a list.

    Attributes:
        limit: entries on the page.
        after: the id of the last entry of the page before.
    """

    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE
    after: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Door(Enum):
    """Who may come in, and with which credential."""

    OPEN = "anybody"
    READ = "a credential in the header, or a web session"
    WRITE = "a credential in the header: a cookie alone proves no intent"


class Keep(Enum):
    """Who may keep an answer; it is asked for anew before it is used again."""

    NOBODY = "no-store"
    CLIENT = "private, no-cache"
    ANYBODY = "no-cache"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A variable part of a path."""

    description: str
    pattern: str | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request whose parts have been checked.

    Attributes:
        hub: where it arrived.
        at: when it arrived.
        path: the path that was asked for.
        parts: the variable parts of the path.
        signed_in: who asks; None where anybody may.
        query: as the operation describes it.
        body: likewise; None where it takes none.
        shows: whether the answer is read; of `HEAD` nobody sees more than its head.
    """

    hub: Hub
    at: datetime
    path: str
    parts: Mapping[str, str]
    signed_in: Account | None
    query: msgspec.Struct
    body: msgspec.Struct | msgspec.Raw | None
    shows: bool = True

    @property
    def account(self) -> Account:
        """Who asks.

        Raises:
            UnauthorizedError: nobody has proved anything.
        """
        if self.signed_in is None:
            raise UnauthorizedError("sign in first")
        return self.signed_in

    @property
    def viewer(self) -> Viewer:
        """As whom the hub is looked at."""
        return self.account.viewer()

    @property
    def act(self) -> Act:
        """Who acts, by this door, and when."""
        return self.hub.act(self.account, door="api", at=self.at)

    def asks(self, kind: type[T]) -> T:
        """Give the parameters behind the question mark."""
        assert isinstance(self.query, kind), "handlers take what they describe"
        return self.query

    def sends(self, kind: type[T]) -> T:
        """Give the body."""
        assert isinstance(self.body, kind), "handlers take what they describe"
        return self.body


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation gives.

    Attributes:
        value: is encoded as JSON, unless it is bytes.
        location: the path of what was made.
        after: the id with which the next page begins; empty on the last one.
        status: another one of `Operation.also`; None for the usual one.
    """

    value: object = None
    location: str = ""
    after: str = ""
    status: int | None = None


Handler = Callable[[Asked], Awaitable[Answer]]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path.

    Attributes:
        name: unique, in camel case; what generated clients call it.
        summary: one line.
        gives: the type of the answer; None for an answer without a body.
        status: of the answer.
        also: other statuses under which the same is given.
        parts: the variable parts of the path.
        query: the parameters that it takes.
        body: the type of the body that it takes, if any; `Raw` for one that is read
            elsewhere.
        body_bytes_max: how long it may be.
        may: refuses who may not, before a body is received.
        media: the media type of the answer; of another than JSON the value is bytes.
        errors: statuses of problems, beside those that any operation may give.
        while_there: whether it stops when whoever asked has gone; of what takes long,
            and writes at its very end or not at all.
    """

    method: Literal["GET", "POST", "DELETE"]
    path: str
    name: str
    summary: str
    handler: Handler
    gives: object
    status: int = 200
    also: tuple[int, ...] = ()
    parts: Mapping[str, Part] = {}
    query: type[msgspec.Struct] = NoQuery
    body: type[msgspec.Struct] | type[msgspec.Raw] | None = None
    body_bytes_max: int = BODY_BYTES_MAX
    may: Callable[[Viewer, Access], None] | None = None
    media: str = "application/json"
    door: Door = Door.READ
    keep: Keep = Keep.CLIENT
    errors: tuple[int, ...] = ()
    while_there: bool = False
