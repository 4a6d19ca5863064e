"""Unmodified clients against a real server process: taxii2-client, stix2, cytaxii2."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import stix2
from cytaxii2.cytaxii2 import cytaxii2
from requests.exceptions import HTTPError
from stix2.datastore.taxii import TAXIICollectionSink, TAXIICollectionSource
from taxii2client.v21 import Collection, Server, as_pages

from tests.conformance.taxii.world import ROOT, Clients, Shelf
from tests.taxii.world import OPEN, PASSWORD, READ_ONLY, TAXII, WRITE_ONLY, indicator

MANY = 250

Opened = Callable[[str], Collection]
"""The collection of the test by taxii2-client, as the account of a name."""


def new_indicator(**more: str) -> Any:  # noqa: ANN401 - JSON
    """Give an indicator that no other test has."""
    return indicator(uuid.uuid4().int >> 8, **more)


@pytest.fixture
def opened(url: str, shelf: Shelf) -> Iterator[Opened]:
    """Opens the test's own collection."""
    open_ones: list[Collection] = []

    def by_taxii2_client(name: str, collection: str = shelf.id) -> Collection:
        where = f"{url}{ROOT}collections/{collection}/"
        open_ones.append(Collection(where, user=name, password=PASSWORD))
        return open_ones[-1]

    yield by_taxii2_client
    for each in open_ones:
        each.close()


# taxii2-client


def test_taxii2_client_discovers_the_server(url: str) -> None:
    """TAXII 2.1, 4.1 and 4.2; check L12."""
    with Server(f"{url}/taxii2/", user="pol", password=PASSWORD) as found:
        assert found.title == "Foedus of North Atlantic Treaty Organization"
        assert found.default.url == f"{url}{ROOT}"
        assert TAXII in found.default.versions
        assert {each.id for each in found.default.collections} >= {OPEN, READ_ONLY}


def test_taxii2_client_reads_what_another_nation_added(opened: Opened) -> None:
    """TAXII 2.1, 5.5 and 5.6; check L12."""
    given = new_indicator()

    status = opened("pol").add_objects({"objects": [given]})

    assert status.status == "complete"
    assert status.success_count == 1
    assert opened("fin").get_object(given["id"])["objects"] == [given]


def test_taxii2_client_asks_for_a_status_again(opened: Opened) -> None:
    """TAXII 2.1, 4.3; check L12."""
    status = opened("pol").add_objects({"objects": [new_indicator(), {"type": "x"}]})
    failures = status.failures

    status.refresh()

    assert status.failures == failures
    assert status.success_count == 1


@pytest.mark.parametrize("per_request", [10, 99, 100, 5000])
def test_taxii2_client_pages_through_everything_once(
    opened: Opened, per_request: int
) -> None:
    """TAXII 2.1, 3.5; checks L12 and M5."""
    given = [new_indicator() for _ in range(MANY)]
    opened("pol").add_objects({"objects": given})
    collection = opened("fin")

    objects, manifest = (
        [
            each["id"]
            for page in as_pages(function, per_request=per_request)
            for each in page["objects"]
        ]
        for function in (collection.get_objects, collection.get_manifest)
    )

    assert objects == [each["id"] for each in given]
    assert manifest == objects


def test_taxii2_client_filters(opened: Opened) -> None:
    """TAXII 2.1, 3.4.1; check L12."""
    collection = opened("pol")
    given = new_indicator()
    newer = {**given, "modified": "2026-11-05T00:00:00.000Z"}
    collection.add_objects({"objects": [given]})
    collection.add_objects({"objects": [newer]})

    def found(**filters: str) -> list[Any]:
        objects: list[Any] = collection.get_objects(id=given["id"], **filters).get(
            "objects", []
        )
        return objects

    assert found() == [newer]
    assert found(version="all") == [given, newer]
    assert found(version="first") == [given]
    assert found(type="malware") == []
    assert collection.object_versions(given["id"])["versions"] == [
        given["modified"],
        newer["modified"],
    ]


def test_taxii2_client_deletes(opened: Opened) -> None:
    """TAXII 2.1, 5.7; check L12."""
    given = new_indicator()
    collection = opened("pol")
    collection.add_objects({"objects": [given]})

    collection.delete_object(given["id"])

    with pytest.raises(HTTPError, match="404"):
        collection.get_object(given["id"])


def test_taxii2_client_is_refused_without_a_password(url: str) -> None:
    """TAXII 2.1, 1.6.9; check L12."""
    with (
        Server(f"{url}/taxii2/", user="pol", password="guess") as found,  # noqa: S106 - wrong on purpose
        pytest.raises(HTTPError, match="401"),
    ):
        found.refresh()


# stix2


def test_stix2_source_finds_what_a_sink_stored(opened: Opened) -> None:
    """TAXII 2.1, 5.4 to 5.6; check K1."""
    given = stix2.parse(new_indicator())

    TAXIICollectionSink(opened("pol")).add(given)

    source = TAXIICollectionSource(opened("fin"))
    assert source.get(given.id) == given
    assert source.get(new_indicator()["id"]) is None
    assert source.query([stix2.Filter("id", "=", given.id)]) == [given]


def test_stix2_source_finds_all_versions(opened: Opened) -> None:
    """TAXII 2.1, 3.4.1; check K1."""
    given = stix2.parse(new_indicator())
    newer = given.new_version(name="Better known")
    collection = opened("pol")

    TAXIICollectionSink(collection).add([given, newer])

    source = TAXIICollectionSource(collection)
    assert source.get(given.id) == newer
    assert source.all_versions(given.id) == [given, newer]


def test_stix2_source_queries_everything_whatever_the_page(opened: Opened) -> None:
    """TAXII 2.1, 3.5; check K1."""
    given = [new_indicator() for _ in range(MANY)]
    opened("pol").add_objects({"objects": given})

    found = TAXIICollectionSource(opened("fin"), items_per_page=100).query()

    assert [each.id for each in found] == [each["id"] for each in given]


def test_stix2_source_and_sink_know_their_rights(
    opened: Callable[..., Collection],
) -> None:
    """TAXII 2.1, 5.2.1; check K1."""
    read_only, write_only = opened("pol", READ_ONLY), opened("pol", WRITE_ONLY)

    TAXIICollectionSink(write_only).add(stix2.parse(new_indicator()))

    assert TAXIICollectionSource(read_only).query([stix2.Filter("id", "=", "x")]) == []
    with pytest.raises(stix2.datastore.DataSourceError):
        TAXIICollectionSink(read_only)
    with pytest.raises(stix2.datastore.DataSourceError):
        TAXIICollectionSource(write_only)


# cytaxii2


@pytest.fixture
def cyware(url: str) -> Any:  # noqa: ANN401 - cytaxii2 has no types
    """Poland's client by cytaxii2."""
    return cytaxii2(discovery_url=f"{url}/taxii2/", username="pol", password=PASSWORD)


def test_cytaxii2_discovers_the_server(cyware: Any, url: str) -> None:  # noqa: ANN401 - as above
    """TAXII 2.1, 4.1, 4.2 and 5.1; check K2."""
    discovered = cyware.discovery_request()
    root = cyware.root_discovery()
    listed = cyware.collection_request()

    assert discovered["response"]["default"] == f"{url}{ROOT}"
    assert root["response"]["max_content_length"] > 0
    assert OPEN in [each["id"] for each in listed["response"]["collections"]]
    assert cyware.collection_data_request(OPEN)["response"]["id"] == OPEN


def test_cytaxii2_polls_what_it_put_in(
    cyware: Any,  # noqa: ANN401 - as above
    shelf: Shelf,
) -> None:
    """TAXII 2.1, 5.4 and 5.5; check K2."""
    given = [new_indicator() for _ in range(5)]

    sent = cyware.inbox_request(shelf.id, orjson.dumps({"objects": given}))
    polled = cyware.poll_request(shelf.id)
    one = cyware.poll_request(shelf.id, object_id=given[2]["id"])
    none = cyware.poll_request(shelf.id, object_type="malware")

    assert sent["status_code"] == 202
    assert sent["response"]["success_count"] == 5
    assert polled["response"]["objects"] == given
    assert one["response"]["objects"] == [given[2]]
    assert none["response"] == {}


def test_cytaxii2_follows_next_and_added_after(
    cyware: Any,  # noqa: ANN401 - as above
    clients: Clients,
    shelf: Shelf,
) -> None:
    """TAXII 2.1, 3.5; check K2."""
    given = [new_indicator() for _ in range(5)]
    shelf.of(clients.fin).add(*given)
    pages = [cyware.poll_request(shelf.id, limit=2)["response"]]
    for _ in range(2):
        again = cyware.poll_request(shelf.id, limit=2, next=pages[-1]["next"])
        pages.append(again["response"])

    found = list(itertools.chain.from_iterable(page["objects"] for page in pages))

    assert found == given
    assert pages[-1]["more"] is False
    later = cyware.poll_request(shelf.id, added_after=shelf.added()[3])
    assert later["response"]["objects"] == given[4:]


def test_cytaxii2_is_told_what_is_wrong(cyware: Any, shelf: Shelf) -> None:  # noqa: ANN401 - as above
    """TAXII 2.1, 3.6.1; check K2."""
    refused = cyware.poll_request(shelf.id, limit=0)
    malformed = cyware.inbox_request(shelf.id, b"nonsense")

    assert (refused["status"], refused["status_code"]) == (False, 400)
    assert refused["response"]["http_status"] == "400"
    assert malformed["status_code"] == 422
