import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.ids import CollectionId
from foedus.intel.pages import Filters
from foedus.taxii.cursors import Cursors, question_of

KEY = bytes(range(64))
COLLECTION = CollectionId("11111111-1111-4111-8111-111111111111")
ID = "indicator--1"
QUESTION = question_of("objects", COLLECTION, Filters())


@given(st.integers(min_value=-(2**62), max_value=2**62))
def test_a_cursor_opens_as_what_was_sealed(added_us: int) -> None:
    sealed = Cursors(KEY).seal(added_us, ID, QUESTION)

    assert Cursors(KEY).open(sealed, QUESTION) == added_us


@given(st.integers(min_value=0, max_value=2**62), st.text(max_size=300))
def test_all_cursors_have_the_same_length(added_us: int, stix_id: str) -> None:
    assert len(Cursors(KEY).seal(added_us, stix_id, QUESTION)) == 43


def test_the_same_page_always_gives_the_same_cursor() -> None:
    assert Cursors(KEY).seal(1, ID, QUESTION) == Cursors(KEY).seal(1, ID, QUESTION)


def test_cursors_that_follow_each_other_do_not_look_alike() -> None:
    one = Cursors(KEY).seal(1, ID, QUESTION)
    two = Cursors(KEY).seal(2, ID, QUESTION)

    assert one[:8] != two[:8]
    assert one[-8:] != two[-8:]


def test_an_old_key_still_opens() -> None:
    old = Cursors(KEY).seal(7, ID, QUESTION)

    assert Cursors(bytes(64), KEY).open(old, QUESTION) == 7


@pytest.mark.parametrize(
    "question",
    [
        question_of("manifest", COLLECTION, Filters()),
        question_of("objects", CollectionId("other"), Filters()),
        question_of("objects", COLLECTION, Filters(ids=("a",))),
        question_of("objects", COLLECTION, Filters(types=("a",))),
        question_of("objects", COLLECTION, Filters(versions=("all",))),
        question_of("objects", COLLECTION, Filters(spec_versions=("2.1",))),
    ],
)
def test_a_cursor_opens_under_its_own_question_only(question: bytes) -> None:
    sealed = Cursors(KEY).seal(1, ID, QUESTION)

    with pytest.raises(InvalidInputError):
        Cursors(KEY).open(sealed, question)


def test_added_after_is_no_part_of_the_question() -> None:
    assert question_of("objects", COLLECTION, Filters(added_after_us=5)) == QUESTION


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True))
def test_nobody_makes_a_cursor(text: str) -> None:
    with pytest.raises(InvalidInputError):
        Cursors(KEY).open(text, QUESTION)


def test_an_altered_cursor_does_not_open() -> None:
    sealed = Cursors(KEY).seal(1, ID, QUESTION)
    altered = ("B" if sealed[0] == "A" else "A") + sealed[1:]

    with pytest.raises(InvalidInputError):
        Cursors(KEY).open(altered, QUESTION)
