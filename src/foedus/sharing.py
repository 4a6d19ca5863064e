"""A small table in memory that the workers of a hub share.

- It holds two numbers under a key: a count and an instant, or tokens and an instant.
- Keys are kept as digests under a key of the table, so that neither names nor
  addresses are in it, and nobody aims at a place in it.
- It is bounded: where a set is full, what was touched longest ago makes room. What is
  forgotten starts anew.
- It is memory, not a record: it is gone when the hub stops.
"""

import fcntl
import hashlib
import mmap
import os
import secrets
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SETS: Final = 4_096
"""Sets of places; a key has its set by digest."""

WAYS: Final = 8
"""Places in a set."""

DIGEST_BYTES: Final = 16
"""Bytes of a key's digest."""

_HEAD: Final = 64
"""Bytes of the key of the table."""

_PLACE: Final = struct.Struct(f"<{DIGEST_BYTES}sdd")
_SET_BYTES: Final = WAYS * _PLACE.size
_BYTES: Final = _HEAD + SETS * _SET_BYTES
_EMPTY: Final = bytes(DIGEST_BYTES)

Change = Callable[[float, float], tuple[float, float]]
"""Gives the new pair of numbers for the old one; for a key not met before (0, 0)."""


class SharedTable:
    """The table, of this process alone or of all that open the same file.

    Args:
        path: the file, made by `make_table`; None for a table of this process alone.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._threads = threading.Lock()
        self._file: int | None = None
        if path is None:
            self._memory = mmap.mmap(-1, _BYTES)
            self._memory[:_HEAD] = secrets.token_bytes(_HEAD)
        else:
            self._file = os.open(path, os.O_RDWR)
            self._memory = mmap.mmap(self._file, _BYTES)
        self._key = bytes(self._memory[:_HEAD])

    def digest(self, *words: str) -> bytes:
        """Name what numbers are kept of."""
        text = "\0".join(words).encode("utf-8", "surrogatepass")
        hashed = hashlib.blake2b(text, key=self._key, digest_size=DIGEST_BYTES)
        return hashed.digest()

    def read(self, digest: bytes) -> tuple[float, float]:
        """Give the pair of a key; (0, 0) if it is not there."""
        place = self._find(digest)
        if place is None:
            return 0.0, 0.0
        _, first, last = _PLACE.unpack_from(self._memory, place)
        return first, last

    def change(self, digest: bytes, change: Change) -> tuple[float, float]:
        """Change the pair of a key, alone among all threads and processes.

        The second number says how long ago a key was touched, when a set is full.
        """
        with self._alone():
            place = self._find(digest)
            if place is None:
                place = self._oldest(digest)
                pair = change(0.0, 0.0)
            else:
                _, first, last = _PLACE.unpack_from(self._memory, place)
                pair = change(first, last)
            _PLACE.pack_into(self._memory, place, digest, *pair)
            return pair

    def forget(self, digest: bytes) -> None:
        """Take a key out."""
        with self._alone():
            place = self._find(digest)
            if place is not None:
                _PLACE.pack_into(self._memory, place, _EMPTY, 0.0, 0.0)

    def _places(self, digest: bytes) -> range:
        number = int.from_bytes(digest[:4], "little") % SETS
        start = _HEAD + number * _SET_BYTES
        return range(start, start + _SET_BYTES, _PLACE.size)

    def _find(self, digest: bytes) -> int | None:
        memory = self._memory
        for place in self._places(digest):
            if memory[place : place + DIGEST_BYTES] == digest:
                return place
        return None

    def _oldest(self, digest: bytes) -> int:
        """Find a free place, or the one that was touched longest ago."""
        places = self._places(digest)
        return min(places, key=lambda place: _PLACE.unpack_from(self._memory, place)[2])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._threads:
            if self._file is None:
                yield
                return
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)


def make_table(path: Path) -> Path:
    """Make the file of a table that several processes open; its owner's alone."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.posix_fallocate(file, 0, _BYTES)
        os.pwrite(file, secrets.token_bytes(_HEAD), 0)
    finally:
        os.close(file)
    return path
