"""A TAXII client that polls as platforms do, made of an unmodified taxii2-client.

Like the ingester of OpenCTI it asks for one page a tick and keeps two things between
ticks: `next` while the hub says that there is more, and otherwise the date added of
the last thing it was given. It may rest for as long as it likes and go on.
"""

from typing import Any

import requests
from requests.auth import HTTPBasicAuth
from taxii2client.v21 import Collection

LAST = "X-TAXII-Date-Added-Last"

TICKS_MAX = 200
"""Pages of one walk, at most: a walk that does not end is a failure."""


class Poller:
    """One consumer, with the cursor that it keeps.

    Args:
        url: of the collection.
        name: of the account.
        password: of the account.
        limit: objects that it asks for at a time.
    """

    def __init__(self, url: str, name: str, password: str, *, limit: int) -> None:
        self._signing = _Signing(name, password)
        self._url = url
        self._limit = limit
        self.next: str | None = None
        self.added_after: str | None = None
        self.received: list[dict[str, Any]] = []

    def tick(self) -> list[dict[str, Any]]:
        """Ask for one page, and keep the cursor that it leaves."""
        cursor = {"added_after": self.added_after, "next": self.next}
        asked = {name: value for name, value in cursor.items() if value is not None}
        with Collection(self._url, auth=self._signing) as collection:
            envelope = collection.get_objects(limit=self._limit, **asked)
        objects: list[dict[str, Any]] = envelope.get("objects", [])
        assert len(objects) <= self._limit, "no page is longer than asked for"
        if envelope.get("more") and envelope.get("next"):
            assert objects, "a page with more is never empty"
            self.next = envelope["next"]
        else:
            self.next, self.added_after = None, self._signing.last
        self.received += objects
        return objects

    def walk(self) -> list[dict[str, Any]]:
        """Go on until nothing more is left; gives what came."""
        found = self.tick()
        for _ in range(TICKS_MAX):
            if self.next is None:
                return found
            found += self.tick()
        raise AssertionError(f"a walk of more than {TICKS_MAX} pages")


class _Signing(HTTPBasicAuth):
    """Signs requests, and keeps the header that the client itself does not give."""

    last: str | None = None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        signed = super().__call__(request)
        signed.register_hook("response", self._keep)
        return signed

    def _keep(self, response: requests.Response, **_: object) -> None:
        self.last = response.headers.get(LAST, self.last)
