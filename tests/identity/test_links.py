import pytest

from foedus.errors import ConflictError, InvalidInputError, NotFoundError
from foedus.identity.keyring import Keyring
from foedus.identity.links import SUBJECT_CHARACTERS_MAX, Links
from foedus.ids import AccountId

THERE, ELSEWHERE = "https://provider.example", "https://other.example"
ANIA, BEN = AccountId("account--ania"), AccountId("account--ben")


@pytest.fixture
def links(keyring: Keyring) -> Links:
    return keyring.links


def test_a_subject_opens_the_account_it_is_linked_to(links: Links) -> None:
    links.make(ANIA, THERE, "17")

    assert links.holder(THERE, "17") == ANIA
    assert links.subject_of(ANIA, THERE) == "17"


def test_the_same_subject_elsewhere_is_somebody_else(links: Links) -> None:
    links.make(ANIA, THERE, "17")

    assert links.holder(ELSEWHERE, "17") is None


def test_a_new_link_replaces_the_old(links: Links) -> None:
    links.make(ANIA, THERE, "17")
    links.make(ANIA, THERE, "18")

    assert links.holder(THERE, "17") is None
    assert links.holder(THERE, "18") == ANIA


def test_a_subject_opens_one_account(links: Links) -> None:
    links.make(ANIA, THERE, "17")

    with pytest.raises(ConflictError):
        links.make(BEN, THERE, "17")


@pytest.mark.parametrize("length", [0, SUBJECT_CHARACTERS_MAX + 1])
def test_a_subject_has_a_length(links: Links, length: int) -> None:
    links.make(ANIA, THERE, "x" * SUBJECT_CHARACTERS_MAX)

    with pytest.raises(InvalidInputError):
        links.make(ANIA, THERE, "x" * length)


def test_a_link_that_is_cut_opens_nothing(links: Links) -> None:
    links.make(ANIA, THERE, "17")
    links.cut(ANIA, THERE)

    assert links.holder(THERE, "17") is None
    with pytest.raises(NotFoundError):
        links.cut(ANIA, THERE)
