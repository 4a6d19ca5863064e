import pytest

from foedus.errors import ConflictError
from foedus.identity.keyring import Keyring
from foedus.identity.names import RESERVATION_MS
from foedus.ids import AccountId

FIRST, SECOND = AccountId("account--1"), AccountId("account--2")


def test_a_name_belongs_to_the_first_who_reserves_it(keyring: Keyring) -> None:
    keyring.names.reserve("ania", FIRST, at_ms=0)

    with pytest.raises(ConflictError):
        keyring.names.reserve("ania", SECOND, at_ms=RESERVATION_MS)

    assert keyring.names.of(FIRST) == "ania"
    assert keyring.names.of(SECOND) is None


def test_a_name_may_take_the_place_of_an_account_that_never_came(
    keyring: Keyring,
) -> None:
    keyring.names.reserve("ania", FIRST, at_ms=0)
    keyring.names.reserve("ania", SECOND, at_ms=1, instead_of=FIRST)

    found = keyring.names.find("ania")

    assert found is not None
    assert found.account_id == SECOND


def test_of_two_who_take_over_a_name_one_wins(keyring: Keyring) -> None:
    keyring.names.reserve("ania", FIRST, at_ms=0)
    keyring.names.reserve("ania", SECOND, at_ms=1, instead_of=FIRST)

    with pytest.raises(ConflictError):
        keyring.names.reserve(
            "ania", AccountId("account--3"), at_ms=1, instead_of=FIRST
        )


@pytest.mark.parametrize(
    ("later_ms", "pending"), [(0, True), (4_999, True), (5_000, False)]
)
def test_a_name_waits_five_seconds_for_its_account(
    keyring: Keyring, later_ms: int, *, pending: bool
) -> None:
    keyring.names.reserve("ania", FIRST, at_ms=1_000)
    found = keyring.names.find("ania")

    assert found is not None
    assert found.pending(1_000 + later_ms) is pending


def test_the_names_of_a_page_are_read_at_once(keyring: Keyring) -> None:
    keyring.names.reserve("ania", FIRST, at_ms=0)
    keyring.names.reserve("ben", SECOND, at_ms=0)

    names = keyring.names.of_all([FIRST, SECOND, AccountId("account--3")])

    assert names == {FIRST: "ania", SECOND: "ben"}
