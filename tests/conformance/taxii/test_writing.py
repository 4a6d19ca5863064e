"""TAXII 2.1, section 5.5: adding objects."""

import uuid
from typing import Any

import orjson
import pytest

from tests.conformance.taxii.world import Clients, Shelf
from tests.taxii.world import TAXII, indicator

ONE = indicator(1)["id"]
FIRST = "2026-11-01T00:00:00.000Z"


def test_a_post_answers_202_with_a_status(shelf: Shelf) -> None:
    """TAXII 2.1, 4.3.1 and 5.5; check P1."""
    response = shelf.post([indicator(1), indicator(2)])

    status = response.json()
    assert response.status_code == 202
    assert response.headers["content-type"] == TAXII
    assert uuid.UUID(status["id"]).version == 4
    assert status["status"] == "complete"


def test_the_counts_of_a_status_add_up(shelf: Shelf) -> None:
    """TAXII 2.1, 2 and 4.3.1; check P5."""
    good = shelf.post([indicator(1), indicator(2)]).json()
    mixed = shelf.post([indicator(3), {"type": "indicator"}]).json()
    bad = shelf.post([{"type": "indicator"}]).json()

    for status, counts in ((good, (2, 2, 0)), (mixed, (2, 1, 1)), (bad, (1, 0, 1))):
        total, success, failure = counts
        assert status["total_count"] == total
        assert status["success_count"] == success == len(status.get("successes", []))
        assert status["failure_count"] == failure == len(status.get("failures", []))
        assert status["pending_count"] == 0
        assert [] not in status.values()


def test_a_status_has_the_properties_of_its_table_and_no_other(shelf: Shelf) -> None:
    """TAXII 2.1, 3.8 and 4.3.1; check S1."""
    status = shelf.post([indicator(1), {"type": "indicator"}]).json()

    assert status.keys() <= {
        *("id", "status", "request_timestamp", "total_count"),
        *("success_count", "successes", "failure_count", "failures"),
        *("pending_count", "pendings"),
    }
    for each in (*status["successes"], *status["failures"]):
        assert {"id", "version"} <= each.keys() <= {"id", "version", "message"}


def test_what_was_posted_can_be_read_at_once(clients: Clients, shelf: Shelf) -> None:
    """TAXII 2.1, 5.5; check P1."""
    shelf.add(indicator(1))

    assert shelf.of(clients.fin).ids() == [ONE]


def test_an_exact_duplicate_is_a_success_and_stored_once(shelf: Shelf) -> None:
    """TAXII 2.1, 5.5; check P4."""
    shelf.add(indicator(1))
    dates = shelf.added()

    status = shelf.add(indicator(1), indicator(1))

    assert status["success_count"] == 2
    assert shelf.added(match_version="all") == dates


def test_a_duplicate_is_one_however_it_is_written(shelf: Shelf) -> None:
    """TAXII 2.1, 5.5; check P4."""
    shelf.add(indicator(1))

    shelf.add(dict(reversed(indicator(1).items())))

    assert shelf.objects(match_version="all") == [indicator(1)]


def test_another_content_under_the_same_version_fails(shelf: Shelf) -> None:
    """STIX 2.1, 3.6; check P4."""
    shelf.add(indicator(1))

    status = shelf.post([{**indicator(1), "name": "Another"}]).json()

    assert status["failure_count"] == 1
    assert shelf.objects() == [indicator(1)]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nonsense", b"\xff\xfe", b'{"objects":[', b'{"objects":[{}]} x'],
)
def test_a_body_that_is_no_json_is_422(shelf: Shelf, body: bytes) -> None:
    """TAXII 2.1, 5.5; check P6."""
    response = shelf.post(body)

    assert response.status_code == 422
    assert response.json()["http_status"] == "422"


@pytest.mark.parametrize(
    "body",
    [
        *(b"[]", b"null", b'"objects"', b"5", b'{"objects":5}', b'{"objects":null}'),
        *(b'{"objects":{}}', b'{"objects":"x"}', b'{"things":[]}'),
        b'{"objects":[{}],"objects":[{}]}',
    ],
)
def test_a_body_that_is_no_envelope_is_422(shelf: Shelf, body: bytes) -> None:
    """TAXII 2.1, 3.7 and 5.5; check P7."""
    assert shelf.post(body).status_code == 422


@pytest.mark.parametrize("body", [b"{}", b'{"objects":[]}'])
def test_an_envelope_without_objects_is_422(shelf: Shelf, body: bytes) -> None:
    """TAXII 2.1, 2 and 3.7; check P8."""
    assert shelf.post(body).status_code == 422


def test_an_object_alone_is_no_envelope(shelf: Shelf) -> None:
    """TAXII 2.1, 5.5; check P7."""
    assert shelf.post(orjson.dumps(indicator(1))).status_code == 422


def test_an_envelope_of_more_than_25000_objects_is_422_and_stores_nothing(
    shelf: Shelf,
) -> None:
    """TAXII 2.1, 5.5; check P8."""
    body = b'{"objects":[' + b"{}," * 25_000 + b"{}]}"

    assert shelf.post(body).status_code == 422
    assert shelf.ids() == []


def test_a_bad_object_fails_with_a_message_and_condemns_no_other(shelf: Shelf) -> None:
    """TAXII 2.1, 4.3.1 and 5.5; check P9."""
    bad: list[dict[str, Any]] = [
        {**indicator(2), "id": "indicator--1"},
        {**indicator(3), "modified": "yesterday"},
        {"type": "indicator"},
    ]

    status = shelf.post([bad[0], indicator(1), *bad[1:]]).json()

    assert status["success_count"] == 1
    assert status["failure_count"] == len(status["failures"]) == 3
    assert all(each["message"] for each in status["failures"])
    assert status["failures"][1]["id"] == indicator(3)["id"]
    assert shelf.ids() == [ONE]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"id": "malware--11111111-1111-4111-8111-111111111111"},
        {"id": None},
        {"id": 5},
        {"type": ["indicator"]},
        {"type": "Indicator"},
        {"created": "2026-11-23"},
        {"modified": "2026-11-01T00:00:00.000+01:00"},
        {"modified": None},
        {"spec_version": "9.9"},
        {"spec_version": 2.1},
        {"object_marking_refs": "TLP:RED"},
        {"object_marking_refs": [5]},
        {"granular_markings": [{}]},
        {"revoked": "yes"},
    ],
)
def test_whatever_is_wrong_with_an_object_the_answer_is_a_failure_of_that_object(
    shelf: Shelf, spoilt: dict[str, Any]
) -> None:
    """TAXII 2.1, 5.5, as users ask; checks P9 and L14."""
    response = shelf.post([{**indicator(2), **spoilt}, indicator(1)])

    assert response.status_code == 202
    assert response.json()["failure_count"] == 1
    assert response.json()["failures"][0]["message"]
    assert shelf.ids() == [ONE]


@pytest.mark.parametrize("object_", [b"5", b"null", b'"x"', b"[]", b"{}"])
def test_what_is_no_object_is_a_failure(shelf: Shelf, object_: bytes) -> None:
    """TAXII 2.1, 3.7 and 5.5; check P9."""
    body = b'{"objects":[' + object_ + b"," + orjson.dumps(indicator(1)) + b"]}"

    response = shelf.post(body)

    assert response.status_code == 202
    assert response.json()["failure_count"] == 1
    assert shelf.ids() == [ONE]


def test_the_version_in_a_status_is_the_objects_own(shelf: Shelf) -> None:
    """TAXII 2.1, 4.3.1; check S3."""
    marking = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": "marking-definition--11111111-1111-4111-8111-111111111111",
        "created": "2026-10-01T00:00:00Z",
        "definition_type": "statement",
        "definition": {"statement": "Copyright 2026, nobody"},
    }
    address = {
        "type": "ipv4-addr",
        "spec_version": "2.1",
        "id": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
        "value": "192.0.2.7",
    }

    status = shelf.add(indicator(1), marking, address)

    told = [each["version"] for each in status["successes"]]
    assert told[:2] == [FIRST, "2026-10-01T00:00:00Z"]
    assert told == [each["version"] for each in shelf.manifest()]


def test_custom_properties_of_an_envelope_are_ignored(shelf: Shelf) -> None:
    """TAXII 2.1, 7.1.1; check S8."""
    body = orjson.dumps(
        {"x_acme_scoring": {"impact": "high"}, "more": False, "objects": [indicator(1)]}
    )

    assert shelf.post(body).status_code == 202
    assert shelf.ids() == [ONE]


def test_a_bundle_is_taken_as_an_envelope(shelf: Shelf) -> None:
    """TAXII 2.1, 7.1.1, as OpenCTI and MISP send it; check S8."""
    bundle = {
        "type": "bundle",
        "id": "bundle--66666666-6666-4666-8666-666666666666",
        "objects": [indicator(1)],
    }

    assert shelf.post(orjson.dumps(bundle)).status_code == 202
    assert shelf.ids() == [ONE]


def test_a_big_envelope_is_taken(shelf: Shelf) -> None:
    """TAXII 2.1, 4.2.1; check P10."""
    big = [{**indicator(number), "x_long": 2000 * "a"} for number in range(100)]

    assert shelf.post(big).json()["success_count"] == 100
