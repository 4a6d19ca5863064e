"""What the software logs: one line an event, on stderr.

- For a machine, one JSON object a line; for a terminal, lines for a person.
- Facts are keys. What an exception *said* is never written, since that may hold what
  has a label: its type and the places it came through are.
- Of other software only the name, the level and the place are written, and the words
  of the server alone, which knows no content.
- A line is written at once and whole, so that those of several processes do not mix.
"""

import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import msgspec
import structlog

from foedus.telemetry.request_ids import request_id

LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
"""The levels by name, from many lines to few."""

_SPEAKS_OF_ITSELF: Final = ("granian", "_granian")
"""Software whose words hold no content of ours."""

Facts = MutableMapping[str, Any]


def configure_logs(
    level: str = "info", *, stream: TextIO | None = None, as_json: bool | None = None
) -> None:
    """Let this process log.

    Args:
        level: the lowest that is written, one of `LEVELS`.
        stream: where to; stderr by default.
        as_json: whether for a machine; by default, unless the stream is a terminal.
    """
    out = sys.stderr if stream is None else stream
    machine = not out.isatty() if as_json is None else as_json
    shape: Any = _for_machines if machine else _for_people(out)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _with_request,
            _without_words,
            shape,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=lambda *_: _Lines(out),
        cache_logger_on_first_use=False,
    )
    _hear_others(LEVELS[level])


def where(error: BaseException) -> list[str]:
    """Name the places that an exception came through, innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


class _Lines:
    """Writes each line whole."""

    _lock = threading.Lock()

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def msg(self, line: str) -> None:
        with self._lock:
            self._out.write(line + "\n")
            self._out.flush()

    debug = info = warning = error = critical = log = msg


def _with_request(_: object, __: str, facts: Facts) -> Facts:
    current = request_id()
    if current:
        facts.setdefault("request_id", current)
    return facts


def _without_words(_: object, __: str, facts: Facts) -> Facts:
    """Replace an exception by its type and the places that it came through."""
    given = facts.pop("exc_info", None)
    facts.pop("exception", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given is True:
        given = sys.exc_info()[1]
    if isinstance(given, BaseException):
        facts["error"] = type(given).__name__
        facts["where"] = where(given)
    return facts


def _for_machines(_: object, __: str, facts: Facts) -> str:
    ordered = {
        "at": facts.pop("at"),
        "level": facts.pop("level"),
        "event": facts.pop("event"),
        **facts,
    }
    return msgspec.json.encode(ordered, enc_hook=str).decode()


def _for_people(out: TextIO) -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=out.isatty(), timestamp_key="at")


class OtherSoftware(logging.Handler):
    """Takes what other software logs by Python's own means."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write what it says, as far as that holds no content."""
        facts: dict[str, object] = {
            "logger": record.name,
            "place": f"{record.module}:{record.lineno}",
        }
        if record.name.startswith(_SPEAKS_OF_ITSELF):
            facts["said"] = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            facts["exc_info"] = record.exc_info[1]
        log = structlog.get_logger()
        log.log(record.levelno, "other_software", **facts)


def _hear_others(level: int) -> None:
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, OtherSoftware):
            root.removeHandler(handler)
    root.addHandler(OtherSoftware())
    root.setLevel(max(level, logging.WARNING))
