"""Values made harmless for showing: what an attacker uses is never a link.

The value itself stands beside it, for whoever copies it.
"""

from typing import Final

from foedus.stix.values import Value, defang

NETWORKED: Final = frozenset(
    {"domain-name", "ipv4-addr", "ipv6-addr", "url", "email-addr"}
)
"""Observables whose values browsers and mail programs would make links of."""


def harmless(stix_type: str, value: str) -> str:
    """Write a value of an observable so that nobody clicks it by mistake."""
    if stix_type not in NETWORKED:
        return value
    return defang(Value(type=stix_type, text=value, path=""))
