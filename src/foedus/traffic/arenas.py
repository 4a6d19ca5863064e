"""Arenas: how many heaps the C library keeps for the threads of a worker.

Every thread that allocates may get a heap of its own, and what a long page took in one
is of no use to another. Few heaps keep what a worker holds together.

Source: glibc, mallopt(3).
"""

import ctypes
from typing import Final

ARENAS_MAX: Final = 2
"""Heaps of a worker: the event loop's, and one that all other threads share. With one
a core times eight, a worker that has read a million objects held 27 MB more."""

_M_ARENA_MAX: Final = -8


def share_arenas() -> bool:
    """Let the threads of this process share `ARENAS_MAX` heaps from now on.

    Returns:
        Whether the C library can; others than glibc have no such heaps.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, ARENAS_MAX))
