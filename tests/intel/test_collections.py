import pytest

from foedus.errors import NotFoundError
from foedus.ids import CollectionId
from foedus.intel.collections import Collection, named


def collection(key: int, collection_id: str, alias: str) -> Collection:
    return Collection(
        key=key,
        id=CollectionId(collection_id),
        alias=alias,
        title="",
        description="",
        default_label=None,
        can_read=True,
        can_write=False,
    )


def test_a_collection_is_found_by_id_and_by_alias() -> None:
    found = [collection(1, "a", "one"), collection(2, "b", "two")]
    assert named(found, "b").key == named(found, "two").key == 2


def test_an_id_goes_before_an_alias_of_the_same_letters() -> None:
    found = [collection(1, "a", "b"), collection(2, "b", "two")]
    assert named(found, "b").key == 2


def test_what_has_no_such_name_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        named([collection(1, "a", "one")], "")
