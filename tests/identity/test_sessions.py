from datetime import timedelta
from pathlib import Path

import pytest

from foedus.errors import ForbiddenError
from foedus.identity.keyring import Keyring
from foedus.identity.secret import Secret
from foedus.identity.sessions import (
    ABSOLUTE,
    IDLE,
    SCHEMA,
    Sessions,
    check_csrf,
    csrf_token,
)
from foedus.identity.store import StateStore
from foedus.ids import AccountId
from tests.identity.conftest import NOON

ANIA = AccountId("account--ania")
_COUNT = "SELECT count(*) FROM web_session"


@pytest.fixture(autouse=True)
def _ania(keyring: Keyring) -> None:
    keyring.names.reserve("ania", ANIA, at_ms=0)


def test_a_cookie_tells_whose_session_it_is(keyring: Keyring) -> None:
    cookie = keyring.sessions.start(ANIA, NOON)

    found = keyring.sessions.find(cookie, NOON)

    assert found is not None
    assert (found.account_id, found.name) == (ANIA, "ania")
    assert repr(found.csrf_secret) not in repr(found)
    assert keyring.sessions.find(Secret("another"), NOON) is None


def test_an_idle_session_ends(keyring: Keyring) -> None:
    cookie = keyring.sessions.start(ANIA, NOON)

    assert keyring.sessions.find(cookie, NOON + IDLE) is None


def test_a_session_in_use_goes_on(keyring: Keyring) -> None:
    cookie = keyring.sessions.start(ANIA, NOON)
    almost = IDLE - timedelta(seconds=1)
    keyring.sessions.find(cookie, NOON + almost)

    assert keyring.sessions.find(cookie, NOON + almost + almost) is not None


def test_a_session_ends_after_half_a_day_however_much_it_is_used(
    keyring: Keyring,
) -> None:
    cookie = keyring.sessions.start(ANIA, NOON)
    hours = [NOON + timedelta(hours=hour) for hour in range(13)]

    alive = [keyring.sessions.find(cookie, at) is not None for at in hours]

    assert alive == [True] * 12 + [False]


def test_an_ended_session_stays_ended(keyring: Keyring) -> None:
    cookie = keyring.sessions.start(ANIA, NOON)
    keyring.sessions.end(cookie)
    keyring.sessions.end(cookie)

    assert keyring.sessions.find(cookie, NOON) is None


def test_sessions_that_are_over_are_removed(keyring: Keyring) -> None:
    keyring.sessions.start(ANIA, NOON)
    keyring.sessions.start(ANIA, NOON + ABSOLUTE)

    assert keyring.store.value(_COUNT, {}, int) == 1


def test_no_cookie_is_ever_in_the_file(keyring: Keyring, state_path: Path) -> None:
    cookie = keyring.sessions.start(ANIA, NOON).reveal()

    files = b"".join(path.read_bytes() for path in state_path.parent.iterdir())

    assert cookie.encode() not in files


def test_a_form_of_the_session_passes(keyring: Keyring) -> None:
    cookie = keyring.sessions.start(ANIA, NOON)
    first = keyring.sessions.find(cookie, NOON)
    later = keyring.sessions.find(cookie, NOON + timedelta(minutes=5))

    assert first is not None
    assert later is not None
    check_csrf(later, csrf_token(first))


@pytest.mark.parametrize("token", ["", "x", "\udce9", "another session's"])
def test_a_form_that_is_not_of_the_session_is_refused(
    keyring: Keyring, token: str
) -> None:
    session = keyring.sessions.find(keyring.sessions.start(ANIA, NOON), NOON)
    assert session is not None

    with pytest.raises(ForbiddenError):
        check_csrf(session, token)


def test_two_sessions_have_different_form_tokens(keyring: Keyring) -> None:
    one = keyring.sessions.find(keyring.sessions.start(ANIA, NOON), NOON)
    two = keyring.sessions.find(keyring.sessions.start(ANIA, NOON), NOON)

    assert one is not None
    assert two is not None
    assert csrf_token(one) != csrf_token(two)


def test_holders_are_listed_once_each_by_id_and_page_by_page(keyring: Keyring) -> None:
    accounts = [AccountId(f"account--{n}") for n in (3, 1, 2)]
    for account in (*accounts, *accounts):
        keyring.sessions.start(account, NOON)

    first = keyring.sessions.holders(limit=2)

    assert first == sorted(accounts)[:2]
    assert keyring.sessions.holders(after=first[-1]) == sorted(accounts)[2:]
    assert keyring.sessions.holders(after=max(accounts)) == []


def test_all_sessions_of_some_accounts_end_and_nobody_else_s(keyring: Keyring) -> None:
    accounts = [ANIA, AccountId("account--1"), AccountId("account--2")]
    for account in (*accounts, *accounts):
        keyring.sessions.start(account, NOON)

    for _ in range(2):
        keyring.sessions.erase_all(accounts[1:])
        assert keyring.sessions.holders() == [ANIA]
    keyring.sessions.erase_all([])
    assert keyring.sessions.holders() == [ANIA]


def test_all_sessions_but_one_s_own_end(keyring: Keyring) -> None:
    own, thief = (keyring.sessions.start(ANIA, NOON) for _ in range(2))

    keyring.sessions.erase(ANIA, but=own)

    assert keyring.sessions.find(own, NOON) is not None
    assert keyring.sessions.find(thief, NOON) is None


def test_a_file_from_before_there_were_second_factors_is_read_on(
    tmp_path: Path,
) -> None:
    before = StateStore(tmp_path / "before" / "state.db")
    proof = ",\n    proof       TEXT    NOT NULL DEFAULT 'password'"
    assert proof in SCHEMA
    before.ensure(SCHEMA.replace(proof, ""))
    columns = "SELECT count(*) FROM pragma_table_info('web_session')"
    assert before.value(columns, {}, int) == 5

    Sessions(before)
    Sessions(before)

    assert before.value(columns, {}, int) == 6
    before.close()
