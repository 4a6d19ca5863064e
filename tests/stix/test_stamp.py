import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.stix.objects import parse_object
from foedus.stix.stamp import Splice, stamp, stamp_object, unstamp

MARKING = "marking-definition--761df9d8-1b92-41cc-8b9b-3eb8c9b05303"
AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
NAME = "object_marking_refs"
SPACES = st.text(" \t\r\n", max_size=3)
DECOYS = st.sampled_from(
    [
        NAME,
        f'"{NAME}":["',
        f'{{"{NAME}":[]}}',
        f'\\"{NAME}":[',
        "\\",
        '"',
        "}{][:,",
        "{",
        "_",
        "é\u2028",
    ]
)
INNER = st.recursive(
    DECOYS | st.integers() | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(DECOYS, inner, max_size=3)
    ),
    max_leaves=8,
)
MARKINGS = st.none() | st.lists(st.just(AMBER), max_size=2)


@st.composite
def written(draw: st.DrawFn, value: object) -> str:
    """Write a value with odd white space, some names and strings in escapes."""
    if isinstance(value, dict):
        pairs = [
            f"{draw(written(name))}{draw(SPACES)}:{draw(SPACES)}{draw(written(item))}"
            for name, item in value.items()
        ]
        return draw(enclosed("{", pairs, "}"))
    if isinstance(value, list):
        return draw(enclosed("[", [draw(written(item)) for item in value], "]"))
    if isinstance(value, str) and draw(st.booleans()):
        return '"' + "".join(f"\\u{ord(letter):04X}" for letter in value) + '"'
    return json.dumps(value, ensure_ascii=draw(st.booleans()))


@st.composite
def enclosed(draw: st.DrawFn, opening: str, parts: list[str], closing: str) -> str:
    comma = f"{draw(SPACES)},{draw(SPACES)}"
    return f"{opening}{draw(SPACES)}{comma.join(parts)}{draw(SPACES)}{closing}"


@given(
    others=st.dictionaries(DECOYS, INNER, min_size=1, max_size=4),
    markings=MARKINGS,
    data=st.data(),
)
def test_a_stamp_adds_one_marking_and_comes_off_exactly(
    others: dict[str, Any], markings: list[str] | None, data: st.DataObject
) -> None:
    others.pop(NAME, None)
    members = [*others.items(), ("type", "x")]
    if markings is not None:
        members.append((NAME, markings))
    tree = dict(data.draw(st.permutations(members)))
    raw = f"{data.draw(SPACES)}{data.draw(written(tree))}\n".encode()

    stamped, splice = stamp(raw, MARKING)

    assert splice is not None
    assert json.loads(stamped) == {**tree, NAME: [MARKING, *(markings or [])]}
    assert unstamp(stamped, splice) == raw


@pytest.mark.parametrize(
    ("raw", "stamped"),
    [
        ('{"type":"x"}', f'{{"{NAME}":["{MARKING}"],"type":"x"}}'),
        (f'{{"{NAME}":[]}}', f'{{"{NAME}":["{MARKING}"]}}'),
        (f'{{"{NAME}": [ ]}}', f'{{"{NAME}": ["{MARKING}" ]}}'),
        (f'{{"{NAME}":["{AMBER}"]}}', f'{{"{NAME}":["{MARKING}","{AMBER}"]}}'),
        (
            f'{{"x":{{"{NAME}":["a"]}},"{NAME}":[]}}',
            f'{{"x":{{"{NAME}":["a"]}},"{NAME}":["{MARKING}"]}}',
        ),
        (
            f'{{"x":"\\"{NAME}\\":[","object_marking\\u005frefs":[]}}',
            f'{{"x":"\\"{NAME}\\":[","object_marking\\u005frefs":["{MARKING}"]}}',
        ),
        (
            f'{{"x":{{"{NAME}":["a"]}}}}',
            f'{{"{NAME}":["{MARKING}"],"x":{{"{NAME}":["a"]}}}}',
        ),
    ],
)
def test_a_stamp_lands_in_the_markings_of_the_object_itself(
    raw: str, stamped: str
) -> None:
    assert stamp(raw.encode(), MARKING)[0] == stamped.encode()


def test_a_marking_that_is_listed_is_not_listed_again() -> None:
    raw = f'{{"{NAME}":["{AMBER}", "{MARKING}"]}}'.encode()
    assert stamp(raw, MARKING) == (raw, None)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b'{"object_marking_refs":null}', b'{"a":1,"a":2}']
)
def test_what_is_no_object_is_not_stamped(raw: bytes) -> None:
    with pytest.raises(InvalidInputError):
        stamp(raw, MARKING)


@pytest.mark.parametrize("marking_id", ["", "x", 'a"],"b":["', f"url--{MARKING[-36:]}"])
def test_only_a_marking_is_put_in(marking_id: str) -> None:
    with pytest.raises(InvalidInputError, match="marking"):
        stamp(b'{"type":"x"}', marking_id)


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, -1), (5, 6)])
def test_a_splice_of_another_object_is_refused(offset: int, length: int) -> None:
    with pytest.raises(InvalidInputError, match="splice"):
        unstamp(b"0123456789", Splice(offset=offset, length=length))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"type":"indicator","id":"indicator--0f1c7f5e-6f0c-4d8e-8a0f-0b9f1d2c3a41"}',
        (
            b' {"type":"x-y","id":"x-y--0f1c7f5e-6f0c-4d8e-8a0f-0b9f1d2c3a41",'
            b'"object_marking\\u005frefs":["'
            b'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"]}'
        ),
        (
            b'{"object_marking_refs":["'
            b'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],'
            b'"type":"x-y","id":"x-y--0f1c7f5e-6f0c-4d8e-8a0f-0b9f1d2c3a41"}'
        ),
        (
            b'{"type":"x-y","id":"x-y--0f1c7f5e-6f0c-4d8e-8a0f-0b9f1d2c3a41",'
            b'"x":{"object_marking_refs":["x"]},"y":"\\\\n","object_marking_refs":["'
            b'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"]}'
        ),
        (
            b'{"type":"x-y","id":"x-y--0f1c7f5e-6f0c-4d8e-8a0f-0b9f1d2c3a41",'
            b'"object_marking_refs":["'
            b'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]}'
        ),
        (
            b'{"type":"x-y","id":"x-y--0f1c7f5e-6f0c-4d8e-8a0f-0b9f1d2c3a41",'
            b'"object_marking_refs":["'
            b'marking-definition--F88D31F6-486f-44da-b317-01333bde0b82"]}'
        ),
        (
            b'{"object_marking_refs":[],"type":"x-y",'
            b'"id":"x-y--0f1c7f5e-6f0c-4d8e-8a0f-0b9f1d2c3a41"}'
        ),
    ],
)
def test_stamping_an_object_read_before_gives_the_same_bytes(raw: bytes) -> None:
    marking = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"

    assert stamp_object(parse_object(raw), marking) == stamp(raw, marking)
