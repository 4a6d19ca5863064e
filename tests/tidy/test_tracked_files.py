"""Nothing in the repository names a machine or a place to fetch from."""

import json
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.tidy.sources import ROOT, tracked_files

_HOSTS = (  # in parts, so that this file does not name one either
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("registry", "npmjs", "org"),
    ("registry", "yarnpkg", "com"),
    ("anaconda", "org"),
    ("deb", "debian", "org"),
    ("proxy", "golang", "org"),
    ("jsdelivr", "net"),
    ("unpkg", "com"),
)
REGISTRY = re.compile("|".join(r"\.".join(parts) for parts in _HOSTS))
"""Where packages or scripts are fetched from; the reader's machine decides that."""

_FOLDERS = ("work", "farm", "root", "tmp", "Users")
MACHINE_PATH = re.compile(rf"(?:^|[^\w./-])/(?:{'|'.join(_FOLDERS)})/")
"""A path that exists on one machine only."""

LOCKS = ("run.txt", "test.txt", "check.txt")
"""From narrow to wide; `scripts/bootstrap` relies on each including the ones before."""

PACKS = ROOT / "src" / "foedus" / "alliance" / "packs"


def _hits(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT).as_posix()}:{number}")
    return found


def test_no_file_names_a_package_registry() -> None:
    assert _hits(REGISTRY) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert _hits(MACHINE_PATH) == []


def test_no_file_is_minified_code_of_somebody_else() -> None:
    assert [path.name for path in tracked_files() if ".min." in path.name] == []


def _pins(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    pinned = (line.split(" ")[0] for line in lines if "==" in line)
    return dict(pin.split("==") for pin in pinned)


@pytest.mark.parametrize("name", LOCKS)
def test_a_requirement_file_holds_pins_hashes_and_no_place(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()

    assert "://" not in text
    assert not re.search(r"^ *--(?!hash=sha256:)", text, flags=re.MULTILINE)
    assert text.count("==") <= text.count("--hash=sha256:")


@pytest.mark.parametrize(("narrow", "wide"), list(pairwise(LOCKS)))
def test_each_lock_includes_the_narrower_one(narrow: str, wide: str) -> None:
    assert _pins(narrow).items() <= _pins(wide).items()


def test_everything_that_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    asked = {*_names(project["project"]["dependencies"])}

    assert asked <= _pins("run.txt").keys()


def _names(requirements: list[str]) -> Iterator[str]:
    for requirement in requirements:
        yield re.split(r"[<>=!~\[; ]", requirement)[0].lower()


def test_every_file_of_a_data_pack_is_one_json_object() -> None:
    for path in PACKS.rglob("*.json"):
        assert isinstance(json.loads(path.read_bytes()), dict), path.name
