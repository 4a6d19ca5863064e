"""Platforms that read and write by TAXII, as their sources and documents describe them.

Each keeps what the real one keeps, sends what it sends and loses what it loses; only
what they do with an object is left out.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import requests
from requests.auth import AuthBase, HTTPBasicAuth
from taxii2client.v21 import ApiRoot, Collection, Server

from tests.taxii.world import PASSWORD, TAXII

PAGES_MAX = 200
"""Pages of one walk, at most: a walk that does not end is a failure."""

Clock = Callable[[], datetime]


class Bearer(AuthBase):
    """Signs requests with a token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def basic(name: str = "pol") -> HTTPBasicAuth:
    """Sign requests with a password."""
    return HTTPBasicAuth(name, PASSWORD)


class OpenCtiIngester:
    """OpenCTI's own TAXII ingestion: one page a tick, two things kept between ticks.

    Args:
        uri: of the API root.
        collection: its id.
        auth: Basic, Bearer or none.

    Source: OpenCTI, `ingestionManager.ts` (`prepareTaxiiGetParam`,
    `processTaxiiResponse`) and the tests of it.
    """

    def __init__(self, uri: str, collection: str, auth: AuthBase) -> None:
        self._url = f"{uri}collections/{collection}/objects/"
        self._session = requests.Session()
        self._session.auth = auth
        self._session.headers["Accept"] = TAXII
        self.cursor: str | None = None
        self.added_after: str | None = None
        self.clock_taken = 0
        self.received: list[dict[str, Any]] = []

    def tick(self) -> list[dict[str, Any]]:
        """Ask for one page, and keep what the real one keeps."""
        asked = {"next": self.cursor, "added_after": self.added_after}
        answer = self._session.get(self._url, params=asked, timeout=30)
        answer.raise_for_status()
        envelope = answer.json()
        objects: list[dict[str, Any]] = envelope.get("objects", [])
        if not objects:
            return []
        if envelope.get("more") and envelope.get("next"):
            self.cursor = envelope["next"]
        else:
            self.cursor = None
            self.added_after = self._in_milliseconds(
                answer.headers.get("x-taxii-date-added-last")
            )
        self.received += objects
        return objects

    def ticks(self) -> list[dict[str, Any]]:
        """Go on until a tick brings nothing."""
        found: list[dict[str, Any]] = []
        for _ in range(PAGES_MAX):
            objects = self.tick()
            if not objects:
                return found
            found += objects
        raise AssertionError("the ingester never comes to an end")

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _in_milliseconds(self, header: str | None) -> str:
        """Cut an instant as JavaScript's `Date` does."""
        if header is None:
            self.clock_taken += 1
            at = datetime.now(UTC)
        else:
            at = datetime.fromisoformat(header)
        return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


class OpenCtiConnector:
    """OpenCTI's `taxii2` connector: by taxii2-client, with a clock of its own.

    Args:
        discovery: the URL.
        collections: such as `nato.Open`: the last part of an API root's path, and a
            title.
        clock: its own.
        limit: objects on a page; None leaves it to the server.

    Source: OpenCTI connectors, `external-import/taxii2`: `connector.py`,
    `client_taxii.py`. The filters outlive a run, the last `next` among them.
    """

    def __init__(
        self,
        discovery: str,
        collections: str,
        *,
        clock: Clock,
        limit: int | None = None,
    ) -> None:
        self._server = Server(discovery, auth=basic("fin"))
        self._collections = collections
        self._clock = clock
        self._filters: dict[str, Any] = {} if limit is None else {"limit": limit}
        self._last_run: int | None = None

    def run(self) -> list[dict[str, Any]]:
        """Run once, and give what came."""
        now = self._clock()
        if self._last_run is None:
            started = now.replace(tzinfo=None) - timedelta(hours=24)
            self._filters["added_after"] = started
        else:
            at = datetime.fromtimestamp(self._last_run, tz=UTC)
            self._filters["added_after"] = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        found = self._poll(self._collection())
        self._last_run = int(now.timestamp())
        return found

    def close(self) -> None:
        """Let go of the connections."""
        self._server.close()

    def _collection(self) -> Collection:
        root_path, title = self._collections.split(".")
        [root] = [
            each
            for each in self._server.api_roots
            if each.url.split("/")[-2] == root_path
        ]
        [found] = [each for each in root.collections if each.title == title]
        return found

    def _poll(self, collection: Collection) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        envelope = collection.get_objects(**self._filters)
        for _ in range(PAGES_MAX):
            found += envelope.get("objects", [])
            if not envelope.get("more"):
                return found
            # The real one asks for the same page for ever where there is no `next`.
            self._filters.pop("added_after", None)
            self._filters["next"] = envelope["next"]
            envelope = collection.get_objects(**self._filters)
        raise AssertionError("the connector never comes to an end")


class OpenCtiPush:
    """OpenCTI's `taxii-post` connector: a bundle for every object of its stream.

    Source: OpenCTI connectors, `stream/taxii-post`: `connector.py`.
    """

    def __init__(self, base: str, api_root: str, collection: str) -> None:
        self._url = f"{base}/{api_root}/collections/{collection}/objects/"

    def send(self, stix_object: dict[str, Any], auth: AuthBase) -> requests.Response:
        """Send one object."""
        bundle = {
            "type": "bundle",
            "spec_version": "2.1",
            "id": f"bundle--{uuid.uuid4()}",
            "objects": [stix_object],
        }
        headers = {
            "Content-Type": "application/stix+json; version=2.1",
            "Accept": "application/taxii+json; version=2.1",
        }
        return requests.post(
            self._url, headers=headers, json=bundle, auth=auth, timeout=30
        )


class Sentinel:
    """Microsoft Sentinel's TAXII connector: an API root, a collection and a password.

    It keeps every object that it is given; whoever is given one twice pays twice.

    Source: its documentation.
    """

    def __init__(self, api_root: str, collection: str) -> None:
        self._url = f"{api_root}collections/{collection}/objects/"
        self._added_after: str | None = None
        self.records: list[dict[str, Any]] = []

    def poll(self) -> list[dict[str, Any]]:
        """Poll once; keep every indicator that is complete."""
        new = [each for page in self._pages() for each in page]
        kept = [
            each
            for each in new
            if each["type"] == "indicator"
            and each.get("pattern")
            and each.get("pattern_type") == "stix"
            and each.get("valid_from")
        ]
        self.records += kept
        return kept

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        query = {"added_after": self._added_after}
        for _ in range(PAGES_MAX):
            answer = requests.get(
                self._url,
                params=query,
                headers={"Accept": "application/taxii+json;version=2.1"},
                auth=("fin", PASSWORD),
                timeout=30,
            )
            answer.raise_for_status()
            envelope = answer.json()
            yield envelope.get("objects", [])
            if not envelope.get("more"):
                self._added_after = answer.headers["X-TAXII-Date-Added-Last"]
                return
            query["next"] = envelope["next"]
        raise AssertionError("the connector never comes to an end")


class MispPush:
    """MISP's push: envelopes as long as the API root takes them, by taxii2-client.

    Source: MISP, `app/files/scripts/taxii/taxii_push.py`.
    """

    def __init__(self, base: str, api_root: str, collection: str) -> None:
        # As there: joined by slashes, none at the end.
        root = f"{base}/{api_root}"
        with ApiRoot(root, auth=basic()) as found:
            self._length_max: int = found.max_content_length
        self._url = f"{root}/collections/{collection}"

    def push(self, objects: list[dict[str, Any]]) -> list[Any]:
        """Push; gives the statuses."""
        with Collection(self._url, auth=basic()) as collection:
            return [
                collection.add_objects(each, wait_for_completion=False)
                for each in self._envelopes(objects)
            ]

    def _envelopes(self, objects: list[dict[str, Any]]) -> Iterator[bytes]:
        body = bytearray(b'{"objects":[')
        first = True
        for each in map(orjson.dumps, objects):
            if not first and len(body) + len(each) + 3 > self._length_max:
                yield bytes(body + b"]}")
                body, first = bytearray(b'{"objects":['), True
            body += each if first else b"," + each
            first = False
        yield bytes(body + b"]}")
