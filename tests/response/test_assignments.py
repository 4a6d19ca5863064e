"""Our extension: read where it is right, refused with a path where it is not."""

import pytest

from foedus.errors import InvalidInputError
from foedus.response.assignments import (
    NOBODY_NAMED,
    OF_PLAYBOOKS,
    Rule,
    assignment_of,
    bounded,
    duration_ms,
    terms_of,
)
from foedus.response.cacao import Playbook
from foedus.response.clocks import TOLD_MAX
from tests.response.books import Json, judge, linear, read, step_id
from tests.response.theatre import EXTENSIONS, assign

A1 = step_id("A1")


def of_run(**terms: object) -> Json:
    written = {"type": "foedus-run", **terms}
    return linear(
        playbook_extensions={OF_PLAYBOOKS: written}, extension_definitions=EXTENSIONS
    )


def refused(document: Json) -> list[tuple[str, str]]:
    judgement = judge(document)
    assert judgement.verdict == "refuse"
    return [
        (each.path.partition("step_extensions")[2].partition('"]')[2], each.text)
        for each in judgement.findings
        if each.rule == "F01"
    ]


def test_a_step_without_it_is_the_coordinators() -> None:
    assert assignment_of(read(linear()).workflow[A1]) == NOBODY_NAMED


def test_it_is_read_as_it_is_written() -> None:
    document = assign(
        linear(),
        "A1",
        nations=["NATO", "UKR"],
        role="duty-officer",
        completion={"rule": "quorum", "quorum": 3},
        clocks={"acknowledge": {"within": "PT30M"}, "confirm": {}},
        evidence="required",
        gate="decision",
    )
    given = assignment_of(read(document).workflow[A1])
    assert given.completion.rule is Rule.QUORUM
    assert given.clocks.acknowledge is not None
    assert given.clocks.acknowledge.within_ms == 1_800_000
    assert given.needs_confirmation
    assert given.gate == "decision"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"unknown": 1}, ""),
        ({"nations": "LTU"}, ".nations"),
        ({"clocks": {"accept": {"within": "48 h"}}}, ".clocks.accept.within"),
        ({"clocks": {"accept": {"within": "PT"}}}, ".clocks.accept"),
        ({"clocks": {"accept": {"after": "PT1H"}}}, ".clocks.accept"),
        ({"completion": {"rule": "some"}}, ".completion.rule"),
        ({"completion": {"rule": "quorum"}}, ".completion.quorum"),
        ({"completion": {"rule": "named"}}, ".completion.named"),
        ({"completion": {"rule": "all", "quorum": 2}}, ".completion.quorum"),
        ({"warnings": ["P1T"]}, ".warnings[0]"),
        ({"type": "other"}, ".type"),
        ({"answers": [{"name": "__x__", "at": "/a"}]}, ".answers[0].name"),
        ({"answers": [{"name": "__x__", "at": "a"}]}, ".answers[0].at"),
    ],
)
def test_what_is_wrong_is_refused_with_its_path(given: Json, path: str) -> None:
    [(where, _)] = refused(assign(linear(), "A1", **given))
    assert where == path


def test_only_actions_are_asked() -> None:
    [(_, text)] = refused(assign(linear(), "E", nations=["LTU"]))
    assert text == "only actions are asked of nations"


def test_the_terms_of_runs_are_read_and_their_steps_are_there() -> None:
    named = {"name": "the 48", "from": A1, "within": "PT48H"}
    terms = terms_of(read(of_run(exercise=True, named_clocks=[named])))
    assert terms.exercise
    assert terms.named_clocks[0].within_ms == 48 * 3_600_000
    named["to"] = "action--nowhere"
    assert judge(of_run(named_clocks=[named])).rules == ("F01",)
    assert judge(of_run(unknown=1)).rules == ("F01",)
    assert terms_of(read(linear())).label == ""


def test_the_limit_of_completion_is_the_timeout_of_a_step_without_one() -> None:
    clocks = {"complete": {"within": "PT48H"}}
    playbook = bounded(read(assign(linear(), "A1", clocks=clocks)))
    assert playbook.workflow[A1].timeout_ms == 48 * 3_600_000
    clocks["complete"]["basis"] = "working"
    assert (
        bounded(read(assign(linear(), "A1", clocks=clocks))).workflow[A1].timeout_ms
        == 0
    )


def test_what_was_never_checked_is_refused_when_it_is_used() -> None:
    playbook = read(linear())
    step = playbook.workflow[A1]
    wrong = {OF_PLAYBOOKS: 1, next(iter(EXTENSIONS)): 1}
    with pytest.raises(InvalidInputError):
        assignment_of(type(step)(id=A1, kind=step.kind, extensions=wrong))
    with pytest.raises(InvalidInputError):
        terms_of(
            Playbook(
                id="", modified="", name="", start="", workflow={}, extensions=wrong
            )
        )


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("PT30M", 1_800_000),
        ("P1DT1H", 90_000_000),
        ("P2W", 1_209_600_000),
        ("P1M", 31 * 86_400_000),
    ],
)
def test_durations_are_read(text: str, ms: int) -> None:
    assert duration_ms(text) == ms


@pytest.mark.parametrize("text", ["P", "PT", "P1DT", "1H", "P-1D", ""])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        duration_ms(text)


def told(after: str, repeat: int, basis: str = "elapsed", rungs: int = 1) -> Json:
    rung = {"clock": "complete", "after": after, "tell": "nation", "repeat": repeat}
    clocks = {"complete": {"within": "PT8H", "basis": basis}}
    return assign(linear(), "A1", clocks=clocks, ladder=[rung] * rungs)


def test_a_ladder_tells_so_many_times_in_all() -> None:
    assert judge(told("PT1H", 100, rungs=TOLD_MAX // 100)).verdict == "accept"
    assert refused(told("PT1H", 67, rungs=3)) == [
        (".ladder", f"it may tell {TOLD_MAX} times in all")
    ]


@pytest.mark.parametrize(
    ("basis", "longest", "longer"),
    [("elapsed", "PT17544H", "PT8773H"), ("working", "PT2000H", "PT1001H")],
)
def test_a_rung_is_repeated_no_longer_than_a_period_lasts(
    basis: str, longest: str, longer: str
) -> None:
    assert judge(told(longest, 1, basis)).verdict == "accept"
    assert judge(told("PT500H", 4, basis)).verdict == "accept"
    [(path, _)] = refused(told(longer, 2, basis))
    assert path == ".ladder[0].after"


def test_a_rung_of_working_time_is_written_in_hours() -> None:
    [(path, text)] = refused(told("P1D", 1, "working"))
    assert path == ".ladder[0].after"
    assert "hours" in text
