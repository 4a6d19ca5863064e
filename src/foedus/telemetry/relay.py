"""How the supervisor learns what its workers have counted.

- A worker keeps one connection to the supervisor's socket, a file in a folder that
  only the hub's user can enter, and answers every question with a snapshot.
- What a worker that died had counted stays in the sums, as far as it was last told.
- A worker that does not answer in time is left out of the gauges, and keeps nobody
  waiting for longer than `ANSWER_S`.
"""

import contextlib
import threading
from collections.abc import Callable
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Final

import msgspec

from foedus.telemetry import catalogue
from foedus.telemetry.ledger import Snapshot, together

ANSWER_S: Final = 2.0
"""Seconds that a scrape waits for the workers; far above what a snapshot costs."""

ASK_EVERY_S: Final = 5.0
"""Seconds between two questions, so that little is lost with a worker that dies."""

_ASK: Final = b"?"
_GONE: Final = (EOFError, OSError)

Give = Callable[[], Snapshot]
"""Gives what this process has counted, from any thread."""


class Relay:
    """The supervisor's end.

    Args:
        path: of the socket; its folder is private.
        on_worker: called, from any thread, with the number of workers at every new one.
    """

    def __init__(self, path: Path, on_worker: Callable[[int], None]) -> None:
        self._listener = Listener(str(path), family="AF_UNIX")
        self._on_worker = on_worker
        self._changed = threading.Condition()
        self._last: dict[int, Snapshot] = {}
        self._answered: dict[int, int] = {}
        self._workers: dict[int, Connection] = {}
        self._base = Snapshot()
        self._question = 0
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin to listen for workers, and ask them now and then."""
        for work in (self._accept, self._ask_now_and_then):
            threading.Thread(target=work, name="relay", daemon=True).start()

    def collect(self) -> Snapshot:
        """Ask every worker, and add up what they and those before them counted."""
        with self._changed:
            self._question += 1
            question = self._question
            asked = dict(self._workers)
        for connection in asked.values():
            with contextlib.suppress(*_GONE):
                connection.send_bytes(_ASK)
        with self._changed:
            self._changed.wait_for(
                lambda: all(
                    self._answered.get(number, question) >= question for number in asked
                ),
                ANSWER_S,
            )
            return together(self._parts(question))

    def close(self) -> None:
        """Stop listening."""
        self._stop.set()
        self._listener.close()

    def _parts(self, question: int) -> list[Snapshot]:
        parts = [self._base]
        for number, snapshot in self._last.items():
            is_here = self._answered.get(number, 0) >= question
            parts.append(snapshot if is_here else snapshot.lasting())
        count = sum(1 for each in self._answered.values() if each >= question)
        parts.append(Snapshot(gauges={(catalogue.WORKERS,): count}))
        return parts

    def _accept(self) -> None:
        number = 0
        while not self._stop.is_set():
            try:
                connection = self._listener.accept()
            except OSError:
                if self._stop.wait(0.1):
                    return
                continue
            number += 1
            with self._changed:
                self._workers[number] = connection
                self._answered[number] = 0
                count = len(self._workers)
            threading.Thread(
                target=self._listen, args=(number, connection), daemon=True
            ).start()
            self._on_worker(count)

    def _listen(self, number: int, connection: Connection) -> None:
        with contextlib.suppress(*_GONE, msgspec.DecodeError):
            while True:
                snapshot = msgspec.msgpack.decode(
                    connection.recv_bytes(), type=Snapshot
                )
                with self._changed:
                    self._last[number] = snapshot
                    self._answered[number] = self._question
                    self._changed.notify_all()
        with self._changed:
            self._base.add(self._last.pop(number, Snapshot()).lasting())
            del self._answered[number], self._workers[number]
            self._changed.notify_all()
        connection.close()

    def _ask_now_and_then(self) -> None:
        while not self._stop.wait(ASK_EVERY_S):
            self.collect()


def answer(path: Path, give: Give) -> None:
    """Answer the supervisor's questions from a thread, as long as it asks.

    Args:
        path: of the supervisor's socket.
        give: gives what this process has counted.
    """
    connection = Client(str(path), family="AF_UNIX")

    def work() -> None:
        with contextlib.suppress(*_GONE):
            while True:
                connection.recv_bytes()
                connection.send_bytes(msgspec.msgpack.encode(give()))

    threading.Thread(target=work, name="relay", daemon=True).start()
