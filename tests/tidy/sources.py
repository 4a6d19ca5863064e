"""The tracked files and the modules of `src`, as the tidy tests read them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SRC = ROOT / "src"
TESTS = ROOT / "tests"
REFERENCE = ROOT / "docs" / "reference"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True)
class Module:
    """One Python file of ours; parsed when a test asks for its tree."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """What Python reads there."""
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        """The dotted name inside `src`, such as `foedus.stix.stamp`."""
        parts = self.path.relative_to(SRC).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def place(self) -> str:
        """The path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones included."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


def read(path: Path) -> Module:
    return Module(path=path, text=path.read_text(encoding="utf-8"))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of `src/foedus`."""
    return tuple(read(path) for path in sorted(SRC.rglob("*.py")))


@cache
def modules_of_tests() -> tuple[Module, ...]:
    """Every Python file of `tests`."""
    return tuple(read(path) for path in sorted(TESTS.rglob("*.py")))


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is in version control, or will be with the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is a requirement of the project
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    files = (ROOT / name for name in listed.split("\0") if name)
    return tuple(path for path in files if path.is_file())


def imported_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that is imported, dotted and absolute, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
