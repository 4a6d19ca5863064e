"""Memory: what a worker has used goes back to the machine.

A page of a thousand objects is a megabyte or more for a moment, in whichever thread
reads it. The C library learns from the first such block to cut the next ones out of its
heaps, where a small block that stays behind them holds them all.

Source: glibc, mallopt(3).
"""

import ctypes
from typing import Final

LARGE_BYTES: Final = 256 << 10
"""Bytes from which a block is the machine's, and goes back to it at once. What an
object or a page of a hundred needs is smaller, and comes from the heap."""

_M_MMAP_THRESHOLD: Final = -3


def give_back_large_blocks() -> bool:
    """Let large blocks of this process go back to the machine from now on.

    Returns:
        Whether the C library can; others than glibc see to it by themselves.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES))
