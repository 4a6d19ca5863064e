"""Rules V10 to V18: the workflow as a graph of frames.

Source: CACAO 2.0, sections 3.1 and 4.
"""

from collections import Counter
from collections.abc import Mapping

from foedus.response.cacao import Playbook, Step
from foedus.response.findings import Findings, at
from foedus.response.graph import Edge, Frame, Graph, Names
from foedus.response.vocabulary import LOOPS_NESTED_MAX, NESTING_MAX, StepKind

_BRANCHES_MIN = 2


def check_graph(
    document: Mapping[str, object], playbook: Playbook, findings: Findings
) -> None:
    """Check how the steps of a playbook lead to each other.

    Args:
        document: the playbook as it was read.
        playbook: the same, typed; a step of an unknown kind is not in it.
        findings: where to say what is amiss.
    """
    written = document.get("workflow")
    if not isinstance(written, dict):
        return
    _check_start(playbook, written, findings)
    _check_parts(playbook, findings)
    for step in playbook.workflow.values():
        _check_references(step, written, findings)
        _check_successors(step, findings)
    if playbook.exception is not None and playbook.exception not in written:
        findings.relax("V12", "$.workflow_exception", "there is no such step")
    _check_frames(playbook, findings)


def _path(step_id: str, *names: str | int) -> str:
    return at("$.workflow", step_id, *names)


def _check_start(
    playbook: Playbook, written: Mapping[str, object], findings: Findings
) -> None:
    starts = [
        step for step in playbook.workflow.values() if step.kind is StepKind.START
    ]
    first = playbook.workflow.get(playbook.start)
    where = "$.workflow_start"
    if not playbook.start:
        return
    if playbook.start not in written:
        findings.refuse("V10", where, "names a step that the workflow does not have")
    elif first is not None and first.kind is not StepKind.START:
        findings.relax("V10", where, "names a step that is not of type start")
    for extra in [step for step in starts if step is not first]:
        findings.refuse("V10", _path(extra.id), "a second start; keep one")


def _check_parts(playbook: Playbook, findings: Findings) -> None:
    kinds = Counter(step.kind for step in playbook.workflow.values())
    if not kinds[StepKind.ACTION] and not kinds[StepKind.PLAYBOOK_ACTION]:
        findings.refuse("V11", "$.workflow", "there is no action; add one")
    if not kinds[StepKind.END]:
        findings.relax("V11", "$.workflow", "there is no end; add one")
    if not kinds[StepKind.START]:
        findings.relax("V11", "$.workflow", "there is no start; add one")


def _check_references(
    step: Step, written: Mapping[str, object], findings: Findings
) -> None:
    named: list[tuple[Names, str]] = [
        ((name,), target) for name, target in step.successors
    ]
    for names, target in (*named, *step.branches):
        if target not in written:
            findings.refuse("V12", _path(step.id, *names), "there is no such step")


def _check_successors(step: Step, findings: Findings) -> None:
    names = {name for name, _ in step.successors}
    inner = step.kind not in (StepKind.START, StepKind.END)
    if inner and "on_completion" in names and len(names) > 1:
        findings.refuse(
            "V13",
            _path(step.id),
            "on_completion excludes on_success and on_failure; keep one or the others",
        )
    if step.kind is StepKind.END and names:
        findings.refuse("V14", _path(step.id), "nothing follows an end")
    if step.kind is StepKind.START and names - {"on_completion"}:
        findings.refuse("V14", _path(step.id), "a start has only on_completion")
    if step.kind is StepKind.PARALLEL:
        _check_branches(step, findings)


def _check_branches(step: Step, findings: Findings) -> None:
    where = _path(step.id, "next_steps")
    if len(step.next_steps) < _BRANCHES_MIN:
        findings.refuse("V15", where, "a parallel step has at least two branches")
    if len(set(step.next_steps)) < len(step.next_steps):
        findings.refuse("V15", where, "each branch begins with a step of its own")


def _check_frames(playbook: Playbook, findings: Findings) -> None:
    graph = Graph(playbook)
    for edge, left, entered in graph.trespassing:
        _judge_trespass(playbook.workflow[edge.target], edge, (left, entered), findings)
    for edge in graph.cycles():
        findings.refuse(
            "V17", _edge_path(edge), "leads back; only a while-condition may repeat"
        )
    for step in playbook.workflow.values():
        if step.id not in graph.owner:
            findings.warn("V18", _path(step.id), "no step leads here")
        elif step.kind is not StepKind.END:
            _check_ending(step, findings)
    _check_nesting(graph, findings)


def _edge_path(edge: Edge) -> str:
    return _path(edge.source, *edge.names) if edge.source else "$.workflow_exception"


def _judge_trespass(
    step: Step, edge: Edge, frames: tuple[Frame, Frame], findings: Findings
) -> None:
    outermost = all(not frame.opener for frame in frames)
    if step.kind is not StepKind.END:
        say = findings.relax if outermost else findings.refuse
        say("V17", _edge_path(edge), "leads into another branch")
        return
    # Engines in use let the exception path end where the whole playbook does.
    say = findings.warn if outermost else findings.relax
    say("V16", _edge_path(edge), "this end closes another branch; give it its own")


def _check_ending(step: Step, findings: Findings) -> None:
    if not step.successors:
        findings.relax("V16", _path(step.id), "nothing follows; lead to an end")
    elif step.after_success is None:
        findings.warn("V16", _path(step.id), "nothing follows when it succeeds")


def _check_nesting(graph: Graph, findings: Findings) -> None:
    frames = {frame.entry: frame for frame in graph.owner.values()}.values()
    if any(frame.depth > NESTING_MAX for frame in frames):
        findings.refuse(
            "V33", "$.workflow", f"at most {NESTING_MAX} branches inside each other"
        )
    if any(frame.loops > LOOPS_NESTED_MAX for frame in frames):
        findings.refuse(
            "V33", "$.workflow", f"at most {LOOPS_NESTED_MAX} loops inside each other"
        )
