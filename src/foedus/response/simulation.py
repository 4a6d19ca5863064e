"""Runs playbooks with scripted answers, on a clock of its own: `protocol simulate`.

A case is a playbook, the playbooks it calls, the values it is launched with, and for
each action what its agents answer, in turn. Delays and timeouts move the clock of the
case, so a case of 48 hours takes no time.

Source: reference/response.md, section 3.4; the format `foedus-cacao-vectors/1`.
"""

from collections import defaultdict, deque
from collections.abc import Mapping

import msgspec
import orjson

from foedus.errors import InvalidInputError
from foedus.response.cacao import Playbook
from foedus.response.frames import Final, Result, RunState
from foedus.response.library import Library, MissingPlaybookError
from foedus.response.machine import Limits, Machine, Pending
from foedus.response.reading import as_text
from foedus.response.validation import validate
from foedus.stix.strict_json import read_object

CASES_MAX = 10_000
"""Cases of one file."""

Json = Mapping[str, object]


class Simulated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a case.

    Attributes:
        trace: what happened, branch after branch.
        final: how it ended.
        variables: the variables that the playbook declares, at the end.
        rules: of what was refused, the rules that did; `None` otherwise.
    """

    name: str
    trace: list[str]
    final: Final
    variables: dict[str, str | None]
    rules: tuple[str, ...] | None = None


class Simulation(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the cases of a file.

    Attributes:
        results: in the order of the file.
        warnings: what was strange, with the name of the case.
    """

    results: tuple[Simulated, ...]
    warnings: tuple[tuple[str, str], ...]


def simulate(raw: bytes) -> Simulation:
    """Run every case of a file.

    Args:
        raw: `{"cases": […], "iteration_ceiling": 5}`, or the list of cases alone.

    Raises:
        InvalidInputError: it is not that.
    """
    if raw.lstrip()[:1] == b"[":
        raw = b'{"cases":' + raw + b"}"
    document = read_object(raw)
    cases = document.get("cases")
    if not isinstance(cases, list) or not all(isinstance(one, dict) for one in cases):
        raise InvalidInputError('give {"cases": [{"name", "playbook", …}, …]}')
    if len(cases) > CASES_MAX:
        raise InvalidInputError(f"at most {CASES_MAX} cases; part the file")
    limits = _limits(document.get("iteration_ceiling"))
    results: list[Simulated] = []
    warnings: list[tuple[str, str]] = []
    for case in cases:
        own = _limits(case.get("iteration_ceiling"), limits)
        result, said = _Case(case).run(own)
        results.append(result)
        warnings.extend((result.name, text) for text in said)
    return Simulation(results=tuple(results), warnings=tuple(warnings))


def _limits(ceiling: object, otherwise: Limits | None = None) -> Limits:
    if isinstance(ceiling, int) and not isinstance(ceiling, bool) and ceiling >= 0:
        return Limits(rounds=ceiling)
    return otherwise or Limits()


class _Case:
    """One case."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._name = str(document.get("name", ""))
        self._script: defaultdict[str, deque[object]] = defaultdict(deque)

    def run(self, limits: Limits) -> tuple[Simulated, list[str]]:
        """Run the case; give what became of it, and what was strange."""
        playbooks, rules = self._read_playbooks()
        if rules:
            return self._refused(rules), []
        machine = Machine(Library(playbooks), RunState(), limits)
        try:
            self._script = _read_script(self._document.get("script"))
            machine.start(playbooks[0], self._launch(), 0)
        except MissingPlaybookError as error:
            return self._refused(("V12",)), [error.detail]
        except InvalidInputError as error:
            return self._refused(()), [error.detail]
        self._drive(machine)
        state = machine.state
        assert state.final is not None, "a run without anything to wait for has ended"
        result = Simulated(
            name=self._name,
            trace=state.printed(),
            final=state.final,
            variables=state.values(),
        )
        return result, state.warnings

    def _read_playbooks(self) -> tuple[list[Playbook], tuple[str, ...]]:
        children = self._document.get("children")
        written = [self._document.get("playbook")]
        written.extend(children if isinstance(children, list) else [])
        playbooks = []
        rules: set[str] = set()
        for one in written:
            judgement = validate(orjson.dumps(one), at_run_time=True)
            rules.update(judgement.rules)
            if judgement.playbook is not None:
                playbooks.append(judgement.playbook)
        return playbooks, tuple(sorted(rules))

    def _refused(self, rules: tuple[str, ...]) -> Simulated:
        return Simulated(
            name=self._name, trace=[], final=Final.REFUSED, variables={}, rules=rules
        )

    def _launch(self) -> dict[str, str | None]:
        launch = self._document.get("launch")
        given = launch if isinstance(launch, dict) else {}
        return {name: as_text(value) for name, value in given.items()}

    def _drive(self, machine: Machine) -> None:
        """Answer every action as the script says; let time pass when all wait."""
        hanging: set[int] = set()
        while machine.state.final is None:
            waiting = [one for one in machine.pending() if one.number not in hanging]
            if not waiting:
                due = machine.due_ms()
                assert due is not None, "a run that has not ended waits for something"
                machine.pass_time(due)
                continue
            self._answer(machine, waiting[0], hanging)

    def _answer(self, machine: Machine, one: Pending, hanging: set[int]) -> None:
        answer = self._next_answer(one)
        now = machine.state.now_ms
        if answer == Result.TIMEOUT and one.step.timeout_ms:
            hanging.add(one.number)  # its time, or that of what is around it, runs out
        elif isinstance(answer, dict):
            outputs = {name: as_text(value) for name, value in answer.items()}
            machine.answer(one.number, Result.OK, now, outputs)
        else:
            assert isinstance(answer, str), "the script was read"
            machine.answer(one.number, Result(answer), now)

    def _next_answer(self, one: Pending) -> object:
        for name in (one.step.label, one.step.id):
            if self._script[name]:
                return self._script[name].popleft()
        return Result.OK


def _read_script(script: object) -> defaultdict[str, deque[object]]:
    """Read answers by the name of the action: ok, fail, timeout, or its outputs."""
    answers: defaultdict[str, deque[object]] = defaultdict(deque)
    for name, listed in script.items() if isinstance(script, dict) else ():
        for answer in listed if isinstance(listed, list) else [listed]:
            if not isinstance(answer, dict) and answer not in tuple(Result):
                raise InvalidInputError(
                    f"script of {name!a}: write ok, fail, timeout or outputs"
                )
            answers[name].append(answer)
    return answers
