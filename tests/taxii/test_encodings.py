import gzip

import pytest
import zstandard

from foedus.taxii.encodings import choose, encode


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (b"", ""),
        (b"identity", ""),
        (b"br", ""),
        (b"gzip, deflate", "gzip"),
        (b"GZIP", "gzip"),
        (b"gzip, deflate, br, zstd", "zstd"),
        (b"zstd;q=0.5, gzip", "gzip"),
        (b"gzip;q=0", ""),
        (b"gzip;q=0.5, identity", ""),
        (b"*", "zstd"),
        (b"*;q=0", ""),
        (b"zstd;q=0, *", "gzip"),
        (b"gzip;q=much", ""),
        (b"gzip;level=9", "gzip"),
        (b",;,q=1", ""),
    ],
)
def test_the_coding_that_a_client_takes_is_chosen(accept: bytes, chosen: str) -> None:
    assert choose(accept) == chosen


def test_every_coding_can_be_read_by_others() -> None:
    body = b"intelligence " * 1_000
    assert gzip.decompress(encode(body, "gzip")) == body
    assert zstandard.ZstdDecompressor().decompress(encode(body, "zstd")) == body


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_the_same_body_gives_the_same_bytes(coding: str) -> None:
    body = b"intelligence " * 1_000
    assert encode(body, coding) == encode(body, coding)
    assert len(encode(body, coding)) < len(body) / 10
