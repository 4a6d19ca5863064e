"""No clause is forgotten: every check has a test, and every test has a clause."""

import re

from tests.conformance.taxii.checklist import (
    BEGINS,
    CHECKS,
    CLIENTS,
    ENDS,
    MAY,
    MUST,
    PAGE,
    SHOULD,
    promises,
    table,
)


def test_every_check_has_a_test() -> None:
    proven = {check for each in promises() for check in each.checks}

    assert CHECKS.keys() - proven == set()


def test_every_test_names_its_clause_and_checks_that_there_are() -> None:
    astray = [
        f"{each.file}: {each.name}"
        for each in promises()
        if not each.names_a_clause or set(each.checks) - CHECKS.keys()
    ]

    assert astray == []


def test_no_two_tests_make_the_same_promise() -> None:
    names = [each.name for each in promises()]

    assert sorted(names) == sorted(set(names))


def test_every_check_has_a_level_and_a_section() -> None:
    section = re.compile(r"-|(STIX |app\. )?[\dB](\.\d+)*(-\d(\.\d+)?)?")

    assert {each.level for each in CHECKS.values()} == {MUST, SHOULD, MAY, CLIENTS}
    assert [
        name
        for name, each in CHECKS.items()
        if not all(map(section.fullmatch, each.clause.split(", ")))
    ] == []


def test_the_statement_of_conformance_is_what_the_tests_prove() -> None:
    stated = PAGE.read_text(encoding="utf-8").partition(BEGINS)[2].partition(ENDS)[0]

    assert stated.strip() == table().strip(), (
        "write it anew: python -m tests.conformance.taxii.checklist"
    )
