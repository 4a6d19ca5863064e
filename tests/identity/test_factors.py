from datetime import timedelta
from pathlib import Path

import pytest

from foedus.errors import RuleViolationError, UnauthorizedError
from foedus.identity import totp
from foedus.identity.factors import (
    RECOVERY_CODES,
    SCHEMA,
    WRONG_CODES_MAX,
    Factors,
)
from foedus.identity.keyring import Keyring
from foedus.identity.store import StateStore
from foedus.ids import AccountId
from tests.identity.conftest import NOON

ANIA, BEN = AccountId("account--ania"), AccountId("account--ben")


@pytest.fixture
def factors(keyring: Keyring) -> Factors:
    return keyring.factors


def _with_app(factors: Factors, account: AccountId = ANIA) -> bytes:
    secret = factors.propose_app(account, NOON)
    earlier = NOON - timedelta(seconds=totp.STEP_S)
    assert factors.confirm_app(account, totp.code_at(secret, earlier), NOON)
    return secret


def test_an_app_counts_once_it_has_given_a_right_code(factors: Factors) -> None:
    secret = factors.propose_app(ANIA, NOON)
    assert not factors.has_app(ANIA)
    assert not factors.check(ANIA, totp.code_at(secret, NOON), NOON)
    assert not factors.confirm_app(ANIA, "000000", NOON)

    assert factors.confirm_app(ANIA, totp.code_at(secret, NOON), NOON)

    assert factors.has_app(ANIA)
    assert factors.proposed_app(ANIA) is None


def test_a_code_is_good_once(factors: Factors) -> None:
    code = totp.code_at(_with_app(factors), NOON)

    assert factors.check(ANIA, code, NOON)
    assert not factors.check(ANIA, code, NOON)


def test_a_code_is_good_once_even_in_another_process(
    factors: Factors, state_path: Path
) -> None:
    code = totp.code_at(_with_app(factors), NOON)
    other = StateStore(state_path)
    try:
        assert Factors(other).check(ANIA, code, NOON)
        assert not factors.check(ANIA, code, NOON)
    finally:
        other.close()


def test_an_older_code_is_void_after_a_newer_one(factors: Factors) -> None:
    secret = _with_app(factors)
    next_step = NOON + timedelta(seconds=totp.STEP_S)

    assert factors.check(ANIA, totp.code_at(secret, next_step), NOON)
    assert not factors.check(ANIA, totp.code_at(secret, NOON), NOON)


def test_a_proposal_that_was_never_confirmed_is_given_up(factors: Factors) -> None:
    first = factors.propose_app(ANIA, NOON)
    second = factors.propose_app(ANIA, NOON)

    assert not factors.confirm_app(ANIA, totp.code_at(first, NOON), NOON)
    assert factors.confirm_app(ANIA, totp.code_at(second, NOON), NOON)


def test_there_is_one_app_an_account(factors: Factors) -> None:
    _with_app(factors)

    with pytest.raises(RuleViolationError, match="remove that one first"):
        factors.propose_app(ANIA, NOON)


def test_an_app_is_its_own_accounts(factors: Factors) -> None:
    code = totp.code_at(_with_app(factors), NOON)

    assert not factors.check(BEN, code, NOON)


def test_each_recovery_code_is_good_once(factors: Factors) -> None:
    codes = factors.give_recovery_codes(ANIA)

    assert len({code.reveal() for code in codes}) == RECOVERY_CODES
    assert factors.recover(ANIA, codes[0].reveal())
    assert not factors.recover(ANIA, codes[0].reveal())
    assert factors.recovery_codes_left(ANIA) == RECOVERY_CODES - 1


def test_a_recovery_code_may_be_typed_as_it_is_read(factors: Factors) -> None:
    code = factors.give_recovery_codes(ANIA)[0].reveal()

    assert factors.recover(ANIA, code.upper().replace("-", " "))


def test_recovery_codes_of_another_account_are_wrong(factors: Factors) -> None:
    code = factors.give_recovery_codes(ANIA)[0].reveal()

    assert not factors.recover(BEN, code)


def test_new_recovery_codes_void_the_old(factors: Factors) -> None:
    old = factors.give_recovery_codes(ANIA)[0].reveal()
    factors.give_recovery_codes(ANIA)

    assert not factors.recover(ANIA, old)
    assert factors.recovery_codes_left(ANIA) == RECOVERY_CODES


def test_recovery_codes_are_kept_as_digests(factors: Factors, state_path: Path) -> None:
    code = factors.give_recovery_codes(ANIA)[0].reveal()

    assert all(
        code.encode() not in file.read_bytes() for file in state_path.parent.iterdir()
    )


def test_what_is_removed_counts_no_more(factors: Factors) -> None:
    secret = _with_app(factors)
    code = factors.give_recovery_codes(ANIA)[0].reveal()

    assert factors.remove_app(ANIA)

    assert not factors.has_app(ANIA)
    assert not factors.check(ANIA, totp.code_at(secret, NOON), NOON)
    assert not factors.recover(ANIA, code)
    assert not factors.remove_app(ANIA)


def _wrong(factors: Factors, secret: bytes, times: int) -> None:
    wrong = f"{(int(totp.code_at(secret, NOON)) + 500_000) % 1_000_000:06}"
    for _ in range(times):
        assert not factors.check(ANIA, wrong, NOON)


def test_after_a_hundred_wrong_codes_in_a_row_no_right_one_is_taken(
    factors: Factors,
) -> None:
    secret = _with_app(factors)
    _wrong(factors, secret, WRONG_CODES_MAX)

    assert factors.is_app_locked(ANIA)
    with pytest.raises(UnauthorizedError, match="the app signs in no more"):
        factors.check(ANIA, totp.code_at(secret, NOON), NOON)
    assert not factors.is_app_locked(BEN)


def test_a_right_code_in_time_begins_the_count_anew(factors: Factors) -> None:
    secret = _with_app(factors)
    _wrong(factors, secret, WRONG_CODES_MAX - 1)
    assert factors.check(ANIA, totp.code_at(secret, NOON), NOON)

    _wrong(factors, secret, WRONG_CODES_MAX - 1)

    assert not factors.is_app_locked(ANIA)


def test_a_recovery_code_opens_an_app_that_was_guessed_at(factors: Factors) -> None:
    secret = _with_app(factors)
    code = factors.give_recovery_codes(ANIA)[0].reveal()
    _wrong(factors, secret, WRONG_CODES_MAX)
    assert not factors.check(ANIA, code, NOON)

    assert factors.recover(ANIA, code)

    assert factors.check(ANIA, totp.code_at(secret, NOON), NOON)


def test_an_app_that_is_added_anew_is_not_locked(factors: Factors) -> None:
    _wrong(factors, _with_app(factors), WRONG_CODES_MAX)
    factors.remove_app(ANIA)

    secret = _with_app(factors)

    assert factors.check(ANIA, totp.code_at(secret, NOON), NOON)


def test_apps_of_a_file_from_before_wrong_codes_were_counted_go_on(
    factors: Factors, tmp_path: Path
) -> None:
    secret = _with_app(factors)
    before = StateStore(tmp_path / "before" / "state.db")
    column = ",\n    failures    INTEGER NOT NULL DEFAULT 0"
    assert column in SCHEMA
    before.ensure(SCHEMA.replace(column, ""))
    insert = (
        "INSERT INTO totp (account_id, secret, made_ms, confirmed, last_step) "
        "VALUES (:account_id, :secret, 0, 1, -1)"
    )
    before.write(insert, {"account_id": ANIA, "secret": secret})

    assert Factors(before).check(ANIA, totp.code_at(secret, NOON), NOON)
    before.close()
