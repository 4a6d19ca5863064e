"""What a view of the log is, and which views fold which events."""

import hashlib
from collections.abc import Callable, Sequence
from types import UnionType
from typing import Protocol, TypeAlias

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded

Kinds: TypeAlias = type[Event] | UnionType | tuple[()]
"""Kinds of events: one, several, or none."""

Apply: TypeAlias = Callable[[apsw.Connection, Recorded, Event], None]
"""Folds an event, as `View.apply` does."""

FOLD_VERSION = 2
"""Raised when the projector itself folds differently; every view is then rebuilt."""


class View(Protocol):
    """Tables, and how events change them.

    `schema` and, if given, an integer `version` make up the version of the views:
    when one of them changes, everything is rebuilt.
    """

    @property
    def folds(self) -> Kinds:
        """The events that change the tables; it is given no others."""
        ...

    @property
    def schema(self) -> str:
        """The tables, each as CREATE TABLE IF NOT EXISTS … STRICT."""
        ...

    def load(self, db: apsw.Connection) -> None:
        """Read what folding keeps in memory from the tables, forgetting all else.

        Called before the first fold, and before a fold when another process has
        folded since or a fold has failed. What it keeps serves folding only;
        whoever answers questions reads the tables.
        """
        ...

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Change the tables by one event that it folds; no clock, no randomness.

        Of an entry that was redacted since, `event` is what is left of it, and
        `recorded.erased` says so. Together with its redaction, which comes later,
        it must give the same rows as the whole event and its redaction gave.
        """
        ...

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do what is due once all entries of one commit have been applied."""
        ...


class Folding:
    """Which views fold which events; most events concern a few views of many.

    Args:
        views: in the order in which they fold.
    """

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views
        self._known: dict[type[Event], tuple[Apply, ...]] = {}

    def of(self, kind: type[Event]) -> tuple[Apply, ...]:
        """Give what folds events of a kind, in order."""
        found = self._known.get(kind)
        if found is None:
            found = self._known[kind] = tuple(
                view.apply for view in self._views if issubclass(kind, view.folds)
            )
        return found


def version_of(views: Sequence[View]) -> str:
    """Give what changes whenever views are folded by other code."""
    parts = [
        (type(view).__name__, view.schema, getattr(view, "version", 0))
        for view in views
    ]
    return hashlib.sha256(msgspec.json.encode((FOLD_VERSION, parts))).hexdigest()
