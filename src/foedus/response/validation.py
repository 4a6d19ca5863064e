"""Whether a playbook can be imported: rules V01 to V33, each with path and text.

Our own extension is checked, too (F01).

- Pure: no clock, no network, no files. The same bytes get the same findings.
- Whatever the bytes are, the answer is a list of findings, never an exception.
- `lenient` takes what other engines are known to write and what a run has a meaning
  for: no start step, shared ends, missing agents, bare words in conditions.

Source: reference/response.md, sections 1.2 and 3.3.
"""

from collections.abc import Mapping

import msgspec

from foedus.errors import InvalidInputError
from foedus.response.assignments import check_assignments
from foedus.response.cacao import Playbook
from foedus.response.checks_of_dates import check_dates
from foedus.response.checks_of_definitions import check_definitions
from foedus.response.checks_of_graph import check_graph
from foedus.response.checks_of_variables import check_variables
from foedus.response.findings import Finding, Findings, Verdict
from foedus.response.reading import read_playbook
from foedus.response.signatures import check_signatures
from foedus.response.vocabulary import SIZE_MAX, STEPS_MAX
from foedus.stix.strict_json import DEPTH_MAX, read_object


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said of a playbook.

    Attributes:
        verdict: accept, warn or refuse.
        findings: everything found, in the order of the document.
        rules: the numbers of the rules that refuse.
        playbook: what can be run; `None` when it is refused.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    rules: tuple[str, ...] = ()
    playbook: Playbook | None = None


def validate(
    raw: bytes, *, lenient: bool = False, at_run_time: bool = False
) -> Judgement:
    """Read a playbook and say what is wrong with it.

    Args:
        raw: the bytes of one JSON object.
        lenient: take what other engines are known to write.
        at_run_time: leave undefined variables of conditions to the run (A8).
    """
    findings = Findings(lenient=lenient)
    document = _read(raw, findings)
    playbook = None
    if document is not None:
        playbook = read_playbook(document, findings)
        _check(document, playbook, findings, at_run_time=at_run_time)
    runnable = playbook is not None and not findings.refused
    return Judgement(
        verdict=findings.verdict,
        findings=tuple(findings),
        rules=findings.refusing_rules,
        playbook=msgspec.structs.replace(playbook, source=raw, bare_words=lenient)
        if playbook is not None and runnable
        else None,
    )


def _read(raw: bytes, findings: Findings) -> Mapping[str, object] | None:
    if len(raw) > SIZE_MAX:
        findings.refuse("V33", "$", f"at most {SIZE_MAX} bytes")
        return None
    try:
        document = read_object(raw)
    except InvalidInputError as error:
        rule = "V33" if "nests deeper" in error.detail else "V01"
        findings.refuse(rule, "$", error.detail)
        return None
    if _depth(document) > DEPTH_MAX:
        findings.refuse("V33", "$", f"nests deeper than {DEPTH_MAX} levels; flatten it")
        return None
    workflow = document.get("workflow")
    if isinstance(workflow, dict) and len(workflow) > STEPS_MAX:
        findings.refuse("V33", "$.workflow", f"at most {STEPS_MAX} steps")
        return None
    return document


def _depth(document: object) -> int:
    """Count how many objects and lists lie inside each other, level by level."""
    level = [document]
    depth = 0
    while level:
        depth += 1
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        level = [item for item in inner if isinstance(item, dict | list)]
    return depth


def _check(
    document: Mapping[str, object],
    playbook: Playbook,
    findings: Findings,
    *,
    at_run_time: bool,
) -> None:
    check_dates(document, findings)
    check_graph(document, playbook, findings)
    check_definitions(document, playbook, findings)
    check_variables(document, playbook, findings, at_run_time=at_run_time)
    check_signatures(document, findings)
    check_assignments(playbook, findings)
