"""Glances: one look at the views for all streams that are woken at once.

A thousand streams that each opened a transaction of their own would spend most of their
time on that. A glance lasts for one turn of the event loop, so that it keeps no old
state from being cleared away; nothing is awaited in it.
"""

import asyncio
from contextlib import ExitStack

from foedus.intel.reading import IntelReading, Snapshot


class Glances:
    """Looks at the views for many; one event loop's.

    Args:
        reading: reads the views.
    """

    def __init__(self, reading: IntelReading) -> None:
        # What else runs in this turn of the loop has to see what it has just written,
        # and so never reads by an older glance.
        self._reading = reading.beside()
        self._block = ExitStack()
        self._ticket = -1
        self._seen: Snapshot | None = None

    def look(self, ticket: int) -> Snapshot:
        """Give a state of the views, to be used before anything is awaited.

        Args:
            ticket: of the pulse. The state is at least as new as it: who was woken
                meanwhile, and would not be again, sees what they were woken for.

        Raises:
            UnavailableError: the machine refuses to read.
        """
        if self._seen is None or ticket != self._ticket:
            self.close()
            self._seen = self._block.enter_context(self._reading.snapshot())
            self._ticket = ticket
            asyncio.get_running_loop().call_soon(self.close)
        return self._seen

    def close(self) -> None:
        """End the glance."""
        self._seen = None
        self._block.close()
