"""Files of STIX objects: read whatever form they come in, written as bundles.

- A file holds a bundle, a TAXII envelope, a list of objects or a single one; it may
  be packed by gzip. The objects are cut out byte for byte.
- A file is read piece by piece: memory holds one object, however many there are.
"""

import gzip
import sys
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, BinaryIO, cast

from foedus.errors import InvalidInputError, TooLargeError
from foedus.stix.json_stream import JsonStream
from foedus.stix.objects import OBJECT_BYTES_MAX

STDIN = "-"
"""The name of a file that means stdin."""

_GZIP = b"\x1f\x8b"
_OPENING = b'{"type":"bundle","id":"bundle--%b","objects":['
_BUNDLE = b'"bundle"'

Moved = Callable[[int], None]
"""Told of how many further bytes of a file have been read."""


def _nobody(_: int) -> None:
    return None


def stream_objects(path: str, moved: Moved = _nobody) -> Iterator[bytes]:
    """Cut a file into its objects, one by one.

    Args:
        path: where it is; `-` is stdin.
        moved: told of how many further bytes have been read, as the file is packed.

    Raises:
        InvalidInputError: it cannot be read, or is none of the known forms; the
            objects before the place that is wrong have been given.
        TooLargeError: one value is longer than memory shall hold.
    """
    try:
        with _opened(path) as packed:
            stream = JsonStream(_reading(packed, moved))
            yield from _objects(stream)
            stream.end()
    except (InvalidInputError, TooLargeError) as error:
        raise type(error)(f"{path}: {error.detail}") from error
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror or error}") from error
    except (EOFError, zlib.error) as error:
        raise InvalidInputError(f"{path}: not unpacked ({error})") from error


def write_bundle(objects: Iterable[bytes]) -> Iterator[bytes]:
    """Write objects as one STIX bundle, piece by piece."""
    yield _OPENING % str(uuid.uuid4()).encode()
    between = b"\n"
    for each in objects:
        yield between + each
        between = b",\n"
    yield b"\n]}\n"


def _opened(path: str) -> "nullcontext[BinaryIO] | BinaryIO":
    return nullcontext(sys.stdin.buffer) if path == STDIN else Path(path).open("rb")


def _reading(packed: BinaryIO, moved: Moved) -> Callable[[int], bytes]:
    """Give what reads a file, unpacks it if need be, and tells how far it is."""
    counted = _Counted(packed, moved)
    if counted.peek(len(_GZIP)) != _GZIP:
        return counted.read
    return gzip.GzipFile(fileobj=cast("BinaryIO", counted)).read


class _Counted:
    """A file that tells how much of it is read; that is all that gzip asks of it."""

    def __init__(self, file: IO[bytes], moved: Moved) -> None:
        self._file = file
        self._moved = moved
        self._first = b""

    def peek(self, length: int) -> bytes:
        """Give the first bytes, which `read` gives again."""
        self._first = self._file.read(length)
        return self._first

    def read(self, length: int) -> bytes:
        """Give the next bytes; none at the end."""
        read = self._first or self._file.read(length)
        self._first = b""
        self._moved(len(read))
        return read


def _objects(stream: JsonStream) -> Iterator[bytes]:
    match _kind(stream):
        case "[":
            yield from _listed(stream)
        case "{":
            yield from _contained(stream)
        case _:
            raise InvalidInputError(_ADVICE)


_ADVICE = (
    "holds no STIX objects; give a bundle, an envelope, a list of objects or one object"
)


def _kind(stream: JsonStream) -> str:
    try:
        return stream.kind()
    except InvalidInputError as error:
        raise InvalidInputError(_ADVICE) from error


def _listed(stream: JsonStream) -> Iterator[bytes]:
    """Give the objects of a list; what is wrong with one is told by its place."""
    place = 0
    try:
        for place in stream.items():  # noqa: B007 - it is told below
            yield stream.value()
    except (InvalidInputError, TooLargeError) as error:
        raise type(error)(f"objects[{place}]: {error.detail}") from error


def _contained(stream: JsonStream) -> Iterator[bytes]:
    """Give the objects of a bundle or an envelope, or the one that this is."""
    kind: bytes | None = None
    names: set[str] = set()
    is_list = False
    stream.hold()
    for name in stream.members():
        names.add(name)
        if name == "type":
            kind = stream.value()
        elif name == "objects" and kind in {None, _BUNDLE} and stream.kind() == "[":
            is_list = True
            stream.let_go()
            yield from _listed(stream)
        elif len(stream.value()) > OBJECT_BYTES_MAX:
            raise TooLargeError(f"{name[:64]!a}: longer than {OBJECT_BYTES_MAX} bytes")
    if kind not in {None, _BUNDLE}:
        if is_list:
            raise InvalidInputError("names its type behind its objects; turn them")
        yield stream.held()
    elif not is_list and (names if kind is None else "objects" in names):
        raise InvalidInputError(_ADVICE)
