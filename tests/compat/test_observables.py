"""What a pattern compares with."""

import pytest

from foedus.compat.observables import VALUES_MAX, observables

FILE = "file"


def taken(pattern: str, **more: str) -> list[object]:
    return [*observables({"pattern": pattern, "pattern_type": "stix", **more})]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("[ipv4-addr:value = '192.0.2.1']", [("ipv4-addr", {"value": "192.0.2.1"})]),
        (
            "[file:hashes.'SHA-256' = 'ab' OR file:hashes.MD5 = 'cd']",
            [
                ("file", {"hashes": {"SHA-256": "ab"}}),
                ("file", {"hashes": {"MD5": "cd"}}),
            ],
        ),
        (r"[url:value = 'http://a/\'b']", [("url", {"value": "http://a/'b"})]),
        (
            "[autonomous-system:number = 64496]",
            [("autonomous-system", {"value": 64496})],
        ),
        (
            "[url:value='a'] FOLLOWEDBY [url:value = 'a' AND url:value = 'b']",
            [("url", {"value": "a"}), ("url", {"value": "b"})],
        ),
        ("[ipv4-addr:value NOT = '192.0.2.1']", []),
        ("[ipv4-addr:value != '192.0.2.1']", []),
        ("[domain-name:value LIKE '%.example']", []),
        ("[network-traffic:dst_port = 80]", []),
        (
            "[url:value = 'url:value = \\'x\\'']",
            [("url", {"value": "url:value = 'x'"})],
        ),
        ("[url:value = 'never ends", []),
    ],
)
def test_only_what_is_compared_for_equality_is_taken(
    pattern: str, found: list[object]
) -> None:
    assert taken(pattern) == found


def test_a_pattern_of_another_language_is_not_read() -> None:
    assert taken("[url:value = 'a']", pattern_type="yara") == []
    assert observables({}) == []


def test_a_long_pattern_has_an_end() -> None:
    many = " OR ".join(f"url:value = '{number}'" for number in range(2_000))
    assert len(taken(f"[{many}]")) == VALUES_MAX
    assert taken("[url:value = 'a'" + " " * 200_000) == []
