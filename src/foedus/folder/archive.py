"""The one file of a backup: a tar archive, compressed with zstd.

- The manifest comes first and is read before anything else.
- A part has the size and digest that the manifest says, or is refused.
- `zstd -d` and `tar` open it where no Foedus is at hand.

Nothing in a backup is trusted: only the names of `PARTS` are read, in one order.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import zstandard

from foedus.errors import InvalidInputError, UnavailableError
from foedus.folder.formats import LOG, STATE
from foedus.settings import FILE as SETTINGS

VERSION: Final = 1
"""The form of a backup. A higher one was made by a newer Foedus."""

MANIFEST: Final = "manifest.json"
PARTS: Final = (LOG, STATE, SETTINGS)
"""What a backup holds, in order; settings only where there are some."""

MANIFEST_BYTES_MAX: Final = 65_536
"""Bytes of a manifest; it has a dozen lines."""

CHUNK_BYTES: Final = 1024 * 1024
"""Bytes that are read and written at once."""

LEVEL: Final = 3
"""How hard zstd tries: faster than most disks, and a quarter of the size."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file in a backup.

    Attributes:
        name: the file's name in the data folder.
        bytes: its size.
        sha256: its digest, in hexadecimal.
        format: the format of a database; 0 for other files.
    """

    name: str
    bytes: int
    sha256: str
    format: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is.

    Attributes:
        version: the form of the backup.
        foedus: the version of Foedus that made it.
        alliance: the code of the alliance.
        made: when, in UTC.
        position: of the last entry of the log in it.
        digest: of that entry: the end of the chain, in hexadecimal.
        arrival: of that entry, in UTC; empty while there is none.
        redactions: how many entries of the log in it are erased.
        verified: whether the chain was checked, entry by entry, as it was made.
        parts: the files.
    """

    version: int
    foedus: str
    alliance: str
    made: str
    position: int
    digest: str
    arrival: str
    redactions: int
    verified: bool
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part | None:
        """Give a part by its name; None where there is none."""
        return next((part for part in self.parts if part.name == name), None)


class _Version(msgspec.Struct, frozen=True):
    version: int


def part_of(path: Path, *, number: int, add: Callable[[int], None]) -> Part:
    """Measure a file that shall be part of a backup.

    Args:
        path: the file.
        number: its format.
        add: told how many more bytes are read.
    """
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            add(len(chunk))
    return Part(name=path.name, bytes=size, sha256=digest.hexdigest(), format=number)


def write_archive(
    path: Path, manifest: Manifest, folder: Path, add: Callable[[int], None]
) -> None:
    """Write a backup, durably, for the owner alone.

    Args:
        path: must not exist.
        manifest: names the parts.
        folder: holds them.
        add: told how many more bytes are packed.
    """
    packer = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as raw:
        with (
            packer.stream_writer(raw, closefd=False) as packed,
            tarfile.open(fileobj=packed, mode="w|", bufsize=CHUNK_BYTES) as tar,
        ):
            text = msgspec.json.format(msgspec.json.encode(manifest))
            tar.addfile(_entry(MANIFEST, len(text)), io.BytesIO(text))
            for part in manifest.parts:
                with (folder / part.name).open("rb") as file:
                    tar.addfile(_entry(part.name, part.bytes), _Watched(file, add))
        raw.flush()
        os.fsync(raw.fileno())


class Archive:
    """A backup that is being read, from front to back.

    Args:
        name: what to call it in errors.
        tar: the archive.

    Attributes:
        manifest: what it is.

    Raises:
        InvalidInputError: it is no backup.
        UnavailableError: a newer Foedus made it.
    """

    def __init__(self, name: str, tar: tarfile.TarFile) -> None:
        self._name = name
        self._tar = tar
        self.manifest = self._read_manifest()

    def unpack(self, folder: Path, add: Callable[[int], None]) -> None:
        """Write every part into a folder, durably, for the owner alone.

        Args:
            folder: holds none of them yet.
            add: told how many more bytes are written.

        Raises:
            InvalidInputError: a part is not what the manifest says.
        """
        for part in self.manifest.parts:
            self._unpack(part, folder / part.name, add)

    def _unpack(self, part: Part, target: Path, add: Callable[[int], None]) -> None:
        source = self._next(part.name, part.bytes)
        digest = hashlib.sha256()
        handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                file.write(chunk)
                add(len(chunk))
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != part.sha256:
            raise InvalidInputError(
                f"{part.name} in {self._name} is not what was backed up; "
                "take another backup"
            )

    def _read_manifest(self) -> Manifest:
        text = self._next(MANIFEST, None).read(MANIFEST_BYTES_MAX)
        try:
            version = msgspec.json.decode(text, type=_Version).version
            if version > VERSION:
                raise UnavailableError(
                    f"a newer Foedus made {self._name}; install that version first"
                )
            manifest = msgspec.json.decode(text, type=Manifest)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _no_backup(self._name) from error
        names = tuple(part.name for part in manifest.parts)
        if names not in {PARTS, PARTS[:2]}:
            raise _no_backup(self._name)
        return manifest

    def _next(self, name: str, size: int | None) -> "BinaryIO":
        entry = self._tar.next()
        if entry is None or entry.name != name or not entry.isreg():
            raise _no_backup(self._name)
        if entry.size > MANIFEST_BYTES_MAX if size is None else entry.size != size:
            raise _no_backup(self._name)
        source = self._tar.extractfile(entry)
        assert source is not None, "it is a regular file"
        return source  # type: ignore[return-value]  # what is read by `read` alone


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup for reading.

    Raises:
        InvalidInputError: it is none, or is damaged.
        UnavailableError: it cannot be read, or a newer Foedus made it.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error
    with raw:
        try:
            with (
                zstandard.ZstdDecompressor().stream_reader(raw) as packed,
                tarfile.open(fileobj=packed, mode="r|", bufsize=CHUNK_BYTES) as tar,
            ):
                yield Archive(path.name, tar)
        except (zstandard.ZstdError, tarfile.TarError, EOFError) as error:
            raise InvalidInputError(
                f"{path.name} is no backup of Foedus, or it is damaged or cut off; "
                "take another one"
            ) from error


class _Watched(io.RawIOBase):
    """A file that tells how much of it is read."""

    def __init__(self, file: BinaryIO, add: Callable[[int], None]) -> None:
        super().__init__()
        self._file = file
        self._add = add

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._add(len(chunk))
        return chunk


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mode = 0o600
    return entry


def _no_backup(name: str) -> InvalidInputError:
    return InvalidInputError(f"{name} is no backup of Foedus")
