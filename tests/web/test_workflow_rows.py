"""Rows of a drawn workflow: what can stand higher does, and meets nothing there."""

from foedus.web.workflow_rows import Way, pack


def test_what_follows_a_failure_stands_right_below_where_there_is_room() -> None:
    places = {"A": (0, 0), "B": (1, 0), "B2": (1, 1), "F": (2, 6), "C": (2, 0)}
    ways = [
        (Way(source="A"), "B"),
        (Way(source="A", lane=1), "B2"),
        (Way(source="B"), "C"),
        (Way(source="B2"), "C"),
        (Way(source="B2", is_failure=True), "F"),
        (Way(source="F"), "C"),
    ]

    packed, _ = pack(places, ways, [["F"]])

    assert packed == {**places, "F": (2, 2)}


def test_no_line_leads_through_a_step() -> None:
    places = {"A": (0, 0), "X": (1, 1), "B": (1, 0), "C": (2, 0), "F": (1, 5)}
    ways = [
        (Way(source="A", lane=1), "X"),
        (Way(source="A"), "B"),
        (Way(source="A", is_failure=True), "F"),
        (Way(source="F"), "C"),
    ]

    packed, _ = pack(places, ways, [["F"]])

    assert packed["F"] == (1, 2)


def test_rows_in_which_nothing_is_left_go_with_their_lanes() -> None:
    places = {"A": (0, 0), "B": (1, 0), "C": (2, 0)}
    ways = [(Way(source="A"), "B"), (Way(source="A", lane=4), "C")]

    packed, led = pack(places, ways, [])

    assert packed == places
    assert [way.lane for way, _ in led] == [None, 1]


def test_what_moves_together_stays_together() -> None:
    places = {"A": (0, 0), "B": (1, 0), "failure": (0, 7), "T": (1, 7), "U": (2, 7)}
    ways = [
        (Way(source="A"), "B"),
        (Way(source="failure"), "T"),
        (Way(source="T"), "U"),
    ]

    packed, _ = pack(places, ways, [["T", "U", "failure"]])

    assert {packed[each][1] for each in ("failure", "T", "U")} == {1}
