"""Mandates: together, adopted, and on that very thing."""

import pytest

from foedus.decisions.states import Decision, Phase
from foedus.decisions.texts import Forum, Paragraph, Text, Verb
from foedus.ids import DecisionId, NationCode
from foedus.releasability.join import FixedLabel
from foedus.response.mandates import decides_on, is_mandate

THING = "run--00000000-0000-4000-8000-000000000001"
EST, LVA = NationCode("EST"), NationCode("LVA")


def decision(
    verb: Verb = Verb.DECIDES,
    words: str = f"to let {THING} go on",
    phase: Phase = Phase.ADOPTED,
    electorate: tuple[NationCode, ...] = (EST, LVA),
) -> Decision:
    text = Text(
        title=THING,
        label="NATO UNCLASSIFIED // PUBLIC",
        forum=Forum(name="Some", of=electorate),
        paragraphs=(Paragraph(verb=verb, text=words),),
    )
    return Decision(
        id=DecisionId("decision--00000000-0000-4000-8000-000000000002"),
        proposer=EST,
        chair=EST,
        text=text,
        profile_name="nato",
        label=FixedLabel(level=0),
        phase=phase,
        electorate=electorate,
    )


@pytest.mark.parametrize("verb", [Verb.AGREES, Verb.DECIDES])
def test_nations_that_bind_themselves_give_a_mandate(verb: Verb) -> None:
    assert decides_on(decision(verb), ("task--1", THING))


@pytest.mark.parametrize("verb", [Verb.RECALLS, Verb.NOTES, Verb.INVITES, Verb.TASKS])
def test_what_binds_nobody_is_none(verb: Verb) -> None:
    assert not decides_on(decision(verb), (THING,))


def test_a_decision_on_something_else_is_none_though_its_title_names_the_thing() -> (
    None
):
    assert not decides_on(decision(words="to keep watch"), (THING,))


@pytest.mark.parametrize("phase", set(Phase) - {Phase.ADOPTED}, ids=str)
def test_what_is_not_adopted_is_none(phase: Phase) -> None:
    assert not is_mandate(decision(phase=phase))
    assert not decides_on(decision(phase=phase), (THING,))


def test_a_nation_alone_gives_itself_none() -> None:
    assert not is_mandate(decision(electorate=(EST,)))
    assert not decides_on(decision(electorate=(EST,)), (THING,))


def test_what_is_not_there_is_none() -> None:
    assert not is_mandate(None)
    assert not decides_on(None, (THING,))
