"""Whether a playbook can be imported: the public ones, broken ones, large ones."""

import json
import random
import time
from pathlib import Path

import pytest
import rfc8785

from foedus.response.findings import Verdict
from foedus.response.validation import validate
from tests.response.books import book, judge, linear

ACCEPT, WARN, REFUSE = Verdict.ACCEPT, Verdict.WARN, Verdict.REFUSE

PUBLIC: list[tuple[str, Verdict, str, Verdict]] = [
    ("oasis-examples/basic-example-1.json", ACCEPT, "", ACCEPT),
    ("oasis-examples/spec-3.1-example.json", ACCEPT, "", ACCEPT),
    ("oasis-examples/locky-bart-mbc-examples.json", ACCEPT, "", ACCEPT),
    ("casp/playbook--OpenC2-Kestrel-Hunting-Demo.json", ACCEPT, "", ACCEPT),
    ("soarca-examples/http-playbook.json", WARN, "", WARN),
    ("soarca-examples/ssh-playbook.json", WARN, "", WARN),
    ("soarca-examples/manual-playbook.json", WARN, "", WARN),
    ("soarca-examples/openc2-playbook.json", WARN, "", WARN),
    ("soarca-examples/powershell-playbook.json", WARN, "", WARN),
    ("soarca-examples/fin-playbook.json", REFUSE, "V03", REFUSE),
    ("soarca-test/playbook.json", REFUSE, "V10", WARN),
    ("soarca-test/api-routes-playbook.json", REFUSE, "V10", WARN),
    ("soarca-test/invalid_email_playbook.json", REFUSE, "V10", WARN),
    ("soarca-test/parallels_playbook.json", REFUSE, "V10 V16", WARN),
    ("soarca-test/infinite_playbook.json", REFUSE, "V17", REFUSE),
    ("soarca-test/missing_step_playbook.json", REFUSE, "V12", REFUSE),
    ("soarca-test/invalid_playbook.json", REFUSE, "V03", REFUSE),
    ("soarca-test/changed-playbook.json", REFUSE, "V01", REFUSE),
    ("soarca-docs/example-if-while.json", REFUSE, "V01", WARN),
    ("oasis-examples/signed-rsa.json", REFUSE, "V01", REFUSE),
    ("oasis-examples/signed-two-signatures.json", REFUSE, "V01", REFUSE),
    (
        "layout-extension/playbook--aa1898b6-5251-49b4-aeb7-fd5e912583ff.json",
        REFUSE,
        "V01",
        REFUSE,
    ),
]
"""File, strict verdict, rules among those that refuse, lenient verdict."""


@pytest.mark.parametrize(("name", "strict", "rules", "lenient"), PUBLIC)
def test_each_public_playbook_gets_its_verdict(
    shared_data: Path, name: str, strict: Verdict, rules: str, lenient: Verdict
) -> None:
    raw = (shared_data / "cacao" / name).read_bytes()

    judgement = validate(raw)

    assert judgement.verdict is strict
    assert set(rules.split()) <= set(judgement.rules)
    assert validate(raw, lenient=True).verdict is lenient


def test_a_playbook_comes_out_as_it_came_in(shared_data: Path) -> None:
    folder = shared_data / "cacao"
    for name, _, _, lenient in PUBLIC:
        raw = (folder / name).read_bytes()
        playbook = validate(raw, lenient=True).playbook

        assert (playbook is None) is (lenient is REFUSE)
        if playbook is not None:
            assert playbook.source == raw
            again = json.loads(playbook.source)
            assert rfc8785.dumps(again) == rfc8785.dumps(json.loads(raw))


def test_a_thousand_steps_are_checked_within_a_second() -> None:
    names = [f"A{n}" for n in range(998)]
    following = [*names[1:], "E"]
    steps = {
        name: {"on_completion": then}
        for name, then in zip(names, following, strict=True)
    }
    raw = json.dumps(book({**steps, "E": {}})).encode()

    began = time.perf_counter()
    judgement = validate(raw)

    assert time.perf_counter() - began < 1
    assert judgement.verdict is ACCEPT
    assert judgement.playbook is not None
    assert len(judgement.playbook.workflow) == 1_000


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"\xff",
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 300 + b"1" + b"}" * 300,
    ],
)
def test_what_is_no_playbook_at_all_is_a_finding(raw: bytes) -> None:
    judgement = validate(raw)

    assert judgement.verdict is REFUSE
    assert judgement.playbook is None


def test_undefined_variables_can_be_left_to_the_run() -> None:
    document = linear()

    assert judge(document, at_run_time=True).verdict is ACCEPT


VALUES = (None, True, 0, -1, 2**70, 1.5, "", "x", "__x__:value", [], {}, [[]], {"": {}})


def _mutate(value: object, chance: random.Random) -> object:
    """Alter one place of a JSON value: drop, double, swap or replace it."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        match chance.randrange(6):
            case 0:
                return {k: v for k, v in value.items() if k != key}
            case 1:
                return {**value, chance.choice(list(value)): value[key]}
            case _:
                return {**value, key: _mutate(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        n = chance.randrange(len(value))
        altered = _mutate(value[n], chance)
        return [*value[:n], altered, *value[n + chance.randrange(2) :]]
    return chance.choice(VALUES)


def _seeds(folder: Path) -> list[object]:
    documents = [json.loads((folder / name).read_bytes()) for name, *_ in PUBLIC]
    cases = json.loads((folder / "foedus-vectors/cases.json").read_bytes())
    return [*documents, *(case["playbook"] for case in cases["cases"])]


def _survive(folder: Path, mutants: int) -> None:
    """Judge mutants, and run those that can be run."""
    from foedus.response.simulation import simulate  # noqa: PLC0415

    chance = random.Random(6)  # noqa: S311 - to be the same again
    seeds = _seeds(folder)
    for n in range(mutants):
        mutant = seeds[n % len(seeds)]
        for _ in range(chance.randrange(1, 6)):
            mutant = _mutate(mutant, chance)
        raw = json.dumps(mutant).encode()
        lenient = validate(raw, lenient=True)
        assert lenient.verdict in Verdict
        simulate(b'{"iteration_ceiling":3,"cases":[{"playbook":' + raw + b"}]}")


def test_mutated_playbooks_are_judged_not_stumbled_over(shared_data: Path) -> None:
    _survive(shared_data / "cacao", 300)


@pytest.mark.soak
def test_ten_thousand_mutated_playbooks_are_judged(shared_data: Path) -> None:
    _survive(shared_data / "cacao", 10_000)
