"""Files of STIX objects, in every form they come in."""

import io
import json
import sys
from pathlib import Path

import pytest

from foedus.cli import bundles
from foedus.errors import InvalidInputError, TooLargeError

ONE = b'{"type": "malware", "id": "malware--1"}'
TWO = b'{ "id": "note--2", "type": "note" }'


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

    assert bundles.read_objects(str(path)) == objects


@pytest.mark.parametrize("body", [b"", b"nonsense", b'"text"', b"[1", b'{"a": 1}'])
def test_what_is_none_of_the_forms_is_refused_by_its_name(
    tmp_path: Path, body: bytes
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(body)

    with pytest.raises(InvalidInputError, match=r"file\.json: "):
        bundles.read_objects(str(path))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="No such file"):
        bundles.read_objects(str(tmp_path / "absent.json"))


def test_a_file_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    with path.open("wb") as file:
        file.truncate(bundles.FILE_BYTES_MAX + 1)

    with pytest.raises(TooLargeError, match="split it"):
        bundles.read_objects(str(path))


def test_stdin_is_read_where_the_path_is_a_hyphen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ONE)))

    assert bundles.read_objects("-") == [ONE]


@pytest.mark.parametrize("objects", [[], [ONE], [ONE, TWO]])
def test_a_bundle_that_is_written_is_read_back(
    tmp_path: Path, objects: list[bytes]
) -> None:
    path = tmp_path / "bundle.json"
    path.write_bytes(b"".join(bundles.write_bundle(objects)))

    assert json.loads(path.read_bytes())["id"].startswith("bundle--")
    assert bundles.read_objects(str(path)) == objects
