import json
import warnings
from typing import Any

import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.stix import identifiers
from foedus.stix.identifiers import Form

UUID = "0042a9f5-f053-4769-b3ef-9ad018dfa298"
MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA_1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SHA_256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SHA_512 = MD5 * 4
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9)
PORTS = st.integers(0, 65535)
HASHES = st.fixed_dictionaries(
    {},
    optional={
        "MD5": st.just(MD5),
        "SHA-1": st.just(SHA_1),
        "SHA-256": st.just(SHA_256),
        "SHA-512": st.just(SHA_512),
    },
).filter(bool)


OBSERVABLES = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("artifact"), "payload_bin": st.just("aGVsbG8=")}
    ),
    st.fixed_dictionaries(
        {"type": st.just("autonomous-system"), "number": st.integers(0, 2**32)},
        optional={"name": WORDS, "rir": WORDS},
    ),
    st.fixed_dictionaries({"type": st.just("directory"), "path": WORDS}),
    st.fixed_dictionaries({"type": st.just("domain-name"), "value": WORDS}),
    st.fixed_dictionaries({"type": st.just("email-addr"), "value": WORDS}),
    st.fixed_dictionaries({"type": st.just("ipv4-addr"), "value": WORDS}),
    st.fixed_dictionaries({"type": st.just("ipv6-addr"), "value": WORDS}),
    st.fixed_dictionaries(
        {"type": st.just("mac-addr"), "value": st.just("00:00:5e:00:53:af")}
    ),
    st.fixed_dictionaries({"type": st.just("mutex"), "name": WORDS}),
    st.fixed_dictionaries({"type": st.just("url"), "value": WORDS}),
    st.fixed_dictionaries(
        {"type": st.just("file"), "hashes": HASHES},
        optional={
            "name": WORDS,
            "parent_directory_ref": st.just(f"directory--{UUID}"),
            "size": st.integers(0, 2**40),
        },
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("network-traffic"),
            "protocols": st.lists(WORDS, min_size=1, max_size=3),
            "src_ref": st.just(f"ipv4-addr--{UUID}"),
        },
        optional={"src_port": PORTS, "dst_port": PORTS},
    ),
    st.fixed_dictionaries(
        {"type": st.just("software"), "name": WORDS},
        optional={"vendor": WORDS, "version": WORDS, "languages": st.just(["en"])},
    ),
    st.fixed_dictionaries(
        {"type": st.just("user-account"), "user_id": WORDS},
        optional={"account_login": WORDS, "display_name": WORDS},
    ),
    st.fixed_dictionaries(
        {"type": st.just("windows-registry-key"), "key": WORDS},
        optional={
            "values": st.just([{"name": "n", "data": "d", "data_type": "REG_SZ"}])
        },
    ),
    st.fixed_dictionaries(
        {"type": st.just("x509-certificate"), "serial_number": WORDS},
        optional={"hashes": HASHES, "subject": WORDS},
    ),
    st.fixed_dictionaries(
        {"type": st.just("email-message"), "is_multipart": st.just(value=False)},
        optional={"subject": WORDS, "body": WORDS},
    ),
).filter(lambda made: len(made) > 1)


@given(properties=OBSERVABLES)
def test_the_id_is_what_the_stix2_library_computes(properties: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = json.loads(stix2.parse(properties, version="2.1").serialize())["id"]
    ours = identifiers.compute_id(properties)
    random = properties["type"] == "email-message" and not (
        {"subject", "body"} & properties.keys()
    )
    assert ours == (None if random else oracle)


def test_of_several_hashes_the_preferred_one_counts() -> None:
    one = {"type": "file", "hashes": {"SHA-1": SHA_1}}
    two = {"type": "file", "hashes": {"SHA-256": SHA_256, "SHA-1": SHA_1}}
    assert identifiers.compute_id(one) == identifiers.compute_id(two)


@pytest.mark.parametrize(
    "properties",
    [
        {"type": "process", "pid": 1},
        {"type": "indicator", "name": "x"},
        {"type": "x-custom", "value": "x"},
        {"type": "url"},
        {"type": "file", "name": "x", "hashes": {"SSDEEP": "3:abc"}},
        {"type": "file", "name": "x", "hashes": "d41d"},
    ],
)
def test_where_the_standard_fixes_no_id_none_is_computed(
    properties: dict[str, object],
) -> None:
    assert identifiers.compute_id(properties) is None


@pytest.mark.parametrize(
    "properties", [{}, {"type": 1}, {"type": "url", "value": "\ud800"}]
)
def test_what_cannot_be_written_canonically_is_refused(
    properties: dict[str, object],
) -> None:
    with pytest.raises(InvalidInputError):
        identifiers.compute_id(properties)


@pytest.mark.parametrize(
    "text",
    [
        f"url--{UUID}",
        f"x-a-b--{UUID}",
        f"{'a' * 250}--{UUID}",
        "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    ],
)
def test_type_and_uuid_make_an_identifier(text: str) -> None:
    assert identifiers.is_identifier(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        UUID,
        f"--{UUID}",
        f"ur--{UUID}",
        f"{'a' * 251}--{UUID}",
        f"Url--{UUID}",
        f"u_l--{UUID}",
        f"-url--{UUID}",
        f"url---{UUID}",
        f"a--url--{UUID}",
        f"url-{UUID}",
        f"url--{UUID}\n",
        f" url--{UUID}",
        f"url--{UUID[:-1]}",
        f"url--{UUID.replace('-', '')}",
        f"url--{{{UUID}}}",
        f"url--{UUID.upper()}",
        f"\u0661rl--{UUID}",
    ],
)
def test_everything_else_is_no_identifier(text: str) -> None:
    assert not identifiers.is_identifier(text)


@pytest.mark.parametrize(
    ("stix_type", "form"),
    [
        ("indicator", "object"),
        ("marking-definition", "marking"),
        ("extension-definition", "extension"),
        ("x-marking-definition", "object"),
        ("Indicator", None),
    ],
)
def test_definitions_are_told_from_other_objects(
    stix_type: str, form: Form | None
) -> None:
    text = f"{stix_type}--0042a9f5-f053-4769-b3ef-9ad018dfa298"
    assert identifiers.form_of(text) is form
    assert identifiers.form_of(text.upper()) is None
    assert identifiers.form_of("x" * 300 + text) is None


def test_the_other_spelling_of_a_uuid_is_folded() -> None:
    assert identifiers.as_identifier(f"url--{UUID.upper()}") == f"url--{UUID}"


def test_the_other_spelling_of_a_type_is_not_folded() -> None:
    assert identifiers.as_identifier(f"URL--{UUID}") is None


@given(text=st.text(max_size=300))
def test_arbitrary_text_never_fails(text: str) -> None:
    assert identifiers.is_identifier(text) <= (identifiers.as_identifier(text) == text)


def test_only_observables_with_contributing_properties_are_deterministic() -> None:
    assert identifiers.is_deterministic("url")
    assert not identifiers.is_deterministic("process")
    assert not identifiers.is_deterministic("indicator")
