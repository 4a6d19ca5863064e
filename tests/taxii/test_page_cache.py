import msgspec

from foedus.intel.pages import State
from foedus.taxii import page_cache
from foedus.taxii.answers import Answer
from foedus.taxii.page_cache import QUERY_BYTES_MAX, Key, PageCache

PAGE = Answer(body=b"a page")


STATE = State(access=1, reaches=1, rebuilds=0, past=1, last=1)


def state(**changed: int) -> State:
    return msgspec.structs.replace(STATE, **changed)


def key(query: bytes = b"", *, place: int = 0, encoding: str = "") -> Key:
    return Key(
        kind="objects",
        object=None,
        collection=1,
        place=place,
        query=query,
        encoding=encoding,
    )


def kept(*, more: bool = True) -> PageCache:
    cache = PageCache()
    assert cache.find(key(), state()) is None
    cache.keep(key(), state(), PAGE, more=more)
    return cache


def test_the_same_question_in_the_same_state_is_answered() -> None:
    cache = kept()
    assert cache.find(key(), state()) is PAGE
    assert (cache.hits, cache.misses) == (1, 1)


def test_another_view_class_gets_nothing_of_it() -> None:
    assert kept().find(key(place=1), state()) is None


def test_another_question_gets_nothing_of_it() -> None:
    cache = kept()
    assert cache.find(key(b"limit=1"), state()) is None
    assert cache.find(key(encoding="gzip"), state()) is None


def test_a_page_with_more_after_it_outlives_additions() -> None:
    assert kept(more=True).find(key(), state(last=2)) is PAGE


def test_a_last_page_does_not() -> None:
    assert kept(more=False).find(key(), state(last=2)) is None
    assert kept(more=False).find(key(), state()) is PAGE


def test_any_other_change_drops_everything() -> None:
    for name in ("access", "reaches", "rebuilds", "past"):
        changed = state(**{name: 2})
        cache = kept()
        assert cache.find(key(), changed) is None
        assert len(cache) == 0
        assert cache.find(key(), state()) is None


def test_what_was_read_before_a_change_is_not_kept_after_it() -> None:
    cache = kept()
    cache.find(key(), state(past=2))
    cache.keep(key(), state(past=1), PAGE, more=True)
    assert len(cache) == 0


def test_what_nobody_asks_for_goes_first() -> None:
    cache = PageCache(bytes_max=3_500)
    cache.find(key(), state())
    for query in (b"a", b"b", b"c"):
        cache.keep(key(query), state(), PAGE, more=True)
    cache.find(key(b"a"), state())
    cache.keep(key(b"d"), state(), PAGE, more=True)
    assert cache.find(key(b"b"), state()) is None
    assert all(cache.find(key(query), state()) for query in (b"a", b"c", b"d"))


def test_a_page_kept_again_counts_once() -> None:
    cache = PageCache(bytes_max=3_500)
    cache.find(key(), state())
    for _ in range(10):
        cache.keep(key(b"a"), state(), PAGE, more=True)
        cache.keep(key(b"b"), state(), PAGE, more=True)
    assert len(cache) == 2


def test_a_very_long_page_is_not_kept() -> None:
    cache = kept()
    room = page_cache.PAGE_BYTES_MAX - 1_024
    cache.keep(key(b"fits"), state(), Answer(body=bytes(room - 4)), more=True)
    cache.keep(key(b"not"), state(), Answer(body=bytes(room - 2)), more=True)
    assert cache.find(key(b"fits"), state()) is not None
    assert cache.find(key(b"not"), state()) is None


def test_the_page_of_a_very_long_query_is_not_kept() -> None:
    cache = kept()
    fits, too_long = bytes(QUERY_BYTES_MAX), bytes(QUERY_BYTES_MAX + 1)
    cache.keep(key(fits), state(), PAGE, more=True)
    cache.keep(key(too_long), state(), PAGE, more=True)
    assert cache.find(key(fits), state()) is PAGE
    assert cache.find(key(too_long), state()) is None
