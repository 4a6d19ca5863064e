"""Extensions put into objects."""

import orjson
import pytest

from foedus.stix.extending import extend

NAME = "extension-definition--00000000-0000-4000-8000-000000000001"
CONTENT = {"extension_type": "property-extension", "id": "new"}


@pytest.mark.parametrize(
    ("raw", "extended"),
    [
        (b'{ "type" : "x" }', b'{"extensions":{NEW}, "type" : "x" }'),
        (b'{"extensions" : { } }', b'{"extensions" : {NEW } }'),
        (b'{"extensions": {"a":{}}}', b'{"extensions": {NEW,"a":{}}}'),
        (
            b'{"note":"\\"extensions\\":{","extensions":{"a":1}}',
            b'{"note":"\\"extensions\\":{","extensions":{NEW,"a":1}}',
        ),
    ],
)
def test_nothing_else_of_an_object_changes(raw: bytes, extended: bytes) -> None:
    new = orjson.dumps({NAME: CONTENT})[1:-1]
    found = extend(raw, orjson.loads(raw), NAME, CONTENT)
    assert found == extended.replace(b"NEW", new)


def test_what_is_put_in_goes_over_what_is_there() -> None:
    tree = {"extensions": {NAME: {"id": "old", "score": 5}, "a": {}}}
    found = orjson.loads(extend(orjson.dumps(tree), tree, NAME, CONTENT))
    assert found == {"extensions": {NAME: {**CONTENT, "score": 5}, "a": {}}}


@pytest.mark.parametrize("odd", [{"extensions": []}, {"extensions": {NAME: 1}}])
def test_what_is_no_extension_makes_room(odd: dict[str, object]) -> None:
    found = orjson.loads(extend(orjson.dumps(odd), odd, NAME, CONTENT))
    assert found["extensions"][NAME] == CONTENT
