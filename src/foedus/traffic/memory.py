"""Memory: what a worker has used goes back to the machine.

A long page is megabytes for a moment, in whichever thread reads it. The C library
learns from the first such block to cut the next ones out of its heaps, where a small
block that stays behind them holds them all; and it has a heap for nearly every thread.

A block of the machine's own costs a page fault every 4 KiB. So a page of a thousand
objects, about a megabyte, comes from a heap, and there are few of those.

Source: glibc, mallopt(3).
"""

import ctypes
from typing import Final

LARGE_BYTES: Final = 2 << 20
"""Bytes from which a block is the machine's, and goes back to it at once."""

HEAPS: Final = 2
"""Heaps of a process: threads share them, and seldom wait, as one at a time runs."""

_M_MMAP_THRESHOLD: Final = -3

_M_ARENA_MAX: Final = -8


def give_back_large_blocks() -> bool:
    """Let large blocks of this process go back to the machine from now on.

    Returns:
        Whether the C library can; others than glibc see to it by themselves.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    has_threshold = bool(mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES))
    has_heaps = bool(mallopt(_M_ARENA_MAX, HEAPS))
    return has_threshold and has_heaps
