import threading

from hypothesis import given
from hypothesis import strategies as st

from foedus.intel.kept_bytes import OBJECT_BYTES_MAX, OVERHEAD, KeptBytes

EPOCH = (1, 0)


def kept_of(*versions: int, epoch: tuple[int, int] = EPOCH) -> KeptBytes:
    kept = KeptBytes()
    kept.find([], epoch)
    kept.keep({version: b"%d" % version for version in versions}, epoch)
    return kept


def test_what_was_kept_is_found_in_the_order_that_is_asked_for() -> None:
    kept = kept_of(1, 2, 3)

    assert kept.find([3, 9, 1, 3], EPOCH) == [b"3", None, b"1", b"3"]


def test_nothing_of_before_a_redaction_is_found_after_it() -> None:
    kept = kept_of(1)

    assert kept.find([1], (1, 77)) == [None]
    assert len(kept) == 0


def test_views_made_anew_number_other_versions() -> None:
    kept = kept_of(1, epoch=(5, 0))

    assert kept.find([1], (1, 0)) == [None]


def test_what_was_read_before_a_redaction_is_not_kept_after_it() -> None:
    kept = kept_of()
    kept.find([], (1, 77))

    kept.keep({1: b"spilled"}, EPOCH)

    assert kept.find([1], (1, 77)) == [None]


def test_an_object_at_the_limit_is_kept_and_a_longer_one_is_not() -> None:
    kept = kept_of()

    kept.keep({1: bytes(OBJECT_BYTES_MAX), 2: bytes(OBJECT_BYTES_MAX + 1)}, EPOCH)

    assert [each is None for each in kept.find([1, 2], EPOCH)] == [False, True]


@given(st.lists(st.integers(0, 60), max_size=300))
def test_no_more_is_kept_than_allowed_and_all_of_it_is_right(asked: list[int]) -> None:
    size, count = 40, 20
    kept = KeptBytes(bytes_max=count * (size + OVERHEAD))
    for version in asked:
        (found,) = kept.find([version], EPOCH)
        right = bytes([version]) * size
        assert found in (None, right)
        kept.keep({version: right}, EPOCH)
        assert kept.find([version], EPOCH) == [right]
        assert len(kept) <= count


def test_what_was_kept_first_is_the_first_to_go() -> None:
    kept = KeptBytes(bytes_max=100 * (4 + OVERHEAD))
    for version in range(101):
        kept.keep({version: b"kept"}, EPOCH)
    kept.find([], EPOCH)
    assert len(kept) == 0, "nobody has seen this epoch yet"

    for version in range(101):
        kept.keep({version: b"kept"}, EPOCH)

    assert kept.find([0, 1, 100], EPOCH) == [None, b"kept", b"kept"]


def test_what_two_read_at_once_is_kept_once() -> None:
    kept = KeptBytes(bytes_max=2 * (4 + OVERHEAD))
    kept.find([], EPOCH)
    for _ in range(9):
        kept.keep({1: b"kept"}, EPOCH)
    kept.keep({2: b"kept"}, EPOCH)

    assert kept.find([1, 2], EPOCH) == [b"kept", b"kept"]


def test_threads_that_see_other_epochs_never_find_each_others() -> None:
    kept = KeptBytes()
    wrong: list[object] = []

    def work(redaction: int) -> None:
        mine = b"%d" % redaction
        for number in range(2_000):
            (found,) = kept.find([number % 7], (1, redaction))
            if found not in (None, mine):
                wrong.append(found)
            kept.keep({number % 7: mine}, (1, redaction))

    threads = [threading.Thread(target=work, args=(each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
