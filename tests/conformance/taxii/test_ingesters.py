"""Platforms' own ingestion, replayed: nothing is lost, nothing comes for ever.

Source: the sources and documents named in `consumers.py`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from requests.auth import AuthBase

from tests.conformance.taxii.conftest import Restartable, Small
from tests.conformance.taxii.consumers import (
    Bearer,
    MispPush,
    OpenCtiConnector,
    OpenCtiIngester,
    OpenCtiPush,
    Sentinel,
    basic,
)
from tests.conformance.taxii.world import (
    ROOT,
    Client,
    Clients,
    Founded,
    Shelf,
    empty_id,
)
from tests.taxii.world import indicator, malware

MANY = 250
"""More than two pages of what the server gives when nobody says how many."""


def numbered(first: int, last: int) -> list[dict[str, Any]]:
    """Give the indicators of these numbers."""
    return [indicator(number) for number in range(first, last)]


def ids(objects: list[dict[str, Any]]) -> list[str]:
    """Name objects."""
    return [each["id"] for each in objects]


# OpenCTI's own ingestion


@pytest.fixture
def ingester(url: str, shelf: Shelf) -> Iterator[OpenCtiIngester]:
    """OpenCTI reading the test's own collection."""
    ingester = OpenCtiIngester(f"{url}{ROOT}", shelf.id, basic("fin"))
    yield ingester
    ingester.close()


def test_opencti_ingests_everything_once_while_more_keeps_coming(
    ingester: OpenCtiIngester, shelf: Shelf
) -> None:
    """OpenCTI's ingestion; check L6."""
    shelf.add(*numbered(0, MANY))

    ingester.tick()
    shelf.add(*numbered(MANY, MANY + 3))
    ingester.tick()
    shelf.add(malware(900))
    ingester.ticks()

    assert ids(ingester.received) == ids([*numbered(0, MANY + 3), malware(900)])


def test_opencti_is_given_nothing_again_though_it_keeps_milliseconds_only(
    ingester: OpenCtiIngester, shelf: Shelf
) -> None:
    """OpenCTI's ingestion; checks L1 and L6."""
    for number in range(20):
        shelf.add(indicator(number), malware(number))
        ingester.ticks()

    assert len(ids(ingester.received)) == len(set(ids(ingester.received))) == 40
    assert ingester.ticks() == []


def test_opencti_is_always_told_the_last_date_and_never_takes_its_own_clock(
    ingester: OpenCtiIngester, shelf: Shelf
) -> None:
    """OpenCTI's ingestion; checks L3 and L6."""
    ingester.ticks()
    shelf.add(*numbered(0, 3))
    ingester.ticks()
    kept = ingester.added_after
    ingester.ticks()

    assert ingester.clock_taken == 0
    assert ingester.added_after == kept


@pytest.mark.parametrize("scheme", ["basic", "bearer"])
def test_opencti_signs_in_by_password_and_by_token(
    url: str, shelf: Shelf, founded: Founded, scheme: str
) -> None:
    """OpenCTI's ingestion; checks L6 and U5."""
    shelf.add(indicator(1))
    schemes: dict[str, AuthBase] = {"basic": basic(), "bearer": Bearer(founded.token)}

    ingester = OpenCtiIngester(f"{url}{ROOT}", shelf.id, schemes[scheme])

    assert ids(ingester.ticks()) == [indicator(1)["id"]]
    ingester.close()


def test_opencti_goes_on_with_a_next_days_later_and_after_every_restart(
    restartable: Restartable,
) -> None:
    """OpenCTI's ingestion; checks L2 and L6."""
    server, clock = restartable.server, restartable.clock
    shelf = Shelf(Client(server.url, "pol"), empty_id(1))
    shelf.add(*numbered(0, MANY))
    ingester = OpenCtiIngester(f"{server.url}{ROOT}", shelf.id, basic("fin"))

    ingester.tick()
    server.kill()
    server.start()
    ingester.tick()
    clock.put(restartable.at + timedelta(days=30))
    server.stop()
    server.start()
    ingester.ticks()

    assert ids(ingester.received) == ids(numbered(0, MANY))
    ingester.close()
    shelf.client.http.close()


# OpenCTI's connector


def connector(url: str, shelf: Shelf, **more: Any) -> OpenCtiConnector:  # noqa: ANN401 - as it takes them
    """Configure the connector for a collection, by its title."""
    title = shelf.get().json()["title"]
    return OpenCtiConnector(
        f"{url}/taxii2/",
        f"nato.{title}",
        **{"clock": lambda: datetime.now(UTC), **more},
    )


@pytest.mark.parametrize("limit", [None, 40])
def test_opencti_connector_reads_all_pages_though_it_drops_added_after(
    url: str, shelf: Shelf, limit: int | None
) -> None:
    """OpenCTI's connector `taxii2`; check L7."""
    shelf.add(*numbered(0, MANY))
    reader = connector(url, shelf, limit=limit)

    assert ids(reader.run()) == ids(numbered(0, MANY))
    reader.close()


def test_opencti_connector_goes_on_though_it_sends_an_old_next_with_a_new_date(
    url: str, shelf: Shelf
) -> None:
    """OpenCTI's connector `taxii2`; check L7."""
    shelf.add(*numbered(0, MANY))
    reader = connector(url, shelf)
    reader.run()

    shelf.add(malware(901))
    second = reader.run()
    shelf.add(malware(902))
    third = reader.run()

    assert malware(901)["id"] in ids(second)
    assert malware(902)["id"] in ids(third)
    reader.close()


def test_opencti_connector_whose_clock_is_behind_loses_nothing(
    url: str, shelf: Shelf
) -> None:
    """OpenCTI's connector `taxii2`; check L8."""
    behind = timedelta(seconds=90)
    reader = connector(url, shelf, clock=lambda: datetime.now(UTC) - behind)
    reader.run()
    shelf.add(malware(903))

    assert ids(reader.run()) == [malware(903)["id"]]
    reader.close()


# OpenCTI's push


def test_opencti_pushes_its_bundles_under_the_name_of_stix(
    url: str, shelf: Shelf, founded: Founded
) -> None:
    """OpenCTI's connector `taxii-post`; check L10."""
    sender = OpenCtiPush(f"{url}/taxii2", "nato", shelf.id)

    answers = [
        sender.send(indicator(1), basic()),
        sender.send(indicator(2), Bearer(founded.token)),
        sender.send(indicator(1), basic()),
    ]

    assert [each.status_code for each in answers] == [202, 202, 202]
    assert [each.json()["failure_count"] for each in answers] == [0, 0, 0]
    assert shelf.ids() == ids(numbered(1, 3))


# Sentinel


def test_sentinel_is_given_each_indicator_once(url: str, shelf: Shelf) -> None:
    """Sentinel's connector; check L9."""
    sentinel = Sentinel(f"{url}{ROOT}", shelf.id)
    shelf.add(*numbered(0, MANY), malware(900))
    sentinel.poll()
    shelf.add(*numbered(MANY, MANY + 5))
    sentinel.poll()

    assert ids(sentinel.records) == ids(numbered(0, MANY + 5))


def test_sentinel_pays_for_nothing_when_nothing_has_changed(
    url: str, shelf: Shelf
) -> None:
    """Sentinel's connector; check L9."""
    sentinel = Sentinel(f"{url}{ROOT}", shelf.id)
    shelf.add(*numbered(0, 5))
    sentinel.poll()

    # Another platform posts again what it has, as they do.
    shelf.add(*numbered(0, 5))

    assert sentinel.poll() == []
    assert sentinel.poll() == []


def test_sentinel_finds_an_indicator_complete(url: str, shelf: Shelf) -> None:
    """Sentinel's connector; check L9."""
    given = {**indicator(1), "valid_until": "2027-01-01T00:00:00Z"}
    shelf.add(given)

    assert Sentinel(f"{url}{ROOT}", shelf.id).poll() == [given]


def test_a_recall_reaches_every_poller_once_as_a_revoked_version(
    url: str, shelf: Shelf, ingester: OpenCtiIngester
) -> None:
    """OpenCTI and Sentinel delete nothing; check L11."""
    sentinel = Sentinel(f"{url}{ROOT}", shelf.id)
    shelf.add(*numbered(0, 3))
    sentinel.poll()
    ingester.ticks()
    recalled = {
        **indicator(1, modified="2026-11-09T00:00:00.000Z"),
        "revoked": True,
    }

    shelf.add(recalled)

    assert sentinel.poll() == [recalled]
    assert ingester.ticks() == [recalled]
    assert sentinel.poll() == ingester.ticks() == []


# MISP


def test_misp_pushes_envelopes_as_long_as_they_may_be(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MISP's push; checks L13 and P10."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(small.root))
    objects = numbered(0, 20)
    client = Client(small.url, "pol", verify=small.trust)

    statuses = MispPush(f"{small.url}/taxii2", "nato", empty_id(2)).push(objects)

    pages = Shelf(client, empty_id(2)).pages("objects/")
    found = [each for page in pages for each in page.json()["objects"]]
    assert len(statuses) > 1
    assert sum(each.success_count for each in statuses) == 20
    assert found == objects
    client.http.close()


def test_misp_is_told_what_failed(url: str, shelf: Shelf) -> None:
    """MISP's push; check L13."""
    push = MispPush(f"{url}/taxii2", "nato", shelf.id)

    [status] = push.push([indicator(1), {**indicator(2), "id": "indicator--2"}])

    assert status.failure_count == 1
    assert status.failures[0].keys() >= {"id", "version", "message"}


def test_what_one_platform_pushes_another_ingests(
    url: str, shelf: Shelf, clients: Clients, ingester: OpenCtiIngester
) -> None:
    """MISP's push and OpenCTI's ingestion; checks L6 and L13."""
    MispPush(f"{url}/taxii2", "nato", shelf.id).push(numbered(0, 5))

    assert ingester.ticks() == numbered(0, 5)
    assert shelf.of(clients.mda).ids() == ids(numbered(0, 5))
