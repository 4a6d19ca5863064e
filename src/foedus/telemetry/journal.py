"""The journal: a line for every request that was answered.

It says which route, never which path: no id of an object, no value of a query, no
name. The account is its opaque id, as in the log.
"""

import sys
from typing import Final, TextIO

import msgspec
import structlog

from foedus.clock import Clock
from foedus.telemetry.request_ids import request_id

EVENT: Final = "request"

REFUSED_FROM: Final = 400
"""Status from which a line says where the request came from: an operator who is
flooded, or whose users are locked out, has to know."""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one line says.

    Attributes:
        surface: which surface answered.
        route: the template of the path.
        ms: from the head of the request to the end of the answer.
        received: bytes of the body that came.
        sent: bytes of the body that went.
        account: the opaque id of who asked; empty if nobody was told apart.
        nation: whose account that is.
        address: where it came from; of what was refused alone.
    """

    at: str = ""
    level: str = ""
    event: str = ""
    request_id: str = ""
    surface: str
    method: str
    route: str
    status: int
    ms: float
    received: int
    sent: int
    account: str = ""
    nation: str = ""
    address: str = ""


class Journal:
    """Writes the lines.

    Args:
        clock: tells when a line is written.
        stream: where to; stderr by default.
        as_json: whether for a machine; by default, unless the stream is a terminal.
    """

    def __init__(
        self,
        clock: Clock,
        stream: TextIO | None = None,
        *,
        as_json: bool | None = None,
    ) -> None:
        self._clock = clock
        self._out = sys.stderr if stream is None else stream
        self._as_json = not self._out.isatty() if as_json is None else as_json
        self._encode = msgspec.json.Encoder().encode

    def write(self, line: Line) -> None:
        """Write a line."""
        if not self._as_json:
            facts = msgspec.structs.asdict(line)
            for name in ("at", "level", "event", "request_id"):
                del facts[name]
            shown = {name: value for name, value in facts.items() if value != ""}
            structlog.get_logger().info(EVENT, **shown)
            return
        # Beside structlog, in the same form: a line is a third of the cost so, and
        # there is one for every request.
        whole = msgspec.structs.replace(
            line,
            at=self._clock().isoformat(timespec="microseconds"),
            level="info",
            event=EVENT,
            request_id=request_id(),
        )
        self._out.write(self._encode(whole).decode() + "\n")
        self._out.flush()
