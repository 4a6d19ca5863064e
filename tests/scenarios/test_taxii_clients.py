"""Unmodified clients against a real server process: taxii2-client and stix2."""

import shutil
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import stix2
from requests.exceptions import HTTPError
from stix2.datastore.taxii import TAXIICollectionSink, TAXIICollectionSource
from taxii2client.v21 import Collection, Server, as_pages

from tests.scenarios.taxii_server import serving
from tests.taxii.world import (
    OPEN,
    PASSWORD,
    READ_ONLY,
    TAXII,
    WRITE_ONLY,
    World,
    founded,
    indicator,
)

__all__ = ["founded"]

MANY = 250


@pytest.fixture(scope="module")
def url(founded: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(founded.folder, folder)
    with serving(folder) as url:
        yield url


def server(url: str, name: str) -> Server:
    return Server(f"{url}/taxii2/", user=name, password=PASSWORD)


def collection(url: str, name: str, collection_id: str) -> Collection:
    with server(url, name) as found:
        [wanted] = [
            each for each in found.default.collections if each.id == collection_id
        ]
    assert isinstance(wanted, Collection)
    return wanted


@pytest.fixture
def as_poland(url: str) -> Iterator[Collection]:
    with collection(url, "pol", OPEN) as found:
        yield found


@pytest.fixture
def as_finland(url: str) -> Iterator[Collection]:
    with collection(url, "fin", OPEN) as found:
        yield found


def new_indicator(**more: str) -> Any:  # noqa: ANN401 - JSON
    return indicator(uuid.uuid4().int >> 8, **more)


def test_taxii2_client_discovers_the_server(url: str) -> None:
    with server(url, "pol") as found:
        assert found.title == "Foedus of North Atlantic Treaty Organization"
        assert found.default.url == f"{url}/taxii2/nato/"
        assert TAXII in found.default.versions
        assert {each.id for each in found.default.collections} >= {OPEN, READ_ONLY}


def test_taxii2_client_reads_what_another_nation_added(
    as_poland: Collection, as_finland: Collection
) -> None:
    given = new_indicator()

    status = as_poland.add_objects({"objects": [given]})

    assert status.status == "complete"
    assert status.success_count == 1
    assert as_finland.get_object(given["id"])["objects"] == [given]


def test_taxii2_client_asks_for_a_status_again(url: str, as_poland: Collection) -> None:
    status = as_poland.add_objects({"objects": [new_indicator(), {"type": "x"}]})

    with server(url, "pol") as found:
        again = found.default.get_status(status.id)
    status.refresh()

    assert again.failures == status.failures
    assert again.success_count == 1


@pytest.mark.parametrize("per_request", [10, 99, 100, 5000])
def test_taxii2_client_pages_through_everything_once(
    as_poland: Collection, as_finland: Collection, per_request: int
) -> None:
    given = [new_indicator() for _ in range(MANY)]
    as_poland.add_objects({"objects": given})
    wanted = {each["id"] for each in given}

    objects = [
        each["id"]
        for page in as_pages(as_finland.get_objects, per_request=per_request)
        for each in page["objects"]
    ]
    manifest = [
        each["id"]
        for page in as_pages(as_finland.get_manifest, per_request=per_request)
        for each in page["objects"]
    ]

    assert len(objects) == len(set(objects))
    assert wanted <= set(objects)
    assert manifest == objects


def test_taxii2_client_filters(as_poland: Collection) -> None:
    given = new_indicator()
    newer = {**given, "modified": "2026-11-05T00:00:00.000Z"}
    as_poland.add_objects({"objects": [given]})
    as_poland.add_objects({"objects": [newer]})

    def found(**filters: str) -> list[Any]:
        envelope = as_poland.get_objects(id=given["id"], **filters)
        objects: list[Any] = envelope.get("objects", [])
        return objects

    assert found() == [newer]
    assert found(version="all") == [given, newer]
    assert found(version="first") == [given]
    assert found(type="malware") == []
    assert as_poland.object_versions(given["id"])["versions"] == [
        given["modified"],
        newer["modified"],
    ]


def test_taxii2_client_deletes(as_poland: Collection) -> None:
    given = new_indicator()
    as_poland.add_objects({"objects": [given]})

    as_poland.delete_object(given["id"])

    with pytest.raises(HTTPError, match="404"):
        as_poland.get_object(given["id"])


def test_taxii2_client_is_refused_without_a_password(url: str) -> None:
    with (
        Server(f"{url}/taxii2/", user="pol", password="guess") as found,  # noqa: S106 - wrong on purpose
        pytest.raises(HTTPError, match="401"),
    ):
        found.refresh()


def test_stix2_source_finds_what_a_sink_stored(
    as_poland: Collection, as_finland: Collection
) -> None:
    given = stix2.parse(new_indicator())

    TAXIICollectionSink(as_poland).add(given)

    source = TAXIICollectionSource(as_finland)
    assert source.get(given.id) == given
    assert source.get(new_indicator()["id"]) is None
    assert source.query([stix2.Filter("id", "=", given.id)]) == [given]


def test_stix2_source_finds_all_versions(as_poland: Collection) -> None:
    given = stix2.parse(new_indicator())
    newer = given.new_version(name="Better known")
    sink = TAXIICollectionSink(as_poland)

    sink.add([given, newer])

    source = TAXIICollectionSource(as_poland)
    assert source.get(given.id) == newer
    assert source.all_versions(given.id) == [given, newer]


def test_stix2_source_and_sink_know_their_rights(url: str) -> None:
    with collection(url, "pol", READ_ONLY) as read_only:
        assert TAXIICollectionSource(read_only).query() == []
        with pytest.raises(stix2.datastore.DataSourceError):
            TAXIICollectionSink(read_only)
    with collection(url, "pol", WRITE_ONLY) as write_only:
        TAXIICollectionSink(write_only).add(stix2.parse(new_indicator()))
        with pytest.raises(stix2.datastore.DataSourceError):
            TAXIICollectionSource(write_only)


def test_a_body_that_is_too_long_is_answered(url: str) -> None:
    with httpx.Client(auth=("pol", PASSWORD), timeout=60) as http:
        root = http.get(f"{url}/taxii2/nato/").json()
        response = http.post(
            f"{url}/taxii2/nato/collections/{OPEN}/objects/",
            content=b" " * (root["max_content_length"] + 1),
            headers={"Content-Type": TAXII},
        )

    assert response.status_code == 413
