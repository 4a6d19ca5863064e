"""Time enters at the door (STYLE 5)."""

import ast
from collections.abc import Iterator

from tests.tidy.sources import Module, imported_names, modules

MAY_ASK_THE_CLOCK = {
    "clock": "is the clock",
    "api": "a surface: takes the instant of arrival once",
    "taxii": "as api",
    "live": "as api",
    "compat": "as api",
    "web": "as api",
    "cli": "as api",
    "hub": "hands its clock to the log, the processes and the surfaces",
    "processes": "watch deadlines",
    "app": "composes everything",
    "__main__": "starts everything",
}
"""Who may name the machine's clock, and why. Everybody else is told the instant.

`foedus.clock` also holds the type of a clock and plain conversions; anybody may use
those, and the event log's committer is handed a clock when it is made.
"""

READS_THE_TIME = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "gmtime"),
    ("time", "localtime"),
}
"""Calls that tell the time of day; a stop-watch (`time.monotonic`) is no clock."""


def _area(module: Module) -> str:
    return [*module.name.split("."), ""][1]


def test_only_the_door_names_the_clock_of_the_machine() -> None:
    strangers = [
        f"{module.place}:{line}"
        for module in modules()
        if _area(module) not in MAY_ASK_THE_CLOCK
        for name, line in imported_names(module.tree)
        if name in {"foedus.clock.system_clock", "foedus.clock"}
    ]

    assert strangers == []


def test_the_time_of_day_is_read_in_one_module_only() -> None:
    readers = [
        f"{module.place}:{line}"
        for module in modules()
        if module.name != "foedus.clock"
        for line in _readings(module.tree)
    ]

    assert readers == []


def _readings(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(
            node.value, ast.Name | ast.Attribute
        ):
            owner = node.value
            of = owner.id if isinstance(owner, ast.Name) else owner.attr
            if (of, node.attr) in READS_THE_TIME:
                yield node.lineno


def test_rules_touch_no_clock_no_chance_and_no_files() -> None:
    impure = {"random", "secrets", "os", "time", "pathlib", "apsw", "socket", "asyncio"}

    found = [
        f"{module.place}:{line} imports {name}"
        for module in modules()
        if module.path.name == "rules.py"
        for name, line in imported_names(module.tree)
        if name.split(".")[0] in impure
    ]

    assert found == []
