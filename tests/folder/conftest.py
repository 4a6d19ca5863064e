"""A small hub, made once and copied for each test; and older folders."""

import io
import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.cli.conftest import run_in

FOLDERS = Path(__file__).resolve().parent.parent / "data" / "folders"
"""Data folders that earlier Foedus wrote; `scripts/make_old_folder` made them."""

OF_FORMAT_1 = [
    FOLDERS / f"{commit}.tar.zst" for commit in ("3dedc5d", "4c5697c", "9446b91")
]
"""Those whose log has format 1."""

UNPACKED_MAX = 64 * 1024 * 1024
"""Bytes of an older folder."""


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded hub with a nation's three objects, to be copied."""
    at = tmp_path_factory.mktemp("folder")
    folder = at / "hub"
    assert run_in(folder, "init").exit_code == 0
    words = ("account", "add", "pol", "--nation", "POL", "--role", "reader,publisher")
    assert run_in(folder, *words).exit_code == 0
    words = ("collection", "add", "open", "--title", "Open", "--read", "PUBLIC")
    rights = ("--write", "MEMBERS", "--default-label", "TLP:CLEAR")
    assert run_in(folder, *words, *rights).exit_code == 0
    bundle = at / "bundle.json"
    bundle.write_text(json.dumps({"type": "bundle", "objects": objects(3)}))
    words = ("intel", "publish", str(bundle), "--collection", "open", "--as", "pol")
    assert run_in(folder, *words).exit_code == 0
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A hub of its own for each test."""
    copy = tmp_path / "hub"
    shutil.copytree(template, copy)
    return copy


def objects(count: int) -> list[dict[str, Any]]:
    """Make STIX objects."""
    made = "2026-01-01T00:00:00.000Z"
    return [
        {
            "type": "malware",
            "spec_version": "2.1",
            "id": f"malware--11111111-1111-4111-8111-{number:012}",
            "created": made,
            "modified": made,
            "name": f"SECRET-{number}",
            "is_family": False,
        }
        for number in range(count)
    ]


def older_folders() -> list[Path]:
    """List the folders that earlier Foedus wrote."""
    return sorted(FOLDERS.glob("*.tar.zst"))


def unpack_older(packed: Path, folder: Path) -> dict[str, Any]:
    """Unpack such a folder, and give what its own Foedus told of it."""
    unpacked = zstandard.ZstdDecompressor().decompress(
        packed.read_bytes(), max_output_size=UNPACKED_MAX
    )
    folder.mkdir(mode=0o700)
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as tar:
        for entry in tar.getmembers():
            content = tar.extractfile(entry)
            assert content is not None, "it holds files alone"
            if entry.name == "told.json":
                told: dict[str, Any] = json.load(content)
            else:
                (folder / Path(entry.name).name).write_bytes(content.read())
    return told
