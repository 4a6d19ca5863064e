"""What a change of the alliance would open to a nation, of what one reader sees."""

from collections import Counter
from datetime import timedelta

import msgspec
import orjson
import pytest

from foedus.alliance.events import StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.clock import to_ms
from foedus.hub import Hub
from foedus.ids import NationCode
from foedus.intel.openings import Openings, Way, openings
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role
from foedus.stix.markings import TLP_2
from tests.api.world import NOON, Clients, clients, clock, founded, http, hub, indicator

__all__ = ["clients", "clock", "founded", "http", "hub"]

MDA = NationCode("MDA")
UNTIL_MS = to_ms(NOON + timedelta(days=1))


async def publish(
    hub: Hub, number: int, collection: str, light: str = "", day: int = 1
) -> None:
    account = hub.authenticator.named("pol")
    found: dict[str, object] = dict(indicator(number))
    found["modified"] = f"2026-11-{day:02}T00:00:00.000Z"
    if light:
        found["object_marking_refs"] = [TLP_2[light]]
    act = hub.act(account, door="taxii", at=NOON)
    await hub.publish(account, act, collection, [orjson.dumps(found)])


def joining(alliance: Alliance, status: Status = Status.MEMBER) -> Alliance:
    return alliance.with_change(
        StatusChanged(nation=MDA, status=status, since=NOON.date())
    )


def asked(hub: Hub, name: str, status: Status = Status.MEMBER) -> Openings:
    with hub.reading.snapshot() as seen:
        after = Access(joining(seen.access.alliance, status), NOON.date())
        viewer = hub.authenticator.named(name).viewer()
        return openings(seen, viewer, MDA, after, UNTIL_MS)


def ways(found: Openings) -> dict[Way, int]:
    return {each.way: each.objects for each in found.groups}


async def test_open_terms_open_and_closed_terms_stay_closed(hub: Hub) -> None:
    await publish(hub, 1, "open")
    await publish(hub, 2, "open", "AMBER")
    await publish(hub, 3, "members")
    await publish(hub, 4, "open", "RED")

    found = asked(hub, "pol")

    counted = Counter[Way]()
    for each in found.groups:
        counted[each.way] += each.objects
    assert counted == {Way.SEEN: 1, Way.OPENS: 1, Way.AUDIENCE: 2}
    assert found.objects == 4
    closed = {each.label for each in found.groups if each.way is Way.AUDIENCE}
    assert any("REL TO NATO 2024-03-07" in each for each in closed)


async def test_each_reader_is_told_of_what_it_was_given_alone(hub: Hub) -> None:
    await publish(hub, 1, "open")
    await publish(hub, 2, "open", "AMBER")
    await publish(hub, 4, "open", "RED")

    assert asked(hub, "pol").objects == 3
    assert asked(hub, "fin").objects == 2
    assert asked(hub, "mda").objects == 1
    assert asked(hub, "mda").labels <= asked(hub, "fin").labels


async def test_a_collection_that_the_nation_may_not_read_stays_closed(
    hub: Hub,
) -> None:
    account = hub.authenticator.named("fin")
    act = hub.act(account, door="taxii", at=NOON)
    publisher = msgspec.structs.replace(account, roles=frozenset({Role.PUBLISHER}))
    found = {**indicator(5), "object_marking_refs": [TLP_2["CLEAR"]]}
    [outcome] = await hub.publish(publisher, act, "finland", [orjson.dumps(found)])
    assert outcome.outcome == "stored", outcome

    assert ways(asked(hub, "fin")) == {Way.COLLECTION: 1}


async def test_suspension_closes_what_is_open(hub: Hub) -> None:
    await publish(hub, 1, "open")

    assert ways(asked(hub, "pol", Status.SUSPENDED)) == {Way.CLOSES: 1}


async def test_what_a_release_gives_already_is_seen_already(
    hub: Hub, clients: Clients
) -> None:
    await publish(hub, 3, "members")
    assert Way.SEEN not in ways(asked(hub, "pol"))

    answer = await clients.pol.post(
        "/api/v1/releases",
        {
            "to": ["MDA"],
            "label": "NATO UNCLASSIFIED // REL TO NATO 2024-03-07",
            "since": "2026-11-20",
            "reason": "a test",
        },
    )
    assert answer.is_success, answer.text

    assert ways(asked(hub, "pol")) == {Way.SEEN: 1}


async def test_what_arrives_later_than_the_day_is_not_counted(hub: Hub) -> None:
    await publish(hub, 1, "open")
    with hub.reading.snapshot() as seen:
        after = Access(joining(seen.access.alliance), NOON.date())
        viewer = hub.authenticator.named("pol").viewer()
        before = to_ms(NOON - timedelta(days=1))

        assert openings(seen, viewer, MDA, after, before).objects == 0


async def test_an_object_counts_once_by_the_last_version_that_one_was_given(
    hub: Hub,
) -> None:
    await publish(hub, 1, "open", "CLEAR")
    await publish(hub, 1, "open", "AMBER", day=3)
    await publish(hub, 1, "open", "CLEAR", day=2)

    assert ways(asked(hub, "fin")) == {Way.OPENS: 1}
    assert ways(asked(hub, "mda")) == {Way.SEEN: 1}


@pytest.mark.parametrize("status", [Status.PARTNER, Status.ASPIRANT])
async def test_a_change_that_moves_no_community_opens_nothing(
    hub: Hub, status: Status
) -> None:
    await publish(hub, 2, "open", "AMBER")

    assert Way.OPENS not in ways(asked(hub, "pol", status))
