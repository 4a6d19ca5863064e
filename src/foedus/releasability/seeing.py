"""What commands look at before they act: the views at one moment, and who may see."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import apsw

from foedus.releasability.access import Access


class Seen(Protocol):
    """The views at one moment; intelligence's snapshot is one."""

    @property
    def db(self) -> apsw.Connection:
        """The tables, read-only."""
        ...

    @property
    def access(self) -> Access:
        """Who may see what."""
        ...


Sight = Callable[[], AbstractContextManager[Seen]]
"""Opens the views for a block."""
