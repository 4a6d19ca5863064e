"""TAXII 2.1, sections 5.3 to 5.8 and 4.3: reading, adding, deleting, statuses."""

import uuid
from datetime import timedelta
from typing import Any

import orjson
import pytest

from foedus.clock import StoppedClock
from tests.taxii.world import (
    MEMBERS,
    OPEN,
    READ_ONLY,
    TAXII,
    UNKNOWN,
    WRITE_ONLY,
    Client,
    Clients,
    indicator,
)

FIRST = "2026-11-01T00:00:00.000Z"
SECOND = "2026-11-02T00:00:00.000Z"
THIRD = "2026-11-03T00:00:00.000Z"
ONE = indicator(1)["id"]
OBJECT = f"collections/{OPEN}/objects/{ONE}/"
READS = ("manifest/", "objects/", f"objects/{ONE}/", f"objects/{ONE}/versions/")


async def add_three_versions(pol: Client) -> None:
    for modified in (FIRST, SECOND, THIRD):
        await pol.add(indicator(1, modified=modified))


async def versions(pol: Client) -> list[str]:
    response = await pol.get(f"{OBJECT}versions/")
    found: list[str] = response.json().get("versions", [])
    return found


# Reading


async def test_5_3_1_a_manifest_has_a_record_for_each_version(pol: Client) -> None:
    await add_three_versions(pol)

    response = await pol.get(f"collections/{OPEN}/manifest/", match_version="all")

    records = response.json()["objects"]
    assert [each["version"] for each in records] == [FIRST, SECOND, THIRD]
    assert {each["id"] for each in records} == {ONE}
    assert {each["media_type"] for each in records} == {
        "application/stix+json;version=2.1"
    }


async def test_5_3_1_the_media_type_is_one_of_the_collections(pol: Client) -> None:
    older = indicator(1)
    del older["spec_version"]
    await pol.add(older)

    collection = (await pol.get(f"collections/{OPEN}/")).json()
    [record] = (await pol.get(f"collections/{OPEN}/manifest/")).json()["objects"]

    assert record["media_type"] == "application/stix+json;version=2.0"
    assert record["media_type"] in collection["media_types"]


@pytest.mark.parametrize("path", ["objects/", "manifest/"])
async def test_5_4_an_empty_answer_is_an_empty_object(pol: Client, path: str) -> None:
    response = await pol.get(f"collections/{OPEN}/{path}")

    assert response.status_code == 200
    assert response.content == b"{}"


async def test_5_4_objects_come_back_byte_for_byte(pol: Client) -> None:
    raw = orjson.dumps({**indicator(1), "x_note": "ä"}, option=orjson.OPT_INDENT_2)
    raw = raw.replace(b'"modified": ', b'"modified"  :')
    await pol.post(b'{ "objects" : [ ' + raw + b" ] }")

    response = await pol.get(f"collections/{OPEN}/objects/")

    assert response.content == b'{"more":false,"objects":[' + raw + b"]}"


async def test_5_6_an_object_is_an_envelope_with_its_last_version(pol: Client) -> None:
    await add_three_versions(pol)

    response = await pol.get(OBJECT)

    assert [each["modified"] for each in response.json()["objects"]] == [THIRD]


async def test_5_6_an_older_version_can_be_asked_for(pol: Client) -> None:
    await add_three_versions(pol)

    response = await pol.get(OBJECT, match_version=SECOND)

    assert [each["modified"] for each in response.json()["objects"]] == [SECOND]


@pytest.mark.parametrize("path", [OBJECT, f"{OBJECT}versions/"])
async def test_5_6_an_unknown_object_is_404(pol: Client, path: str) -> None:
    assert (await pol.get(path)).status_code == 404


async def test_5_6_a_version_that_is_not_there_is_404(pol: Client) -> None:
    await add_three_versions(pol)

    response = await pol.get(OBJECT, match_version="2020-01-01T00:00:00Z")

    assert response.status_code == 404


@pytest.mark.parametrize("path", [OBJECT, f"{OBJECT}versions/"])
async def test_5_6_nothing_new_of_an_object_is_an_empty_object(
    pol: Client, path: str
) -> None:
    await pol.add(indicator(1))

    response = await pol.get(path, added_after="2030-01-01T00:00:00Z")

    assert response.status_code == 200
    assert response.json() == {}


async def test_5_6_a_hidden_object_answers_like_an_unknown_one(
    clients: Clients,
) -> None:
    await clients.pol.add(indicator(1), to=MEMBERS)

    for path in (f"objects/{ONE}/", f"objects/{ONE}/versions/"):
        hidden = await clients.mda.get(f"collections/{MEMBERS}/{path}")
        unknown = await clients.mda.get(
            f"collections/{MEMBERS}/{path.replace(ONE, indicator(2)['id'])}"
        )

        assert hidden.status_code == unknown.status_code == 404
        assert hidden.content == unknown.content
        assert hidden.headers == unknown.headers


async def test_5_8_versions_are_as_they_were_written(pol: Client) -> None:
    await pol.add(indicator(1, modified="2026-11-01T00:00:00Z"))
    await pol.add(indicator(1, modified="2026-11-02T00:00:00.123456789Z"))

    assert await versions(pol) == [
        "2026-11-01T00:00:00Z",
        "2026-11-02T00:00:00.123456789Z",
    ]


@pytest.mark.parametrize("path", READS)
async def test_5_4_without_the_right_to_read_reading_is_403(
    pol: Client, path: str
) -> None:
    response = await pol.get(f"collections/{WRITE_ONLY}/{path}")

    assert response.status_code == 403


# Adding


async def test_5_5_a_post_answers_202_with_a_status(pol: Client) -> None:
    response = await pol.post([indicator(1), indicator(2)])

    status = response.json()
    assert response.status_code == 202
    assert response.headers["content-type"] == TAXII
    assert uuid.UUID(status["id"]).version == 4
    assert status["status"] == "complete"
    assert (status["total_count"], status["success_count"]) == (2, 2)
    assert (status["failure_count"], status["pending_count"]) == (0, 0)
    assert status["successes"][0] == {"id": ONE, "version": FIRST}
    assert "failures" not in status
    assert "pendings" not in status


async def test_5_5_an_exact_duplicate_is_a_success(pol: Client) -> None:
    await pol.add(indicator(1))

    status = await pol.add(indicator(1))

    assert status["success_count"] == 1
    assert await pol.ids() == [ONE]


async def test_5_5_a_bad_object_fails_with_a_message_and_condemns_no_other(
    pol: Client,
) -> None:
    bad: list[dict[str, Any]] = [
        {**indicator(2), "id": "indicator--1"},
        {**indicator(3), "modified": "yesterday"},
        {"type": "indicator"},
    ]

    status = (await pol.post([bad[0], indicator(1), *bad[1:]])).json()

    assert status["success_count"] == 1
    assert status["failure_count"] == len(status["failures"]) == 3
    assert all(each["message"] for each in status["failures"])
    assert status["failures"][1]["id"] == indicator(3)["id"]
    assert status["failures"][2]["id"] == "objects[3]"
    assert await pol.ids() == [ONE]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"objects"',
        b'{"objects":5}',
        b'{"objects":null}',
        b'{"objects":{}}',
        b'{"objects":[]}',
        b"{}",
        b'{"things":[]}',
        b'{"objects":[{}],"objects":[{}]}',
        b"\xff\xfe",
        b'{"objects":[' + b"{}," * 5000 + b"{}]}",
    ],
)
async def test_5_5_a_body_that_is_no_envelope_is_422(pol: Client, body: bytes) -> None:
    response = await pol.post(body)

    assert response.status_code == 422
    assert response.json()["http_status"] == "422"


async def test_5_5_a_bundle_is_taken_as_an_envelope(pol: Client) -> None:
    bundle = {"type": "bundle", "id": f"bundle--{UNKNOWN}", "objects": [indicator(1)]}

    assert (await pol.post(orjson.dumps(bundle))).status_code == 202
    assert await pol.ids() == [ONE]


async def test_5_5_a_big_envelope_is_taken(pol: Client) -> None:
    big = [{**indicator(number), "x_long": 1000 * "a"} for number in range(100)]

    status = (await pol.post(big)).json()

    assert status["success_count"] == 100


async def test_5_5_without_the_right_to_write_a_post_is_403(pol: Client) -> None:
    response = await pol.post([indicator(1)], to=READ_ONLY)

    assert response.status_code == 403


async def test_5_5_the_right_to_write_needs_no_right_to_read(clients: Clients) -> None:
    await clients.pol.add(indicator(1), to=WRITE_ONLY)

    assert await clients.fin.ids(WRITE_ONLY) == [ONE]


async def test_4_3_a_status_can_be_asked_for_again(pol: Client) -> None:
    status = (await pol.post([indicator(1), {"type": "x"}])).json()

    response = await pol.get(f"status/{status['id']}/")

    assert response.status_code == 200
    assert response.json() == status


async def test_4_3_a_status_answers_for_24_hours_and_then_404(
    pol: Client, clock: StoppedClock
) -> None:
    status = await pol.add(indicator(1))

    clock.advance(timedelta(hours=24))
    after_a_day = await pol.get(f"status/{status['id']}/")
    clock.advance(timedelta(hours=25))
    later = await pol.get(f"status/{status['id']}/")

    assert [after_a_day.status_code, later.status_code] == [200, 404]


async def test_4_3_a_status_is_for_the_account_that_posted_only(
    clients: Clients,
) -> None:
    status = await clients.pol.add(indicator(1))

    for other in (clients.pol_2, clients.fin):
        foreign = await other.get(f"status/{status['id']}/")
        unknown = await other.get(f"status/{UNKNOWN}/")

        assert foreign.status_code == 404
        assert foreign.content == unknown.content


# Deleting


async def test_5_7_a_delete_answers_200_without_a_body(pol: Client) -> None:
    await pol.add(indicator(1))

    response = await pol.ask("DELETE", OBJECT)

    assert response.status_code == 200
    assert response.content == b""
    assert response.headers["content-type"] == TAXII


async def test_5_7_what_was_deleted_is_nowhere(pol: Client) -> None:
    await pol.add(indicator(1))

    await pol.ask("DELETE", OBJECT)

    assert (await pol.get(OBJECT)).status_code == 404
    assert (await pol.get(f"{OBJECT}versions/")).status_code == 404
    assert (await pol.get(f"collections/{OPEN}/manifest/")).json() == {}
    assert await pol.ids() == []
    assert (await pol.ask("DELETE", OBJECT)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({}, [FIRST, SECOND]),
        ({"match_version": "last"}, [FIRST, SECOND]),
        ({"match_version": "first"}, [SECOND, THIRD]),
        ({"match_version": SECOND}, [FIRST, THIRD]),
        ({"match_version": f"first,{SECOND}"}, [THIRD]),
        ({"match_version": "all"}, []),
        ({"match_version": "all", "match_spec_version": "2.1"}, []),
    ],
)
async def test_5_7_the_versions_asked_for_are_deleted_and_no_other(
    pol: Client, asked: dict[str, str], left: list[str]
) -> None:
    await add_three_versions(pol)

    response = await pol.ask("DELETE", OBJECT, **asked)

    assert response.status_code == 200
    assert await versions(pol) == left


async def test_5_7_a_deleted_version_is_404_while_others_stay(pol: Client) -> None:
    await add_three_versions(pol)

    await pol.ask("DELETE", OBJECT, match_version=SECOND)

    assert (await pol.get(OBJECT, match_version=SECOND)).status_code == 404
    assert (await pol.get(OBJECT)).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"match_version": "2020-01-01T00:00:00Z"}, 404),
        ({"match_spec_version": "2.0"}, 404),
        ({"match_version": "newest"}, 400),
        ({"match_versions": "first"}, 400),
        ({"version": "first"}, 400),
        ({"limit": "1"}, 400),
    ],
)
async def test_5_7_a_slip_deletes_nothing(
    pol: Client, query: dict[str, str], status: int
) -> None:
    await add_three_versions(pol)

    response = await pol.ask("DELETE", OBJECT, **query)

    assert response.status_code == status
    assert await versions(pol) == [FIRST, SECOND, THIRD]


async def test_5_7_with_one_right_only_a_delete_is_403(clients: Clients) -> None:
    await clients.fin.add(indicator(1), to=READ_ONLY)
    await clients.pol.add(indicator(1), to=WRITE_ONLY)

    for collection in (READ_ONLY, WRITE_ONLY):
        path = f"collections/{collection}/objects/{ONE}/"
        assert (await clients.pol.ask("DELETE", path)).status_code == 403


async def test_5_7_another_nations_object_is_not_deleted(clients: Clients) -> None:
    await clients.fin.add(indicator(1))

    response = await clients.pol.ask("DELETE", OBJECT)

    assert response.status_code == 404
    assert await clients.fin.ids() == [ONE]
