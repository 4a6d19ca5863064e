"""When the procedure may go on: each act, by whom, in which phase, and its event."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from foedus.decisions import rules
from foedus.decisions.deadlines import deadline
from foedus.decisions.events import (
    Amended,
    Child,
    Circulated,
    Corrected,
    DecisionEvent,
    Drafted,
    ElectorateReduced,
    Extended,
    NotAdopted,
    PutToMeeting,
    ReferredUp,
    Resumed,
    Returned,
    Split,
    Suspended,
    Tabled,
    Withdrawn,
)
from foedus.decisions.outcomes import Circumstances
from foedus.decisions.profiles import find_profile
from foedus.decisions.speakers import Speaker
from foedus.decisions.states import CLOSED, Phase
from foedus.decisions.texts import Draft, Forum, hash_of
from foedus.errors import FoedusError, ForbiddenError, RuleViolationError
from foedus.ids import DecisionId
from foedus.releasability.join import encode_label
from tests.decisions.stories import (
    BEL,
    BRUSSELS,
    DEU,
    FORUM,
    FRA,
    ID,
    LABEL,
    MDA,
    NATIONS,
    NATO,
    TUR,
    Story,
    text,
)

RAW = msgspec.Raw(encode_label(LABEL))
OTHER = DecisionId("decision--00000000-0000-4000-8000-000000000002")
PARTS = tuple(
    Child(decision=DecisionId(f"{ID[:-1]}{n}"), text=text(f"part {n}")) for n in (7, 8)
)
WEIGHTS = dict(zip(NATIONS, (12, 84, 68, 85, 340), strict=True))
WEIGHED = text(forum=Forum(name="Council", of=NATIONS, weights=WEIGHTS))
ADVENT = datetime(2026, 12, 20, 12, tzinfo=UTC)

Act = Callable[[Story, Speaker], DecisionEvent]

ACTS: dict[str, Act] = {
    "table": lambda story, by: rules.table(story.decision, by, story.table),
    "circulate": lambda story, by: rules.circulate(
        story.decision, by, story.in_(200), story.table
    ),
    "extend": lambda story, by: rules.extend(
        story.decision, by, story.in_(200), "more time"
    ),
    "suspend": lambda story, by: rules.suspend(story.decision, by, "a fault"),
    "resume": lambda story, by: rules.resume(story.decision, by, story.in_(200)),
    "amend": lambda story, by: rules.amend(
        story.decision, by, text("otherwise"), chair=DEU, label=LABEL
    ),
    "correct": lambda story, by: rules.correct(
        story.decision, by, title="Title", summary="Sum"
    ),
    "withdraw": lambda story, by: rules.withdraw(story.decision, by, "no need"),
    "meeting": lambda story, by: rules.put_to_meeting(story.decision, by, story.table),
    "send back": lambda story, by: rules.send_back(story.decision, by, "unclear"),
    "refer up": lambda story, by: rules.refer_up(
        story.decision, by, OTHER, FORUM, "higher"
    ),
    "split": lambda story, by: rules.split(story.decision, by, PARTS),
    "close": lambda story, by: rules.close(story.decision, by, "no agreement"),
    "reduce": lambda story, by: rules.reduce_electorate(story.decision, by, TUR, 7),
}

PHASES = {
    "table": {Phase.DRAFT},
    "circulate": {Phase.DRAFT, Phase.CONSULTING, Phase.SUSPENDED, Phase.MEETING},
    "extend": {Phase.SILENT, Phase.HELD},
    "suspend": {Phase.SILENT},
    "resume": {Phase.SUSPENDED},
    "amend": {
        Phase.DRAFT,
        Phase.CONSULTING,
        Phase.SILENT,
        Phase.SUSPENDED,
        Phase.BROKEN,
    },
    "correct": set(Phase) - CLOSED,
    "withdraw": set(Phase) - CLOSED - {Phase.HELD},
    "meeting": {Phase.DRAFT, Phase.CONSULTING},
    "send back": {Phase.MEETING},
    "refer up": {Phase.CONSULTING, Phase.BROKEN, Phase.MEETING},
    "split": {
        Phase.DRAFT,
        Phase.CONSULTING,
        Phase.SILENT,
        Phase.SUSPENDED,
        Phase.BROKEN,
    },
    "close": {Phase.CONSULTING, Phase.BROKEN, Phase.MEETING},
    "reduce": {
        Phase.SILENT,
        Phase.SUSPENDED,
        Phase.HELD,
        Phase.BROKEN,
        Phase.MEETING,
    },
}
"""In which phases an act is for."""

OF_PROPOSER = {"amend", "withdraw"}
OF_BOTH = {"table", "split"}


WAYS: dict[Phase, Callable[[Story], object]] = {
    Phase.DRAFT: lambda story: story,
    Phase.CONSULTING: lambda story: story.chair(rules.table, story.table),
    Phase.SILENT: lambda story: story.circulate(),
    Phase.SUSPENDED: lambda story: (
        story.circulate().wait(hours=1).chair(rules.suspend, "a fault")
    ),
    Phase.HELD: lambda story: story.circulate().wait(hours=120).expire(Circumstances()),
    Phase.BROKEN: lambda story: story.circulate().wait(hours=1).break_by(FRA),
    Phase.MEETING: lambda story: story.chair(rules.put_to_meeting, story.table),
    Phase.ADOPTED: lambda story: story.circulate().wait(hours=97).expire(),
    Phase.WITHDRAWN: lambda story: story.by(BEL, rules.withdraw, "no need"),
}
"""How a draft comes into a phase."""


def put(story: Story, phase: Phase) -> Story:
    WAYS[phase](story)
    assert story.phase is phase
    return story


def proposed(phase: Phase) -> Story:
    return put(Story(proposer=BEL), phase)


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(FoedusError) as refusal:
        act()
    return str(refusal.value)


def doer(act: str) -> str:
    return BEL if act in OF_PROPOSER else NATO


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("phase", WAYS)
def test_an_act_is_for_some_phases_and_refused_in_all_others(
    act: str, phase: Phase
) -> None:
    story = proposed(phase)
    by = story.speaker(doer(act))

    if phase in PHASES[act]:
        assert ACTS[act](story, by)
    else:
        with pytest.raises(RuleViolationError):
            ACTS[act](story, by)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_for_the_chair_the_proposer_or_both(act: str) -> None:
    phase = next(each for each in Phase if each in PHASES[act])
    story = proposed(phase)
    may = {BEL} if act in OF_PROPOSER else {NATO}
    may |= {BEL} if act in OF_BOTH else set()

    for nation in (NATO, BEL, FRA, MDA):
        if nation in may:
            assert ACTS[act](story, story.speaker(nation))
        else:
            with pytest.raises(ForbiddenError):
                ACTS[act](story, story.speaker(nation))
        with pytest.raises(ForbiddenError, match="only delegates speak"):
            ACTS[act](story, story.speaker(nation, speaks=False))


@pytest.mark.parametrize("act", ["extend", "suspend", "amend", "withdraw", "split"])
def test_nothing_touches_a_silence_whose_time_is_up(act: str) -> None:
    story = proposed(Phase.SILENT).wait(hours=96)

    with pytest.raises(RuleViolationError, match="silence has ended, at"):
        ACTS[act](story, story.speaker(doer(act)))
    story.wait(milliseconds=-1)
    assert ACTS[act](story, story.speaker(doer(act)))


def test_each_act_tells_all_of_itself() -> None:
    def done(act: str, phase: Phase) -> tuple[Story, DecisionEvent]:
        story = proposed(phase)
        return story, ACTS[act](story, story.speaker(doer(act)))

    story, opened = done("circulate", Phase.DRAFT)
    assert opened == Circulated(
        version=1,
        opening=1,
        text_hash=hash_of(text()),
        electorate=NATIONS,
        deadline=story.in_(200),
        profile=find_profile("nato"),
        at_ms=story.now_ms,
        label=RAW,
    )
    story, extended = done("extend", Phase.SILENT)
    assert extended == Extended(
        deadline=story.in_(200), reason="more time", at_ms=story.now_ms
    )
    story, suspended = done("suspend", Phase.SILENT)
    assert suspended == Suspended(reason="a fault", at_ms=story.now_ms)
    story, resumed = done("resume", Phase.SUSPENDED)
    assert resumed == Resumed(deadline=story.in_(200), at_ms=story.now_ms)
    story, closed = done("close", Phase.CONSULTING)
    assert closed == NotAdopted(reason="no agreement", effective_ms=story.now_ms)
    for act, phase, event in (
        ("table", Phase.DRAFT, Tabled(electorate=NATIONS, label=RAW)),
        (
            "amend",
            Phase.DRAFT,
            Amended(version=1, text=text("otherwise"), chair=DEU, label=RAW),
        ),
        (
            "amend",
            Phase.CONSULTING,
            Amended(version=2, text=text("otherwise"), chair=DEU, label=RAW),
        ),
        ("correct", Phase.DRAFT, Corrected(title="Title", summary="Sum")),
        ("withdraw", Phase.DRAFT, Withdrawn(reason="no need")),
        (
            "meeting",
            Phase.DRAFT,
            PutToMeeting(
                version=1,
                text_hash=hash_of(text()),
                electorate=NATIONS,
                profile=find_profile("nato"),
                label=RAW,
            ),
        ),
        ("send back", Phase.MEETING, Returned(reason="unclear")),
        (
            "refer up",
            Phase.MEETING,
            ReferredUp(successor=OTHER, forum=FORUM, reason="higher"),
        ),
        ("split", Phase.DRAFT, Split(children=PARTS)),
        ("reduce", Phase.SILENT, ElectorateReduced(nation=TUR, since_ms=7)),
    ):
        assert done(act, phase)[1] == event


def test_a_draft_is_of_who_has_a_say_in_the_body_and_of_its_chair() -> None:
    story = Story()

    def drafted(by: Speaker) -> Drafted:
        sent = Draft(text=text(), profile="nato", follows=OTHER)
        return rules.draft(sent, by, ID, chair=NATO, table=story.table)

    for nation in (*NATIONS, NATO):
        assert drafted(story.speaker(nation)) == Drafted(
            decision=ID,
            nation=nation,
            chair=NATO,
            text=text(),
            profile="nato",
            follows=OTHER,
            label=RAW,
        )
    assert refusal_of(lambda: drafted(story.speaker(MDA))) == (
        "MDA has no say in Council; only its nations and its chair propose"
    )
    assert refusal_of(lambda: drafted(story.speaker(BEL, speaks=False)))


def test_a_procedure_that_is_closed_without_a_word_says_by_whom() -> None:
    story = proposed(Phase.CONSULTING)

    event = rules.close(story.decision, story.speaker(), "")

    assert event.reason == "closed by the chair"


def test_what_was_left_when_the_clock_was_stopped_is_left_when_it_goes_on() -> None:
    story = proposed(Phase.SUSPENDED).wait(hours=10)

    enough = rules.resume(story.decision, story.speaker(), story.in_(95))

    assert enough.deadline == story.in_(95)
    short = deadline(story.in_(95).at_ms - 1, BRUSSELS)
    assert refusal_of(lambda: story.chair(rules.resume, short)) == (
        "5700 minutes were left when the clock was stopped; the new end has to leave "
        "at least as much, and be no earlier than the old one"
    )


def test_a_restart_ends_no_earlier_than_what_was_stopped() -> None:
    story = proposed(Phase.SUSPENDED)

    assert refusal_of(lambda: story.circulate(95 - 1 / 3600)) == (
        "a restart ends no earlier than the period that was stopped"
    )
    assert story.circulate(95).phase is Phase.SILENT


def test_a_period_ends_later_than_it_did_and_within_a_year() -> None:
    story = proposed(Phase.SILENT)
    ends = story.decision.deadline
    assert ends is not None

    assert refusal_of(lambda: story.chair(rules.extend, ends, "more")) == (
        "a period of silence is never shortened; withdraw and open it anew"
    )
    year = story.in_(366 * 24)
    assert rules.extend(story.decision, story.speaker(), year, "more")
    later = deadline(year.at_ms + 1, BRUSSELS)
    assert refusal_of(lambda: story.chair(rules.extend, later, "more")) == AHEAD
    held = proposed(Phase.HELD)
    assert refusal_of(lambda: held.chair(rules.extend, held.in_(0), "more")) == AHEAD
    stopped = proposed(Phase.SUSPENDED)
    later = deadline(stopped.in_(366 * 24).at_ms + 1, BRUSSELS)
    assert refusal_of(lambda: stopped.chair(rules.resume, later)) == AHEAD


AHEAD = "the end of silence lies ahead, and at most a year; choose another"


def test_silence_ends_on_no_common_holiday_however_it_is_put_off() -> None:
    christmas = deadline(int((ADVENT + timedelta(days=5)).timestamp()) * 1000, BRUSSELS)
    said = (
        f"under {find_profile('eu').name} silence does not end on 2026-12-25, a common "
        "holiday"
    )
    story = Story(WEIGHED, profile="eu", at=ADVENT)
    story.circulate(72)
    assert refusal_of(lambda: story.chair(rules.extend, christmas, "more")) == said
    story.chair(rules.suspend, "a fault")
    assert refusal_of(lambda: story.chair(rules.resume, christmas)) == said


def test_where_populations_count_each_has_its_weight() -> None:
    some = dict(list(WEIGHTS.items())[:3])
    story = Story(
        text(forum=Forum(name="Council", of=NATIONS, weights=some)), profile="eu"
    )
    said = (
        f"{find_profile('eu').name} counts populations; give forum.weights of TUR, USA"
    )

    assert refusal_of(story.circulate) == said
    assert refusal_of(lambda: story.chair(rules.put_to_meeting, story.table)) == said
    assert put(Story(WEIGHED, profile="eu"), Phase.MEETING).circulate()


@pytest.mark.parametrize("act", ["table", "circulate", "meeting"])
def test_nothing_goes_before_a_nation_in_which_nobody_may_see_it(act: str) -> None:
    story = proposed(Phase.DRAFT)
    story.unreached = (TUR, DEU)

    assert refusal_of(lambda: ACTS[act](story, story.speaker())) == (
        "nobody of TUR, DEU may see the text: open an account there with the role "
        "delegate and the clearance, use a label that reaches them, or let another "
        "nation preside"
    )


def test_each_break_is_named_that_keeps_silence_from_being_opened_again() -> None:
    story = proposed(Phase.BROKEN).break_by(DEU)

    assert refusal_of(story.circulate) == (
        "silence was broken by FRA, DEU; each takes its break back first, or the text "
        "is amended"
    )


def test_a_nation_is_left_out_that_lost_its_standing_and_is_not_the_last() -> None:
    story = proposed(Phase.SILENT)

    def reduced(nation: str, lost_ms: int | None) -> str:
        return refusal_of(lambda: story.chair(rules.reduce_electorate, nation, lost_ms))

    assert reduced(MDA, 1) == ("MDA has no say in this decision; name one that decides")
    assert reduced(TUR, None) == "TUR has its standing; nobody decides without it"
    for nation in NATIONS[1:]:
        story.chair(rules.reduce_electorate, nation, 1)
    assert reduced(BEL, 1) == "nobody would be left to decide; withdraw it"


def test_a_text_is_split_into_parts_with_its_label() -> None:
    story = proposed(Phase.DRAFT)
    secret = msgspec.structs.replace(
        PARTS[1], text=text(label="NATO RESTRICTED // PUBLIC")
    )

    assert refusal_of(lambda: story.chair(rules.split, PARTS[:1])) == (
        "a text is split into two parts or more"
    )
    assert refusal_of(lambda: story.chair(rules.split, (PARTS[0], secret))) == (
        "every part keeps the label of the whole"
    )


@pytest.mark.parametrize(
    ("act", "phase", "said"),
    [
        (
            "amend",
            Phase.DRAFT,
            (
                "only the proposer, BEL, amends the text; under silence an amendment "
                "of yours is a break"
            ),
        ),
        ("withdraw", Phase.DRAFT, "only the proposer, BEL, withdraws it"),
        ("table", Phase.DRAFT, "only the proposer, BEL, and the chair, NATO, do this"),
    ],
)
def test_who_may_not_is_told_who_may(act: str, phase: Phase, said: str) -> None:
    story = proposed(phase)

    assert refusal_of(lambda: ACTS[act](story, story.speaker(FRA))) == said


def test_what_is_over_is_told() -> None:
    held, over = proposed(Phase.HELD), proposed(Phase.WITHDRAWN)

    assert refusal_of(lambda: ACTS["withdraw"](held, held.speaker(BEL))) == (
        "silence has ended; the chair confirms or extends it"
    )
    assert refusal_of(lambda: ACTS["correct"](over, over.speaker())) == (
        "the decision is withdrawn; draft a new one"
    )


def test_where_silence_is_opened_in_a_meeting_it_is_opened_in_no_other_phase() -> None:
    story = Story(profile="osce")

    assert refusal_of(story.circulate) == (
        f"under {find_profile('osce').name} silence is opened in a meeting; put the "
        "text to a meeting first"
    )
    assert put(story, Phase.MEETING).circulate().phase is Phase.SILENT
