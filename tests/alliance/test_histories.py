from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from foedus.alliance.histories import Words, changed, joined, left, timeline
from foedus.alliance.records import Hold, Word
from foedus.alliance.sourced import Basis
from foedus.alliance.statuses import Status


def word(name: str, status: Status | None = None, *, partnership: bool = False) -> Word:
    return Word(
        word=name,
        meaning="",
        status=status,
        partnership=partnership,
        sources=("charter",),
        basis=Basis.KNOWN,
        as_of=date(2026, 1, 1),
    )


WORDS = Words.of(
    [
        word("pfp", Status.PARTNER),
        word("md", Status.PARTNER),
        word("map", Status.ASPIRANT),
        word("eop", partnership=True),
        word("outside_command"),
    ]
)
ALL_WORDS = sorted(
    {*WORDS.statuses, "eop", "outside_command"},
)

DAYS = st.dates(date(2000, 1, 1), date(2000, 3, 1))


@st.composite
def holds(draw: st.DrawFn) -> Hold:
    since = draw(DAYS)
    length = draw(st.none() | st.integers(1, 30))
    return Hold(
        word=draw(st.sampled_from(ALL_WORDS)),
        since=since,
        until=None if length is None else since + timedelta(days=length),
        basis=Basis.KNOWN,
    )


HISTORIES = st.lists(holds(), max_size=8)


def hold(word: str, since: date, until: date | None = None) -> Hold:
    return Hold(word=word, since=since, until=until, basis=Basis.KNOWN)


def standing(history: list[Hold], day: date) -> Status:
    held = [
        WORDS.statuses[each.word]
        for each in history
        if each.word in WORDS.statuses
        and each.since <= day
        and (each.until is None or day < each.until)
    ]
    return next((status for status in Status if status in held), Status.NONE)


@given(history=HISTORIES, day=DAYS)
def test_a_nation_has_the_first_status_that_its_words_stand_for(
    history: list[Hold], day: date
) -> None:
    assert timeline(history, WORDS).at(day).status is standing(history, day)


@given(history=HISTORIES, day=DAYS)
def test_a_status_holds_since_the_day_before_which_it_was_another(
    history: list[Hold], day: date
) -> None:
    line = timeline(history, WORDS)

    since = line.status_since(day)

    assume(since is not None)
    assert since is not None
    assert since <= day
    assert line.at(since).status is line.at(day).status
    assert line.at(since - timedelta(days=1)).status is not line.at(day).status


@given(history=HISTORIES)
def test_stretches_follow_each_other_without_gaps_from_ever_to_ever(
    history: list[Hold],
) -> None:
    stretches = timeline(history, WORDS).stretches

    assert stretches[0].since is None
    assert stretches[-1].until is None
    assert [each.until for each in stretches[:-1]] == [
        each.since for each in stretches[1:]
    ]


@given(history=HISTORIES, status=st.sampled_from(Status), since=DAYS, later=DAYS)
def test_a_change_covers_every_day_from_its_date_on(
    history: list[Hold], status: Status, since: date, later: date
) -> None:
    assume(later >= since)

    after = timeline(changed(history, WORDS, status=status, since=since), WORDS)

    assert after.at(later).status is status


@given(history=HISTORIES, status=st.sampled_from(Status), since=DAYS, earlier=DAYS)
def test_a_change_leaves_every_day_before_its_date_alone(
    history: list[Hold], status: Status, since: date, earlier: date
) -> None:
    assume(earlier < since)

    after = timeline(changed(history, WORDS, status=status, since=since), WORDS)

    assert after.at(earlier).status is standing(history, earlier)


@given(history=HISTORIES, status=st.sampled_from(Status), since=DAYS)
def test_the_same_change_twice_is_the_change_once(
    history: list[Hold], status: Status, since: date
) -> None:
    once = changed(history, WORDS, status=status, since=since)

    assert changed(once, WORDS, status=status, since=since) == once


@given(history=HISTORIES, since=DAYS, day=DAYS)
def test_suspension_keeps_what_lies_under_it(
    history: list[Hold], since: date, day: date
) -> None:
    before = timeline(history, WORDS)

    after = timeline(
        changed(history, WORDS, status=Status.SUSPENDED, since=since), WORDS
    )

    assert after.at(day).underlying is before.at(day).underlying


CHANGE = date(2010, 1, 1)


def test_membership_ends_all_partnership_and_keeps_what_members_hold() -> None:
    since = date(2000, 1, 1)
    history = [
        hold("pfp", since),
        hold("map", since),
        hold("eop", since),
        hold("outside_command", since),
    ]

    after = changed(history, WORDS, status=Status.MEMBER, since=CHANGE)

    assert after == (
        hold("pfp", since, CHANGE),
        hold("map", since, CHANGE),
        hold("eop", since, CHANGE),
        hold("outside_command", since),
        Hold(word="member", since=CHANGE, basis=Basis.RECORDED),
    )


def test_partnership_regained_keeps_its_own_words_and_ends_suspension() -> None:
    since = date(2000, 1, 1)
    history = [hold("pfp", since), hold("suspended", since), hold("eop", since)]

    after = changed(history, WORDS, status=Status.PARTNER, since=CHANGE)

    assert after == (
        hold("pfp", since),
        hold("suspended", since, CHANGE),
        hold("eop", since),
    )


def test_leaving_ends_every_word_and_drops_those_to_come() -> None:
    history = [hold("member", date(2000, 1, 1)), hold("eop", date(2020, 1, 1))]

    after = changed(history, WORDS, status=Status.NONE, since=CHANGE)

    assert after == (hold("member", date(2000, 1, 1), CHANGE),)


def test_a_nation_with_no_word_has_never_had_a_status() -> None:
    line = timeline([], WORDS)

    assert line.at(CHANGE).status is Status.NONE
    assert line.status_since(CHANGE) is None


def test_who_holds_a_word_already_joins_nothing_anew() -> None:
    history = [hold("pfp", date(2000, 1, 1))]

    assert joined(history, "pfp", since=date(2001, 1, 1)) == tuple(history)


@given(history=HISTORIES, day=DAYS)
def test_who_joins_and_leaves_on_one_day_holds_no_such_word_from_then(
    history: list[Hold], day: date
) -> None:
    after = left(joined(history, "pfp", since=day), ["pfp"], since=day)

    assert all(
        hold.until is not None and hold.until <= day
        for hold in after
        if hold.word == "pfp"
    )
    assert [hold for hold in after if hold.word != "pfp"] == [
        hold for hold in history if hold.word != "pfp"
    ]
