"""The OpenAPI description says what the API does."""

import json
import re
from collections.abc import Iterator
from typing import Any

from foedus.api.openapi import document
from foedus.api.operations import PAGE_SIZE_MAX, Door
from foedus.api.routes import OPERATIONS
from tests.api.world import HOST, Clients

DOCUMENT = document(OPERATIONS, url=HOST, cookie="foedus-session")


def references(piece: object) -> Iterator[str]:
    if isinstance(piece, dict):
        yield from (each for key, each in piece.items() if key == "$ref")
        piece = list(piece.values())
    if isinstance(piece, list):
        for each in piece:
            yield from references(each)


def operation(path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]
    return found


async def test_it_is_given_to_anybody(clients: Clients) -> None:
    response = await clients.nobody.get("/api/openapi.json")

    assert response.json()["openapi"].startswith("3.1")
    assert response.json()["servers"] == [{"url": HOST}]
    assert response.headers["etag"]


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    found = {
        each.removeprefix("#/components/schemas/") for each in references(DOCUMENT)
    }

    assert found <= set(schemas)


def test_nothing_is_described_that_nobody_uses() -> None:
    found = {each.rpartition("/")[2] for each in references(DOCUMENT)}

    assert set(DOCUMENT["components"]["schemas"]) == found


def test_limits_and_patterns_are_described() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    parameters = operation("/api/v1/accounts", "get")["parameters"]
    limit = next(each for each in parameters if each["name"] == "limit")

    assert (limit["schema"]["minimum"], limit["schema"]["maximum"]) == (
        1,
        PAGE_SIZE_MAX,
    )
    assert schemas["NewAccount"]["properties"]["name"]["pattern"]
    assert schemas["NewAccount"]["additionalProperties"] is False
    assert schemas["LabelText"]["properties"]["text"]["maxLength"] == 4096


def test_what_a_docstring_says_of_an_attribute_stands_at_the_property() -> None:
    found = DOCUMENT["components"]["schemas"]["NationLine"]

    assert found["description"] == "A nation in a list."
    assert found["properties"]["since"]["description"].startswith("the first day")
    assert "Attributes:" not in json.dumps(DOCUMENT)


def test_every_variable_part_of_a_path_is_described() -> None:
    wrong = [
        each.path
        for each in OPERATIONS
        if set(re.findall(r"{(\w+)}", each.path)) != set(each.parts)
    ]

    assert wrong == []


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [each.name for each in OPERATIONS]

    assert len(set(names)) == len(names)


def test_every_operation_says_which_problems_it_gives() -> None:
    for path in DOCUMENT["paths"].values():
        for each in path.values():
            assert "application/problem+json" in each["responses"]["default"]["content"]


def test_what_changes_something_takes_no_cookie() -> None:
    open_or_read = {
        each.name
        for each in OPERATIONS
        if each.method != "GET" and each.door is not Door.WRITE
    }

    assert open_or_read == {
        "parseLabelText",
        "previewLabelText",
        "previewObjects",
        "shareCosts",
        "makeIndex",
        "compareAlternatives",
        "rankMany",
    }
    assert operation("/api/v1/me/tokens", "post")["security"] == [
        {"basic": []},
        {"bearer": []},
    ]


def test_every_status_of_an_answer_is_described_with_its_form() -> None:
    responses = operation("/api/v1/releases", "post")["responses"]

    assert responses["200"]["content"] == responses["201"]["content"]
    assert "headers" not in responses["200"]
