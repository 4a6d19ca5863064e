"""Files of STIX objects, in every form they come in."""

import gzip
import io
import json
import sys
from pathlib import Path

import pytest

from foedus.cli import bundles
from foedus.errors import InvalidInputError, TooLargeError
from foedus.stix.json_stream import VALUE_BYTES_MAX

ONE = b'{"type": "malware", "id": "malware--1"}'
TWO = b'{ "id": "note--2", "type": "note" }'


def objects_of(path: Path) -> list[bytes]:
    return list(bundles.stream_objects(str(path)))


@pytest.mark.parametrize(
    ("body", "objects"),
    [
        (b'{"type": "bundle", "objects": [%b, %b]}' % (ONE, TWO), [ONE, TWO]),
        (b'{"objects": [%b], "more": false}' % ONE, [ONE]),
        (b" [%b,\n %b] " % (ONE, TWO), [ONE, TWO]),
        (b"\n%b\n" % TWO, [TWO]),
        (b'{"type": "bundle", "id": "bundle--1"}', []),
        (b"[]", []),
        (b"{}", []),
    ],
)
def test_objects_are_cut_out_byte_for_byte(
    tmp_path: Path, body: bytes, objects: list[bytes]
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(body)

    assert objects_of(path) == objects


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b'"text"',
        b"[1",
        b'{"a": 1}',
        b'{"type": "bundle", "objects": 5}',
        b'{"objects": [], "type": "x-a"}',
    ],
)
def test_what_is_none_of_the_forms_is_refused_by_its_name(
    tmp_path: Path, body: bytes
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(body)

    with pytest.raises(InvalidInputError, match=r"file\.json: "):
        objects_of(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="No such file"):
        objects_of(tmp_path / "absent.json")


@pytest.mark.parametrize("order", [1, -1])
def test_a_bundle_may_name_its_parts_in_any_order(tmp_path: Path, order: int) -> None:
    parts = [b'"type": "bundle"', b'"objects": [%b, %b]' % (ONE, TWO)][::order]
    path = tmp_path / "file.json"
    path.write_bytes(b"{%b}" % b", ".join(parts))

    assert objects_of(path) == [ONE, TWO]


def test_an_object_may_have_objects_of_its_own(tmp_path: Path) -> None:
    seen = b'{"objects": {"0": {"type": "file"}}, "type": "observed-data"}'
    path = tmp_path / "file.json"
    path.write_bytes(seen)

    assert objects_of(path) == [seen]


def test_what_is_wrong_is_told_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(b'{"type": "bundle", "objects": [%b, {"a": NaN}]}' % ONE)

    with pytest.raises(InvalidInputError, match=r"file\.json: objects\[1\]: not JSON"):
        objects_of(path)


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "file.json.gz"
    path.write_bytes(gzip.compress(b"[%b, %b]" % (ONE, TWO)))

    assert objects_of(path) == [ONE, TWO]


@pytest.mark.parametrize("cut", [3, 20, -9, -1])
def test_a_packed_file_that_is_damaged_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "file.json.gz"
    path.write_bytes(gzip.compress(b"[%b, %b]" % (ONE, TWO))[:cut])

    with pytest.raises(InvalidInputError, match=r"file\.json\.gz: "):
        objects_of(path)


def test_progress_is_told_in_bytes_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file.json.gz"
    path.write_bytes(gzip.compress(b"[%b]" % b", ".join([ONE] * 10_000)))
    moved: list[int] = []

    for _ in bundles.stream_objects(str(path), moved.append):
        pass

    assert sum(moved) == path.stat().st_size


def test_an_object_too_large_for_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(b'[{"a": "%b"}]' % (b"x" * (VALUE_BYTES_MAX * 2)))

    with pytest.raises(TooLargeError, match=r"objects\[0\]"):
        objects_of(path)


def test_stdin_is_read_where_the_path_is_a_hyphen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ONE)))

    assert list(bundles.stream_objects("-")) == [ONE]


@pytest.mark.parametrize("objects", [[], [ONE], [ONE, TWO]])
def test_a_bundle_that_is_written_is_read_back(
    tmp_path: Path, objects: list[bytes]
) -> None:
    path = tmp_path / "bundle.json"
    path.write_bytes(b"".join(bundles.write_bundle(objects)))

    assert json.loads(path.read_bytes())["id"].startswith("bundle--")
    assert objects_of(path) == objects
