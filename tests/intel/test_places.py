"""Places: the order of all that comes and goes."""

from foedus.ids import CollectionId
from foedus.intel.places import (
    BEGINNING,
    END,
    INTEL,
    KINDS,
    LOST,
    NEWS,
    PUT,
    Interest,
    Place,
    order_of,
)


def test_in_a_commit_what_goes_is_before_what_comes_and_other_news_after() -> None:
    phases = [Place(1, phase, order=9) for phase in (LOST, PUT, NEWS, END)]
    assert sorted(phases) == phases
    assert BEGINNING < phases[0] < phases[-1] < Place(2, LOST)


def test_the_order_of_a_collection_follows_from_its_id_alone() -> None:
    first, second = CollectionId("a"), CollectionId("b")
    assert order_of(first) == order_of(CollectionId("a"))
    assert order_of(first) != order_of(second)
    assert 0 <= order_of(first) < 1 << 56


def test_who_names_no_kind_wants_every_kind() -> None:
    assert all(map(Interest().wants, KINDS))
    assert [Interest(kinds=("task",)).wants(each) for each in (INTEL, "task")] == [
        False,
        True,
    ]
