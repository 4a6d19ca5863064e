"""What a planning process says to the hub, on its standard output."""

import struct

import msgspec

from foedus.planning.progress import Progress

LENGTH = struct.Struct(">I")
"""Before each message: how many bytes follow."""


class Told(msgspec.Struct, frozen=True, kw_only=True, tag="told"):
    """How far it has come."""

    progress: Progress


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """The answer, as MessagePack."""

    answer: bytes


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """An error that has a name."""

    slug: str
    said: str


Message = Told | Done | Refused
"""Everything that it says."""
