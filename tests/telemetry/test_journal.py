"""A line for every request."""

import io
import json
from datetime import UTC, datetime

import structlog

from foedus.clock import StoppedClock
from foedus.telemetry.journal import Journal, Line
from foedus.telemetry.logs import configure_logs

NOON = StoppedClock(datetime(2026, 11, 1, 12, tzinfo=UTC))

LINE = Line(
    surface="taxii",
    method="GET",
    route="/taxii2/nato/collections/{collection}/objects/",
    status=200,
    ms=1.5,
    received=0,
    sent=312,
    account="account--1",
    nation="POL",
)


def test_a_machine_gets_one_object_a_line() -> None:
    out = io.StringIO()
    Journal(NOON, out, as_json=True).write(LINE)

    (line,) = out.getvalue().splitlines()
    told = json.loads(line)
    assert told.pop("at") == "2026-11-01T12:00:00.000000+00:00"
    told.pop("request_id", None)
    assert told == {
        "level": "info",
        "event": "request",
        "surface": "taxii",
        "method": "GET",
        "route": "/taxii2/nato/collections/{collection}/objects/",
        "status": 200,
        "ms": 1.5,
        "received": 0,
        "sent": 312,
        "account": "account--1",
        "nation": "POL",
    }


def test_a_person_gets_a_line_to_read() -> None:
    out = io.StringIO()
    configure_logs("info", stream=out, as_json=False)
    Journal(NOON, out, as_json=False).write(LINE)
    structlog.reset_defaults()

    assert "nation=POL" in out.getvalue()
    assert "address" not in out.getvalue()
