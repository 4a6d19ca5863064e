"""What stories are told with: things under labels, acts of nations, pollers.

A thing's name is in its id, so that whatever comes back can be named again.
"""

import threading
import time
import uuid
from collections.abc import Iterable
from typing import Any

import httpx
import orjson

from foedus.stix.markings import hub_marking_id, make_hub_definition
from tests.scenarios.installation import ENDS_WITHIN_S, LOOKS_AGAIN_S, PASSWORD, Server
from tests.scenarios.moved_clock import MovedClock
from tests.scenarios.polling import Poller

MIX = "0a000000-0000-4000-8000-000000000003"
"""A collection that everybody may read and write; everything in it bears a label."""

CLOSED = "NATO RESTRICTED // REL TO NATO"
"""Who is a member on the day of arrival."""

OPEN = "NATO RESTRICTED // REL TO NATO+"
"""Who is a member."""

NAME_MAX = 6
"""Characters of a thing's name."""

FIRST = "2026-01-01T00:00:00.000Z"
SECOND = "2026-01-02T00:00:00.000Z"


def stix_id(name: str) -> str:
    """Give the id of the thing of a name."""
    assert len(name) <= NAME_MAX, "a name has to fit its id"
    number = int.from_bytes(name.encode().rjust(NAME_MAX))
    return f"indicator--{uuid.UUID(int=number, version=4)}"


def name_of(found: dict[str, Any]) -> str:
    """Name a thing again; what was made of another one has its id for a name."""
    if uuid.UUID(found["id"].partition("--")[2]).version != 4:
        return str(found["id"])
    name = bytes.fromhex(found["id"][-2 * NAME_MAX :]).decode().strip()
    return f"{name} revoked" if found.get("revoked") else name


def names(objects: Iterable[dict[str, Any]]) -> list[str]:
    """Name things in their order, definitions of markings left out."""
    return [name_of(each) for each in objects if each["type"] != "marking-definition"]


def definitions(objects: Iterable[dict[str, Any]]) -> list[str]:
    """Name the definitions of markings by their ids, in order."""
    return [each["id"] for each in objects if each["type"] == "marking-definition"]


def carried(objects: Iterable[dict[str, Any]]) -> set[str]:
    """Name the markings that objects carry."""
    return {ref for each in objects for ref in each.get("object_marking_refs", ())}


def thing(name: str, label: str, **more: object) -> dict[str, Any]:
    """Make an indicator under a label."""
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": stix_id(name),
        "created": FIRST,
        "modified": FIRST,
        "name": name,
        "pattern": "[ipv4-addr:value = '192.0.2.1']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
        "object_marking_refs": [hub_marking_id(label)],
        **more,
    }


class Story:
    """A server and its clock, and whoever acts on it.

    Args:
        server: a real server process.
        clock: its clock.
    """

    def __init__(self, server: Server, clock: MovedClock) -> None:
        self.server = server
        self.clock = clock

    # Acting

    def publish(self, account: str, label: str, *things: str) -> None:
        """Publish new things under a label, each by a request of its own."""
        for name in things:
            self.post(account, label, thing(name, label))

    def post(self, account: str, label: str, *objects: dict[str, Any]) -> None:
        """Publish objects under a label, all of which have to be taken."""
        self.post_marked(account, [label], *objects)

    def post_marked(
        self, account: str, labels: list[str], *objects: dict[str, Any]
    ) -> None:
        """Publish objects that bear the markings of several labels."""
        marks = [orjson.loads(make_hub_definition(label)) for label in labels]
        body = orjson.dumps({"objects": [*marks, *objects]})
        with self.server.client(account) as http:
            answer = http.post(self.server.objects_url(MIX), content=body)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        assert answer.json()["failure_count"] == 0, answer.text

    def act(self, account: str, path: str, **body: object) -> dict[str, Any]:
        """Do something by the API that has to be done."""
        answer = httpx.post(
            f"{self.server.url}/api/v1/{path}",
            auth=(account, PASSWORD),
            json=body,
            timeout=ENDS_WITHIN_S,
        )
        assert answer.is_success, f"{path}: {answer.text}"
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def change_status(self, nation: str, status: str, since: str) -> None:
        """Have the secretariat record a status."""
        self.act("desk", f"nations/{nation}/status", status=status, **{"from": since})

    def release(self, account: str, to: str, label: str, **more: object) -> str:
        """Make a release of what has arrived since today, unless it says more."""
        draft = {"to": [to], "label": label, "since": self.clock.today, **more}
        return str(self.act(account, "releases", **draft)["release"])

    def end_release(self, account: str, release: str) -> None:
        """End a release, or the nation's consent to it."""
        self.act(account, f"releases/{release}/withdraw", reason="")

    # Looking

    def poller(self, account: str, *, limit: int) -> Poller:
        """Give a poller that has received nothing yet."""
        url = self.server.objects_url(MIX).removesuffix("objects/")
        return Poller(url, account, PASSWORD, limit=limit)

    def comes(self, poller: Poller, count: int) -> list[str]:
        """Let a poller poll until it has received that many; name them."""
        until = time.monotonic() + ENDS_WITHIN_S
        pause = threading.Event()
        found = names(poller.walk())
        while len(found) < count and time.monotonic() < until:
            pause.wait(LOOKS_AGAIN_S)
            found += names(poller.walk())
        return found

    def sees(self, account: str) -> list[str]:
        """Name what an account sees, by a walk from the beginning."""
        return names(self.poller(account, limit=1_000).walk())

    def ask(self, account: str, path: str) -> httpx.Response:
        """Ask for a path."""
        return httpx.get(
            f"{self.server.url}{path}", auth=(account, PASSWORD), timeout=ENDS_WITHIN_S
        )

    def dates(self, account: str) -> dict[str, str]:
        """Tell when what an account sees was added, by name."""
        path = self.server.objects_url(MIX).replace("/objects/", "/manifest/")
        with self.server.client(account) as http:
            answer = http.get(path, params={"limit": "1000"})
        return {name_of(each): each["date_added"] for each in answer.json()["objects"]}
