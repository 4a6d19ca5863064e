import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.web.things import TITLE_LENGTH_MAX, describe, instant_words

UUID = "0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061"


def _raw(**properties: object) -> bytes:
    stix_type = str(properties.get("type", "note"))
    return orjson.dumps({"id": f"{stix_type}--{UUID}", "type": stix_type} | properties)


@pytest.mark.parametrize(
    ("properties", "kind", "title", "code"),
    [
        (
            {
                "type": "indicator",
                "pattern": "[domain-name:value = 'mail-sync.example']",
            },
            "Domain indicator",
            "mail-sync[.]example",
            True,
        ),
        (
            {
                "type": "indicator",
                "name": "Relay",
                "pattern": "[ipv4-addr:value = '192.0.2.1']",
            },
            "Address indicator",
            "Relay",
            False,
        ),
        (
            {"type": "indicator", "pattern": "[a:b = 1] AND [c:d = 2]"},
            "Indicator",
            "[a:b = 1] AND [c:d = 2]",
            True,
        ),
        (
            {"type": "indicator", "pattern": r"[file:name = 'it\'s']"},
            "File indicator",
            "it's",
            True,
        ),
        (
            {"type": "report", "name": "R", "object_refs": [f"malware--{UUID}"]},
            "Report, 1 object",
            "R",
            False,
        ),
        ({"type": "report", "name": "R"}, "Report", "R", False),
        ({"type": "domain-name", "value": "a.example"}, "Domain", "a[.]example", True),
        ({"type": "note", "abstract": "Short", "content": "x"}, "Note", "Short", False),
        ({"type": "sighting", "description": "2  hosts"}, "Sighting", "2 hosts", False),
        ({"type": "x-thing"}, "Thing", f"x-thing--{UUID}", True),
        (
            {
                "type": "relationship",
                "relationship_type": "related-to",
                "source_ref": f"indicator--{UUID}",
                "target_ref": f"threat-actor--{UUID}",
            },
            "Relationship",
            "Indicator related to threat actor",
            False,
        ),
    ],
)
def test_an_object_has_a_kind_and_a_title(
    properties: dict[str, object], kind: str, title: str, *, code: bool
) -> None:
    thing = describe(_raw(**properties))

    assert (thing.kind, thing.title, thing.code) == (kind, title, code)


def test_what_an_object_names_is_listed_apart_from_the_facts() -> None:
    marking = f"marking-definition--{UUID}"
    thing = describe(
        _raw(
            name="N",
            sighting_of_ref=f"indicator--{UUID}",
            where_refs=[f"location--{UUID}", "no id", 7],
            object_marking_refs=[marking],
        )
    )

    assert thing.references == (
        ("Sighting of", f"indicator--{UUID}"),
        ("Where", f"location--{UUID}"),
    )
    assert thing.marking_refs == (marking,)


def test_titles_have_a_limit() -> None:
    assert len(describe(_raw(name="n" * 500)).title) == TITLE_LENGTH_MAX


@pytest.mark.parametrize(
    ("properties", "title", "exact"),
    [
        (
            {"type": "url", "value": "http://a.example/x.y"},
            "hxxp://a[.]example/x.y",
            "http://a.example/x.y",
        ),
        (
            {"type": "email-addr", "value": "a@b.example"},
            "a@b[.]example",
            "a@b.example",
        ),
        (
            {"type": "ipv4-addr", "value": "192.0.2.1"},
            "192[.]0[.]2[.]1",
            "192.0.2.1",
        ),
        (
            {
                "type": "indicator",
                "name": "a.example",
                "pattern": "[domain-name:value = 'a.example']",
            },
            "a[.]example",
            "a.example",
        ),
        ({"type": "mutex", "name": "a.b"}, "a.b", ""),
        ({"type": "malware", "name": "version 1.2"}, "version 1.2", ""),
    ],
)
def test_an_address_is_made_harmless_and_kept_for_copying(
    properties: dict[str, object], title: str, exact: str
) -> None:
    thing = describe(_raw(**properties))
    assert (thing.title, thing.exact) == (title, exact)


def test_an_instant_that_is_none_is_shown_as_it_is() -> None:
    assert instant_words("2026-13-45T00:00:00Z") == "2026-13-45T00:00:00Z"


@given(
    st.dictionaries(
        st.text(max_size=20),
        st.recursive(
            st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=8,
    ),
    st.sampled_from(["indicator", "report", "note", "relationship", "file", "x-odd"]),
)
def test_any_object_that_was_admitted_can_be_shown(
    properties: dict[str, object], stix_type: str
) -> None:
    given_type = {"type": stix_type, "id": f"{stix_type}--{UUID}"}

    thing = describe(orjson.dumps(properties | given_type))

    assert thing.kind


@pytest.mark.parametrize("revoked", [True, False])
def test_a_revoked_object_is_known_as_such(*, revoked: bool) -> None:
    assert describe(_raw(type="report", revoked=revoked)).revoked is revoked
