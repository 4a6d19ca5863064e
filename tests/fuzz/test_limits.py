"""Every limit that the API describes, from both sides.

Taken from the OpenAPI description itself: at a limit a value is never refused for its
size, one step behind it is, by name.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from foedus.api.openapi import document
from foedus.api.routes import OPERATIONS
from tests.api import world
from tests.fuzz.house import House, Request, house

DOCUMENT = document(OPERATIONS, url=world.HOST, cookie="foedus-session")

PARTS = {
    "/api/v1/objects/": "indicator--00000000-0000-4000-8000-000000000000",
    "/api/v1/releases/": "release--00000000-0000-4000-8000-000000000000",
    "/api/v1/accounts/": "account--00000000-0000-4000-8000-000000000000",
    "/api/v1/collections/": "open",
    "/api/v1/nations/": "POL",
    "/api/v1/calendars/": "POL",
    "/api/v1/me/tokens/": "0" * 16,
    "/api/v1/updates/": "update--00000000-0000-4000-8000-000000000000",
    "/api/v1/engagements/": "engagement--00000000-0000-4000-8000-000000000000",
    "/api/v1/units/": "unit--00000000-0000-4000-8000-000000000000",
    "/api/v1/commitments/": "commitment--00000000-0000-4000-8000-000000000000",
    "/api/v1/routes/": "route--00000000-0000-4000-8000-000000000000",
    "/api/v1/plans/": "plan--00000000-0000-4000-8000-000000000000",
    "/api/v1/exercises/": "exercise--00000000-0000-4000-8000-000000000000",
    "/api/v1/measures/": "rapid_reaction",
    "/api/v1/modules/": "data_links",
    "/api/v1/recalls/": "recall--00000000-0000-4000-8000-000000000000",
    "/api/v1/decisions/": "decision--00000000-0000-4000-8000-000000000000",
    "/api/v1/runs/": "run--00000000-0000-4000-8000-000000000000",
    "/api/v1/tasks/": "task--00000000-0000-4000-8000-000000000000",
    "/api/v1/playbooks/": "playbook--00000000-0000-4000-8000-000000000000",
    "/api/v1/activation-rules/": "trigger--00000000-0000-4000-8000-000000000000",
    "/api/v1/proposals/": "proposal--00000000-0000-4000-8000-000000000000",
    "/api/v1/consultations/": "consultation--00000000-0000-4000-8000-000000000000",
}
"""What a variable part of a path is, so that the body is what is refused."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """One number of one property of one operation.

    Attributes:
        within: a value at the limit.
        beyond: a value one step behind it.
    """

    method: str
    path: str
    name: str
    inside: str
    within: Any
    beyond: Any
    others: dict[str, Any]


@pytest.fixture(scope="module")
def hub(api_world: world.World) -> Iterator[House]:
    with house(api_world.folder, dict(api_world.tokens), at=world.NOON) as found:
        yield found


def schema_of(piece: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and leave null aside."""
    if "$ref" in piece:
        name = piece["$ref"].rpartition("/")[2]
        return schema_of(DOCUMENT["components"]["schemas"][name])
    for each in piece.get("anyOf", ()):
        if each.get("type") != "null":
            return {
                **schema_of(each),
                **{k: v for k, v in piece.items() if k != "anyOf"},
            }
    return piece


def usual(piece: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Give a value that fits."""
    schema = schema_of(piece)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "string":
            formats = {"date": "2026-11-23", "date-time": "2027-01-01T00:00:00Z"}
            return formats.get(
                schema.get("format", ""), "a" * schema.get("minLength", 1)
            )
        case "array":
            return [usual(schema["items"])] * max(1, schema.get("minItems", 1))
        case "integer":
            return schema.get("minimum", 0)
        case "number":
            return schema.get("maximum", 0)
        case _:
            needed = schema.get("required", ())
            return {name: usual(schema["properties"][name]) for name in needed}


def pairs(piece: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Give a value at each limit of a schema, and one behind it."""
    schema = schema_of(piece)
    if "minLength" in schema:
        size = schema["minLength"]
        yield "a" * size, "a" * (size - 1)
    if "maxLength" in schema:
        size = schema["maxLength"]
        yield "a" * size, "a" * (size + 1)
    if "maxItems" in schema:
        size = schema["maxItems"]
        yield [usual(schema["items"])] * size, [usual(schema["items"])] * (size + 1)
    if "minItems" in schema:
        yield [usual(schema["items"])] * schema["minItems"], []
    if "maximum" in schema:
        yield schema["maximum"], schema["maximum"] + 1
    if "minimum" in schema:
        yield schema["minimum"], schema["minimum"] - 1


def limits() -> Iterator[Limit]:
    """List every limit of every body and query."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            for each in content.values():
                yield from of_body(path, method, schema_of(each["schema"]))
            for each in operation.get("parameters", ()):
                if each["in"] == "query":
                    yield from of_query(path, method, each, operation["parameters"])


def of_body(path: str, method: str, schema: dict[str, Any]) -> Iterator[Limit]:
    required = {
        name: usual(schema["properties"][name]) for name in schema.get("required", ())
    }
    for name, piece in schema.get("properties", {}).items():
        for within, beyond in pairs(piece):
            yield Limit(
                method=method,
                path=path,
                name=name,
                inside="body",
                within=within,
                beyond=beyond,
                others=required,
            )


def of_query(
    path: str, method: str, parameter: dict[str, Any], all_of_it: list[dict[str, Any]]
) -> Iterator[Limit]:
    required = {
        each["name"]: usual(each["schema"])
        for each in all_of_it
        if each["in"] == "query" and each["required"]
    }
    for within, beyond in pairs(parameter["schema"]):
        yield Limit(
            method=method,
            path=path,
            name=parameter["name"],
            inside="query",
            within=within,
            beyond=beyond,
            others=required,
        )


LIMITS = list(limits())


def told(hub: House, limit: Limit, value: object) -> str:
    """Send a value, and give what the answer says is wrong."""
    path = limit.path
    for before, part in PARTS.items():
        if path.startswith(before) and "{" in path:
            path = before + part + path.partition("}")[2]
    sent = {**limit.others, limit.name: value}
    is_body = limit.inside == "body"
    query = "&".join(f"{name}={each}" for name, each in sent.items())
    reply = hub.ask(
        Request(
            method=limit.method.upper(),
            path=path.encode(),
            query=b"" if is_body else query.encode(),
            headers=(hub.bearer("chief"), (b"content-type", b"application/json")),
            body=msgspec.json.encode(sent) if is_body else b"",
        )
    )
    return reply.json()["detail"] if reply.status >= 400 else ""


def is_refused_for_its_size(limit: Limit, detail: str) -> bool:
    return f"`$.{limit.name}`" in detail and any(
        word in detail for word in (" length ", "<=", ">=")
    )


def named(limit: Limit) -> str:
    side = "most" if len(str(limit.within)) <= len(str(limit.beyond)) else "least"
    return f"{limit.method} {limit.path} {limit.name} {side}"


@pytest.mark.parametrize("limit", LIMITS, ids=named)
def test_a_limit_holds_from_both_sides(hub: House, limit: Limit) -> None:
    assert not is_refused_for_its_size(limit, told(hub, limit, limit.within))
    assert is_refused_for_its_size(limit, told(hub, limit, limit.beyond))


def test_there_are_limits_to_hold() -> None:
    assert len(LIMITS) > 30
