"""What documents are made of."""

from foedus.paper.documents import (
    Cell,
    Plot,
    Table,
    number,
    only,
    quiet,
    row,
    with_rows,
)


def test_a_row_takes_words_and_cells() -> None:
    assert row("a", number("1"), quiet("?")) == (
        Cell("a"),
        Cell("1", "number"),
        Cell("?", "quiet"),
    )


def test_tables_without_rows_are_left_out() -> None:
    empty = Table(name="a", title="A", head=("x",), widths=(1,), rows=())
    full = Table(name="b", title="B", head=("x",), widths=(1,), rows=(row("1"),))

    assert with_rows([empty, full]) == (full,)


def test_a_chapter_has_its_plot_or_none() -> None:
    plot = Plot(title="t", caption="", svg="<svg/>", width=1, height=1)

    assert only(plot) == (plot,)
    assert only(None) == ()
