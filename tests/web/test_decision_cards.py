"""Decisions in words: clocks, outcomes, effects, and the acts that rules allow."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from foedus import app
from foedus.alliance.statuses import Status
from foedus.decisions import rules, standpoints
from foedus.decisions.events import Stance
from foedus.decisions.reading import Dossier
from foedus.decisions.sheets import DecisionSheet, EffectSheet, sheet_of
from foedus.decisions.telling import Entry, moments
from foedus.decisions.texts import (
    ActivateEffect,
    Effect,
    EndEffect,
    FrameworkEffect,
    MeasureEffect,
    ProtocolEffect,
    ReleaseEffect,
    StatusEffect,
    UpdateEffect,
)
from foedus.ids import AccountId, NationCode
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer
from foedus.web import decision_cards as cards
from tests.decisions.stories import BEL, FRA, MDA, NATO, NOON, TUR, Story, text
from tests.web.demo_hub import Mould, copy_hub

AUTUMN = date(2026, 10, 1)


@pytest.fixture(scope="module")
def access(mould: Mould, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    hub = copy_hub(mould, tmp_path_factory.mktemp("cards") / "data")
    yield hub.access
    app.close_hub(hub)


def viewer(nation: str) -> Viewer:
    return Viewer(
        nation=NationCode(nation),
        clearance=1,
        roles=frozenset({Role.DELEGATE}),
        account=AccountId("account--x"),
    )


def sheet(story: Story, nation: str, access: Access) -> DecisionSheet:
    entries = [
        Entry(event=event, arrival_ms=arrival_ms, nation=NATO)
        for event, arrival_ms in story.history
    ]
    dossier = Dossier(
        decision=story.decision,
        moments=tuple(moments(entries, viewer(nation), access)),
        linked=frozenset(),
    )
    return sheet_of(dossier, viewer(nation), access, story.now_ms)


def acts(story: Story, nation: str, *, speaks: bool = True) -> cards.Acts:
    speaker = story.speaker(nation, speaks=speaks)
    return cards.acts_of(story.decision, speaker, viewer(nation), NATO)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=2, hours=5, minutes=48), "2 d 5 h 48 min"),
        (timedelta(days=2), "2 d"),
        (timedelta(hours=1, seconds=59), "1 h"),
        (timedelta(seconds=59), "59 s"),
    ],
)
def test_what_is_left_is_said_in_words(left: timedelta, words: str) -> None:
    assert cards.duration(left) == words


def test_an_hour_is_told_in_the_capital_then_in_the_common_zone_then_in_utc(
    access: Access,
) -> None:
    late = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)

    hours = cards.hours_of(late, TUR, access)

    told = [(each.day, each.clock, each.place, each.zone) for each in hours]
    assert told == [
        ("Wed 25 Nov 2026", "01:30", "Istanbul", "+03"),
        ("Tue 24 Nov 2026", "23:30", "Brussels", "CET"),
        ("", "22:30", "UTC", ""),
    ]


def test_a_capital_in_the_common_zone_is_told_once(access: Access) -> None:
    hours = cards.hours_of(NOON, BEL, access)

    assert [each.place for each in hours] == ["Brussels", "UTC"]


@pytest.mark.parametrize(
    ("hours", "css", "left"),
    [(50, "", "1 d 22 h"), (87, "soon", "9 h"), (96, "over", ""), (99, "over", "")],
)
def test_a_clock_is_soon_in_its_last_tenth_and_over_on_the_instant(
    hours: int, css: str, left: str, access: Access
) -> None:
    story = Story().circulate(96)
    now = NOON + timedelta(hours=hours)

    clock = cards.clock_of(story.decision, viewer("BEL"), access, now)

    assert clock is not None
    assert (clock.css, clock.left, clock.period_s) == (css, left, 96 * 3_600)
    assert clock.passed_s == min(hours, 96) * 3_600


def test_no_clock_runs_on_a_draft_nor_after_a_break(access: Access) -> None:
    for story in (Story(), Story().circulate().break_by("FRA")):
        found = cards.clock_of(story.decision, viewer("BEL"), access, NOON)
        assert found is None


def test_silence_means_nothing_any_more_once_it_has_ended(access: Access) -> None:
    story = Story().circulate(96).wait(hours=96)
    clock = cards.clock_of(story.decision, viewer("BEL"), access, story.now)

    said = cards.silence_sentence(
        sheet(story, "BEL", access), clock, viewer("BEL"), access
    )

    assert said == "Silence has ended; the hub is about to record the outcome."


def test_what_was_adopted_stands_with_the_instant_at_which_silence_ended(
    access: Access,
) -> None:
    story = Story().circulate(96).wait(hours=97).expire()

    outcome = cards.outcome_of(sheet(story, "MDA", access), viewer("MDA"), access)

    assert (outcome.heading, outcome.sentence) == (
        "Adopted",
        "No nation broke silence.",
    )
    assert outcome.instant == "2026-11-27T12:00:00Z"


def test_what_waits_for_its_condition_says_so(access: Access) -> None:
    story = Story(text(condition="parliament agrees")).circulate().wait(hours=97)

    outcome = cards.outcome_of(
        sheet(story.expire(), "BEL", access), viewer("BEL"), access
    )

    assert "In force once its condition is met." in outcome.sentence


def test_a_break_stands_with_its_instant_for_observers_too(access: Access) -> None:
    story = Story().circulate().wait(hours=1).break_by("FRA", "CANARY")
    story.wait(hours=1).by("FRA", standpoints.lift, "")

    outcome = cards.outcome_of(sheet(story, "MDA", access), viewer("MDA"), access)

    assert (outcome.heading, outcome.instant) == (
        "Silence broken",
        "2026-11-23T13:00:00Z",
    )
    assert "CANARY" not in str(outcome)


def test_why_it_was_taken_back_is_for_those_who_decide(access: Access) -> None:
    story = Story().circulate().chair(rules.withdraw, "CANARY")

    inside = cards.outcome_of(sheet(story, "BEL", access), viewer("BEL"), access)
    outside = cards.outcome_of(sheet(story, "MDA", access), viewer("MDA"), access)

    assert (inside.sentence, outside.sentence) == ("CANARY", "")


def test_a_position_is_a_point_of_the_time_line_of_those_who_decide(
    access: Access,
) -> None:
    story = Story().circulate()
    event = standpoints.take_position(
        story.decision, story.speaker(FRA), Stance.RESERVES, text="Article 3."
    )
    story.add(event)
    history = sheet(story, "BEL", access).history

    step = cards.step_of(history[-1], viewer("BEL"), access)

    assert (step.what, step.text) == ("Position: has a reservation", "Article 3.")
    assert (step.at, step.instant) == ("Mon 23 Nov 2026 13:00", "2026-11-23T12:00:00Z")


def test_who_decides_may_break_read_and_take_a_position() -> None:
    found = acts(Story().circulate(), "BEL")

    assert (found.break_silence, found.read, found.comment) == (True, True, True)
    offered = [value for value, _ in found.stances]
    assert offered == ["agrees", "states", "ad-referendum", "reserves"]
    assert not any((found.observes, found.object_late, found.extend))


def test_who_observes_may_comment_and_nothing_else() -> None:
    found = acts(Story().circulate(), MDA)

    assert (found.observes, found.comment, found.stances) == (True, True, ())
    assert not any((found.break_silence, found.read, found.object_late))


def test_who_speaks_for_nobody_may_nothing() -> None:
    found = acts(Story().circulate(), "BEL", speaks=False)

    assert not any((found.break_silence, found.read, found.comment, found.stances))


def test_an_objection_after_the_end_is_offered_as_a_late_one() -> None:
    found = acts(Story().circulate(96).wait(hours=96), "BEL")

    assert (found.break_silence, found.object_late, found.read) == (False, True, False)


def test_a_break_is_joined_by_others_and_taken_back_by_who_made_it() -> None:
    story = Story().circulate().break_by("FRA")

    assert (acts(story, "BEL").associate, acts(story, "BEL").lift) == (True, False)
    assert (acts(story, "FRA").associate, acts(story, "FRA").lift) == (False, True)


def test_the_chair_alone_opens_and_extends() -> None:
    assert (acts(Story(), NATO).circulate, acts(Story(), "BEL").circulate) == (
        True,
        False,
    )
    story = Story().circulate()
    assert (acts(story, NATO).extend, acts(story, "BEL").extend) == (True, False)
    assert not acts(story.wait(hours=96), NATO).extend


@pytest.mark.parametrize(
    ("effect", "what", "meaning"),
    [
        (
            StatusEffect(nation="MDA", status=Status.INVITEE, since=AUTUMN),
            "Republic of Moldova becomes invitee",
            "from 1 October 2026",
        ),
        (
            ReleaseEffect(
                to=("MDA", "SWE"),
                label="NATO RESTRICTED",
                since=AUTUMN,
                from_now_on=True,
                include_controlled=True,
            ),
            "Release to Republic of Moldova, Sweden",
            "2026, and from now on; what is originator controlled is included",
        ),
        (
            FrameworkEffect(framework="pfp", nation="SWE", since=AUTUMN),
            "Sweden joins pfp",
            "from 1 October 2026",
        ),
        (UpdateEffect(title="A policy", text="x"), "Policy update", "A policy"),
        (ProtocolEffect(protocol="playbook--1"), "Protocol", "playbook--1"),
        (MeasureEffect(measure="M1", level="high"), "Measure", "M1 high"),
        (ActivateEffect(decision="d1"), "Comes into force", "d1"),
        (EndEffect(decision="d2"), "Ends", "d2"),
    ],
)
def test_an_effect_is_set_out_in_words(
    effect: Effect, what: str, meaning: str, access: Access
) -> None:
    found = EffectSheet(ordinal=0, effect=effect, state="refused", reason="too late")

    row = cards.effect_row(found, access.alliance)

    assert row.what == what
    assert row.meaning.endswith(meaning)
    assert (row.state, row.css, row.note) == ("refused", "bad", "too late")
