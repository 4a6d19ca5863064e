import io
import os
import tarfile
from pathlib import Path

import msgspec
import pytest
import zstandard

from foedus.errors import InvalidInputError, UnavailableError
from foedus.folder import archive
from foedus.folder.archive import Manifest, open_archive, part_of, write_archive
from foedus.folder.formats import LOG, STATE


def nothing(_: int) -> None:
    """Watch nothing."""


def manifest_of(folder: Path) -> Manifest:
    parts = tuple(
        part_of(folder / name, number=1, add=nothing)
        for name in archive.PARTS
        if (folder / name).exists()
    )
    return Manifest(
        version=archive.VERSION,
        foedus="1",
        alliance="NATO",
        made="2026-01-01T00:00:00+00:00",
        position=3,
        digest="00",
        arrival="",
        redactions=0,
        verified=True,
        parts=parts,
    )


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / LOG).write_bytes(os.urandom(3_000_000))
    (folder / STATE).write_bytes(b"state" * 100)
    return folder


@pytest.fixture
def packed(parts: Path, tmp_path: Path) -> Path:
    path = tmp_path / "backup"
    write_archive(path, manifest_of(parts), parts, nothing)
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def crafted(path: Path, entries: dict[str, bytes]) -> Path:
    """Write an archive of any entries."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    path.write_bytes(zstandard.ZstdCompressor().compress(buffer.getvalue()))
    return path


def test_what_is_packed_is_unpacked_byte_by_byte(
    packed: Path, parts: Path, empty: Path
) -> None:
    with open_archive(packed) as opened:
        assert opened.manifest == manifest_of(parts)
        opened.unpack(empty, nothing)

    for name in (LOG, STATE):
        assert (empty / name).read_bytes() == (parts / name).read_bytes()
        assert (empty / name).stat().st_mode & 0o777 == 0o600


def test_a_backup_is_for_its_owner_alone(packed: Path) -> None:
    assert packed.stat().st_mode & 0o777 == 0o600


def test_it_is_told_how_much_is_read_and_written(
    parts: Path, tmp_path: Path, empty: Path
) -> None:
    size = sum(each.stat().st_size for each in parts.iterdir())
    into: list[int] = []
    out_of: list[int] = []
    write_archive(tmp_path / "b", manifest_of(parts), parts, into.append)
    with open_archive(tmp_path / "b") as opened:
        opened.unpack(empty, out_of.append)

    assert sum(into) == sum(out_of) == size


def test_zstd_and_tar_open_it_without_foedus(packed: Path) -> None:
    with packed.open("rb") as raw:
        unpacked = zstandard.ZstdDecompressor().stream_reader(raw).read()
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as tar:
        assert tar.getnames() == [archive.MANIFEST, LOG, STATE]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.9999])
def test_a_backup_that_is_cut_off_is_refused(
    packed: Path, empty: Path, share: float
) -> None:
    content = packed.read_bytes()
    packed.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(InvalidInputError), open_archive(packed) as opened:
        opened.unpack(empty, nothing)


@pytest.mark.parametrize("place", [4, 1_000, 100_000, -3])
def test_a_byte_that_was_altered_is_found(
    packed: Path, empty: Path, place: int
) -> None:
    content = bytearray(packed.read_bytes())
    content[place] ^= 0xFF
    packed.write_bytes(content)

    with pytest.raises(InvalidInputError), open_archive(packed) as opened:
        opened.unpack(empty, nothing)


def test_another_file_under_the_same_manifest_is_found(
    parts: Path, tmp_path: Path, empty: Path
) -> None:
    text = msgspec.json.encode(manifest_of(parts))
    log = bytes(3_000_000)
    entries = {archive.MANIFEST: text, LOG: log, STATE: b"state" * 100}
    path = crafted(tmp_path / "b", entries)

    with (
        pytest.raises(InvalidInputError, match=r"log\.db in b is not what"),
        open_archive(path) as opened,
    ):
        opened.unpack(empty, nothing)


def test_no_name_but_ours_is_ever_written(
    parts: Path, tmp_path: Path, empty: Path
) -> None:
    text = msgspec.json.encode(manifest_of(parts))
    path = crafted(tmp_path / "b", {archive.MANIFEST: text, "../evil": b"x"})

    with pytest.raises(InvalidInputError), open_archive(path) as opened:
        opened.unpack(empty, nothing)
    assert not (tmp_path / "evil").exists()


def test_a_manifest_that_names_other_files_is_refused(
    parts: Path, tmp_path: Path
) -> None:
    manifest = manifest_of(parts)
    evil = msgspec.structs.replace(manifest.parts[0], name="../evil")
    text = msgspec.json.encode(msgspec.structs.replace(manifest, parts=(evil,)))
    path = crafted(tmp_path / "b", {archive.MANIFEST: text})

    with pytest.raises(InvalidInputError), open_archive(path):
        pass


def test_a_manifest_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    long = b" " * (archive.MANIFEST_BYTES_MAX + 1)
    path = crafted(tmp_path / "b", {archive.MANIFEST: long})

    with pytest.raises(InvalidInputError), open_archive(path):
        pass


def test_a_backup_of_a_newer_foedus_is_refused_whatever_else_it_says(
    tmp_path: Path,
) -> None:
    path = crafted(tmp_path / "b", {archive.MANIFEST: b'{"version": 99}'})

    with pytest.raises(UnavailableError, match="newer Foedus"), open_archive(path):
        pass


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", zstandard.ZstdCompressor().compress(b"x" * 9_999)]
)
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b"
    path.write_bytes(content)

    with pytest.raises(InvalidInputError, match="no backup"), open_archive(path):
        pass


def test_a_file_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="No such file"):  # noqa: SIM117 - one with each
        with open_archive(tmp_path / "b"):
            pass
