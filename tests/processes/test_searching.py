"""Search over everything: each kind is found, and only by who may know of it."""

import json

import pytest

from foedus.guidance.commands import Engaging, Publishing, engage, publish
from foedus.hub import Hub
from foedus.ids import CollectionId
from foedus.processes.searching import Hit, Kind, search
from tests.api.world import NOON, OPEN, clock, founded, hub

__all__ = ["clock", "founded", "hub"]

MEMBERS = "NATO UNCLASSIFIED // REL TO NATO"


def hits(of: Hub, name: str, text: str, kind: str = "") -> list[Hit]:
    viewer = of.authenticator.named(name).viewer()
    with of.reading.snapshot() as seen:
        return [each.hit for each in search(seen, viewer, text, kind=kind, limit=100)]


def ids(of: Hub, name: str, text: str) -> list[str]:
    return [each.id for each in hits(of, name, text)]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("FIN", Kind.NATION, "FIN"),
        ("finland", Kind.NATION, "FIN"),
        ("Partnership for Peace", Kind.FRAMEWORK, "pfp"),
        ("EAPC", Kind.TERM, "EAPC"),
        ("open", Kind.COLLECTION, "open"),
    ],
)
def test_what_everybody_knows_is_found_by_name(
    hub: Hub, text: str, kind: Kind, name: str
) -> None:
    best = hits(hub, "pol", text)[:3]
    assert (kind, name, "whole") in [(each.kind, each.id, each.match) for each in best]


def test_a_collection_that_one_may_not_read_is_not_found(hub: Hub) -> None:
    def collections(name: str) -> list[str]:
        return [each.id for each in hits(hub, name, "Finland", Kind.COLLECTION)]

    assert collections("fin") == ["finland"]
    assert collections("pol") == []


async def test_updates_and_engagements_are_found_by_who_may_see_them(hub: Hub) -> None:
    pol = hub.authenticator.named("pol")
    act = hub.act(pol, door="test", at=NOON)
    update, _ = await publish(
        hub.bureau,
        pol.viewer(),
        act,
        Publishing(
            title="Reporting", text="By kite.", effective=NOON.date(), label=MEMBERS
        ),
    )
    engagement, position = await engage(
        hub.bureau,
        pol.viewer(),
        act,
        Engaging(kind="visit", title="Kite talks", purpose="p", since=NOON.date()),
    )
    await hub.seen([position])

    assert ids(hub, "pol", "kite") == [engagement, update]
    assert ids(hub, "fin", "kite") == [update]
    assert ids(hub, "mda", "kite") == []
    assert ids(hub, "fin", engagement) == []


async def test_objects_are_found_with_label_and_date(hub: Hub) -> None:
    pol = hub.authenticator.named("pol")
    sent = {
        "type": "domain-name",
        "spec_version": "2.1",
        "id": "domain-name--ecb120bf-2694-4902-a737-62b74539a41b",
        "value": "example.com",
    }
    act = hub.act(pol, door="test", at=NOON)
    raw = json.dumps(sent).encode()
    await hub.publish(pol, act, CollectionId(OPEN), [raw])

    (found,) = hits(hub, "mda", "example[.]com", Kind.OBJECT)

    assert (found.match, found.nation, found.title) == ("whole", "POL", "example.com")
    assert found.label.endswith("PUBLIC")
    assert found.at is not None


def test_of_one_kind_of_match_what_everybody_knows_stands_first(hub: Hub) -> None:
    found = hits(hub, "pol", "members")
    order = [("whole", "begin", "words").index(each.match) for each in found]
    assert order == sorted(order)
    assert len(set(order)) > 1


def test_nothing_is_found_of_nothing(hub: Hub) -> None:
    assert hits(hub, "pol", " ") == []
