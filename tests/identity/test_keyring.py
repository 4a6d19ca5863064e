import pytest

from foedus.errors import ConflictError, NotFoundError
from foedus.identity.keyring import Keyring
from foedus.identity.tokens import TokenTerms
from foedus.ids import AccountId
from tests.identity.conftest import NOON

ANIA, BEN = AccountId("account--ania"), AccountId("account--ben")


def test_a_name_and_its_first_password_are_kept_together(keyring: Keyring) -> None:
    token = keyring.admit("ania", ANIA, "hash", at=NOON)

    found = keyring.passwords.find("ania")

    assert token is None
    assert found is not None
    assert found.hash == "hash"


def test_a_name_and_its_first_token_are_kept_together(keyring: Keyring) -> None:
    token = keyring.admit("ania", ANIA, TokenTerms(), at=NOON)

    assert token is not None
    assert keyring.tokens.find(token, NOON) is not None
    assert keyring.passwords.find("ania") is None


def test_who_does_not_get_the_name_leaves_no_credential(keyring: Keyring) -> None:
    keyring.admit("ania", ANIA, "hash", at=NOON)

    with pytest.raises(ConflictError):
        keyring.admit("ania", BEN, "other", at=NOON)

    assert keyring.passwords.version(BEN) is None


def test_who_takes_over_a_name_takes_no_credential_with_it(keyring: Keyring) -> None:
    token = keyring.admit("ania", ANIA, TokenTerms(), at=NOON)
    keyring.admit("ania", BEN, "other", at=NOON, instead_of=ANIA)

    assert token is not None
    assert keyring.tokens.find(token, NOON) is None


def test_another_password_ends_the_sessions(keyring: Keyring) -> None:
    keyring.admit("ania", ANIA, "hash", at=NOON)
    cookie = keyring.sessions.start(ANIA, NOON)

    keyring.change_password(ANIA, "other")

    assert keyring.sessions.find(cookie, NOON) is None


def test_erasing_ends_every_credential_and_keeps_the_name(keyring: Keyring) -> None:
    keyring.admit("ania", ANIA, "hash", at=NOON)
    token = keyring.tokens.issue(ANIA, TokenTerms(), NOON)
    cookie = keyring.sessions.start(ANIA, NOON)

    keyring.erase(ANIA)

    assert keyring.passwords.find("ania") is None
    assert keyring.tokens.find(token, NOON) is None
    assert keyring.sessions.find(cookie, NOON) is None
    assert keyring.names.of(ANIA) == "ania"


def test_what_is_removed_ends_every_other_session_and_what_is_not_none(
    keyring: Keyring,
) -> None:
    keyring.admit("ania", ANIA, "hash", at=NOON)
    own, thief = (keyring.sessions.start(ANIA, NOON) for _ in range(2))

    with pytest.raises(NotFoundError), keyring.removing(ANIA, but=own):
        raise NotFoundError("no such key")
    assert keyring.sessions.find(thief, NOON) is not None
    with keyring.removing(ANIA, but=own):
        keyring.factors.remove_app(ANIA)

    assert keyring.sessions.find(own, NOON) is not None
    assert keyring.sessions.find(thief, NOON) is None
