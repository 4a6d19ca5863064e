"""Sizes, names and places of modules (STYLE 1 and 3)."""

import ast
from pathlib import Path

from tests.tidy.sources import SRC, TESTS, Module, modules, modules_of_tests

MODULE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60

NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "base", "manager", "misc"}

CAPABILITIES = {
    "alliance",
    "releasability",
    "identity",
    "intel",
    "decisions",
    "readiness",
    "guidance",
    "response",
    "planning",
}

TESTED_ELSEWHERE: dict[str, str] = {
    "foedus.__main__": "starts the command line, which every test of it does",
    "foedus.intel.tables": "tables alone; every test of the views fills them",
    "foedus.web.responding": "addresses alone; the tests of each page ask for them",
    "foedus.web.run_drawing": "tests/web/test_runs.py looks at what it draws",
    "foedus.web.run_lines": "tests/web/test_runs.py reads the lines that it writes",
    "foedus.web.task_cards": "tests/web/test_tasks.py reads what it says",
    "foedus.web.task_forms": "tests/web/test_tasks.py acts through it",
    "foedus.web.waiting": "data alone; tests/web/test_inbox.py shows it",
    "foedus.response.schema": "tables alone; every test of the views fills them",
    "foedus.response.events": "tests/scenarios/test_every_event_stays_readable.py",
    "foedus.response.shelf": "tests/response/test_importing.py takes from it",
    **dict.fromkeys(
        (
            "foedus.releasability.markings_foreign",
            "foedus.releasability.markings_lexicon",
            "foedus.releasability.markings_lists",
            "foedus.releasability.markings_said",
            "foedus.releasability.markings_words",
        ),
        "a room of the parser; tests/releasability/test_markings.py asks the parser",
    ),
    **{
        f"foedus.decisions.{name}": "tests/decisions tells whole stories by the rules: "
        "test_edge_cases.py, test_history.py, test_invariants.py"
        for name in (
            "channel",
            "consultations",
            "deadlines",
            "events",
            "folding",
            "outcomes",
            "profiles",
            "speakers",
            "standpoints",
            "states",
            "texts",
        )
    },
    **{
        f"foedus.{name}": "tests/api/test_decisions.py asks it through the hub"
        for name in (
            "decisions.commands",
            "decisions.consultation_sheets",
            "decisions.consulting",
            "decisions.effects",
            "decisions.moves",
            "decisions.reading",
            "decisions.rooms",
            "decisions.seeing",
            "decisions.sheets",
            "decisions.views",
        )
    },
    **{
        f"foedus.planning.{name}": "tests/planning/test_workers.py asks and reads it"
        for name in ("asks", "messages", "progress", "results", "worker")
    },
    **{
        f"foedus.planning.closing_{name}": "tests/planning/test_closing.py asks it"
        for name in ("model", "moves")
    },
    "foedus.planning.advising": "tests/api/test_advice.py asks it through the hub",
    "foedus.web.deciding": "addresses alone; the tests of each page ask for them",
    "foedus.web.decision_moves": "tests/web/test_decisions.py acts through it",
    **{
        f"foedus.response.{name}": "tests/response/test_due.py and tests/api/"
        "test_clocks.py ask it"
        for name in (
            *("clock_commands", "clock_sheets"),
            *("due_news", "due_reading", "due_rows", "due_schema"),
        )
    },
    **{
        f"foedus.{name}": "tests/processes/test_activating.py asks it through the hub"
        for name in (
            "processes.activating_reading",
            "response.proposals_commands",
            "response.proposals_events",
            "response.proposals_sheets",
            "response.proposals_views",
        )
    },
    **{
        f"foedus.response.report_{name}": "tests/response/test_report.py asks it whole"
        for name in ("findings", "html", "pdf", "plots", "reading", "sections")
    },
}
"""Modules without a test file of their own, each with its reason."""


def _too_long(places: tuple[Module, ...]) -> list[str]:
    return [
        f"{module.place}: {lines} lines"
        for module in places
        if (lines := len(module.text.splitlines())) > MODULE_LINES_MAX
    ]


def test_no_module_has_more_than_500_lines() -> None:
    assert _too_long(modules()) == []


def test_no_test_file_has_more_than_500_lines() -> None:
    assert _too_long(modules_of_tests()) == []


def test_no_function_has_more_than_60_lines() -> None:
    long = [
        f"{module.place}:{function.lineno} {function.name}: {lines} lines"
        for module in modules()
        for function in module.functions()
        if (lines := _code_lines(function)) > FUNCTION_LINES_MAX
    ]

    assert long == []


def _code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its docstring."""
    assert function.end_lineno is not None, "ast.parse always gives it"
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return lines
    docstring = function.body[0]
    assert docstring.end_lineno is not None, "ast.parse always gives it"
    return lines - (docstring.end_lineno - docstring.lineno + 1)


def test_no_module_or_package_has_a_name_that_says_nothing() -> None:
    unnamed = [
        module.place
        for module in (*modules(), *modules_of_tests())
        if NAMES_THAT_SAY_NOTHING & {module.path.stem, module.path.parent.name}
    ]

    assert unnamed == []


def test_the_init_of_a_capability_holds_a_docstring_and_nothing_else() -> None:
    more = [
        module.place
        for module in modules()
        if module.path.name == "__init__.py"
        and module.path.parent.name in CAPABILITIES
        and not _is_docstring_only(module.tree)
    ]

    assert more == []


def _is_docstring_only(tree: ast.Module) -> bool:
    return len(tree.body) == 1 and ast.get_docstring(tree) is not None


def test_every_package_says_what_it_is() -> None:
    folders = {module.path.parent for module in modules()}

    silent = [
        folder.relative_to(SRC).as_posix()
        for folder in sorted(folders - {SRC})
        if not _says_what_it_is(folder)
    ]

    assert silent == []


def _says_what_it_is(folder: Path) -> bool:
    init = folder / "__init__.py"
    return init.is_file() and ast.get_docstring(ast.parse(init.read_text())) is not None


def test_every_module_has_its_test_file() -> None:
    missing = [
        f"{module.name} wants tests/{expected.relative_to(TESTS).as_posix()}"
        for module in modules()
        if module.path.name != "__init__.py" and module.name not in TESTED_ELSEWHERE
        if not (expected := _test_file(module)).is_file()
    ]

    assert missing == []


def test_every_exception_from_having_a_test_file_is_needed() -> None:
    names = {module.name: module for module in modules()}

    idle = [
        name
        for name in TESTED_ELSEWHERE
        if name in names and _test_file(names[name]).is_file()
    ]

    assert idle == []


def _test_file(module: Module) -> Path:
    inside = module.path.relative_to(SRC / "foedus")
    return TESTS / inside.with_name(f"test_{inside.name}")
