"""Rules V01 to V33 of playbooks: for each, what it refuses and what it lets pass."""

import pytest

from foedus.response.findings import Verdict
from foedus.response.validation import validate
from foedus.response.vocabulary import SIZE_MAX, STEPS_MAX
from tests.conformance.cacao.playbooks import (
    ACCEPTED,
    NOTED,
    REFUSED,
    REFUSED_WHOLE,
    WARNED,
    Alter,
)
from tests.response.books import Json, judge, linear, rules_of


@pytest.mark.parametrize(("rule", "alter"), REFUSED)
def test_what_breaks_a_rule_is_refused_by_that_rule(rule: str, alter: Alter) -> None:
    document = linear()
    alter(document)

    judgement = judge(document)

    assert judgement.verdict is Verdict.REFUSE
    assert judgement.rules == (rule,)
    assert judgement.playbook is None


@pytest.mark.parametrize(("rule", "document"), REFUSED_WHOLE)
def test_a_workflow_that_breaks_a_rule_is_refused_by_that_rule(
    rule: str, document: Json
) -> None:
    assert judge(document).rules == (rule,)


@pytest.mark.parametrize(("rule", "document"), WARNED)
def test_what_should_be_looked_at_is_a_warning(rule: str, document: Json) -> None:
    judgement = judge(document)

    assert judgement.verdict is Verdict.WARN
    assert rules_of(document) == [rule]
    assert judgement.playbook is not None


@pytest.mark.parametrize(("rule", "document"), NOTED)
def test_what_changes_nothing_is_a_note(rule: str, document: Json) -> None:
    judgement = judge(document)

    assert judgement.verdict is Verdict.ACCEPT
    assert rule in rules_of(document)


@pytest.mark.parametrize(("rules", "document"), ACCEPTED)
def test_what_keeps_the_rules_is_accepted_in_silence(
    rules: str, document: Json
) -> None:
    judgement = judge(document)

    assert judgement.findings == (), rules
    assert judgement.verdict is Verdict.ACCEPT


def test_every_rule_has_a_case_that_breaks_it_and_one_that_keeps_it() -> None:
    every = {f"V{n:02}" for n in range(1, 34)} - {"V32"}
    broken = {rule for rule, _ in (*REFUSED, *REFUSED_WHOLE, *WARNED)}
    kept = {word for rules, _ in ACCEPTED for word in rules.split()}

    assert every | {"V32"} <= broken | {"V28"}
    assert every <= kept


def test_what_is_too_large_is_refused_unread() -> None:
    judgement = validate(b" " * (SIZE_MAX + 1))

    assert judgement.rules == ("V33",)


def test_what_has_too_many_steps_is_refused_unread() -> None:
    document = linear()
    document["workflow"] = {str(n): {} for n in range(STEPS_MAX + 1)}

    assert judge(document).rules == ("V33",)
