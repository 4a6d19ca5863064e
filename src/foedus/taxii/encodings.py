"""Content codings: answers that are shorter on their way.

Source: RFC 9110, section 12.5.3; RFC 8878 (zstd); RFC 1952 (gzip).
"""

import gzip
from functools import lru_cache
from typing import Final

import zstandard

ENCODED_BYTES_MIN: Final = 1_024
"""Bytes of a body from which on it is encoded; shorter ones gain nothing."""

LEVEL: Final = 1
"""How hard is tried. Higher levels cost many times as much and gain a tenth."""

_CACHED_MAX = 256


@lru_cache(maxsize=_CACHED_MAX)
def choose(accept: bytes) -> str:
    """Choose the coding that a client takes and we prefer; empty for none.

    Args:
        accept: the `Accept-Encoding` header; empty where there is none.
    """
    weights: dict[str, float] = {}
    for item in accept.decode("latin-1").lower().split(","):
        name, _, parameter = (part.strip() for part in item.partition(";"))
        weights[name] = _quality(parameter)
    best = ("", weights.get("identity", 0.0))
    for coding in ("gzip", "zstd"):
        quality = weights.get(coding, weights.get("*", 0.0))
        if quality > 0 and quality >= best[1]:
            best = (coding, quality)
    return best[0]


def encode(body: bytes, coding: str) -> bytes:
    """Encode a body; the same body always gives the same bytes.

    Args:
        body: what is sent.
        coding: one that `choose` gives, not the empty one.
    """
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=LEVEL).compress(body)
    return gzip.compress(body, compresslevel=LEVEL, mtime=0)


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
