import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.nations import Alliance
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.identity import rules
from foedus.identity.accounts import AccountFacts, Holder, account_of
from foedus.identity.events import AccountClosed
from foedus.identity.rules import Opening
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

ANIA = AccountId("account--ania")
READER = frozenset({Role.READER})
ONLY_STAFF = (
    "only the alliance's secretariat and operators change the status of a nation, or "
    "the frameworks it is in; ask them"
)
OPEN = AccountFacts(
    nation=NationCode("LUB"),
    roles=READER,
    clearance=1,
    holder=Holder.PERSON,
    open=True,
)


def test_an_account_has_the_highest_unclassified_clearance_by_default(
    alliance: Alliance,
) -> None:
    opening = Opening(name="ania", nation="LUB", roles=READER)

    event = rules.open_account(opening, ANIA, alliance)

    assert (event.nation, event.clearance, event.holder) == ("LUB", 1, Holder.PERSON)
    assert event.account == ANIA


@pytest.mark.parametrize("nation", ["lub", "Lübeck", "LÜBECK"])
def test_a_nation_may_be_called_by_any_of_its_names(
    alliance: Alliance, nation: str
) -> None:
    opening = Opening(name="ania", nation=nation, roles=READER)

    assert rules.open_account(opening, ANIA, alliance).nation == "LUB"


def test_roles_are_written_in_order(alliance: Alliance) -> None:
    roles = frozenset({Role.READER, Role.AUDITOR, Role.PUBLISHER})
    opening = Opening(name="ania", nation="LUB", roles=roles)

    event = rules.open_account(opening, ANIA, alliance)

    assert event.roles == (Role.AUDITOR, Role.PUBLISHER, Role.READER)


def test_a_default_clearance_stays_under_the_ceiling(alliance: Alliance) -> None:
    opening = Opening(name="ania", nation="VIS", roles=READER)

    assert rules.open_account(opening, ANIA, alliance).clearance == 0


def test_a_clearance_above_the_ceiling_is_refused(alliance: Alliance) -> None:
    opening = Opening(name="ania", nation="VIS", roles=READER, clearance=1)

    with pytest.raises(RuleViolationError, match="ceiling"):
        rules.open_account(opening, ANIA, alliance)


def test_a_clearance_up_to_the_ceiling_is_given(alliance: Alliance) -> None:
    opening = Opening(name="ania", nation="LUB", roles=READER, clearance=2)

    assert rules.open_account(opening, ANIA, alliance).clearance == 2


def test_a_ceiling_can_be_reached_and_not_passed(alliance: Alliance) -> None:
    for nation in (*alliance.nations, NationCode(alliance.code)):
        top = alliance.ceiling(nation)
        reached = Opening(name="ania", nation=nation, roles=READER, clearance=top)
        assert rules.open_account(reached, ANIA, alliance).clearance == top
        passed = Opening(name="ania", nation=nation, roles=READER, clearance=top + 1)
        with pytest.raises((RuleViolationError, InvalidInputError)):
            rules.open_account(passed, ANIA, alliance)


@pytest.mark.parametrize("clearance", [-1, 3])
def test_a_level_that_is_not_there_is_refused(
    alliance: Alliance, clearance: int
) -> None:
    opening = Opening(name="ania", nation="LUB", roles=READER, clearance=clearance)

    with pytest.raises(InvalidInputError) as refusal:
        rules.open_account(opening, ANIA, alliance)
    assert str(refusal.value) == "no such level; use one of the alliance's levels"


def test_an_unknown_nation_is_refused(alliance: Alliance) -> None:
    opening = Opening(name="ania", nation="ATL", roles=READER)

    with pytest.raises(RuleViolationError, match="ATL"):
        rules.open_account(opening, ANIA, alliance)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SECRETARIAT])
def test_no_nation_runs_or_serves_the_hub(alliance: Alliance, role: Role) -> None:
    opening = Opening(name="ania", nation="LUB", roles=frozenset({role}))

    with pytest.raises(RuleViolationError) as refusal:
        rules.open_account(opening, ANIA, alliance)
    assert str(refusal.value) == (
        f"the role {role} is for the alliance's own body; open the account with nation "
        "HANSE"
    )


@pytest.mark.parametrize("nation", ["HANSE", "hanse"])
def test_the_alliances_own_body_may_have_every_role(
    alliance: Alliance, nation: str
) -> None:
    opening = Opening(name="ops", nation=nation, roles=frozenset(Role), clearance=2)

    event = rules.open_account(opening, ANIA, alliance)

    assert (event.nation, set(event.roles)) == ("HANSE", set(Role))


def test_a_nation_may_have_an_auditor(alliance: Alliance) -> None:
    opening = Opening(name="ania", nation="LUB", roles=frozenset({Role.AUDITOR}))

    assert rules.open_account(opening, ANIA, alliance).roles == (Role.AUDITOR,)


def test_an_account_without_a_role_is_refused(alliance: Alliance) -> None:
    opening = Opening(name="ania", nation="LUB", roles=frozenset())

    with pytest.raises(InvalidInputError) as refusal:
        rules.open_account(opening, ANIA, alliance)
    assert str(refusal.value) == "an account has at least one role; name one"


@given(st.from_regex(r"[a-z0-9._-]{1,64}", fullmatch=True))
def test_a_name_has_1_to_64_small_letters_digits_dots_and_dashes(name: str) -> None:
    rules.check_name(name)


@pytest.mark.parametrize(
    "name", ["", "A", "a b", "a:b", "ä", "a\n", "x" * 65, "\udce9"]
)
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        rules.check_name(name)
    assert str(refusal.value) == (
        "a name has 1 to 64 characters, each a small letter a to z, a digit, a dot, an "
        "underscore or a hyphen"
    )


def test_roles_are_read_from_a_list() -> None:
    assert rules.parse_roles("reader,duty-officer") == {Role.READER, Role.DUTY_OFFICER}


@pytest.mark.parametrize("text", ["", "reader,", "reader, publisher", "king"])
def test_what_is_no_list_of_roles_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="publisher"):
        rules.parse_roles(text)


def test_an_open_account_may_be_closed() -> None:
    event = rules.close_account(OPEN, ANIA)

    closed = rules.step(OPEN, event)

    assert closed is not None
    assert not closed.open


def test_a_closed_account_is_not_closed_again() -> None:
    closed = rules.step(OPEN, AccountClosed(account=ANIA))

    with pytest.raises(RuleViolationError) as refusal:
        rules.close_account(closed, ANIA)
    assert str(refusal.value) == "the account is closed already"


def test_an_account_that_never_was_is_not_closed() -> None:
    with pytest.raises(NotFoundError) as refusal:
        rules.close_account(None, ANIA)
    assert str(refusal.value) == ("no such account; list those that you may know of")


def test_what_an_opening_says_is_what_the_account_is(alliance: Alliance) -> None:
    opening = Opening(name="ania", nation="LUB", roles=READER)

    event = rules.open_account(opening, ANIA, alliance)

    assert rules.fold([event]) == OPEN
    assert rules.fold([]) is None


def test_a_token_may_use_some_of_the_roles() -> None:
    rules.check_scopes(None, READER)
    rules.check_scopes(READER, READER | {Role.PUBLISHER})
    rules.check_scopes(READER, READER)


def test_a_token_for_more_than_the_account_may_do_is_refused() -> None:
    with pytest.raises(RuleViolationError) as refusal:
        rules.check_scopes(frozenset({Role.PUBLISHER, Role.AUDITOR}), READER)
    assert str(refusal.value) == (
        "the account has not the role auditor, publisher; leave that out"
    )


def test_a_token_for_nothing_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        rules.check_scopes(frozenset(), READER)
    assert str(refusal.value) == ("a token has at least one scope, or all by default")


@pytest.mark.parametrize("role", sorted(Role))
def test_the_body_s_secretariat_and_operators_change_a_status_and_nobody_else(
    alliance: Alliance, role: Role
) -> None:
    roles = frozenset({role})
    staff = msgspec.structs.replace(OPEN, nation=NationCode(alliance.code), roles=roles)
    nation = msgspec.structs.replace(OPEN, roles=roles)
    may, said = set(), set()
    for facts in (staff, nation):
        try:
            rules.check_may_change_status(account_of(ANIA, "ania", facts), alliance)
        except ForbiddenError as refusal:
            said.add(str(refusal))
            continue
        may.add(facts.nation)

    entitled = role in {Role.SECRETARIAT, Role.OPERATOR}
    assert may == ({alliance.code} if entitled else set())
    assert said == {ONLY_STAFF}
