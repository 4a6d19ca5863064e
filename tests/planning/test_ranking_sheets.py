"""What is told of rankings is written and read back."""

import msgspec

from foedus.planning.ranking_sheets import KemenySheet, OrderSheet, RankingSheet


def test_an_order_is_read_back_as_it_was_written() -> None:
    order = OrderSheet(
        names=["a", "b"],
        support=[[0, 2], [1, 0]],
        borda=[],
        condorcet=["a", "b"],
        kemeny=KemenySheet(score=2, orders=[["a", "b"]]),
        reversals=[],
    )
    sheet = RankingSheet(order=order, warnings=["mind"])

    assert msgspec.json.decode(msgspec.json.encode(sheet), type=RankingSheet) == sheet
