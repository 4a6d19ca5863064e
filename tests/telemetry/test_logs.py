"""What is logged, and what is not."""

import contextvars
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from foedus.telemetry.logs import OtherSoftware, configure_logs, where
from foedus.telemetry.request_ids import begin_request

SECRET = "the-bridge-at-dawn"  # noqa: S105 - stands for content


def fail(error: Exception) -> None:
    raise error


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """A stream that is logged to, as JSON, for the length of a test."""
    root = logging.getLogger()
    level = root.level
    stream = io.StringIO()
    configure_logs("info", stream=stream, as_json=True)
    yield stream
    configure_logs("info", stream=io.StringIO())
    structlog.reset_defaults()
    root.handlers[:] = [
        each for each in root.handlers if not isinstance(each, OtherSoftware)
    ]
    root.setLevel(level)


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_one_json_object_of_facts(out: io.StringIO) -> None:
    structlog.get_logger().info("bundle_admitted", objects=312)

    (line,) = lines(out)
    assert list(line) == ["at", "level", "event", "objects"]
    assert (line["level"], line["event"], line["objects"]) == (
        "info",
        "bundle_admitted",
        312,
    )


def test_a_line_below_the_level_is_not_written(out: io.StringIO) -> None:
    structlog.get_logger().debug("detail")

    assert out.getvalue() == ""


def test_a_line_says_which_request_it_is_about(out: io.StringIO) -> None:
    def work() -> None:
        begin_request([(b"x-request-id", b"my-request")])
        structlog.get_logger().warning("slow")

    contextvars.copy_context().run(work)

    assert lines(out)[0]["request_id"] == "my-request"


def test_of_an_exception_type_and_places_are_written_and_never_its_words(
    out: io.StringIO,
) -> None:
    try:
        fail(ValueError(SECRET))
    except ValueError as error:
        structlog.get_logger().error("failed", exc_info=True)
        structlog.get_logger().error("failed", exc_info=error)

    for line in lines(out):
        assert line["error"] == "ValueError"
        assert "test_logs.py" in str(line["where"])
    assert SECRET not in out.getvalue()


def test_the_words_of_other_software_are_not_written(out: io.StringIO) -> None:
    try:
        fail(KeyError(SECRET))
    except KeyError:
        logging.getLogger("asyncio").exception("task %s failed", SECRET)

    (line,) = lines(out)
    assert (line["event"], line["logger"]) == ("other_software", "asyncio")
    assert line["error"] == "KeyError"
    assert SECRET not in out.getvalue()


def test_the_server_may_say_what_is_wrong(out: io.StringIO) -> None:
    logging.getLogger("granian.server").error("cannot listen")

    assert lines(out)[0]["said"] == "cannot listen"


def test_a_person_gets_lines_to_read() -> None:
    stream = io.StringIO()
    configure_logs("info", stream=stream, as_json=False)
    structlog.get_logger().info("views_outdated", position=3)
    structlog.reset_defaults()

    assert "views_outdated" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_the_places_of_an_exception_hold_no_line_of_code() -> None:
    try:
        fail(ValueError(SECRET))
    except ValueError as error:
        places = where(error)

    assert [place.rpartition(" ")[2] for place in places] == [
        "test_the_places_of_an_exception_hold_no_line_of_code",
        "fail",
    ]
