"""The limits of what is read, from both sides: taken at a limit, refused behind it."""

import json
import uuid
from typing import Any

import pytest

from foedus.errors import FoedusError, InvalidInputError, TooLargeError
from foedus.stix import objects
from foedus.stix.identifiers import TYPE_LENGTH_MAX, TYPE_LENGTH_MIN
from foedus.stix.markings import LABEL_TEXT_MAX, make_hub_definition
from foedus.stix.objects import parse_object, split_envelope
from foedus.stix.timestamps import FRACTION_DIGITS_MAX, parse_instant

UUID = "00000000-0000-4000-8000-000000000000"


def note(**more: object) -> bytes:
    """Give an object with further properties."""
    made: dict[str, Any] = {
        "type": "note",
        "spec_version": "2.1",
        "id": f"note--{UUID}",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": "2026-11-01T00:00:00.000Z",
    }
    return json.dumps(made | more).encode()


def markings(number: int) -> list[str]:
    return [f"marking-definition--{uuid.UUID(int=n, version=4)}" for n in range(number)]


@pytest.mark.parametrize("length", [TYPE_LENGTH_MIN, TYPE_LENGTH_MAX])
def test_a_type_is_as_short_and_as_long_as_its_limits(length: int) -> None:
    name = "x" * length

    assert parse_object(note(type=name, id=f"{name}--{UUID}")).type == name


@pytest.mark.parametrize("length", [TYPE_LENGTH_MIN - 1, TYPE_LENGTH_MAX + 1])
def test_a_type_beyond_its_limits_is_refused(length: int) -> None:
    name = "x" * length

    with pytest.raises(InvalidInputError):
        parse_object(note(type=name, id=f"{name}--{UUID}"))


@pytest.mark.parametrize("extra", [0, 1])
def test_an_object_has_as_many_markings_as_the_limit(extra: int) -> None:
    listed = markings(objects.MARKINGS_MAX + extra)

    if extra:
        with pytest.raises(InvalidInputError, match="list fewer"):
            parse_object(note(object_marking_refs=listed))
    else:
        found = parse_object(note(object_marking_refs=listed))
        assert found.marking_refs == tuple(listed)


@pytest.mark.parametrize("extra", [0, 1])
def test_an_object_has_as_many_granular_markings_as_the_limit(extra: int) -> None:
    [marking] = markings(1)
    entry = {"selectors": ["type"], "marking_ref": marking}
    listed = [entry] * (objects.GRANULAR_MARKINGS_MAX + extra)

    if extra:
        with pytest.raises(InvalidInputError, match="join some"):
            parse_object(note(granular_markings=listed))
    else:
        assert parse_object(note(granular_markings=listed)).has_granular


@pytest.mark.parametrize("extra", [0, 1])
def test_an_object_has_as_many_bytes_as_the_limit(extra: int) -> None:
    empty = len(note(content=""))
    raw = note(content="x" * (objects.OBJECT_BYTES_MAX - empty + extra))

    if extra:
        with pytest.raises(InvalidInputError, match="split it"):
            parse_object(raw)
    else:
        assert len(parse_object(raw).raw) == objects.OBJECT_BYTES_MAX


@pytest.mark.parametrize("extra", [0, 1])
def test_an_envelope_has_as_many_objects_as_the_limit(extra: int) -> None:
    number = objects.ENVELOPE_OBJECTS_MAX + extra
    body = b'{"objects":[' + b",".join([b"{}"] * number) + b"]}"

    if extra:
        with pytest.raises(TooLargeError, match="several envelopes"):
            split_envelope(body)
    else:
        assert len(split_envelope(body)) == number


@pytest.mark.parametrize("extra", [0, 1])
def test_an_instant_has_as_many_digits_as_the_limit(extra: int) -> None:
    text = f"2026-11-01T00:00:00.{'1' * (FRACTION_DIGITS_MAX + extra)}Z"

    if extra:
        with pytest.raises(FoedusError, match="write it as"):
            parse_instant(text)
    else:
        assert len(parse_instant(text).rest) == FRACTION_DIGITS_MAX - 6


@pytest.mark.parametrize("extra", [0, 1])
def test_a_label_of_the_hub_has_as_many_characters_as_the_limit(extra: int) -> None:
    text = "x" * (LABEL_TEXT_MAX + extra)

    if extra:
        with pytest.raises(InvalidInputError, match="write 1 to"):
            make_hub_definition(text)
    else:
        assert text.encode() in make_hub_definition(text)
