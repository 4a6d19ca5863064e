"""Addresses are shown harmless, and everything else as it is."""

import pytest

from foedus.stix.values import refang
from foedus.web.harmless import NETWORKED, harmless


@pytest.mark.parametrize(
    ("stix_type", "value"),
    [
        ("domain-name", "a.example"),
        ("url", "https://a.example/x?y=1"),
        ("ipv4-addr", "192.0.2.0/24"),
        ("email-addr", "a.b@c.example"),
    ],
)
def test_an_address_is_no_link_and_can_be_read_back(stix_type: str, value: str) -> None:
    shown = harmless(stix_type, value)
    assert "[.]" in shown
    assert "https:" not in shown
    assert refang(shown) == value


def test_what_is_no_address_stays_as_it_is() -> None:
    assert harmless("mutex", "a.b") == "a.b"
    assert "mutex" not in NETWORKED
