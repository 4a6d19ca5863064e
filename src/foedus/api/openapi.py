"""The OpenAPI description of the API, made of what the operations say of themselves.

Source: OpenAPI Specification 3.1.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import UnionType
from typing import Any, Final, get_args

import msgspec

from foedus.api.operations import Door, Operation, PageQuery
from foedus.api.problems import MEDIA_TYPE, Problem

PATH: Final = "/api/openapi.json"

VERSION: Final = "1"
"""The version of the API, as in its paths; not that of the software."""

_REFERENCE: Final = "#/components/schemas/{name}"

_SECURITY: Final[Mapping[Door, list[dict[str, list[str]]]]] = {
    Door.OPEN: [],
    Door.READ: [{"basic": []}, {"bearer": []}, {"session": []}],
    Door.WRITE: [{"basic": []}, {"bearer": []}],
}

Json = dict[str, Any]
"""A piece of the document, which is data for others: no type of ours describes it."""


def document(operations: Sequence[Operation], *, url: str, cookie: str) -> Json:
    """Describe operations.

    Args:
        operations: all of them.
        url: what the hub is reached under.
        cookie: the name of the cookie of a web session.
    """
    schemas = _Schemas(operations)
    paths: dict[str, Json] = {}
    for each in operations:
        described = _operation(each, schemas)
        paths.setdefault(each.path, {})[each.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Foedus",
            "version": VERSION,
            "summary": "The digital coordination hub of an alliance of nations.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": cookie},
            },
        },
    }


class _Schemas:
    """The schemas of everything that operations take and give."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        types: list[Any] = [Problem]
        for each in operations:
            types += _alternatives(each.gives)
        types += [each.body for each in operations if each.body is not None]
        queries = list(dict.fromkeys(each.query for each in operations))
        described, found = msgspec.json.schema_components(
            [*types, *queries], ref_template=_REFERENCE
        )
        schemas = {name: _with_descriptions(each) for name, each in found.items()}
        self._of = {
            repr(kind): each for kind, each in zip(types, described, strict=False)
        }
        # Two queries may share a name; then each is called by its whole path.
        names = [_name_of(each) for each in described[len(types) :]]
        self._queries = {
            each: schemas[name] for each, name in zip(queries, names, strict=True)
        }
        bodies = {each.body for each in operations}
        taken = {
            name
            for each, name in zip(queries, names, strict=True)
            if each not in bodies
        }
        self.components = {
            name: each for name, each in schemas.items() if name not in taken
        }

    def of(self, kind: object) -> Json:
        """Give the schema of a type, or of any of several."""
        schemas = [self._of[repr(each)] for each in _alternatives(kind)]
        return schemas[0] if len(schemas) == 1 else {"oneOf": schemas}

    def query(self, kind: type[msgspec.Struct]) -> list[Json]:
        """Describe the parameters of a query."""
        schema = self._queries[kind]
        required = schema.get("required", [])
        return [
            {
                "name": name,
                "in": "query",
                "required": name in required,
                "description": each.get("description", ""),
                "schema": {key: each[key] for key in each if key != "description"},
            }
            for name, each in schema["properties"].items()
        ]


def _name_of(reference: Json) -> str:
    """Give the name under which a schema stands."""
    return str(reference["$ref"]).rpartition("/")[2]


def _alternatives(kind: object) -> list[Any]:
    """List the types of a union; msgspec describes no union of untagged structs."""
    if isinstance(kind, UnionType):
        return list(get_args(kind))
    return [] if kind is None else [kind]


def _operation(operation: Operation, schemas: _Schemas) -> Json:
    parameters = [
        *_parts(operation),
        *schemas.query(operation.query),
    ]
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": _SECURITY[operation.door],
        "responses": _responses(operation, schemas),
    }
    if parameters:
        described["parameters"] = parameters
    if operation.body is not None:
        content = {"application/json": {"schema": schemas.of(operation.body)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _parts(operation: Operation) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": part.description,
            "schema": {"type": "string"}
            | ({"pattern": part.pattern} if part.pattern else {}),
        }
        for name, part in operation.parts.items()
    ]


def _responses(operation: Operation, schemas: _Schemas) -> Json:
    done: Json = {"description": HTTPStatus(operation.status).phrase}
    if operation.gives is not None:
        done["content"] = {operation.media: {"schema": schemas.of(operation.gives)}}
    also = {
        str(each): {**done, "description": HTTPStatus(each).phrase}
        for each in operation.also
    }
    headers = _headers(operation)
    if headers:
        done["headers"] = headers
    problem = {MEDIA_TYPE: {"schema": schemas.of(Problem)}}
    responses: Json = {str(operation.status): done, **also}
    if operation.method == "GET":
        responses["304"] = {"description": "The client has the answer already."}
    for status in sorted({*operation.errors, *_usual_errors(operation)}):
        phrase = HTTPStatus(status).phrase
        responses[str(status)] = {"description": phrase, "content": problem}
    responses["default"] = {"description": "Any other problem.", "content": problem}
    return responses


def _usual_errors(operation: Operation) -> list[int]:
    """List the statuses that follow from what an operation takes."""
    found = [400]
    if operation.door is not Door.OPEN:
        found += [401, 429, 503]
    if operation.door is Door.WRITE:
        found += [403]  # a page of another site has made a browser send it
        found += [415] if operation.method == "POST" else []
    if operation.body is not None:
        found += [413, 415]
    return found


def _headers(operation: Operation) -> Json:
    headers: Json = {}
    if operation.method == "GET":
        headers["ETag"] = _header("The digest of the answer; see `If-None-Match`.")
    if issubclass(operation.query, PageQuery):
        headers["Link"] = _header('The next page, with `rel="next"`; none on the last.')
    if operation.status == HTTPStatus.CREATED:
        headers["Location"] = _header("The path of what was made.")
    return headers


def _header(description: str) -> Json:
    return {"description": description, "schema": {"type": "string"}}


_ATTRIBUTE: Final = re.compile(r"(\w+): (.*)", re.DOTALL)


def _with_descriptions(schema: Json) -> Json:
    """Move what a docstring says of an attribute to the property itself."""
    text, _, attributes = schema.get("description", "").partition("Attributes:\n")
    described = {**schema}
    if text.strip():
        described["description"] = " ".join(text.split())
    said = {}
    for entry in re.split(r"\n(?=\s*\w+: )", attributes):
        found = _ATTRIBUTE.match(" ".join(entry.split()))
        if found:
            said[found[1]] = found[2]
    if "properties" in schema:
        described["properties"] = {
            name: {**each, "description": said[name]} if name in said else {**each}
            for name, each in schema["properties"].items()
        }
    return described
