"""What every record of a data pack is made of: where it is from, and how it is known.

- Unknown keys are refused, so a misspelt key never passes for an absent one.
- A fact without a source and a basis cannot be written down at all.
"""

from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

Precision = Literal["day", "month", "year"]
"""How much of a date is known; a less precise one is given as its first day."""


class Basis(StrEnum):
    """How a record came to be known; shown wherever the record is shown."""

    READ = "read"
    KNOWN = "known"
    MIXED = "mixed"
    DERIVED = "derived"
    RECORDED = "recorded"


class Record(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """One record of a pack; its subclasses refuse unknown keys too."""


class Sourced(Record, frozen=True, kw_only=True):
    """A record that says where it is from.

    Attributes:
        sources: ids in the pack's register of sources.
        basis: how it came to be known.
        as_of: the day up to which it was looked at.
    """

    sources: tuple[str, ...]
    basis: Basis
    as_of: date


class Source(Record, frozen=True, kw_only=True):
    """One entry of the register of sources.

    Attributes:
        dated: the publication's own date, as printed; empty where unknown.
        opened: whether it was read while the pack was compiled.
    """

    sid: str
    title: str
    publisher: str
    opened: bool
    url: str = ""
    dated: str = ""
    note: str = ""
