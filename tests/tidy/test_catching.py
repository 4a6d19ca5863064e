"""Errors are caught by name (STYLE 7)."""

import ast
from collections.abc import Iterator

from tests.tidy.sources import Module, modules

MAY_CATCH_EVERYTHING = {
    "foedus.api.edge:__call__": "a request: any failure is a problem (RFC 9457)",
    "foedus.eventlog.committer:_commit": "the log's task: every waiter gets an answer",
    "foedus.eventlog.committer:_do_chores": "the log's task: chores never end it",
    "foedus.processes.digests:send_due": "a background task: the others go on",
    "foedus.processes.automating:_carried_out": "a background task: others go on",
    "foedus.processes.webhooks:_send": "a background task: the others go on",
    "foedus.live.routes:__call__": "a request: any failure is a problem (RFC 9457)",
    "foedus.intel.gathering:_judge_batch": "a background task: whoever waits is told",
    "foedus.eventlog.projector:_guarded": "the folding task: every waiter is told",
    "foedus.compat.routes:__call__": "a request: any failure is a problem",
    "foedus.identity.verifier:_next": "a thread's task: whoever waits is handed it",
    "foedus.taxii.edge:__call__": "a request: any failure is a TAXII error object",
    "foedus.traffic.passage:__call__": "a request: what no inner edge has caught",
    "foedus.traffic.threads:_run": "a thread's task: whoever waits is handed it",
    "foedus.web.frame:answer": "a request: any failure is a page with an error id",
}
"""`module:function` where any exception is caught for good, and at which edge.

There are two edges: that of a request and that of a background task.
"""

EVERYTHING = {"Exception", "BaseException"}


def test_everything_is_caught_only_at_an_edge() -> None:
    found = {
        f"{module.name}:{name}" for module in modules() for name in _catches(module)
    }

    assert found <= set(MAY_CATCH_EVERYTHING)


def test_only_stories_have_the_edge_of_a_story() -> None:
    """`Edge` catches everything, too, for the look that it is put around."""
    edge = "foedus.processes.edge import"
    have_it = {module.name for module in modules() if edge in module.text}

    assert have_it
    assert all(name.startswith("foedus.processes.") for name in have_it)


def _catches(module: Module) -> Iterator[str]:
    """Name the innermost function of every handler that lets nothing through."""
    inner = {
        id(node): function.name  # later, and so inner, functions win
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.ExceptHandler)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and _lets_nothing_through(node):
            yield inner.get(id(node), "")


def _lets_nothing_through(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    everything = caught is None or any(
        isinstance(name, ast.Name) and name.id in EVERYTHING for name in names
    )
    return everything and not _ends_by_raising_again(handler)


def _ends_by_raising_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None
