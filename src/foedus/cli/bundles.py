"""Files of STIX objects: read whatever form they come in, written as bundles.

A file holds a bundle, a TAXII envelope, a list of objects or a single one. The
objects are cut out byte for byte.
"""

import sys
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from foedus.errors import InvalidInputError, TooLargeError
from foedus.stix.objects import split_envelope

FILE_BYTES_MAX = 1 << 30
"""Bytes of one file, which is held in memory while its objects are published."""

FILE_OBJECTS_MAX = 1_000_000
"""Objects of one file; more than `FILE_BYTES_MAX` holds of any real ones."""

_OPENING = b'{"type":"bundle","id":"bundle--%b","objects":['


def read_objects(path: str) -> list[bytes]:
    """Cut a file into its objects.

    Args:
        path: where it is; `-` is stdin.

    Raises:
        InvalidInputError: it cannot be read, or is none of the known forms.
        TooLargeError: it is longer than `FILE_BYTES_MAX`.
    """
    body = _bytes(path)
    try:
        return _split(body)
    except (InvalidInputError, TooLargeError) as error:
        raise type(error)(f"{path}: {error.detail}") from error


def write_bundle(objects: Iterable[bytes]) -> Iterator[bytes]:
    """Write objects as one STIX bundle, piece by piece."""
    yield _OPENING % str(uuid.uuid4()).encode()
    between = b"\n"
    for each in objects:
        yield between + each
        between = b",\n"
    yield b"\n]}\n"


_BUNDLE = b'"bundle"'
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def _split(body: bytes) -> list[bytes]:
    try:
        if body.lstrip()[:1] == b"[":
            return [bytes(each) for each in _LIST.decode(body)]
        members = _MEMBERS.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInputError(
            f"not JSON that holds STIX objects ({error}); give a bundle, an envelope, "
            "a list of objects or one object"
        ) from error
    kind = bytes(members["type"]) if "type" in members else _BUNDLE
    if kind != _BUNDLE:
        return [body.strip()]
    if "objects" not in members and "type" in members:
        return []
    return split_envelope(body, objects_max=FILE_OBJECTS_MAX)


def _bytes(path: str) -> bytes:
    if path == "-":
        body = sys.stdin.buffer.read(FILE_BYTES_MAX + 1)
    else:
        try:
            with Path(path).open("rb") as file:
                body = file.read(FILE_BYTES_MAX + 1)
        except OSError as error:
            raise InvalidInputError(f"{path}: {error.strerror}") from error
    if len(body) > FILE_BYTES_MAX:
        raise TooLargeError(f"{path}: longer than {FILE_BYTES_MAX} bytes; split it")
    return body
