from datetime import timedelta
from pathlib import Path

import pytest

from foedus.identity.enrolments import LASTS, Enrolments
from foedus.identity.keyring import Keyring
from foedus.ids import AccountId
from tests.identity.conftest import NOON

ANIA, BEN = AccountId("account--ania"), AccountId("account--ben")


@pytest.fixture
def enrolments(keyring: Keyring) -> Enrolments:
    return keyring.enrolments


def test_a_code_is_its_own_account_s(enrolments: Enrolments) -> None:
    code = enrolments.give(ANIA, NOON).reveal()

    assert enrolments.is_right(ANIA, code.upper(), NOON)
    assert not enrolments.is_right(BEN, code, NOON)
    assert not enrolments.is_right(ANIA, "", NOON)


def test_a_code_ends(enrolments: Enrolments) -> None:
    code = enrolments.give(ANIA, NOON).reveal()

    assert enrolments.is_right(ANIA, code, NOON + LASTS - timedelta(seconds=1))
    assert not enrolments.is_right(ANIA, code, NOON + LASTS)


def test_a_new_code_voids_the_one_before(enrolments: Enrolments) -> None:
    old = enrolments.give(ANIA, NOON).reveal()
    new = enrolments.give(ANIA, NOON).reveal()

    assert not enrolments.is_right(ANIA, old, NOON)
    assert enrolments.is_right(ANIA, new, NOON)


def test_what_ends_an_account_or_its_factors_ends_its_code(keyring: Keyring) -> None:
    for end in (keyring.erase, keyring.forget_factors, keyring.enrolments.erase):
        code = keyring.enrolments.give(ANIA, NOON).reveal()

        end(ANIA)

        assert not keyring.enrolments.is_right(ANIA, code, NOON)


def test_codes_are_kept_as_digests(enrolments: Enrolments, state_path: Path) -> None:
    code = enrolments.give(ANIA, NOON).reveal().encode()

    assert all(code not in each.read_bytes() for each in state_path.parent.iterdir())
