"""Bars, drawn."""

from foedus.web.bars import LEFT, RIGHT, ROW, Value, draw_bars


def value(*lengths: float) -> Value:
    return Value(name="x", parts=tuple((each, "f1") for each in lengths), said="s")


def test_bars_begin_at_zero_and_the_longest_ends_at_the_right() -> None:
    drawn = draw_bars([value(4.0), value(2.0)])
    (first,), (second,) = (each.parts for each in drawn.bars)
    assert (first.x, first.x + first.width) == (LEFT, RIGHT)
    assert second.width * 2 == first.width
    assert drawn.height == 2 * ROW


def test_parts_stand_one_behind_the_other() -> None:
    (bar,) = draw_bars([value(1.0, 0.0, 3.0)]).bars
    first, second = bar.parts
    assert second.x == first.x + first.width


def test_a_limit_beyond_all_bars_is_on_the_drawing() -> None:
    drawn = draw_bars([value(1.0)], limit=2.0)
    assert drawn.limit == RIGHT
    assert drawn.bars[0].parts[0].width * 2 == RIGHT - LEFT


def test_nothing_can_be_drawn() -> None:
    assert draw_bars([]).bars == ()
    assert draw_bars([value()]).bars[0].parts == ()
