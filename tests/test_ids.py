import uuid
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from foedus.ids import event_ids, new_account_id, new_collection_id, new_event_id

MS_48_BITS = 2**48 - 1


@given(at_ms=st.integers(min_value=0, max_value=MS_48_BITS))
def test_an_event_id_is_a_uuid_of_version_7_that_begins_with_its_instant(
    at_ms: int,
) -> None:
    minted = new_event_id(at_ms)

    assert (minted.version, minted.variant) == (7, uuid.RFC_4122)
    assert minted.int >> 80 == at_ms


def test_no_two_event_ids_of_one_instant_are_equal() -> None:
    assert len({new_event_id(0) for _ in range(1_000)}) == 1_000


def test_event_ids_sort_by_their_instant() -> None:
    assert new_event_id(1).hex < new_event_id(2).hex


def test_an_account_id_says_what_it_is_and_nothing_of_whom() -> None:
    kind, _, opaque = new_account_id().partition("--")

    assert kind == "account"
    assert uuid.UUID(opaque).version == 4


def test_a_collection_id_is_a_uuid_of_version_4_as_taxii_asks() -> None:
    assert uuid.UUID(new_collection_id()).version == 4


def test_the_event_ids_of_one_command_differ_and_bear_its_instant() -> None:
    minted = list(islice(event_ids(7, reserve=3), 1_000))

    assert len(set(minted)) == 1_000
    assert {(each.version, each.int >> 80) for each in minted} == {(7, 7)}
