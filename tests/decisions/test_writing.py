"""Texts as people type them: what is written is read back as it was."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.statuses import Status
from foedus.decisions.texts import (
    ActivateEffect,
    Annex,
    Effect,
    EndEffect,
    FrameworkEffect,
    MeasureEffect,
    Paragraph,
    ProtocolEffect,
    ReleaseEffect,
    StatusEffect,
    UpdateEffect,
    Verb,
)
from foedus.decisions.writing import (
    EFFECT_FORMS,
    read_annexes,
    read_effects,
    read_paragraphs,
    write_annexes,
    write_effects,
    write_paragraphs,
)
from foedus.errors import InvalidInputError

DAY = date(2026, 12, 1)
EFFECTS: tuple[Effect, ...] = (
    StatusEffect(nation="MDA", status=Status.INVITEE, since=DAY),
    FrameworkEffect(framework="PFP", nation="MDA", since=DAY),
    ReleaseEffect(to=("MDA", "UKR"), label="NATO RESTRICTED // REL TO NATO", since=DAY),
    ReleaseEffect(
        to=("MDA",),
        label="NATO RESTRICTED",
        since=DAY,
        from_now_on=True,
        include_controlled=True,
    ),
    UpdateEffect(title="Reports", text="Report within a day: always."),
    UpdateEffect(title="A: b", text="Two\nlines"),
    ProtocolEffect(protocol="playbook--1", reason="now"),
    ProtocolEffect(protocol="playbook--1", variables={"__a__": "b"}),
    MeasureEffect(measure="M1", level="two", reason="why"),
    MeasureEffect(measure="M1"),
    ActivateEffect(decision="decision--1"),
    EndEffect(decision="decision--1"),
)
LINES = st.lists(
    st.sampled_from(["decides so", "a", "  b", "# c", "notes", "é, ü"]), min_size=1
).map(lambda lines: "\n".join(lines).strip())


@pytest.mark.parametrize("effect", EFFECTS, ids=repr)
def test_an_effect_is_read_back_as_it_was(effect: Effect) -> None:
    assert read_effects(write_effects([effect])) == (effect,)


def test_plain_effects_are_sentences() -> None:
    said = write_effects(EFFECTS)

    assert said.startswith("status MDA invitee from 2026-12-01\n")
    assert said.count("{") == 2 + 1, "two that no sentence says, and its variables"


@pytest.mark.parametrize("form", EFFECT_FORMS)
def test_every_form_that_is_shown_is_read(form: str) -> None:
    assert len(read_effects(form)) == 1


@given(st.lists(st.tuples(st.sampled_from(Verb), LINES), min_size=1))
def test_paragraphs_are_read_back_as_they_were(said: list[tuple[Verb, str]]) -> None:
    paragraphs = tuple(Paragraph(verb=verb, text=words) for verb, words in said)

    assert read_paragraphs(write_paragraphs(paragraphs)) == paragraphs


@given(st.lists(LINES))
def test_annexes_are_read_back_as_they_were(said: list[str]) -> None:
    annexes = tuple(Annex(title="A title", text=words) for words in said)

    assert read_annexes(write_annexes(annexes)) == annexes


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        (read_paragraphs, "we think that"),
        (read_annexes, "no title"),
        (read_annexes, "# A title"),
        (read_effects, "make it so"),
        (read_effects, "status MDA king from 2026-12-01"),
        (read_effects, '{"kind": "status"}'),
        (read_effects, "{"),
    ],
)
def test_what_is_wrong_is_refused_with_what_to_do(read: object, wrong: str) -> None:
    with pytest.raises(InvalidInputError):
        read(wrong)  # type: ignore[operator]  # one of the three
