"""What an object says: every property, in order, harmless, and links where safe."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.web.reading import FACTS_MAX, Said, is_safe, read_out

UUID = "0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061"


def said(stix_type: str, **properties: object) -> Said:
    head = {"id": f"{stix_type}--{UUID}", "type": stix_type}
    return read_out(orjson.dumps(head | properties), "")


def test_what_a_person_wants_first_stands_first_and_nothing_is_left_out() -> None:
    found = said(
        "malware",
        modified="2026-11-22T09:12:04.123Z",
        x_odd="odd",
        confidence=70,
        is_family=False,
        malware_types=["wiper", "bot"],
        nothing=None,
    )
    assert [(each.name, each.value) for each in found.facts] == [
        ("Malware types", "wiper, bot"),
        ("A family", "no"),
        ("Confidence", "70 of 100"),
        ("Changed", "Sun 22 Nov 2026 09:12 UTC"),
        ("Odd", "odd"),
    ]


def test_a_value_is_shown_harmless_and_can_be_copied_as_it_was_sent() -> None:
    (fact,) = said("artifact", url="http://a.example/x").facts
    assert (fact.value, fact.exact) == ("hxxp://a[.]example/x", "http://a.example/x")


def test_hashes_stand_one_by_one_and_the_bytes_of_malware_nowhere() -> None:
    found = said("artifact", hashes={"MD5": "aa", "SHA-1": "bb"}, payload_bin="QUJD")
    assert [(each.name, each.exact) for each in found.facts[:2]] == [
        ("MD5", "aa"),
        ("SHA-1", "bb"),
    ]
    assert found.facts[2].value == "4 characters"


def test_a_kill_chain_is_shown_whole_with_the_place_of_the_object() -> None:
    phases = [{"kill_chain_name": "mitre-attack", "phase_name": "impact"}]
    (chain,) = said("malware", kill_chain_phases=phases).chains
    assert [each.name for each in chain.phases if each.here] == ["Impact"]
    assert len(chain.phases) == 14


def test_a_phase_that_nobody_knows_is_shown_all_the_same() -> None:
    phases = [{"kill_chain_name": "ours", "phase_name": "first"}, "odd"]
    (chain,) = said("malware", kill_chain_phases=phases).chains
    assert [(each.name, each.here) for each in chain.phases] == [("First", True)]


def test_a_pattern_of_another_language_is_one_piece() -> None:
    found = said("indicator", pattern="rule a {}", pattern_type="yara")
    assert (found.language, [each.text for each in found.pattern]) == (
        "yara",
        ["rule a {}"],
    )


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://attack.mitre.org/techniques/T1566", True),
        ("http://attack.mitre.org/techniques/T1566", False),
        ("https://attack.mitre.org.evil.example/", False),
        ("https://attack.mitre.org@evil.example/", False),
        ("https://attack.mitre.org:8443/", False),
        ("https://attack.mitre.org\\@evil.example/", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("https://[attack.mitre.org/", False),
        ("", False),
    ],
)
def test_a_reference_is_a_link_only_into_a_known_catalogue(
    url: str, *, safe: bool
) -> None:
    reference = {"source_name": "x", "url": url, "external_id": "T1"}
    (found,) = said("malware", external_references=[reference]).references
    assert is_safe(url) is safe
    assert found.href == (url if safe else "")
    assert (found.id, found.exact) == ("T1", url)


def test_facts_have_a_limit() -> None:
    many = {f"x_{number}": "y" for number in range(FACTS_MAX + 1)}
    assert len(said("note", **many).facts) == FACTS_MAX


def test_what_is_very_long_is_cut_and_not_offered_for_copying() -> None:
    found = said("url", value="x" * 5_000, pattern="y" * 50_000)
    assert len(found.facts[0].value) < 2_000
    assert (found.facts[0].exact, found.pattern_exact) == ("", "")
    assert len(found.pattern[0].text) < 30_000


@settings(max_examples=20)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                *("hashes", "external_references", "kill_chain_phases", "pattern"),
                *("pattern_type", "confidence", "value", "payload_bin", "x"),
            ]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["url", "phase_name", "a"]), inner, max_size=3
                )
            ),
            max_leaves=6,
        ),
    ),
    st.sampled_from(["indicator", "file", "url", "x-odd"]),
)
def test_whatever_was_admitted_can_be_read_out(
    properties: dict[str, object], stix_type: str
) -> None:
    assert isinstance(said(stix_type, **properties), Said)
