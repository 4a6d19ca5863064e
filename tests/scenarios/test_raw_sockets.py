"""What is no polite request is answered or cut off, and costs nobody else a place."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from foedus.cli.serve import HEAD_BYTES_MAX, HEAD_WAIT_S
from tests.scenarios.installation import (
    ENDS_WITHIN_S,
    OPEN,
    PASSWORD,
    TAXII,
    Installation,
    Server,
)

READ = HEAD_BYTES_MAX
"""Bytes that the server reads at once, and so may go beyond a limit by."""

HEAD = b"GET /health/live HTTP/1.1\r\nHost: hub\r\n"


@pytest.fixture(scope="module")
def hub(
    installed: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    copy = installed.copy(tmp_path_factory.mktemp("raw") / "data")
    with copy.serve() as server:
        yield server


def connect(server: Server) -> socket.socket:
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), ENDS_WITHIN_S)


def status(server: Server, data: bytes) -> int:
    """Send bytes and give the status of the answer."""
    with connect(server) as connection:
        connection.sendall(data)
        line = connection.recv(1_000)
    return int(line.split()[1])


@pytest.mark.parametrize(("spare", "wanted"), [(1_000, 200), (-READ, 431)])
def test_a_head_has_a_limit(hub: Server, spare: int, wanted: int) -> None:
    filler = b"a" * (HEAD_BYTES_MAX - spare)

    assert status(hub, HEAD + b"X-Filler: " + filler + b"\r\n\r\n") == wanted


@pytest.mark.parametrize(("count", "wanted"), [(99, 200), (101, 431)])
def test_headers_have_a_number(hub: Server, count: int, wanted: int) -> None:
    more = b"".join(b"X-%d: a\r\n" % number for number in range(count - 1))

    assert status(hub, HEAD + more + b"\r\n") == wanted


def test_a_path_has_a_limit(hub: Server) -> None:
    path = b"/health/live?" + b"a" * HEAD_BYTES_MAX

    found = status(hub, b"GET " + path + b" HTTP/1.1\r\nHost: hub\r\n\r\n")

    assert found in {414, 431}


@pytest.mark.parametrize(
    "head",
    [
        b"\x16\x03\x01\x00hello\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"POST /taxii2/ HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: hub\r\nX-A: a\nb\r\nBad Header: 1\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(hub: Server, head: bytes) -> None:
    assert status(hub, head) == 400


@pytest.mark.parametrize("coding", ["gzip", "zstd", "deflate", "gzip, gzip"])
def test_a_compressed_body_is_refused_and_never_unpacked(
    hub: Server, coding: str
) -> None:
    headers = {"Content-Encoding": coding}
    with hub.client("pol") as poland:
        taxii = poland.post(hub.objects_url(OPEN), content=b"\x1f\x8b", headers=headers)
        api = poland.post(
            f"{hub.url}/api/v1/me/tokens",
            content=b"\x1f\x8b",
            headers={**headers, "Content-Type": "application/json"},
        )

    assert (taxii.status_code, api.status_code) == (415, 415)
    assert "uncompressed" in taxii.text + api.text


@pytest.mark.parametrize(("depth", "wanted"), [(60, 1), (100, 0)])
def test_nesting_has_a_limit(hub: Server, depth: int, wanted: int) -> None:
    deep = "[" * (depth - 4) + "]" * (depth - 4)
    body = (
        '{"objects":[{"type":"indicator","spec_version":"2.1",'
        f'"id":"indicator--00000000-0000-4000-8000-{depth:012}",'
        '"created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z",'
        '"pattern":"[ipv4-addr:value = \'192.0.2.1\']","pattern_type":"stix",'
        f'"valid_from":"2026-01-01T00:00:00Z","x_deep":{deep}}}]}}'
    )
    with hub.client("pol") as poland:
        answer = poland.post(hub.objects_url(OPEN), content=body)

    if wanted:
        assert answer.json()["success_count"] == 1
    else:
        assert "deep" in answer.text
        assert answer.status_code in {202, 422}


@pytest.mark.parametrize(("spare", "wanted"), [(0, 422), (-1, 413)])
def test_a_body_of_fifty_megabytes_is_read_and_a_longer_one_is_not(
    hub: Server, spare: int, wanted: int
) -> None:
    body = b" " * (52_428_800 - spare)
    answer = httpx.post(
        hub.objects_url(OPEN),
        content=body,
        auth=("pol", PASSWORD),
        headers={"Accept": TAXII, "Content-Type": TAXII},
        timeout=ENDS_WITHIN_S * 4,
    )

    assert answer.status_code == wanted


@pytest.mark.soak
@pytest.mark.parametrize("sent", [b"", b"GET /health", HEAD])
def test_a_connection_that_says_too_little_is_closed(hub: Server, sent: bytes) -> None:
    with connect(hub) as connection:
        connection.settimeout(HEAD_WAIT_S * 2)
        connection.sendall(sent)

        assert connection.recv(100) in (b"", b"HTTP/1.1 408 Request Timeout")


@pytest.mark.soak
def test_connections_that_say_nothing_keep_nobody_out_for_longer_than_their_time(
    hub: Server,
) -> None:
    silent = [connect(hub) for _ in range(4_200)]
    try:
        answer = httpx.get(f"{hub.url}/health/live", timeout=HEAD_WAIT_S * 3)
    finally:
        for each in silent:
            each.close()

    assert answer.status_code == 200
