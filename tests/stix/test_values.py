import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.stix.values import (
    VALUE_LENGTH_MAX,
    VALUES_MAX,
    defang,
    recognise,
    recognise_all,
    refang,
)

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("text", "type_", "meant"),
    [
        ("mail-sync.example", "domain-name", "mail-sync.example"),
        ("Mail-Sync.Example.", "domain-name", "mail-sync.example"),
        ("mail[.]sync[dot]example", "domain-name", "mail.sync.example"),
        ("bücher.example", "domain-name", "xn--bcher-kva.example"),
        ("203.0.113.7", "ipv4-addr", "203.0.113.7"),
        ("203[.]0.113(.)7", "ipv4-addr", "203.0.113.7"),
        ("203.0.113.0/24", "ipv4-addr", "203.0.113.0/24"),
        ("2001:DB8::0001", "ipv6-addr", "2001:db8::1"),
        ("hxxps://evil[.]example/a?b=c", "url", "https://evil.example/a?b=c"),
        ("http://[2001:db8::1]:8080/x", "url", "http://[2001:db8::1]:8080/x"),
        ("someone[at]evil.example", "email-addr", "someone@evil.example"),
        (MD5.upper(), "file", MD5),
        (SHA1, "file", SHA1),
        (SHA256, "file", SHA256),
    ],
)
def test_a_value_is_recognised_as_it_was_meant(
    text: str, type_: str, meant: str
) -> None:
    found = recognise(text)
    assert (found.type, found.text) == (type_, meant)


@pytest.mark.parametrize(
    "text",
    [
        "evil",
        "256.1.1.1.1",
        "http://",
        "http://evil/",
        "javascript:alert(1)",
        "a@b",
        MD5[:-1],
        "zz" * 16,
        "-a.example",
        "a..example",
        "{'type': 'bundle'}",
        "evil.example and more",
        "\ud800.example",
    ],
)
def test_what_is_none_is_refused_and_named(text: str) -> None:
    with pytest.raises(InvalidInputError, match="write one a line"):
        recognise(text)


def test_a_value_has_a_length_that_is_tested_from_both_sides() -> None:
    start = "http://evil.example/"
    recognise(start + "a" * (VALUE_LENGTH_MAX - len(start)))
    with pytest.raises(InvalidInputError, match=str(VALUE_LENGTH_MAX)):
        recognise(start + "a" * (VALUE_LENGTH_MAX - len(start) + 1))


def test_values_are_read_line_by_line_each_once() -> None:
    found = recognise_all(" a.example \n\n203.0.113.7\r\nA.example\n")
    assert [each.text for each in found] == ["a.example", "203.0.113.7"]


def test_no_value_at_all_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="paste"):
        recognise_all(" \n ")


def test_there_are_so_many_values_at_most() -> None:
    lines = [f"a{number}.example" for number in range(VALUES_MAX + 1)]
    assert len(recognise_all("\n".join(lines[:-1]))) == VALUES_MAX
    with pytest.raises(InvalidInputError, match="as a file"):
        recognise_all("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a.example", "[domain-name:value = 'a.example']"),
        (MD5, f"[file:hashes.'MD5' = '{MD5}']"),
        (SHA256, f"[file:hashes.'SHA-256' = '{SHA256}']"),
        ("http://a.example/it's\\", r"[url:value = 'http://a.example/it\'s\\']"),
    ],
)
def test_a_value_becomes_the_pattern_that_finds_it(text: str, pattern: str) -> None:
    assert recognise(text).pattern == pattern


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a.example", "a[.]example"),
        ("https://a.example/b.c", "hxxps://a[.]example/b.c"),
        ("x@a.example", "x@a[.]example"),
        (MD5, MD5),
    ],
)
def test_a_value_is_shown_harmless(text: str, shown: str) -> None:
    assert defang(recognise(text)) == shown


@given(st.text(max_size=80))
def test_anything_is_recognised_or_refused(text: str) -> None:
    try:
        found = recognise(text)
    except InvalidInputError:
        return
    assert recognise(found.text) == found
    assert recognise(refang(defang(found))) == found
