from datetime import date, timedelta

import pytest

from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.guidance import rules
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role
from tests.guidance.conftest import TODAY
from tests.guidance.world import DESK, POL, World, viewer


def access(world: World) -> Access:
    with world.sight() as seen:
        return seen.access


@pytest.mark.parametrize("role", sorted(rules.SPEAKERS))
def test_who_speaks_for_a_nation_may_say_something(world: World, role: Role) -> None:
    rules.check_speaks(viewer("POL", role), access(world))


@pytest.mark.parametrize("role", sorted(frozenset(Role) - rules.SPEAKERS))
def test_who_only_reads_or_operates_may_not(world: World, role: Role) -> None:
    with pytest.raises(ForbiddenError) as refusal:
        rules.check_speaks(viewer("POL", role), access(world))
    assert str(refusal.value) == (
        "this takes one of the roles delegate, duty-officer, planner, publisher, "
        "secretariat; ask who has one"
    )


def test_a_nation_without_standing_says_nothing(world: World) -> None:
    with pytest.raises(ForbiddenError) as refusal:
        rules.check_speaks(viewer("BLR"), access(world))
    assert str(refusal.value) == "a nation without standing says nothing here"


def test_a_nation_reports_on_itself_and_the_secretariat_on_all(world: World) -> None:
    alliance = access(world).alliance

    assert rules.whose(POL, "Poland", alliance) == "POL"
    assert rules.whose(DESK, "POL", alliance) == "POL"
    with pytest.raises(ForbiddenError) as refusal:
        rules.whose(POL, "FIN", alliance)
    assert str(refusal.value) == (
        "POL reports on its own obligations only; the secretariat reports on those of "
        "others"
    )


def test_only_its_author_changes_a_thing() -> None:
    rules.check_owner(POL, POL.nation, "update")
    with pytest.raises(ForbiddenError, match="only NATO changes this update"):
        rules.check_owner(POL, DESK.nation, "update")


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (TODAY, TODAY),
        (TODAY, TODAY - timedelta(days=1)),
        (date(1800, 1, 1), None),
        (date(2900, 1, 1), None),
        (TODAY, date(2900, 1, 1)),
    ],
)
def test_days_in_no_order_or_out_of_mind_are_refused(
    since: date, until: date | None
) -> None:
    with pytest.raises(InvalidInputError):
        rules.check_days(since, until, today=TODAY)


def test_days_in_order_are_taken() -> None:
    rules.check_days(TODAY, TODAY + timedelta(days=1), today=TODAY)


def test_participants_are_found_once_each_the_body_by_its_code(world: World) -> None:
    alliance = access(world).alliance

    assert rules.participants(["poland", "nato", "POL"], alliance) == ("POL", "NATO")
    with pytest.raises(NotFoundError):
        rules.participants(["Atlantis"], alliance)
    with pytest.raises(InvalidInputError, match="at most"):
        rules.participants(["POL"] * (rules.NAMES_MAX + 1), alliance)


def test_regions_are_words_of_the_pack(world: World) -> None:
    alliance = access(world).alliance

    assert rules.regions(["Baltic Sea", "baltic_sea"], alliance) == ("baltic_sea",)
    with pytest.raises(InvalidInputError, match="; there are adriatic, arctic, "):
        rules.regions(["moon"], alliance)


def test_words_have_limits_and_some_must_be_said() -> None:
    rules.check_words(title="x" * rules.TITLE_MAX, text="x" * rules.TEXT_MAX)
    with pytest.raises(InvalidInputError, match="title: 201 characters"):
        rules.check_words(title="x" * (rules.TITLE_MAX + 1))
    with pytest.raises(InvalidInputError, match="outcome"):
        rules.check_words(outcome="x" * (rules.WORDS_MAX + 1))
    rules.check_words(text="x\n" * rules.LINES_MAX)
    with pytest.raises(InvalidInputError, match="text: 2001 lines"):
        rules.check_words(text="x\n" * (rules.LINES_MAX + 1))
    rules.check_said(title="x")
    with pytest.raises(InvalidInputError, match="title: say something"):
        rules.check_said(title="  ")


def test_an_edition_follows_the_last_and_says_something_new() -> None:
    assert rules.next_edition(2, text=("t", "new"), before=("t", "old")) == 3
    with pytest.raises(RuleViolationError) as refusal:
        rules.next_edition(2, text=("t", "x"), before=("t", "x"))
    assert str(refusal.value) == (
        "this says what the last edition says; nothing is new"
    )


def test_the_last_edition_is_acknowledged_unless_another_is_named() -> None:
    assert rules.acknowledge(None, 3, None) == 3
    assert rules.acknowledge(2, 3, 1) == 2
    assert rules.acknowledge(1, 3, None) == 1


@pytest.mark.parametrize("edition", [0, 4, -1])
def test_an_edition_that_is_none_is_not_acknowledged(edition: int) -> None:
    with pytest.raises(NotFoundError, match="the last one is 3"):
        rules.acknowledge(edition, 3, None)


@pytest.mark.parametrize(("edition", "before"), [(3, 3), (2, 3), (None, 3)])
def test_nothing_is_acknowledged_twice(edition: int | None, before: int) -> None:
    with pytest.raises(ConflictError, match="acknowledged already"):
        rules.acknowledge(edition, 3, before)


def test_what_is_wrong_with_a_day_or_a_list_is_told(world: World) -> None:
    alliance = access(world).alliance

    with pytest.raises(InvalidInputError) as refusal:
        rules.check_days(TODAY, TODAY, today=TODAY)
    assert str(refusal.value) == (
        f"{TODAY} is not after {TODAY}; `until` is the day after the last"
    )
    far = TODAY + rules.AHEAD_MAX
    rules.check_days(far, None, today=TODAY)
    with pytest.raises(InvalidInputError) as refusal:
        rules.check_days(far + timedelta(days=1), None, today=TODAY)
    assert str(refusal.value) == (
        f"{far + timedelta(days=1)} is more than a century away"
    )
    many = ["POL"] * rules.NAMES_MAX
    assert rules.participants(many, alliance) == ("POL",)
    with pytest.raises(InvalidInputError) as refusal:
        rules.participants([*many, "POL"], alliance)
    assert str(refusal.value) == f"at most {rules.NAMES_MAX} nations take part"
