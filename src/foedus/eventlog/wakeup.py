"""Telling listeners, of this process and of others, that there is something new.

- A datagram on a unix socket after each commit wakes every process that listens
  to the same data folder, in about 0.2 ms.
- A look at the database every 250 ms is the net below: a datagram may be lost, the
  processes may not share a folder for sockets.
- A wake-up says "look", never what there is to see; a needless one is harmless.
"""

import contextlib
import hashlib
import os
import secrets
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

NET_S = 0.25
"""Seconds between two looks at the database when no datagram comes."""

SOCKET_PATH_MAX = 100
"""Bytes of a socket's path. The kernel takes 107 and a closing zero."""

BIND_TRIES = 5
"""Attempts to bind; another process may just be removing the empty folder."""

_log = structlog.get_logger(__name__)


class LocalBell:
    """Wakes the listeners of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: dict[object, Callable[[], None]] = {}

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have a callback called at every ring; the result ends it."""
        ticket = object()
        with self._lock:
            self._callbacks[ticket] = callback

        def unlisten() -> None:
            with self._lock:
                self._callbacks.pop(ticket, None)

        return unlisten

    def ring(self) -> None:
        """Call every listener."""
        with self._lock:
            callbacks = tuple(self._callbacks.values())
        for callback in callbacks:
            callback()

    def close(self) -> None:
        """Forget every listener."""
        with self._lock:
            self._callbacks.clear()


class FolderBell:
    """Wakes the listeners of every process that has the same data folder.

    Args:
        folder: the data folder.
        is_changed: tells whether the database changed since it was last asked;
            called by one thread only.
    """

    def __init__(self, folder: Path, is_changed: Callable[[], bool]) -> None:
        self._is_changed = is_changed
        self._local = LocalBell()
        self._lock = threading.Lock()
        self._sockets = sockets_folder(folder)
        self._own: socket.socket | None = None
        self._own_name = ""
        self._sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._sender.setblocking(False)
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have a callback called at every ring; the result ends it."""
        unlisten = self._local.listen(callback)
        with self._lock:
            if self._thread is None and not self._closing.is_set():
                self._own = self._bind()
                self._thread = threading.Thread(
                    target=self._run, name="log-bell", daemon=True
                )
                self._thread.start()
        return unlisten

    def ring(self) -> None:
        """Call every listener here, and wake every other process that listens."""
        self._local.ring()
        for name in _names(self._sockets):
            if name != self._own_name:
                self._send(self._sockets / name)

    def close(self) -> None:
        """End the listening thread and remove its socket."""
        with self._lock:
            self._closing.set()
            thread, own = self._thread, self._own
        if own is not None:
            self._send(self._sockets / self._own_name)
        if thread is not None:
            thread.join()
        if own is not None:
            own.close()
            (self._sockets / self._own_name).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self._sockets.rmdir()
        self._sender.close()
        self._local.close()

    def _run(self) -> None:
        while not self._closing.is_set():
            if self._is_woken() or self._is_changed():
                self._local.ring()

    def _is_woken(self) -> bool:
        """Wait for a datagram, at most until the net is due."""
        if self._own is None:
            self._closing.wait(NET_S)
            return False
        try:
            self._own.recv(1)
        except TimeoutError:
            return False
        return True

    def _bind(self) -> socket.socket | None:
        name = f"{os.getpid()}-{secrets.token_hex(4)}"
        path = self._sockets / name
        if len(os.fsencode(path)) > SOCKET_PATH_MAX:
            _log.warning("wakeup_path_too_long", folder=str(self._sockets))
            return None
        for _ in range(BIND_TRIES):
            own = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            own.settimeout(NET_S)
            try:
                _make_private(self._sockets)
                own.bind(os.fspath(path))
            except OSError as error:
                own.close()
                failure = error
                continue
            self._own_name = name
            return own
        _log.warning("wakeup_unavailable", reason=type(failure).__name__)
        return None

    def _send(self, path: Path) -> None:
        try:
            self._sender.sendto(b"!", os.fspath(path))
        except ConnectionRefusedError:
            # Its process was killed and could not remove it.
            path.unlink(missing_ok=True)
        except OSError:
            # Gone, or so full that it will wake anyway; the net is below.
            return


def sockets_folder(folder: Path) -> Path:
    """Give the folder of the sockets of those who listen to a data folder."""
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()
    return Path(tempfile.gettempdir()) / f"foedus-{os.getuid()}-{digest[:16]}"


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.lstat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  # names alone, once per commit
    except OSError:
        return []
