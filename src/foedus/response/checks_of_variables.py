"""Rules V22 to V26: variables, where they are named and where they are in scope.

A step's variables are in scope for the step and for the branches it opens, not for
what follows it.

Source: CACAO 2.0, section 10.18.
"""

from collections.abc import Iterator, Mapping

from foedus.errors import InvalidInputError
from foedus.response import conditions
from foedus.response.cacao import Playbook, Step, Variable
from foedus.response.findings import Findings, at
from foedus.response.graph import Graph
from foedus.response.vocabulary import StepKind, variables_in

Scope = Mapping[str, Variable]


def check_variables(
    document: Mapping[str, object],
    playbook: Playbook,
    findings: Findings,
    *,
    at_run_time: bool = False,
) -> None:
    """Check the variables of a playbook.

    Args:
        document: the playbook as it was read.
        playbook: the same, typed.
        findings: where to say what is amiss.
        at_run_time: a condition that names an undefined variable is left to the run,
            where the step fails (reading A8).
    """
    scopes = _Scopes(playbook)
    checker = _Checker(scopes, findings, at_run_time=at_run_time)
    for step in playbook.workflow.values():
        checker.check(step)
    _check_texts(document, playbook, scopes, findings)


class _Scopes:
    """Which variables each step sees."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._owner = Graph(playbook).owner
        self._inside: dict[str, Scope] = {}

    def of(self, step: Step) -> Scope:
        """Give what a step sees, its own variables included."""
        outer = self.around(step)
        return {**outer, **step.variables} if step.variables else outer

    def around(self, step: Step) -> Scope:
        """Give what a step sees of the steps around it and of the playbook."""
        openers = []
        frame = self._owner.get(step.id)
        while frame is not None and frame.opener and frame.opener not in self._inside:
            openers.append(frame.opener)
            frame = self._owner.get(frame.opener)
        scope = self._playbook.variables
        if frame is not None and frame.opener:
            scope = self._inside[frame.opener]
        for opener in reversed(openers):
            own = self._playbook.workflow[opener].variables
            scope = {**scope, **own} if own else scope
            self._inside[opener] = scope
        return scope

    def everything(self) -> set[str]:
        """Give the name of every variable that is declared anywhere."""
        names = set(self._playbook.variables)
        for step in self._playbook.workflow.values():
            names.update(step.variables)
        return names


class _Checker:
    """Checks one step after the other."""

    def __init__(
        self, scopes: _Scopes, findings: Findings, *, at_run_time: bool
    ) -> None:
        self._scopes = scopes
        self._findings = findings
        self._at_run_time = at_run_time

    def check(self, step: Step) -> None:
        """Check one step."""
        scope = self._scopes.of(step)
        where = at("$.workflow", step.id)
        self._check_shadows(step, where)
        self._check_arguments(step, scope, where)
        if step.kind in (StepKind.IF, StepKind.WHILE) and step.condition:
            self._check_condition(step, scope, at(where, "condition"))
        if step.kind is StepKind.SWITCH and step.switch:
            self._check_switch(step, scope, at(where, "switch"))

    def _check_shadows(self, step: Step, where: str) -> None:
        outer = self._scopes.around(step)
        for name in step.variables:
            if name in outer:
                self._findings.warn(
                    "V26",
                    at(where, "step_variables", name),
                    "hides a variable of the same name; only this one will be written",
                )

    def _check_arguments(self, step: Step, scope: Scope, where: str) -> None:
        for group in ("in_args", "out_args"):
            names: tuple[str, ...] = getattr(step, group)
            for n, name in enumerate(names):
                path = at(where, group, n)
                if name not in scope:
                    self._findings.relax("V23", path, "is not declared; declare it")
                elif group == "out_args" and scope[name].constant:
                    self._findings.refuse("V25", path, "is constant; never written")

    def _check_condition(self, step: Step, scope: Scope, where: str) -> None:
        try:
            condition = conditions.parse(
                step.condition, bare_words=self._findings.lenient
            )
        except InvalidInputError as error:
            self._refuse_condition(step.condition, where, error)
            return
        for comparison in conditions.comparisons_of(condition):
            for name in conditions.references_of(comparison):
                self._check_reference(name, scope, where)
            self._check_order(comparison, scope, where)

    def _refuse_condition(
        self, text: str, where: str, error: InvalidInputError
    ) -> None:
        """Refuse a comparison that is none; free text for a person is a note.

        The step would fail; an operator reads it before the playbook is started.
        """
        compares = any(variables_in(text)) or "[" in text
        say = self._findings.refuse if compares else self._findings.note
        say("V24", where, f"cannot be evaluated: {error}")

    def _check_reference(self, name: str, scope: Scope, where: str) -> None:
        if name in scope:
            return
        say = self._findings.warn if self._at_run_time else self._findings.relax
        say("V24", where, f"{name} is not declared here; the step would fail")

    def _check_order(
        self, comparison: conditions.Comparison, scope: Scope, where: str
    ) -> None:
        if comparison.op not in conditions.ORDERING:
            return
        for name in conditions.references_of(comparison):
            if name in scope and scope[name].kind == "string":
                self._findings.warn(
                    "V24", where, f"{name} is ordered as text: '10' is before '3'"
                )

    def _check_switch(self, step: Step, scope: Scope, where: str) -> None:
        try:
            name = conditions.read_switch(step.switch)
        except InvalidInputError as error:
            self._findings.refuse("V24", where, str(error))
            return
        self._check_reference(name, scope, where)


def _check_texts(
    document: Mapping[str, object],
    playbook: Playbook,
    scopes: _Scopes,
    findings: Findings,
) -> None:
    """Check what commands, agents, targets and credentials refer to (V24).

    What is defined once may be used by several steps; there it is enough that the
    variable is declared somewhere.
    """
    for step in playbook.workflow.values():
        scope = scopes.of(step)
        entry = _entry(document, "workflow", step.id).get("commands")
        for path, name in _references(entry, at("$.workflow", step.id, "commands")):
            if name not in scope:
                findings.relax("V24", path, f"{name} is not declared; declare it")
    declared = scopes.everything()
    for group in (
        "agent_definitions",
        "target_definitions",
        "authentication_info_definitions",
    ):
        for path, name in _references(document.get(group), at("$", group)):
            if name not in declared:
                findings.relax("V24", path, f"{name} is not declared; declare it")


def _entry(
    document: Mapping[str, object], group: str, key: str
) -> Mapping[str, object]:
    entries = document.get(group)
    entry = entries.get(key) if isinstance(entries, dict) else None
    return entry if isinstance(entry, dict) else {}


def _references(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Give every variable that the texts of a JSON value refer to, and where."""
    waiting = [(path, value)]
    while waiting:
        where, item = waiting.pop()
        if isinstance(item, str):
            yield from ((where, name) for name in variables_in(item))
        elif isinstance(item, dict):
            waiting.extend((at(where, key), inner) for key, inner in item.items())
        elif isinstance(item, list):
            waiting.extend((at(where, n), inner) for n, inner in enumerate(item))
