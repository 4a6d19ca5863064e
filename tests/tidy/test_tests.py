"""Tests use the real thing (STYLE 15)."""

import ast
from collections.abc import Iterator

from tests.tidy.sources import Module, imported_names, modules_of_tests

PLANTING = "tests/leaks/faults.py"
"""Breaks the hub on purpose, so that the worlds can show that they notice."""

PATCHING = frozenset({"setattr", "delattr", "setitem"})
"""What `monkeypatch` calls it."""


def test_our_own_code_is_never_mocked() -> None:
    mocked = [
        f"{module.place}:{line}"
        for module in _naming("mock", *PATCHING)
        if str(module.place) != PLANTING
        for line in (*_mock_imports(module), *_patches(module))
    ]

    assert mocked == []


def _naming(*words: str) -> Iterator[Module]:
    """Give the modules of tests in which a word stands: only they need be parsed."""
    for module in modules_of_tests():
        if any(word in module.text for word in words):
            yield module


def _mock_imports(module: Module) -> Iterator[int]:
    for name, line in imported_names(module.tree):
        if name.startswith(("unittest.mock", "mock.", "pytest_mock")) or name == "mock":
            yield line


def _patches(module: Module) -> Iterator[int]:
    """Find `monkeypatch.setattr` of something that is ours."""
    ours = {
        name.rpartition(".")[2]
        for name, _ in imported_names(module.tree)
        if name.split(".")[0] == "foedus"
    } | {"foedus"}
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in PATCHING
            and node.args
            and _root(node.args[0]) in ours
        ):
            yield node.lineno


def _root(target: ast.expr) -> str:
    """Name what an expression starts at: `foedus` for `"foedus.x"` and `foedus.x`."""
    while isinstance(target, ast.Attribute):
        target = target.value
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Constant) and isinstance(target.value, str):
        return target.value.split(".")[0]
    return ""


def test_no_test_sleeps_by_the_clock() -> None:
    sleeping = [
        f"{module.place}:{node.lineno}"
        for module in _naming("sleep")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "sleep"
        and isinstance(node.value, ast.Name)
        and node.value.id == "time"
    ]

    assert sleeping == []
