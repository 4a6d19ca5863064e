from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    RuleViolationError,
    UnauthorizedError,
)
from foedus.identity.keyring import Keyring
from foedus.identity.passkeys import PASSKEYS_MAX, SCHEMA, Challenge, Passkeys
from foedus.identity.store import StateStore
from foedus.ids import AccountId
from tests.identity.conftest import NOON
from tests.identity.device import Device

SITE = "https://hub.example"
ANIA, BEN = AccountId("account--ania"), AccountId("account--ben")


@pytest.fixture
def passkeys(keyring: Keyring) -> Passkeys:
    return keyring.passkeys


def _plain(options: object) -> dict[str, Any]:
    """Give options as the browser gets them."""
    return msgspec.json.decode(msgspec.json.encode(options), type=dict[str, Any])


def _add(
    passkeys: Passkeys, device: Device, account: AccountId = ANIA, name: str = "phone"
) -> None:
    options, challenge = passkeys.ask_to_make(account, "ania", SITE)
    answer = device.make(_plain(options))
    passkeys.make(account, name, (challenge, answer), site=SITE, at=NOON)


def _signed(passkeys: Passkeys, device: Device) -> tuple[Challenge, dict[str, Any]]:
    options, challenge = passkeys.ask_to_sign_in(SITE)
    return challenge, device.sign(_plain(options))


def test_a_passkey_signs_in_its_account(passkeys: Passkeys) -> None:
    device = Device(SITE)
    _add(passkeys, device)

    challenge, answer = _signed(passkeys, device)

    assert passkeys.holder(challenge, answer, SITE, NOON) == ANIA
    [kept] = passkeys.list_of(ANIA)
    assert (kept.name, kept.used_ms) == ("phone", int(NOON.timestamp() * 1000))


def test_an_answer_is_good_once(passkeys: Passkeys) -> None:
    device = Device(SITE)
    _add(passkeys, device)
    challenge, answer = _signed(passkeys, device)
    passkeys.holder(challenge, answer, SITE, NOON)

    with pytest.raises(UnauthorizedError):
        passkeys.holder(challenge, answer, SITE, NOON + timedelta(minutes=9))


def test_a_copied_key_signs_in_nobody_once_the_device_has_counted_on(
    passkeys: Passkeys,
) -> None:
    device = Device(SITE, counter=7)
    _add(passkeys, device)
    copied = 7
    for _ in range(2):
        assert passkeys.holder(*_signed(passkeys, device), SITE, NOON) == ANIA
    device.counter = copied

    with pytest.raises(ForbiddenError, match="counted backwards"):
        passkeys.holder(*_signed(passkeys, device), SITE, NOON)


def test_a_device_that_stops_counting_is_refused(passkeys: Passkeys) -> None:
    device = Device(SITE, counter=7)
    _add(passkeys, device)
    device.counter = None

    with pytest.raises(ForbiddenError):
        passkeys.holder(*_signed(passkeys, device), SITE, NOON)


def test_passkeys_of_a_file_from_before_there_were_counters_sign_in(
    passkeys: Passkeys, tmp_path: Path
) -> None:
    counting = Device(SITE, counter=7)
    _add(passkeys, counting)
    [kept] = passkeys.list_of(ANIA)
    before = StateStore(tmp_path / "before" / "state.db")
    column = ",\n    counter     INTEGER NOT NULL DEFAULT 0"
    assert column in SCHEMA
    before.ensure(SCHEMA.replace(column, ""))
    insert = (
        "INSERT INTO passkey (id, account_id, name, data, made_ms) "
        "VALUES (:id, :account_id, 'phone', :data, 0)"
    )
    before.write(insert, {"id": kept.id, "account_id": ANIA, "data": kept.data})

    upgraded = Passkeys(before)

    assert upgraded.holder(*_signed(upgraded, counting), SITE, NOON) == ANIA
    before.close()


def test_a_page_of_another_site_gets_nothing(passkeys: Passkeys) -> None:
    device = Device(SITE)
    _add(passkeys, device)
    device.origin = "https://hub.example.evil"
    challenge, answer = _signed(passkeys, device)

    with pytest.raises(UnauthorizedError):
        passkeys.holder(challenge, answer, SITE, NOON)


def test_a_device_that_does_not_check_its_owner_is_refused(passkeys: Passkeys) -> None:
    careless = Device(SITE, verifies=False)

    with pytest.raises(InvalidInputError):
        _add(passkeys, careless)


def test_an_answer_to_another_challenge_is_refused(passkeys: Passkeys) -> None:
    device = Device(SITE)
    _add(passkeys, device)
    _, answer = _signed(passkeys, device)
    other, _ = _signed(passkeys, device)

    with pytest.raises(UnauthorizedError):
        passkeys.holder(other, answer, SITE, NOON)


def test_an_unknown_device_is_refused(passkeys: Passkeys) -> None:
    challenge, answer = _signed(passkeys, Device(SITE))

    with pytest.raises(UnauthorizedError):
        passkeys.holder(challenge, answer, SITE, NOON)


def test_a_key_that_borrows_an_id_is_refused(passkeys: Passkeys) -> None:
    device, forger = Device(SITE), Device(SITE)
    _add(passkeys, device)
    forger.id = device.id
    challenge, answer = _signed(passkeys, forger)

    with pytest.raises(UnauthorizedError):
        passkeys.holder(challenge, answer, SITE, NOON)


@pytest.mark.parametrize(
    "answer", [{}, {"id": "x"}, {"id": 7, "rawId": 7}, {"response": []}]
)
def test_what_is_no_answer_is_refused(
    passkeys: Passkeys, answer: dict[str, Any]
) -> None:
    _, challenge = passkeys.ask_to_sign_in(SITE)

    with pytest.raises(UnauthorizedError):
        passkeys.holder(challenge, answer, SITE, NOON)
    _, challenge = passkeys.ask_to_make(ANIA, "ania", SITE)
    with pytest.raises(InvalidInputError):
        passkeys.make(ANIA, "phone", (challenge, answer), site=SITE, at=NOON)


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb"])
def test_a_device_has_a_name_of_one_line(passkeys: Passkeys, name: str) -> None:
    with pytest.raises(InvalidInputError, match="name the device"):
        _add(passkeys, Device(SITE), name=name)


def test_a_passkey_cannot_be_taken_over(passkeys: Passkeys) -> None:
    device = Device(SITE)
    _add(passkeys, device)

    with pytest.raises(RuleViolationError, match="known here already"):
        _add(passkeys, device, BEN)


def test_an_account_has_so_many_and_no_more(passkeys: Passkeys) -> None:
    for _ in range(PASSKEYS_MAX):
        _add(passkeys, Device(SITE))

    with pytest.raises(RuleViolationError, match="remove one first"):
        _add(passkeys, Device(SITE))


def test_a_removed_passkey_signs_in_nobody(passkeys: Passkeys) -> None:
    device = Device(SITE)
    _add(passkeys, device)
    assert not passkeys.remove(BEN, device.id)
    assert passkeys.remove(ANIA, device.id)

    challenge, answer = _signed(passkeys, device)

    with pytest.raises(UnauthorizedError):
        passkeys.holder(challenge, answer, SITE, NOON)
