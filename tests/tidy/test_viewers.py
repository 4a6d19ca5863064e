"""A query over what may be withheld takes the viewer (STYLE 9)."""

import ast
from collections.abc import Iterator

from tests.tidy.sources import Function, Module, modules

HOLD_LABELLED_THINGS = {
    "identity",
    "intel",
    "decisions",
    "readiness",
    "guidance",
    "response",
    "planning",
}
"""Capabilities whose tables hold what not everybody may see.

`alliance` is not among them: who belongs to the alliance is known to every account.
`releasability` is what the viewer's reach is made of.
"""

WITHOUT_VIEWER = {
    "foedus.decisions.reading:awaited_successors": "for the hub's own processes",
    "foedus.decisions.reading:due": "for the hub's own processes",
    "foedus.decisions.reading:next_due_ms": "for the hub's own processes",
    "foedus.decisions.reading:reachable": "when the hub served; known to everybody",
    "foedus.decisions.reading:with_pending_effects": "for the hub's own processes",
    "foedus.decisions.views:events_of": "for folds, and after a viewer was asked for",
    **{
        f"foedus.response.due_reading:{name}": "for the hub's own processes, and counts"
        for name in (
            *("due", "figures", "held", "is_escalated", "last_arrival_ms"),
            *("last_audit", "next_ms", "watched"),
        )
    },
    **{
        f"foedus.response.due_rows:{name}": "for the fold, and for `due_reading`"
        for name in ("course_of", "told_of", "mark_named")
    },
    "foedus.identity.views:delegates": "for the rule that somebody can see a text",
    "foedus.identity.views:account_facts": "tells who a viewer is, before there is one",
    "foedus.intel.acts:candidates": "for the fold and its steps; nobody is shown it",
    "foedus.intel.alone:spans": "for the fold, and for `holders.held`",
    "foedus.intel.collections:load_collections": "each with who has a right to it",
    "foedus.intel.entitlements:audiences_of": "for the fold and its steps",
    "foedus.intel.entitlements:load_releases": "`is_shown` judges each for a viewer",
    "foedus.intel.identities:all_registered": "the register is open to every account",
    "foedus.intel.identities:registered": "the register is open to every account",
    "foedus.intel.imports:find_import": "for the operator who takes over",
    "foedus.intel.imports:find_root": "for who sees a collection below it",
    "foedus.intel.imports:holds_anything": "for the operator who takes over",
    "foedus.intel.imports:source_of": "for the operator who takes over",
    "foedus.intel.leaving:last_key_until": "for the fold and its steps; a row's number",
    "foedus.intel.losses:absences": "statuses, known to everybody",
    "foedus.intel.losses:readers_of": "for the fold, and for who may know who held it",
    "foedus.intel.raws:at_once": "reads nothing; bounds what others read",
    "foedus.intel.reached:delivered": "for the fold",
    "foedus.intel.reached:due": "for the fold, and for `holders.held`",
    "foedus.intel.views:current_access": "statuses and their date, known to everybody",
    "foedus.intel.widenings:load_widenings": "for the fold and its steps",
    "foedus.identity.views:clearances": "for the rule that somebody can see a task",
    "foedus.response.calendar_commands:calendar_known": "calendars are no secret",
    "foedus.response.calendar_commands:calendars_known": "calendars are no secret",
    "foedus.response.calendar_commands:find_calendar": "calendars are no secret",
    "foedus.response.calendar_commands:list_calendars": "calendars are no secret",
    "foedus.response.queries:due": "for the hub's own processes",
    "foedus.response.queries:last_of": "a place in the log, which is shown to nobody",
    "foedus.response.queries:next_due_ms": "for the hub's own processes",
    "foedus.response.queries:outputs_of": "for the hub's own processes",
    "foedus.response.queries:ready": "for the hub's own processes",
    "foedus.response.queries:sending": "for the process that sends",
    "foedus.response.queries:task_as_it_stands": "for the process that sends",
    "foedus.response.queries:started_of": "for processes, and after a viewer",
    "foedus.planning.views:made_since": "a nation's own, for its quota",
    "foedus.planning.views:folded_position": "a place in the log; shown to nobody",
    "foedus.response.shelf:is_taken": "for the rule that a version is taken in once",
    "foedus.response.shelf:open_edition": "of what was found for a viewer",
    "foedus.response.views:library_of": "for the fold, and after a viewer was asked",
    "foedus.response.proposals_views:of_rule": "for the process that judges rules",
    "foedus.response.proposals_views:open_rules": "for the process that judges rules",
    "foedus.response.proposals_views:read_until": "for the process that judges rules",
    "foedus.response.proposals_views:unsettled": "for the process that judges rules",
}
"""Public functions that read the views without a viewer, each with its reason."""


def test_every_public_query_takes_a_viewer() -> None:
    without = {
        f"{module.name}:{function.name}"
        for module in modules()
        if HOLD_LABELLED_THINGS & set(module.name.split(".")[1:2])
        for function in _queries(module)
        if "Viewer" not in _annotations(function)
    }

    assert without - set(WITHOUT_VIEWER) == set()


def _queries(module: Module) -> Iterator[Function]:
    """Public functions of the module that read from a database and give something."""
    for node in module.tree.body:
        if (
            isinstance(node, Function)
            and not node.name.startswith("_")
            and "Connection" in _annotations(node)
            and not _gives_nothing(node)
        ):
            yield node


def _gives_nothing(function: Function) -> bool:
    given = function.returns
    return isinstance(given, ast.Constant) and given.value is None


def _annotations(function: Function) -> set[str]:
    """Every name that occurs in the types of a function's parameters."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for argument in named
        if argument.annotation is not None
        for node in ast.walk(argument.annotation)
        if isinstance(node, ast.Name | ast.Attribute)
    }
