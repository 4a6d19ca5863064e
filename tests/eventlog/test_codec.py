import uuid
from typing import Annotated

import msgspec
import pytest

from foedus.errors import CorruptLogError, InvalidInputError, UnavailableError
from foedus.eventlog.codec import Codec, kind_of
from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.ids import Position
from tests.eventlog.samples import ANALYST, CODEC, NOON_MS, Counted, Noted


class Untagged(Event, frozen=True, kw_only=True):
    pass


class CountedAgain(Event, frozen=True, kw_only=True, tag="sample.counted"):
    pass


class Undotted(Event, frozen=True, kw_only=True, tag="undotted"):
    pass


class RawFirst(Event, frozen=True, kw_only=True, tag="sample.raw-first"):
    raw: msgspec.Raw
    text: str


class Odd(Event, frozen=True, kw_only=True, tag="sample.odd"):
    value: object


class Short(Event, frozen=True, kw_only=True, tag="sample.short"):
    text: Annotated[str, msgspec.Meta(max_length=3)]


def recorded(kind: str, body: bytes | None, residue: bytes | None = None) -> Recorded:
    return Recorded(
        position=Position(7),
        event_id=uuid.UUID(int=1),
        stream="s",
        kind=kind,
        who=ANALYST,
        arrival_ms=NOON_MS,
        label="",
        body=body,
        residue=residue,
    )


def test_an_event_comes_back_from_its_body() -> None:
    kind, body = CODEC.encode(Counted(number=3))

    assert CODEC.decode(recorded(kind, body)) == Counted(number=3)


def test_fields_of_a_newer_version_are_ignored() -> None:
    body = b'{"kind":"sample.counted","number":3,"added":"later"}'

    assert CODEC.decode(recorded("sample.counted", body)) == Counted(number=3)


def test_an_unknown_kind_is_an_error_that_names_it() -> None:
    with pytest.raises(UnavailableError) as caught:
        CODEC.decode(recorded("sample.unheard", b"{}"))

    assert caught.value.detail == (
        "this version of Foedus does not know events of the kind sample.unheard "
        "(position 7); upgrade it"
    )


def test_a_redacted_event_cannot_be_read() -> None:
    with pytest.raises(CorruptLogError) as caught:
        CODEC.decode(recorded("sample.counted", None))

    assert caught.value.detail == "the event at position 7 was redacted"
    assert caught.value.position == 7


def test_of_a_redacted_event_what_is_left_is_read() -> None:
    kind, left = CODEC.encode(Counted(number=0))

    assert CODEC.decode(recorded(kind, None, left)) == Counted(number=0)


def test_what_is_left_of_another_kind_is_corrupt() -> None:
    _, left = CODEC.encode(Noted())

    with pytest.raises(CorruptLogError, match="not an event"):
        CODEC.decode(recorded("sample.counted", None, left))


def test_the_kind_of_an_event_is_read_with_it() -> None:
    kind, body = CODEC.encode(Counted(number=3))

    assert CODEC.kind_in(body) == kind


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"kind":"sample.unheard"}',
        b'{"kind":"sample.counted"}',
        b'{"kind":"\xff"}',
    ],
)
def test_what_holds_no_event_has_no_kind(body: bytes) -> None:
    with pytest.raises(InvalidInputError) as caught:
        CODEC.kind_in(body)

    assert caught.value.detail == "this is no event of the log, in JSON"


@pytest.mark.parametrize("body", [b"", b"{", b'{"kind":"sample.noted"}', b"[]"])
def test_a_body_that_is_not_its_event_is_corrupt(body: bytes) -> None:
    with pytest.raises(CorruptLogError) as caught:
        CODEC.decode(recorded("sample.counted", body))

    assert caught.value.position == 7
    assert caught.value.detail == (
        "the body at position 7 is not an event of the kind sample.counted"
    )


def test_an_event_of_no_known_class_is_not_written() -> None:
    with pytest.raises(InvalidInputError) as caught:
        CODEC.encode(Odd(value=1))

    assert caught.value.detail == "this log takes no events of the kind sample.odd"


@pytest.mark.parametrize("value", ["\ud800", 1j])
def test_an_event_that_json_cannot_hold_is_not_written(value: object) -> None:
    with pytest.raises(InvalidInputError):
        Codec(Odd).encode(Odd(value=value))


def test_an_event_that_could_not_be_read_again_is_not_written() -> None:
    codec = Codec(Short)
    assert codec.encode(Short(text="abc"))[0] == "sample.short"
    with pytest.raises(InvalidInputError) as caught:
        codec.encode(Short(text="abcd"))

    assert caught.value.detail == (
        "the event sample.short cannot be written as JSON and read again"
    )


def test_a_codec_takes_a_class_a_union_or_a_list_of_them() -> None:
    kinds = {"sample.noted", "sample.counted", "log.redacted"}

    assert Codec(Noted | Counted).kinds == kinds
    assert Codec([Noted, Counted]).kinds == kinds
    assert Codec([Noted, Noted | Counted]).kinds == kinds
    assert Codec(Noted).kinds == kinds - {"sample.counted"}
    assert Codec([]).kinds == {kind_of(Redacted)}


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([Counted, CountedAgain], "two classes have the tag sample.counted"),
        (Untagged, "Untagged needs a tag like 'area.past-tense'"),
        (Undotted, "Undotted needs a tag like 'area.past-tense'"),
        (RawFirst, "the last field of RawFirst must be a raw one"),
        (int, "<class 'int'> is not an event class or a union of them"),
        (7, "7 is not an event class or a union of them"),
        (["text"], "'text' is not an event class or a union of them"),
    ],
)
def test_what_is_no_lasting_event_class_is_refused(events: object, words: str) -> None:
    with pytest.raises(TypeError) as caught:
        Codec(events)

    assert str(caught.value) == words
