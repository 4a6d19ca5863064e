"""What the attack tests have in common: a secret, and ways of asking for it.

Finland's `HIDDEN` tool is for Finland and Poland; nobody has ever heard of `ABSENT`.
Whoever may not see the one must be answered alike about both.
"""

import json
from collections.abc import Iterable
from typing import Any

from foedus.eventlog.envelope import Act as LogAct
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.intel.commands import open_collection
from foedus.intel.rules import Opening
from foedus.releasability.viewers import Role, Viewer
from tests.leaks.asking import Answer
from tests.leaks.driver import Driver
from tests.leaks.founding import FOUNDER
from tests.leaks.proofs import OPEN, PUBLIC, TOOL, TWO, post, thing

HIDDEN = TOOL
ABSENT = TOOL.replace("0004", "0094")

HOLDING = "44444444-4444-4444-8444-444444444444"
"""A collection in which waits what refers to something unseen."""

Told = tuple[int, tuple[tuple[str, str], ...], str]
"""The code, the headers and the body of an answer."""


async def hide(hub: Driver, **more: object) -> None:
    """Let Finland publish what only Poland may see, too."""
    done = await hub.do(post("fin", thing(HIDDEN, TWO, **more)))
    assert done.status == 202, "Finland may"


async def open_holding(hub: Driver) -> None:
    """Open the collection in which things wait."""
    viewer = Viewer(
        nation=NationCode("NATO"),
        clearance=0,
        roles=frozenset({Role.OPERATOR}),
        account=WHOEVER_RUNS_THE_HUB,
    )
    opening = Opening(
        id=HOLDING,
        alias="holding",
        title="holding",
        default_label=PUBLIC,
        read="PUBLIC",
        write="PUBLIC",
        hold_minutes=60,
    )
    act = LogAct(who=FOUNDER, at=hub.clock())
    _, position = await open_collection(hub.hub.desk, viewer, act, opening)
    await hub.hub.seen([position])


def told(answer: Answer, *names: str) -> Told:
    """Give an answer with each of some names replaced, wherever it stands."""
    assert answer.status_code < 500, answer.text
    text = _plain(answer.text, names)
    headers = tuple(
        (name, _plain(value, names))
        for name, value in sorted(answer.headers.items())
        # A tag is a digest of what has the names in it.
        if name not in {"date", "etag", "content-length"}
    )
    return answer.status_code, headers, text


def _plain(text: str, names: Iterable[str]) -> str:
    for name in names:
        text = text.replace(name, "a name")
    return text


async def published(hub: Driver, account: str, *things: Any) -> Told:  # noqa: ANN401
    """Publish, and give the answer; the status that it names has a drawn id."""
    done = await hub.do(post(account, *things))
    assert done.answer is not None, "it was asked"
    named = [done.answer.json().get("id", "-")]
    named += [item["id"] for each in things for item in each]
    code, headers, text = told(done.answer, *named)
    if done.answer.is_success:
        body = json.loads(text)
        body.pop("request_timestamp", None)
        text = json.dumps(body, sort_keys=True)
    return code, headers, text


async def manifest(
    hub: Driver, account: str, collection: str = OPEN
) -> list[tuple[str, str, str]]:
    """List id, version and date of all that an account is shown."""
    url = f"/collections/{collection}/manifest/"
    query = {"match[version]": "all", "limit": "1000"}
    answer = await hub.taxii(account, "GET", url, query=query)
    return [
        (each["id"], each["version"], each["date_added"])
        for each in answer.json().get("objects", [])
    ]


async def ids(hub: Driver, account: str, collection: str = OPEN) -> list[str]:
    """List the ids that an account is shown, without markings, in order."""
    return [
        stix_id
        for stix_id, _, _ in await manifest(hub, account, collection)
        if not stix_id.startswith("marking-definition")
    ]


async def names(hub: Driver, account: str, stix_id: str) -> list[str]:
    """List the names of the versions of an object that an account is shown."""
    url = f"/collections/{OPEN}/objects/{stix_id}/"
    answer = await hub.taxii(account, "GET", url, query={"match[version]": "all"})
    return [each["name"] for each in answer.json().get("objects", [])]


async def label(hub: Driver, account: str, stix_id: str) -> str:
    """Tell the label of an object, as an account is told it."""
    answer = await hub.api(account, "GET", f"/objects/{stix_id}/audience")
    assert answer.is_success, answer.text
    found: str = answer.json()["label"]
    return found
