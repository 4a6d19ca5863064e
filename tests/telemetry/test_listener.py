"""The listener that Prometheus scrapes."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from foedus.errors import InvalidInputError, UnavailableError
from foedus.telemetry.listener import MetricsListener, parse_listen


@pytest.fixture
def listener() -> Iterator[MetricsListener]:
    made = MetricsListener("127.0.0.1", 0, lambda: b"up 1\n")
    made.start()
    yield made
    made.close()


def test_the_page_is_made_for_every_scrape(listener: MetricsListener) -> None:
    answer = httpx.get(f"http://127.0.0.1:{listener.port}/metrics?x=1")

    assert (answer.status_code, answer.text) == (200, "up 1\n")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize("path", ["/", "/metrics/x", "/taxii2/"])
def test_nothing_else_is_there(listener: MetricsListener, path: str) -> None:
    assert httpx.get(f"http://127.0.0.1:{listener.port}{path}").status_code == 404


def test_nothing_can_be_sent_there(listener: MetricsListener) -> None:
    answer = httpx.post(f"http://127.0.0.1:{listener.port}/metrics")

    assert answer.status_code == 501


def test_an_address_that_is_taken_is_refused() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(UnavailableError, match=r"metrics\.listen"):
            MetricsListener("127.0.0.1", other.getsockname()[1], lambda: b"")


@pytest.mark.parametrize(
    ("text", "parts"),
    [("127.0.0.1:9440", ("127.0.0.1", 9440)), ("[::1]:0", ("::1", 0))],
)
def test_an_address_is_read(text: str, parts: tuple[str, int]) -> None:
    assert parse_listen(text) == parts


@pytest.mark.parametrize(
    "text", ["", "9440", ":9440", "host:", "host:x", "host:65536", "::1:9440", "[h]:1"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="HOST:PORT"):
        parse_listen(text)
