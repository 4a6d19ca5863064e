"""Cursors: the `next` that a client is given with a page.

- A cursor names the last thing shown (date added, id), sealed with AES-SIV, so that
  the same page always gives the same cursor and nobody reads or makes one.
- What was asked for (endpoint, collection, filters) is sealed in as associated data:
  a cursor opens only under the same question. The page size is no part of it, nor is
  `added_after`: some clients leave it out beside a cursor, others send a newer one.
- Nothing is kept: a cursor is valid for ever, on every node that shares the key.

Source: DESIGN §6, "Cursors"; RFC 5297.
"""

import base64
import hashlib
import re
from typing import Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from foedus.errors import InvalidInputError
from foedus.ids import CollectionId
from foedus.intel.pages import Filters

KEY: Final = "taxii.cursor"
"""The name of the key in `state.db`."""

_FORM = re.compile(r"[A-Za-z0-9_-]{43}").fullmatch
_INSTANT_BYTES = 8
_ID_BYTES = 8
_QUESTION_BYTES = 16


class Cursors:
    """Seals and opens cursors.

    Args:
        keys: the key to seal with, then older ones that still open; 64 bytes each.
    """

    def __init__(self, *keys: bytes) -> None:
        self._ciphers = [AESSIV(key) for key in keys]

    def seal(self, added_us: int, stix_id: str, question: bytes) -> str:
        """Name the last record of a page.

        Args:
            added_us: when it was added, in the viewer's world.
            stix_id: its id.
            question: what the page answers; see `question_of`.
        """
        instant = added_us.to_bytes(_INSTANT_BYTES, "big", signed=True)
        digest = hashlib.blake2b(stix_id.encode(), digest_size=_ID_BYTES).digest()
        sealed = self._ciphers[0].encrypt(instant + digest, [question])
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, text: str, question: bytes) -> int:
        """Give the date added of the last record shown, in microseconds since 1970.

        Raises:
            InvalidInputError: we never gave it, or gave it to another question.
        """
        if _FORM(text):
            sealed = base64.urlsafe_b64decode(text + "=")
            for cipher in self._ciphers:
                try:
                    plain = cipher.decrypt(sealed, [question])
                except InvalidTag:
                    continue
                return int.from_bytes(plain[:_INSTANT_BYTES], "big", signed=True)
        raise InvalidInputError(
            "next: not one that was given for this request; repeat it with the "
            "filters of the first page, or begin again without it"
        )


def question_of(kind: str, collection: CollectionId, filters: Filters) -> bytes:
    """Digest what is asked for, the same for every spelling of it.

    Args:
        kind: the endpoint.
        collection: the id, whatever name the path has.
        filters: all of them; `added_after` alone does not count.
    """
    text = orjson.dumps(
        [
            kind,
            collection,
            None,  # where `added_after` was; cursors of then open, if they had none
            filters.ids,
            filters.types,
            filters.versions,
            filters.spec_versions,
        ]
    )
    return hashlib.blake2b(text, digest_size=_QUESTION_BYTES).digest()
