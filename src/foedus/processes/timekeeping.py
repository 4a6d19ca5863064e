"""Whether the time is sure enough to act upon: for whatever happens by itself.

- Silence that ends, a step whose time is up, and the mark that silence can be broken
  all rest on the wall clock. When somebody puts it, they wait, as clocks of tasks do:
  until it shows the right time again, or somebody confirms that it does.
- A process notices a jump itself, before it stands in the log, and takes the time as
  it is again when the log says that everything goes on.
- Nothing here writes: the hold, and its end, are written by whoever tells clocks.

Source: reference/response.md, sections 4.4 (11) and 5.4 (c).
"""

from collections.abc import Callable

import msgspec

from foedus.intel.reading import IntelReading
from foedus.processes.escalating_watch import TimeWatch
from foedus.response import due_reading

Sure = Callable[[], bool]
"""Tells whether the time may be acted upon."""


def always() -> bool:
    """Take the time as it is: where a process lives too shortly to know better."""
    return True


class Timekeeper(msgspec.Struct, frozen=True, kw_only=True):
    """What a process knows of the time.

    Attributes:
        watch: whether the clock was put, as this process has seen it; None where it
            is not the machine's, and nobody puts it.
    """

    reading: IntelReading
    watch: TimeWatch | None

    def is_sure(self) -> bool:
        """Tell whether the time may be acted upon now."""
        with self.reading.snapshot() as seen:
            is_held = due_reading.held(seen.db) is not None
        if self.watch is None:
            return not is_held
        if is_held:
            self.watch.note(doubts=False)
            return False
        if self.watch.was_held:
            self.watch.trust()  # what was held goes on: somebody has looked
            return True
        return self.watch.jump() is None
