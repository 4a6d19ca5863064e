"""Matching: which objects a pattern asks for."""

import re
from fnmatch import translate
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.stix.matching import (
    COMPARISONS_MAX,
    COST_MAX,
    LIKE_CHARS_MAX,
    VALUES_MAX,
    Matcher,
)

FILE = {
    "type": "file",
    "name": "foo.dll",
    "size": 25_536,
    "is_x": True,
    "created": "2024-01-01T00:00:00.000Z",
    "hashes": {"MD5": "66e2ea40", "SHA-256": "00"},
    "magic_number_hex": "FFD8",
    "payload_bin": "aGk=",
    "sections": [{"entropy": 7.0, "name": ".text"}, {"entropy": 6.5}],
    "parent_directory_ref": "directory--1",
}


def indicator(pattern: str, **more: str) -> dict[str, object]:
    return {"type": "indicator", "pattern": pattern, "pattern_type": "stix", **more}


def matches(pattern: str, thing: dict[str, object]) -> bool:
    return Matcher(pattern).matches(thing)


@pytest.mark.parametrize(
    "pattern",
    [
        "[file:name = 'foo.dll']",
        "[file:name NOT = 'bar']",
        "[file:name != 5]",
        "[file:size > 25000 AND file:size <= 25536.0]",
        "[file:size IN (1, 25536)]",
        "[file:size NOT IN (1, 2)]",
        "[file:is_x = true]",
        "[file:created = t'2024-01-01T00:00:00Z']",
        "[file:created < t'2024-01-01T00:00:00.1Z']",
        "[file:hashes.'SHA-256' = '00']",
        "[file:hashes[*] = '66e2ea40']",
        "[file:magic_number_hex = h'ffd8']",
        "[file:payload_bin = b'aGk=']",
        "[file:sections[*].entropy < 7]",
        "[file:sections[0].entropy = 7]",
        "[EXISTS file:hashes.MD5]",
        "[NOT EXISTS file:mime_type]",
        "[file:name LIKE '%.d_l']",
        "[file:name = 'no' OR (file:size = 25536 AND file:name LIKE 'foo%')]",
        "[process:pid = 1] FOLLOWEDBY [file:name = 'foo.dll'] WITHIN 5 SECONDS",
    ],
)
def test_an_observable_that_would_be_observed_matches(pattern: str) -> None:
    assert matches(pattern, FILE)


@pytest.mark.parametrize(
    "pattern",
    [
        "[file:name = 'FOO.DLL']",
        "[file:name = 'foo.dll' AND process:pid = 1]",
        "[process:name = 'foo.dll']",
        "[file:size = '25536']",
        "[file:size > 25536]",
        "[file:is_x = 1]",
        "[file:mime_type != 'x']",
        "[file:sections.entropy = 7]",
        "[file:sections[2].entropy = 6.5]",
        "[file:sections[-1].entropy = 6.5]",
        "[file:parent_directory_ref.path = 'x']",
        "[file:created = t'2024-02-30T00:00:00Z']",
        "[NOT EXISTS file:name]",
        "[file:name LIKE 'foo_']",
        "[file:name IN ()]",
        "[file:name ISSUBSET '10.0.0.0/8']",
    ],
)
def test_what_would_not_be_observed_does_not(pattern: str) -> None:
    assert not matches(pattern, FILE)


@pytest.mark.parametrize(
    ("value", "pattern", "is_so"),
    [
        ("198.51.100.7", "ISSUBSET '198.51.100.0/24'", True),
        ("198.51.101.7", "ISSUBSET '198.51.100.0/24'", False),
        ("198.51.0.0/16", "ISSUPERSET '198.51.100.0/24'", True),
        ("198.51.100.7", "NOT ISSUBSET '198.51.100.0/24'", False),
        ("2001:db8::1", "ISSUBSET '198.51.100.0/24'", False),
        ("2001:db8::1", "ISSUBSET '2001:db8::/32'", True),
        ("nonsense", "ISSUBSET '2001:db8::/32'", False),
    ],
)
def test_addresses_are_in_networks(value: str, pattern: str, is_so: bool) -> None:  # noqa: FBT001
    thing: dict[str, object] = {"type": "ipv4-addr", "value": value}
    assert matches(f"[ipv4-addr:value {pattern}]", thing) is is_so


@pytest.mark.parametrize(
    ("asked", "named", "is_so"),
    [
        ("[a:b = 1]", "[a:b = 1 AND c:d = 2]", True),
        ("[a:b = 1 AND c:d = 2]", "[a:b = 1 AND c:d = 2]", True),
        ("[a:b = 1 AND c:d = 2]", "[a:b = 1] AND [c:d = 2]", False),
        ("[a:b > 5]", "[a:b IN (1, 6)]", True),
        ("[a:b > 5]", "[a:b = 5]", False),
        ("[a:b = 1]", "[a:b NOT = 1]", False),
        ("[a:b NOT = 1]", "[a:b NOT = 1]", True),
        ("[EXISTS a:b]", "[a:b MATCHES '^x']", True),
        ("[a:b LIKE 'x%']", "[a:b LIKE 'x%']", True),
        ("[a:b = 'xy']", "[a:b LIKE 'x%']", False),
        ("[a:b = '10.1.2.3']", "[a:b ISSUBSET '10.0.0.0/8']", True),
        ("[a:b ISSUBSET '10.1.0.0/16']", "[a:b ISSUBSET '10.0.0.0/8']", True),
        ("[a:b = '11.1.2.3']", "[a:b ISSUBSET '10.0.0.0/8']", False),
        ("[a:b[*].c = 1]", "[a:b[0].c = 1]", True),
        ("[a:b[1].c = 1]", "[a:b[0].c = 1]", False),
        ("[a:h = h'ff']", "[a:h = h'FF']", True),
        ("[a:t > t'2024-01-01T00:00:00Z']", "[a:t = t'2024-01-02T00:00:00Z']", True),
        ("[indicator:name = 'x']", "[a:b = 1]", False),
    ],
)
def test_an_indicator_names_what_it_could_be_observed_as(
    asked: str,
    named: str,
    is_so: bool,  # noqa: FBT001
) -> None:
    assert matches(asked, indicator(named)) is is_so


def test_an_indicator_in_another_language_or_of_no_pattern_matches_nothing() -> None:
    for thing in (
        indicator("[a:b = 1]", pattern_type="snort"),
        indicator("nonsense"),
        {"type": "indicator"},
        {},
    ):
        assert not matches("[a:b = 1]", thing)


@pytest.mark.parametrize(
    "pattern",
    [
        "nonsense",
        "[a:b MATCHES '(a+)+$']",
        f"[a:b LIKE '{'x' * (LIKE_CHARS_MAX + 1)}']",
        f"[{' OR '.join(['a:b = 1'] * (COMPARISONS_MAX + 1))}]",
        f"[a:b IN ({','.join(['1'] * VALUES_MAX)}) OR a:b = 1]",
    ],
)
def test_what_is_too_much_to_judge_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInputError):
        Matcher(pattern)


LIKE = "%" + "a_" * 100 + "b"
MANY_NETWORKS = [f"a:b ISSUBSET '10.0.{n}.0/24'" for n in range(COMPARISONS_MAX)]
MANY_BYTES = ",".join(f"h'{n:04x}'" for n in range(VALUES_MAX))
MANY_ADDRESSES = ",".join(["'192.0.2.1'"] * 4_000)
MANY_PATHS = " OR ".join(["a:b[*].c[*] = '1'"] * 1_000)


@pytest.mark.parametrize(
    ("pattern", "thing"),
    [
        (f"[a:b[*] LIKE '{LIKE}']", {"type": "a", "b": ["a" * 65_536] * 9}),
        (f"[{' OR '.join(MANY_NETWORKS)}]", indicator(f"[a:b IN ({MANY_ADDRESSES})]")),
        (f"[a:b IN ({MANY_BYTES})]", indicator(f"[a:b IN ({MANY_ADDRESSES})]")),
        (f"[a:b IN ({MANY_BYTES})]", {"type": "a", "b": "ff" * 500_000}),
        ("[a:b[*].c = 1]", {"type": "a", "b": [0] * 200_000}),
        ("[a:b[*].c = 1]", {"type": "a", "b": dict.fromkeys(range(200_000))}),
        (" OR ".join(["[a:b[*].c[*] = 2]"] * 20), indicator(f"[{MANY_PATHS}]")),
    ],
    ids=["like", "networks", "named-bytes", "bytes", "list", "keys", "paths"],
)
def test_what_costs_too_much_to_judge_is_told(
    pattern: str, thing: dict[str, object]
) -> None:
    found = Matcher(pattern).judge(thing)

    assert found.matches
    assert found.cost <= COST_MAX


def test_a_large_indicator_of_others_costs_little_and_matches_nothing() -> None:
    found = Matcher("[ipv4-addr:value ISSUBSET '198.51.100.0/24']").judge(
        indicator(f"[ipv4-addr:value IN ({MANY_ADDRESSES})]")
    )
    assert not found.matches
    assert 0 < found.cost < COST_MAX / 2


ADDRESSES = st.ip_addresses(v=4, network="10.0.0.0/28") | st.ip_addresses(
    v=6, network="2001:db8::/124"
)


@given(one=ADDRESSES, other=ADDRESSES, lengths=st.tuples(*[st.integers(0, 128)] * 2))
def test_networks_are_in_each_other_as_the_standard_library_has_it(
    one: IPv4Address | IPv6Address,
    other: IPv4Address | IPv6Address,
    lengths: tuple[int, int],
) -> None:
    part, whole = (
        ip_network(f"{each}/{min(length, each.max_prefixlen)}", strict=False)
        for each, length in zip((one, other), lengths, strict=True)
    )
    thing: dict[str, object] = {"type": "x", "y": str(part)}

    found = matches(f"[x:y ISSUBSET '{whole}']", thing)

    assert found is (part.version == whole.version and part.subnet_of(whole))  # type: ignore[arg-type] # of one version


@given(text=st.text("ab%_", max_size=12), like=st.text("ab%_", max_size=8))
def test_like_is_as_wildcards_of_a_shell_are(text: str, like: str) -> None:
    shell = translate(like.replace("%", "*").replace("_", "?"))
    found = matches(f"[x:y LIKE '{like}']", {"type": "x", "y": text})
    assert found is bool(re.match(shell, text))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=3), x),
    max_leaves=8,
)


@given(value=JSON, operator=st.sampled_from(["= 1", "> 'a'", "= h'ff'", "IN (1.5)"]))
def test_no_property_fails_unhandled(value: object, operator: str) -> None:
    for path in ("y", "y[*]", "y.a[0]"):
        matches(f"[x:{path} {operator}]", {"type": "x", "y": value})
