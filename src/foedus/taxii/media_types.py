"""Media types: may we answer so, and was the request written so?

Source: TAXII 2.1, sections 1.6.8 and 3.1; RFC 9110, section 12.5.1.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

TAXII: Final = "application/taxii+json;version=2.1"
"""What every answer is, and every body should say it is."""

STIX_TYPES: Final = {
    "2.1": "application/stix+json;version=2.1",
    "2.0": "application/stix+json;version=2.0",
}
"""Media types of objects, by specification version."""

_NAME = "application/taxii+json"
_STIX_NAME = "application/stix+json"
_VERSION = "2.1"
_CACHED_MAX = 256

_Range = tuple[str, dict[str, str]]


@lru_cache(maxsize=_CACHED_MAX)
def is_acceptable(accept: bytes) -> bool:
    """Tell whether an `Accept` header allows an answer in TAXII 2.1.

    Of the ranges that match, the most specific decides. No header allows anything.
    """
    if not accept.strip():
        return True
    best = (-1, 0.0)
    for name, parameters in _parse(accept):
        specificity = _specificity(name, parameters)
        if specificity >= 0:
            best = max(best, (specificity, _quality(parameters)))
    return best[1] > 0


@lru_cache(maxsize=_CACHED_MAX)
def is_envelope(content_type: bytes) -> bool:
    """Tell whether a `Content-Type` header names something that holds objects.

    That is TAXII 2.1, or TAXII of no version; and STIX of any version that we read,
    since OpenCTI sends its bundles so.
    """
    ranges = list(_parse(content_type))
    if len(ranges) != 1:
        return False
    name, parameters = ranges[0]
    version = parameters.get("version", _VERSION)
    if name == _STIX_NAME:
        return version in STIX_TYPES
    return name == _NAME and version == _VERSION


def _parse(header: bytes) -> Iterator[_Range]:
    for item in header.decode("latin-1").split(","):
        name, *rest = (part.strip() for part in item.split(";"))
        parameters = {}
        for part in rest:
            key, _, value = part.partition("=")
            parameters[key.strip().lower()] = value.strip().strip('"')
        if name:
            yield name.lower(), parameters


def _specificity(name: str, parameters: dict[str, str]) -> int:
    """Rank a range: 3 names the version, 0 is `*/*`, -1 is something else."""
    if name == "*/*":
        return 0
    if name == "application/*":
        return 1
    if name != _NAME:
        return -1
    if "version" not in parameters:
        return 2
    return 3 if parameters["version"] == _VERSION else -1


def _quality(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
