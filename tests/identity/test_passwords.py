import unicodedata

from argon2 import extract_parameters

from foedus.identity.keyring import Keyring
from foedus.identity.passwords import hash_password, verify_password
from foedus.identity.secret import Secret
from foedus.ids import AccountId

ANIA = AccountId("account--ania")


def test_a_hash_has_the_cost_of_19_mib_two_passes_and_one_lane(
    password_hash: str,
) -> None:
    parameters = extract_parameters(password_hash)

    assert (parameters.memory_cost, parameters.time_cost) == (19 * 1024, 2)
    assert parameters.parallelism == 1


def test_only_the_right_password_is_right(password_hash: str) -> None:
    assert verify_password(password_hash, Secret("correct horse battery"))
    assert not verify_password(password_hash, Secret("correct horse batterz"))


def test_nobody_has_a_password() -> None:
    assert not verify_password(None, Secret("correct horse battery"))


def test_a_hash_that_is_none_lets_nobody_in() -> None:
    assert not verify_password("not a hash", Secret("correct horse battery"))


def test_a_password_is_the_same_however_the_keyboard_composed_it() -> None:
    word = "Übermäßig-sicher"
    composed = hash_password(Secret(unicodedata.normalize("NFC", word)))

    assert verify_password(composed, Secret(unicodedata.normalize("NFD", word)))


def test_every_change_has_a_version_of_its_own(keyring: Keyring) -> None:
    before = keyring.passwords.version(ANIA)
    keyring.passwords.set(ANIA, "one")
    first = keyring.passwords.version(ANIA)
    keyring.passwords.erase(ANIA)
    erased = keyring.passwords.version(ANIA)
    keyring.passwords.set(ANIA, "two")

    assert (before, erased) == (None, None)
    assert keyring.passwords.version(ANIA) not in {None, first}


def test_a_password_is_found_by_its_login_name(keyring: Keyring) -> None:
    keyring.names.reserve("ania", ANIA, at_ms=0)
    keyring.passwords.set(ANIA, "hash")

    found = keyring.passwords.find("ania")

    assert found is not None
    assert (found.account_id, found.hash) == (ANIA, "hash")
    assert "hash" not in repr(found)
    assert keyring.passwords.find("ben") is None
