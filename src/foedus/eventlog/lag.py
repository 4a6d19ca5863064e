"""For how long the log has held what the views do not show."""

import time

from foedus.ids import START, Position


class Lag:
    """A stop-watch on the oldest entry that is known and not folded.

    Under steady load the views are always a little behind, and that is no lag: what
    counts is since when a head that was once seen has not been reached.
    """

    def __init__(self) -> None:
        self._target = START
        self._behind_since: float | None = None
        self._synced_at = time.monotonic()

    @property
    def synced_at(self) -> float:
        """When the views were last seen to have everything (`time.monotonic`)."""
        return self._synced_at

    def seconds(self) -> float:
        """Give the seconds since when the views are behind; 0 when they are not."""
        since = self._behind_since
        return 0.0 if since is None else time.monotonic() - since

    def observe(self, *, folded: Position, head: Position) -> None:
        """Note how far the views and the log are at this moment."""
        if folded < self._target:
            return
        now = time.monotonic()
        self._target = head
        if folded < head:
            self._behind_since = now
        else:
            self._behind_since = None
            self._synced_at = now

    def fail(self) -> None:
        """Note that folding failed: the views are behind until it succeeds."""
        if self._behind_since is None:
            self._behind_since = time.monotonic()
