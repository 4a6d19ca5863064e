"""What is found wrong with a playbook."""

from foedus.response.findings import Findings, Verdict, at
from foedus.response.vocabulary import FINDINGS_MAX


def test_the_gravest_finding_is_the_verdict() -> None:
    findings = Findings()
    assert findings.verdict is Verdict.ACCEPT

    findings.note("V01", "$", "a remark")
    assert findings.verdict is Verdict.ACCEPT

    findings.refuse("V02", "$", "no")
    findings.warn("V03", "$", "look")
    assert findings.verdict is Verdict.REFUSE
    assert findings.refusing_rules == ("V02",)


def test_lenience_turns_some_refusals_into_warnings() -> None:
    strict, lenient = Findings(), Findings(lenient=True)
    for findings in (strict, lenient):
        findings.relax("V16", "$", "shared")

    assert (strict.verdict, lenient.verdict) == (Verdict.REFUSE, Verdict.WARN)


def test_no_more_findings_are_kept_than_anybody_reads() -> None:
    findings = Findings()
    for _ in range(FINDINGS_MAX + 1):
        findings.note("V01", "$", "again")
    findings.refuse("V02", "$", "no")

    assert len(list(findings)) == FINDINGS_MAX
    assert findings.refused


def test_paths_quote_what_is_no_plain_name() -> None:
    assert at("$", "workflow", "end--1", "commands", 0) == (
        '$.workflow["end--1"].commands[0]'
    )
