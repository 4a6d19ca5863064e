"""Connections of this process, found by who is at the other end.

The server tells an application nothing of its sockets. What a client does not read
keeps one open for as long as the server waits; only the socket itself can be cut.
"""

import os
import socket
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

_FILES: Final = Path("/dev/fd")
"""Where the open files of a process are, on Linux and on macOS."""

Peer = tuple[str, int]
"""Address and port of a client."""


def cut_off(peers: Collection[Peer]) -> int:
    """Cut the connections that some clients still have.

    Returns:
        How many there were; 0 where the machine does not tell its open files.
    """
    if not peers or not _FILES.is_dir():
        return 0
    numbers = [int(name) for name in os.listdir(_FILES)]  # noqa: PTH208 - names alone
    return sum(_cut(number, peers) for number in numbers)


def _cut(number: int, peers: Collection[Peer]) -> bool:
    with suppress(OSError):  # it is closed meanwhile, or connected to nobody
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            # A copy, so that closing it leaves the server's own alone.
            with socket.socket(fileno=os.dup(number)) as found:
                if found.getpeername()[:2] in peers:
                    found.shutdown(socket.SHUT_RDWR)
                    return True
    return False
