import threading
import time

from foedus.eventlog.lag import Lag
from foedus.ids import START, Position


def observed(*pairs: tuple[int, int]) -> Lag:
    lag = Lag()
    for folded, head in pairs:
        lag.observe(folded=Position(folded), head=Position(head))
    return lag


def test_views_that_have_everything_do_not_lag() -> None:
    assert observed((START, START), (3, 3)).seconds() == 0


def test_the_lag_grows_while_a_head_once_seen_is_not_reached() -> None:
    lag = observed((3, 5))
    first = lag.seconds()

    lag.observe(folded=Position(4), head=Position(9))

    assert lag.seconds() > first > 0


def test_the_lag_starts_anew_when_the_head_once_seen_is_reached() -> None:
    lag = observed((0, 5))
    old = lag.seconds()

    lag.observe(folded=Position(5), head=Position(8))
    lag.observe(folded=Position(8), head=Position(8))

    assert old > 0
    assert lag.seconds() == 0


def test_a_failure_is_a_lag_until_the_views_are_abreast() -> None:
    lag = observed((3, 3))
    before = lag.synced_at

    lag.fail()
    lag.fail()
    during = lag.seconds()
    lag.observe(folded=Position(3), head=Position(3))

    assert 0 < during < 600
    assert lag.seconds() == 0
    assert lag.synced_at >= before


def test_views_that_have_just_been_opened_were_abreast_then() -> None:
    before = time.monotonic()
    lag = Lag()

    assert before <= lag.synced_at <= time.monotonic()
    lag.observe(folded=Position(3), head=Position(5))
    assert before <= lag.synced_at <= time.monotonic()


def test_a_second_failure_does_not_begin_the_lag_anew() -> None:
    lag = observed((3, 3))
    lag.fail()
    threading.Event().wait(0.01)
    first = lag.seconds()

    lag.fail()

    assert lag.seconds() >= first > 0


def test_views_that_have_not_reached_the_target_leave_it_where_it_is() -> None:
    lag = observed((0, 5))

    lag.observe(folded=Position(4), head=Position(4))
    behind = lag.seconds()
    lag.observe(folded=Position(5), head=Position(5))

    assert behind > 0
    assert lag.seconds() == 0
