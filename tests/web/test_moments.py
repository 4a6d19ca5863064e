"""The time line of an object: its own dates, arrivals, and what names it since."""

import re

import httpx
import orjson

from foedus.hub import Hub
from foedus.stix.markings import TLP_2, hub_marking_id, make_hub_definition
from tests.web.conftest import looking, signed_in
from tests.web.demo_hub import Mould

MALWARE = "malware--00000000-0000-4000-8000-00000000000a"
INDICATOR = "indicator--00000000-0000-4000-8000-00000000000b"
HIDDEN = "NATO SECRET // REL TO NOR"


def _objects() -> list[bytes]:
    dated = {
        "spec_version": "2.1",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "object_marking_refs": [TLP_2["CLEAR"]],
    }
    malware = {
        **dated,
        "type": "malware",
        "id": MALWARE,
        "name": "Lantern",
        "is_family": False,
        "first_seen": "2025-12-24T00:00:00.000Z",
    }
    indicator = {
        **dated,
        "type": "indicator",
        "id": INDICATOR,
        "name": "lantern.example",
        "pattern": "[domain-name:value = 'lantern.example']",
        "pattern_type": "stix",
        "valid_from": "2026-01-02T00:00:00.000Z",
        "valid_until": "2999-01-01T00:00:00.000Z",
    }
    return [orjson.dumps(malware), orjson.dumps(indicator)]


def _link(number: int, word: str, label: str = "") -> list[bytes]:
    marking = hub_marking_id(label) if label else TLP_2["CLEAR"]
    link = {
        "type": "relationship",
        "spec_version": "2.1",
        "id": f"relationship--00000000-0000-4000-8000-00000000000{number}",
        "created": "2026-01-03T00:00:00.000Z",
        "modified": "2026-01-03T00:00:00.000Z",
        "relationship_type": word,
        "source_ref": INDICATOR,
        "target_ref": MALWARE,
        "object_marking_refs": [marking],
    }
    return [*([make_hub_definition(label)] if label else []), orjson.dumps(link)]


async def _publish(hub: Hub, *objects: bytes) -> None:
    account = hub.authenticator.named("norway")
    collection = hub.reading.collection(account.viewer(), "open")
    act = hub.act(account, door="test", at=hub.clock())
    await hub.publish(account, act, collection.id, objects)


def _line(page: str) -> str:
    part = page[page.index("What happened") :].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", part))


async def test_an_object_tells_what_happened_to_it_as_far_as_one_may_know(
    hub: Hub, mould: Mould
) -> None:
    await _publish(hub, *_objects())
    await _publish(hub, *_link(1, "indicates"))
    await _publish(hub, *_link(2, "consists-of", HIDDEN))
    pages: dict[str, httpx.Response] = {}
    for name in ("norway", "moldova"):
        async with looking(hub, await signed_in(hub, mould, name)) as client:
            pages[name] = await client.get(f"/objects/{MALWARE}")
            other = await client.get(f"/objects/{INDICATOR}")

    own, partner = (_line(pages[name].text) for name in ("norway", "moldova"))
    assert "First seen" in own
    assert "Arrived from Norway" in own
    assert "Named: indicates this lantern[.]example" in own
    assert "consists of" in own
    assert "consists of" not in partner
    assert own.count("Named:") == 2
    assert partner.count("Named:") == 1
    assert "Indicates" in _line(other.text)
    assert 'class="next"' in other.text  # valid until a day to come
    assert 'data-copy="lantern.example"' in other.text
