"""When a step of several nations is over: each rule, and what it makes of a decline."""

from hypothesis import given
from hypothesis import strategies as st

from foedus.ids import NationCode
from foedus.response.assignments import Completion, Rule
from foedus.response.completion import Standpoint, Verdict, judge
from foedus.response.frames import Result

ALL, ANY = Completion(), Completion(rule=Rule.ANY)
TWO = Completion(rule=Rule.QUORUM, quorum=2)
LTU = Completion(rule=Rule.NAMED, named=("LTU",))
RULES = (ALL, ANY, TWO, LTU)
NATIONS = ("EST", "LVA", "LTU")


def told(rule: Completion, **said: str) -> tuple[str, int] | None:
    """Judge what nations said, such as `EST="done 5"`."""
    standpoints = {NationCode(each): Standpoint() for each in NATIONS}
    for nation, words in said.items():
        what, at_ms = words.split()
        standpoints[NationCode(nation)] = Standpoint(**{f"{what}_ms": int(at_ms)})
    verdict = judge(rule, standpoints)
    return None if verdict is None else (verdict.result.value, verdict.at_ms)


def test_all_waits_for_each_that_did_not_decline() -> None:
    assert told(ALL, EST="done 1", LVA="done 2") is None
    assert told(ALL, EST="done 1", LVA="done 2", LTU="done 3") == ("ok", 3)
    assert told(ALL, EST="done 1", LVA="done 2", LTU="declined 9") == ("ok", 9)
    assert told(ALL, EST="declined 1", LVA="declined 2") is None


def test_all_fails_when_all_have_declined() -> None:
    said = {each: f"declined {n}" for n, each in enumerate(NATIONS)}
    assert told(ALL, **said) == ("fail", 2)


def test_any_goes_on_with_the_first() -> None:
    assert told(ANY, LVA="done 7", LTU="done 4") == ("ok", 4)
    assert told(ANY, EST="declined 1", LVA="declined 2") is None
    said = {each: f"declined {n}" for n, each in enumerate(NATIONS)}
    assert told(ANY, **said) == ("fail", 2)


def test_a_quorum_fails_when_too_few_are_left() -> None:
    assert told(TWO, EST="done 1") is None
    assert told(TWO, EST="done 1", LVA="done 5") == ("ok", 5)
    assert told(TWO, EST="done 1", LVA="declined 2") is None
    assert told(TWO, LTU="declined 3", LVA="declined 2") == ("fail", 3)


def test_of_named_nations_each_counts_and_no_other() -> None:
    assert told(LTU, EST="done 1", LVA="declined 2") is None
    assert told(LTU, LTU="done 3", LVA="declined 2") == ("ok", 3)
    assert told(LTU, LTU="declined 4", EST="done 1") == ("fail", 4)


def test_the_reason_counts() -> None:
    standpoints = {NationCode("EST"): Standpoint(done_ms=1)}
    verdict = Verdict(result=Result.OK, at_ms=1, reason="1 of 1 nation done")
    assert judge(ALL, standpoints) == verdict


@given(
    st.lists(st.sampled_from(["", "done", "declined"]), min_size=3, max_size=3),
    st.sampled_from(RULES),
)
def test_a_step_of_which_nothing_is_left_to_hear_never_waits(
    said: list[str], rule: Completion
) -> None:
    words = {
        nation: f"{what} {n}"
        for n, (nation, what) in enumerate(zip(NATIONS, said, strict=True))
        if what
    }
    verdict = told(rule, **words)
    if all(said):
        assert verdict is not None
    if verdict is not None and verdict[0] == "ok":
        assert "done" in said
