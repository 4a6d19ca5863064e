from datetime import date, timedelta

import pytest

from foedus.alliance import rules
from foedus.alliance.events import (
    DayBegun,
    Founded,
    ParticipationChanged,
    StatusChanged,
)
from foedus.alliance.nations import Alliance
from foedus.alliance.records import Pack
from foedus.alliance.rules import AHEAD_MAX, State
from foedus.alliance.statuses import Status
from foedus.errors import (
    ConflictError,
    CorruptLogError,
    NotFoundError,
    RuleViolationError,
)
from foedus.ids import NationCode

TODAY = date(2026, 11, 22)
QMB, QMC = NationCode("QMB"), NationCode("QMC")


def change(
    alliance: Alliance, nation: NationCode, status: Status, since: date
) -> StatusChanged:
    return rules.change_status(
        alliance, nation, status=status, since=since, today=TODAY
    )


def test_a_hub_is_founded_with_the_pack_itself(harbour_pack: Pack) -> None:
    event = rules.found(None, harbour_pack)

    assert event.code == "HARBOUR"
    assert rules.founded_pack(bytes(event.pack)) == harbour_pack


def test_a_hub_is_founded_once(harbour: Alliance, harbour_pack: Pack) -> None:
    state = State(alliance=harbour, access_day=TODAY)

    with pytest.raises(ConflictError, match="Harbour League already"):
        rules.found(state, harbour_pack)


def test_a_pack_in_the_log_that_cannot_be_read_is_a_corrupt_log() -> None:
    with pytest.raises(CorruptLogError) as refusal:
        rules.founded_pack(b"{}")
    assert refusal.value.position == 1
    assert refusal.value.detail.startswith("the pack in the log cannot be read: ")


@pytest.mark.parametrize("days", [-40_000, 0, 1, AHEAD_MAX.days])
def test_a_change_may_be_dated_in_the_past_and_in_the_future(
    harbour: Alliance, days: int
) -> None:
    since = TODAY + timedelta(days=days)

    assert change(harbour, QMC, Status.MEMBER, since) == StatusChanged(
        nation=QMC, status=Status.MEMBER, since=since
    )


def test_a_change_more_than_ten_years_ahead_is_refused(harbour: Alliance) -> None:
    with pytest.raises(RuleViolationError, match="ten years"):
        change(harbour, QMC, Status.MEMBER, TODAY + AHEAD_MAX + timedelta(days=1))


def test_a_change_of_an_unknown_nation_is_not_found(harbour: Alliance) -> None:
    with pytest.raises(NotFoundError, match="QZZ"):
        change(harbour, NationCode("QZZ"), Status.MEMBER, TODAY)


@pytest.mark.parametrize(
    ("nation", "status"), [(QMB, Status.MEMBER), (QMC, Status.PARTNER)]
)
def test_a_change_to_the_status_a_nation_has_and_keeps_is_refused(
    harbour: Alliance, nation: NationCode, status: Status
) -> None:
    with pytest.raises(RuleViolationError, match="already"):
        change(harbour, nation, status, TODAY)


def test_the_same_status_may_be_recorded_over_another_that_was_to_come(
    harbour: Alliance,
) -> None:
    planned = harbour.with_change(change(harbour, QMC, Status.MEMBER, date(2027, 1, 1)))

    called_off = planned.with_change(change(planned, QMC, Status.PARTNER, TODAY))

    assert called_off.status(QMC, date(2027, 1, 1)) is Status.PARTNER


def test_a_day_begins_once_it_has_come() -> None:
    assert rules.begin_day(date(2026, 11, 20), TODAY, today=TODAY) == DayBegun(
        day=TODAY
    )


def test_a_day_that_has_begun_does_not_begin_again() -> None:
    with pytest.raises(ConflictError) as refusal:
        rules.begin_day(TODAY, TODAY, today=TODAY)
    assert str(refusal.value) == "2026-11-22 has begun already"


def test_a_day_that_has_not_come_does_not_begin() -> None:
    with pytest.raises(RuleViolationError, match="not come"):
        rules.begin_day(TODAY, TODAY + timedelta(days=1), today=TODAY)


def test_a_stream_without_a_founding_is_no_alliance() -> None:
    assert State.fold([]) is None


def test_access_is_judged_as_of_the_latest_recording_or_beginning_of_a_day(
    harbour_pack: Pack,
) -> None:
    founded = rules.found(None, harbour_pack)
    changed = StatusChanged(nation=QMC, status=Status.MEMBER, since=date(2030, 1, 1))
    history: list[tuple[Founded | StatusChanged | DayBegun, date]] = [
        (founded, date(2026, 1, 1)),
        (changed, date(2026, 2, 1)),
        (DayBegun(day=date(2026, 1, 15)), date(2026, 3, 1)),
    ]

    states = [State.fold(history[:n]) for n in (1, 2, 3)]

    assert [state and state.access_day for state in states] == [
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 2, 1),
    ]


def moves(
    alliance: Alliance, nation: str, framework: str, since: date, *, joined: bool = True
) -> ParticipationChanged:
    wanted = ParticipationChanged(
        nation=NationCode(nation), framework=framework, joined=joined, since=since
    )
    return rules.change_participation(alliance, wanted, today=TODAY)


def test_a_nation_joins_a_framework_by_any_of_its_names(nato: Alliance) -> None:
    found = moves(nato, "CYP", "Partnership for Peace", TODAY)

    assert found == ParticipationChanged(
        nation=NationCode("CYP"), framework="pfp", joined=True, since=TODAY
    )


@pytest.mark.parametrize(
    ("nation", "move", "since", "why"),
    [
        ("MDA", "join pfp", TODAY, "takes part in Partnership for Peace from"),
        ("CYP", "leave pfp", TODAY, "takes no part in Partnership for Peace"),
        ("CYP", "join membership", TODAY, "partnership is not"),
        ("POL", "leave membership", TODAY, "partnership is not"),
        ("CYP", "join eapc", TODAY, "follows from member, pfp"),
        ("POL", "join pfp", TODAY, "partnership ends with membership"),
        ("CYP", "join nacc", TODAY, "ended on 1997-05-30"),
        ("CYP", "join pfp", date(2040, 1, 1), "ten years ahead"),
    ],
)
def test_what_says_nothing_or_cannot_be_is_refused(
    nato: Alliance, nation: str, move: str, since: date, why: str
) -> None:
    verb, _, framework = move.partition(" ")

    with pytest.raises(RuleViolationError, match=why):
        moves(nato, nation, framework, since, joined=verb == "join")


def test_who_or_what_is_unknown_is_not_found(nato: Alliance) -> None:
    with pytest.raises(NotFoundError, match="no nation 'QZZ'"):
        moves(nato, "QZZ", "pfp", TODAY)
    with pytest.raises(NotFoundError, match="no framework 'none'"):
        moves(nato, "CYP", "none", TODAY)


def test_participation_is_folded_like_status(
    harbour: Alliance, harbour_pack: Pack
) -> None:
    joined = ParticipationChanged(
        nation=QMC, framework="pilots", joined=False, since=TODAY
    )
    history = [(rules.found(None, harbour_pack), TODAY), (joined, TODAY)]

    state = State.fold(history)

    assert state is not None
    assert QMC in harbour.participants("pilots", TODAY)
    assert QMC not in state.alliance.participants("pilots", TODAY)


def test_refusals_say_the_whole_of_what_is_wrong(nato: Alliance) -> None:
    for nation, framework, joined, text in (
        (
            "MDA",
            "pfp",
            True,
            (
                "MDA takes part in Partnership for Peace from 2026-11-22 on already; "
                "there is nothing to record"
            ),
        ),
        (
            "CYP",
            "pfp",
            False,
            (
                "CYP takes no part in Partnership for Peace on 2026-11-22 or later; "
                "there is nothing to record"
            ),
        ),
        (
            "POL",
            "pfp",
            True,
            "POL is a member on 2026-11-22; partnership ends with membership",
        ),
    ):
        with pytest.raises(RuleViolationError) as refusal:
            moves(nato, nation, framework, TODAY, joined=joined)
        assert str(refusal.value) == text
    with pytest.raises(RuleViolationError) as refusal:
        moves(nato, "CYP", "eapc", TODAY)
    assert str(refusal.value).endswith(" follows from member, pfp; record that instead")
    with pytest.raises(RuleViolationError) as refusal:
        change(nato, NationCode("POL"), Status.MEMBER, TODAY)
    assert str(refusal.value) == (
        "POL has the status member from 2026-11-22 on already; there is nothing to "
        "record"
    )


def test_ten_years_ahead_to_the_day_a_framework_may_be_joined(nato: Alliance) -> None:
    since = TODAY + AHEAD_MAX

    assert moves(nato, "CYP", "pfp", since).since == since
    with pytest.raises(RuleViolationError, match="ten years ahead"):
        moves(nato, "CYP", "pfp", since + timedelta(days=1))


def test_a_framework_is_not_joined_from_the_day_on_which_one_takes_part(
    nato: Alliance,
) -> None:
    first = moves(nato, "CYP", "pfp", TODAY)
    joined = nato.with_changes([first])

    with pytest.raises(RuleViolationError, match="on already"):
        moves(joined, "CYP", "pfp", TODAY)
    assert moves(joined, "CYP", "pfp", TODAY - timedelta(days=1)).joined


def test_what_has_ended_is_not_joined_from_its_last_day_on(nato: Alliance) -> None:
    ended = date(1997, 5, 30)

    with pytest.raises(RuleViolationError, match="ended on 1997-05-30"):
        moves(nato, "CYP", "nacc", ended)
    assert moves(nato, "CYP", "nacc", ended - timedelta(days=1)).framework == "nacc"


def test_partnership_ends_on_the_day_of_membership(nato: Alliance) -> None:
    with pytest.raises(RuleViolationError, match="FIN is a member on 2023-04-04"):
        moves(nato, "FIN", "pfp", date(2023, 4, 4))


def test_membership_is_recorded_as_a_status(nato: Alliance) -> None:
    with pytest.raises(RuleViolationError) as refusal:
        moves(nato, "CYP", "membership", TODAY)
    assert str(refusal.value).endswith(
        " is membership, and partnership is not: record the status `member` instead"
    )


def test_who_has_left_may_join_again(nato: Alliance) -> None:
    joined = nato.with_changes([moves(nato, "CYP", "pfp", TODAY)])
    leaving = TODAY + timedelta(days=10)
    left = joined.with_changes([moves(joined, "CYP", "pfp", leaving, joined=False)])

    assert moves(left, "CYP", "pfp", leaving).since == leaving


def test_who_is_no_member_any_more_may_be_a_partner_from_that_day_on(
    nato: Alliance,
) -> None:
    leaving = TODAY + timedelta(days=10)
    left = nato.with_change(change(nato, NationCode("POL"), Status.PARTNER, leaving))

    assert moves(left, "POL", "pfp", leaving).joined
    with pytest.raises(RuleViolationError, match="partnership ends with membership"):
        moves(left, "POL", "pfp", leaving - timedelta(days=1))
