"""What an examination of a data folder finds: how bad it is, what, and what to do.

A finding never holds what has a label, a secret, or a name of a person.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec


class Level(StrEnum):
    """How bad a finding is.

    Attributes:
        OK: all is well.
        WARN: it works now, and somebody should see to it.
        ERROR: it does not work, or will not, or something is lost or open.
    """

    OK = "ok"
    WARN = "warn"
    ERROR = "error"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding.

    Attributes:
        level: how bad it is.
        check: what was looked at.
        what: what is so, in a sentence without a full stop.
        todo: what to do; empty where there is nothing to do.
    """

    level: Level
    check: str
    what: str
    todo: str = ""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is examined.

    Attributes:
        folder: the data folder.
        at: now.
        environment: settings that go over the file's.
        views_version: what the views of this Foedus are marked with.
        port: where the hub listens unless told otherwise.
        seconds: how long each file and the chain may be read, and passwords tried.
    """

    folder: Path
    at: datetime
    environment: Mapping[str, str]
    views_version: str
    port: int
    seconds: float = 10.0


Check = Callable[[Case], Iterator[Finding]]
"""Looks at one thing."""


def ok(check: str, what: str) -> Finding:
    """Find that all is well."""
    return Finding(level=Level.OK, check=check, what=what)


def warn(check: str, what: str, todo: str) -> Finding:
    """Find what somebody should see to."""
    return Finding(level=Level.WARN, check=check, what=what, todo=todo)


def error(check: str, what: str, todo: str) -> Finding:
    """Find what does not work, or is lost or open."""
    return Finding(level=Level.ERROR, check=check, what=what, todo=todo)
