import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.taxii.media_types import STIX_TYPES, TAXII, is_acceptable, is_envelope


def test_no_header_allows_anything() -> None:
    assert is_acceptable(b"")
    assert is_acceptable(b"  ")


def test_the_most_specific_range_decides() -> None:
    assert not is_acceptable(b"application/taxii+json;version=2.1;q=0,*/*;q=1")
    assert is_acceptable(b"application/taxii+json;version=2.1;q=0.1,*/*;q=0")


def test_another_version_does_not_count_against_ours() -> None:
    assert is_acceptable(b"application/taxii+json;version=2.0,application/*")


@pytest.mark.parametrize("header", [b"", b"text/plain", b"application/taxii+json,x/y"])
def test_a_body_says_that_it_is_envelope_and_nothing_else(header: bytes) -> None:
    assert not is_envelope(header)


def test_what_we_send_we_take() -> None:
    assert is_acceptable(TAXII.encode())
    assert is_envelope(TAXII.encode())


@pytest.mark.parametrize("stix", [*STIX_TYPES.values(), "application/stix+json"])
def test_objects_may_come_under_the_name_of_what_they_are(stix: str) -> None:
    assert is_envelope(stix.encode())
    assert is_envelope(stix.replace(";", "; ").encode())


@given(st.binary(max_size=200))
def test_no_header_breaks_the_reader(header: bytes) -> None:
    assert is_acceptable(header) in (True, False)
    assert is_envelope(header) in (True, False)
