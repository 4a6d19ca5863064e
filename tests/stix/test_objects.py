import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import FoedusError, InvalidInputError, TooLargeError
from foedus.stix import objects
from foedus.stix.objects import (
    ENVELOPE_VALUES_MAX,
    StixObject,
    is_computable,
    parse_object,
    split_envelope,
)

UUID = "0042a9f5-f053-4769-b3ef-9ad018dfa298"
IDENTITY = f"identity--{UUID}"
AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
HEAD = {
    "type": "indicator",
    "spec_version": "2.1",
    "id": f"indicator--{UUID}",
    "created": "2020-01-01T00:00:00.000Z",
    "modified": "2020-01-02T00:00:00.000Z",
}
ABSENT = object()

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        *HEAD,
        "object_marking_refs",
        "granular_markings",
        "created_by_ref",
        "revoked",
        "x_ref",
        "source_ref",
        "object_refs",
    ]
)


def text_of(**changes: object) -> bytes:
    made = {
        name: value
        for name, value in {**HEAD, **changes}.items()
        if value is not ABSENT
    }
    return json.dumps(made).encode()


def parsed(**changes: object) -> StixObject:
    return parse_object(text_of(**changes))


def refusal(**changes: object) -> str:
    with pytest.raises(InvalidInputError) as caught:
        parsed(**changes)
    return caught.value.detail


def test_the_head_is_read() -> None:
    found = parsed(
        created_by_ref=IDENTITY, revoked=True, object_marking_refs=[AMBER, RED]
    )
    assert (found.type, found.id) == ("indicator", f"indicator--{UUID}")
    assert (found.created, found.modified) == (HEAD["created"], HEAD["modified"])
    assert (found.version, found.version_us) == (HEAD["modified"], 1577923200000000)
    assert (found.created_by_ref, found.revoked) == (IDENTITY, True)
    assert found.marking_refs == (AMBER, RED)
    assert (found.has_granular, found.references, found.warnings) == (False, (), ())


def test_the_bytes_are_kept_as_they_came() -> None:
    raw = b' \n{ "id":"url--' + UUID.encode() + b'", "type" :"url","x":1.50e0}\t'
    assert parse_object(raw).raw is raw


def test_the_version_is_modified_or_created_or_the_first_instant() -> None:
    assert parsed(modified=ABSENT).version == HEAD["created"]
    unversioned = parsed(created=ABSENT, modified=ABSENT)
    assert unversioned.version == "1970-01-01T00:00:00.000Z"
    assert unversioned.version_us == 0


def test_the_version_keeps_the_text_it_was_written_in() -> None:
    found = parsed(modified="2020-01-02T00:00:00Z")
    assert (found.version, found.version_us) == (
        "2020-01-02T00:00:00Z",
        1577923200000000,
    )


def test_versions_within_one_microsecond_stay_different() -> None:
    one = parsed(modified="2020-01-02T00:00:00.123456700Z")
    two = parsed(modified="2020-01-02T00:00:00.1234568Z")
    assert (one.version_us, one.version_rest) < (two.version_us, two.version_rest)


def test_a_missing_spec_version_is_two_one_for_observables_only() -> None:
    url = parsed(type="url", id=f"url--{UUID}", spec_version=ABSENT)
    assert (url.spec_version, url.warnings) == ("2.1", ())
    old = parsed(spec_version=ABSENT)
    assert (old.spec_version, old.warnings) == (
        "2.0",
        ("spec_version: absent, so read as 2.0",),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", ABSENT),
        ("type", 1),
        ("type", "malware"),
        ("type", "Indicator"),
        ("type", "bundle"),
        ("id", ABSENT),
        ("id", None),
        ("id", f"malware--{UUID}"),
        ("id", UUID),
        ("spec_version", "3.0"),
        ("spec_version", None),
        ("spec_version", ["2.1"]),
        ("created", None),
        ("created", "yesterday"),
        ("created", "2020-01-03T00:00:00.000Z"),
        ("modified", 5),
        ("modified", "2020-01-02T00:00:00.000+01:00"),
        ("modified", "2019-12-31T23:59:59.999999999Z"),
        ("created_by_ref", None),
        ("created_by_ref", "somebody"),
        ("revoked", "true"),
        ("revoked", 1),
        ("object_marking_refs", None),
        ("object_marking_refs", AMBER),
        ("object_marking_refs", {AMBER: 1}),
        ("object_marking_refs", [None]),
        ("object_marking_refs", [IDENTITY]),
        ("object_marking_refs", [AMBER] * 101),
        ("granular_markings", None),
        ("granular_markings", {}),
        ("granular_markings", [1]),
        ("granular_markings", [{}]),
        ("granular_markings", [{"marking_ref": AMBER}]),
        ("granular_markings", [{"marking_ref": AMBER, "selectors": []}]),
        ("granular_markings", [{"marking_ref": AMBER, "selectors": "name"}]),
        ("granular_markings", [{"marking_ref": AMBER, "selectors": [1]}]),
        ("granular_markings", [{"marking_ref": IDENTITY, "selectors": ["name"]}]),
        ("granular_markings", [{"selectors": ["name"]}]),
        (
            "granular_markings",
            [{"selectors": ["name"], "marking_ref": AMBER, "lang": "en"}],
        ),
        ("granular_markings", [{"selectors": ["a"], "lang": "en"}] * 1001),
        ("sample_ref", "not an id"),
        ("sample_ref", None),
        ("object_refs", [f"url--{UUID}", "not an id"]),
    ],
)
def test_what_could_deceive_is_refused_and_named(name: str, value: object) -> None:
    assert name.split("_", maxsplit=1)[0] in refusal(**{name: value}) or (
        name in {"created", "type"}
    )


def test_a_marking_definition_is_never_a_version() -> None:
    changed = {"type": "marking-definition", "id": AMBER}
    assert "modified" in refusal(**changed)
    assert parsed(**changed, modified=ABSENT).version == HEAD["created"]


def test_an_object_beyond_the_limit_is_refused() -> None:
    assert "bytes" in refusal(description="x" * objects.OBJECT_BYTES_MAX)


def test_granular_markings_are_read() -> None:
    found = parsed(
        name="x",
        granular_markings=[
            {"selectors": ["name"], "marking_ref": RED},
            {"selectors": ["type"], "marking_ref": RED},
            {"selectors": ["name"], "lang": "en"},
        ],
    )
    assert (found.has_granular, found.granular_marking_refs) == (True, (RED,))
    assert found.references == ()


def test_a_language_alone_marks_nothing() -> None:
    found = parsed(granular_markings=[{"selectors": ["name"], "lang": "en"}])
    assert not found.has_granular


def test_identifiers_in_upper_case_are_read_in_lower_case_and_reported() -> None:
    shouted = f"marking-definition--{AMBER[-36:].upper()}"
    found = parsed(object_marking_refs=[shouted, AMBER])
    assert found.marking_refs == (AMBER,)
    assert len(found.warnings) == 2


def test_one_object_has_one_id_however_it_is_spelled() -> None:
    found = parsed(id=f"indicator--{UUID.upper()}")
    assert found.id == f"indicator--{UUID}"
    assert found.warnings == ("id: read in lower case; write it so",)


def test_a_uuid_of_no_known_version_is_reported() -> None:
    found = parsed(id="indicator--00000000-0000-0000-0000-000000000000")
    assert found.warnings[0].startswith("id:")


def test_an_escaped_name_cannot_hide_markings() -> None:
    raw = text_of()[:-1] + b', "object_marking\\u005frefs": ["%s"]}' % RED.encode()
    assert parse_object(raw).marking_refs == (RED,)


def test_a_second_list_of_markings_is_refused() -> None:
    raw = text_of(object_marking_refs=[RED])[:-1] + b', "object_marking_refs": []}'
    with pytest.raises(InvalidInputError, match="object_marking_refs: given twice"):
        parse_object(raw)


@pytest.mark.parametrize(
    ("value", "computable"), [("example.com", True), ("example.org", False)]
)
def test_an_id_is_computable_if_it_follows_from_the_content(
    value: str, *, computable: bool
) -> None:
    found = parsed(
        type="domain-name",
        id="domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7",
        value=value,
    )
    assert is_computable(found) is computable


def test_ids_of_other_types_are_not_computable() -> None:
    assert not is_computable(parsed())


def test_an_id_without_canonical_content_is_not_computable() -> None:
    number = {"type": "autonomous-system", "number": 2**60}
    assert not is_computable(parsed(**number, id=f"autonomous-system--{UUID}"))


@given(changes=st.dictionaries(NAMES | st.text(max_size=5), JSON, max_size=4))
def test_arbitrary_properties_are_read_or_refused(changes: dict[str, Any]) -> None:
    with suppress(InvalidInputError):
        parsed(**changes)


@given(raw=st.binary(max_size=80), prefix=st.sampled_from([b"", b'{"objects":[']))
def test_arbitrary_bytes_raise_nothing_else(raw: bytes, prefix: bytes) -> None:
    for function in (parse_object, split_envelope):
        with suppress(FoedusError):
            function(prefix + raw)


@given(at=st.integers(0, 150), byte=st.integers(0, 255))
def test_one_wrong_byte_raises_nothing_else(at: int, byte: int) -> None:
    raw = text_of(object_marking_refs=[AMBER])
    broken = raw[:at] + bytes([byte]) + raw[at + 1 :]
    with suppress(FoedusError):
        parse_object(broken)
    for part in (b'{"objects":[%s]}' % broken, b'{"objects":%s}' % broken):
        with suppress(FoedusError):
            split_envelope(part)


def test_an_envelope_is_cut_into_the_very_bytes() -> None:
    one, two = b'{ "a" :1.0}', b'{"b":"\\u003a\xc3\xa9"}'
    body = b' {"more":false, "objects" : [ %s ,\n%s ] }' % (one, two)
    assert split_envelope(body) == [one, two]


def test_a_bundle_is_cut_likewise() -> None:
    body = b'{"type":"bundle","id":"bundle--x","objects":[{"a":":"}],"x":{"y":1}}'
    assert split_envelope(body) == [b'{"a":":"}']


def test_an_empty_envelope_holds_nothing() -> None:
    assert split_envelope(b"{}") == split_envelope(b'{"objects":[]}') == []


def test_a_bad_object_does_not_condemn_the_others() -> None:
    body = b'{"objects":[{"a":1,"a":2},5,{"b":1}]}'
    assert split_envelope(body) == [b'{"a":1,"a":2}', b"5", b'{"b":1}']


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"type":"url"}',
        b'{"objects":{}}',
        b'{"objects":null}',
        b'{"objects":[NaN]}',
        b'{"objects":[{"a":1}]',
        b'{"objects":[1]}{"objects":[2]}',
        b'\xef\xbb\xbf{"objects":[]}',
        b'{"objects":[1],"objects":[2]}',
        b'{"objects":[{"a":1}],"\\u006fbjects":[]}',
        b'{"objects":[],"a\\u003ab":1}',
        b'{"objects":[],"a:b":1}',
        b'{"\xff":1,"objects":[]}',
        b'{"objects":[' + b"[" * 100_000,
        b'{"objects":[' + b'{"a":' * 100_000,
    ],
)
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInputError):
        split_envelope(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"objects":[{"id":"a"}],"objects":[{"id":"b"}]}',
        b'{"objects":[],"objects":[{"id":"bb"}]}',
        b' { "objects" : [{"id":"a"}] , "objects" : [] } ',
        b'{"objects":[{"id":"a"}],"\\u006fbjects":[{"id":"b"}]}',
    ],
)
def test_a_list_of_objects_cannot_hide_another(body: bytes) -> None:
    with pytest.raises(InvalidInputError, match="twice"):
        split_envelope(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"objects":[{"id":"a"}]}',
        b' \n{ "objects" :\t[{"id":"a"}] } \r\n',
        b'{"objects":[{"id":"a"}],"more":false}',
        b'{"id":"x","objects":[{"id":"a"}]}',
        b'{"\\u006fbjects":[{"id":"a"}]}',
    ],
)
def test_an_envelope_is_cut_however_it_is_spaced(body: bytes) -> None:
    assert split_envelope(body) == [b'{"id":"a"}']


def test_an_envelope_of_too_many_objects_is_refused() -> None:
    body = b'{"objects":[{},{},{}]}'
    assert len(split_envelope(body, objects_max=3)) == 3
    with pytest.raises(TooLargeError, match="more than 2 objects"):
        split_envelope(body, objects_max=2)


@pytest.mark.parametrize(("commas", "taken"), [(0, True), (1, False)])
def test_an_envelope_has_so_many_commas_and_no_more(
    commas: int, *, taken: bool
) -> None:
    text = b"," * (ENVELOPE_VALUES_MAX + commas)
    body = b'{"objects":[{"text":"' + text + b'"}]}'

    if taken:
        assert len(split_envelope(body)) == 1
    else:
        with pytest.raises(TooLargeError, match="values"):
            split_envelope(body)
