"""Where Prometheus scrapes: a listener of its own, never the one that serves.

- It answers `GET /metrics` and nothing else, without a credential: how many requests
  each nation makes is the operator's to know, so it belongs on a loopback address or
  a network of the operators.
"""

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6
from typing import Final

from foedus.errors import InvalidInputError, UnavailableError
from foedus.telemetry.exposition import MEDIA_TYPE

WAIT_S: Final = 10
"""Seconds in which a scraper has to send its request."""

_LOOK_EVERY_S: Final = 0.1
"""Seconds between two looks whether to stop."""

PATH: Final = "/metrics"


def parse_listen(text: str) -> tuple[str, int]:
    """Read `HOST:PORT`, an IPv6 address in brackets.

    Raises:
        InvalidInputError: it is not that.
    """
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    good = colon and bare and port.isascii() and port.isdigit()
    if not good or int(port) > 65_535 or (":" in bare) != host.startswith("["):  # noqa: PLR2004 - the last port there is
        raise InvalidInputError(
            f"metrics.listen is {text!r}; write HOST:PORT, such as 127.0.0.1:9440"
        )
    return bare, int(port)


class MetricsListener:
    """Serves the page of metrics from threads of its own.

    Args:
        host: where to listen.
        port: where to listen; 0 is any free one.
        page: makes the page.

    Raises:
        UnavailableError: somebody listens there already, or the host is not here.
    """

    def __init__(self, host: str, port: int, page: Callable[[], bytes]) -> None:
        try:
            self._server = _server(host, port, page)
        except OSError as error:
            raise UnavailableError(
                f"metrics cannot be served at {host}:{port}: {error.strerror}; "
                "choose another address in metrics.listen"
            ) from error
        self.port: int = self._server.server_address[1]

    def start(self) -> None:
        """Serve until the process ends."""
        threading.Thread(
            target=self._server.serve_forever,
            args=(_LOOK_EVERY_S,),
            name="metrics",
            daemon=True,
        ).start()

    def close(self) -> None:
        """Stop serving what was started."""
        self._server.shutdown()
        self._server.server_close()


def _server(host: str, port: int, page: Callable[[], bytes]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        timeout = WAIT_S
        server_version = "Foedus"
        sys_version = ""

        def do_GET(self) -> None:
            found = self.path.partition("?")[0] == PATH
            body = page() if found else b"nothing is here but /metrics\n"
            self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", MEDIA_TYPE if found else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library calls it
            """Say nothing: a scrape is no news."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = AF_INET6 if ":" in host else ThreadingHTTPServer.address_family

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a scraper that went away is no news."""

    return Server((host, port), Handler)
