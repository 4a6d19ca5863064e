"""The graph of an object, in the visitor's world."""

import json
import re

import httpx
import pytest

from foedus.errors import NotFoundError
from foedus.hub import Hub
from foedus.web import graphs
from tests.web.conftest import SignIn

MARKED = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"  # TLP:CLEAR
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
TIME = "2026-01-01T00:00:00.000Z"


def made(kind: str, number: int, **more: object) -> dict[str, object]:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--00000000-0000-4000-8000-{number:012}",
        "created": TIME,
        "modified": TIME,
        "object_marking_refs": [MARKED],
        **more,
    }


MALWARE = made("malware", 1, name="Paper Kite", is_family=True)
GROUP = made("intrusion-set", 2, name="Grey Heron")
OTHER = made("intrusion-set", 4, name="CANARY Heron", object_marking_refs=[RED])
USES = made(
    "relationship",
    3,
    relationship_type="uses",
    source_ref=GROUP["id"],
    target_ref=MALWARE["id"],
)
HIDDEN = made(
    "relationship",
    5,
    relationship_type="uses",
    source_ref=OTHER["id"],
    target_ref=MALWARE["id"],
    object_marking_refs=[RED],
)


async def told(hub: Hub) -> None:
    account = hub.authenticator.named("norway")
    collection = hub.reading.collection(account.viewer(), "open")
    act = hub.act(account, door="test", at=hub.clock())
    raws = [json.dumps(e).encode() for e in (MALWARE, GROUP, OTHER, USES, HIDDEN)]
    outcomes = await hub.publish(account, act, collection.id, raws)
    assert {each.outcome for each in outcomes} == {"stored"}


async def test_a_relationship_is_a_line_to_its_other_end(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await told(hub)
    await sign_in("norway")
    page = (await browser.get(f"/objects/{MALWARE['id']}/graph")).text
    drawing = page[page.index("<svg class=") :].partition("</svg>")[0]
    assert drawing.count("<path") == 2
    assert "Grey Heron" in drawing
    assert "uses · Intrusion set" in drawing
    assert "relationship--" not in drawing
    back = (await browser.get(f"/objects/{GROUP['id']}/graph")).text
    assert "Paper Kite" in back[back.index("It names") :]


async def test_a_relationship_whose_other_end_is_not_here_is_a_line_to_nothing(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await told(hub)
    account = hub.authenticator.named("norway")
    collection = hub.reading.collection(account.viewer(), "open")
    missing = made("intrusion-set", 7)["id"]
    to_it = {**USES, "id": made("relationship", 6)["id"], "target_ref": missing}
    to_it["source_ref"] = MALWARE["id"]
    from_it = {**USES, "id": made("relationship", 8)["id"], "source_ref": missing}
    act = hub.act(account, door="test", at=hub.clock())
    raws = [json.dumps(each).encode() for each in (to_it, from_it)]
    await hub.publish(account, act, collection.id, raws)
    await sign_in("norway")
    page = await browser.get(f"/objects/{MALWARE['id']}/graph")
    assert page.status_code == 200
    assert "Grey Heron" in page.text


async def test_no_more_bytes_are_drawn_than_the_bound(hub: Hub) -> None:
    await told(hub)
    viewer, now = hub.authenticator.named("norway").viewer(), hub.clock()

    def drawn(bytes_max: int) -> int:
        with hub.reading.snapshot() as seen:
            _, before, after = graphs.around(
                seen, viewer, str(MALWARE["id"]), now, bytes_max=bytes_max
            )
        return len(before) + len(after)

    assert drawn(graphs.BYTES_MAX) == 2
    assert drawn(len(json.dumps(MALWARE))) < 2
    with pytest.raises(NotFoundError):
        drawn(1)


async def test_what_is_hidden_is_not_drawn_and_leaves_no_number(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await told(hub)
    await sign_in("sweden")
    page = (await browser.get(f"/objects/{MALWARE['id']}/graph")).text
    assert "CANARY" not in page
    assert "1 to the left and 0 to the right" in page
    hidden = await browser.get(f"/objects/{OTHER['id']}/graph")
    never = await browser.get(
        "/objects/intrusion-set--00000000-0000-4000-8000-000000000099/graph"
    )
    clock = re.compile(r"\d\d:\d\d(:\d\d)?")
    assert hidden.status_code == 404
    assert clock.sub("", hidden.text).replace(str(OTHER["id"]), "") == clock.sub(
        "", never.text
    ).replace("intrusion-set--00000000-0000-4000-8000-000000000099", "")


async def test_the_page_bears_the_join_of_what_is_drawn(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await told(hub)
    await sign_in("norway")
    page = (await browser.get(f"/objects/{MALWARE['id']}/graph")).text
    top = page[page.index('id="marking-top"') :].partition("</aside>")[0]
    assert "REL TO NOR" in top
