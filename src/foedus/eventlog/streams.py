"""Short keys of streams.

Names of streams are long, and an index of them is written anew at random places by
every commit. A key has eight bytes. Two streams may share one, so whoever looks one
up compares the name too.
"""

from hashlib import blake2b

import apsw

KEY_BYTES = 8
"""Bytes of a key: an integer of SQLite. By choosing names, somebody may make two
streams meet, and hardly three."""


def stream_key(stream: str) -> int:
    """Give the key of a stream."""
    digest = blake2b(stream.encode(), digest_size=KEY_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def offer_stream_key(db: apsw.Connection) -> None:
    """Let statements of a connection call `stream_key`."""

    def key_of(*values: object) -> int:
        return stream_key(str(values[0]))

    db.create_scalar_function("stream_key", key_of, 1)
