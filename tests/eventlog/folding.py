"""What every test of a whole hub ends with: its views are what its log says."""

from foedus.eventlog.database import open_readable
from foedus.eventlog.projector import tables_dump
from foedus.hub import Hub


def assert_folds_again(hub: Hub) -> None:
    """Fold the log anew, and find the views as they were.

    Args:
        hub: one that nobody serves; else it may write between the two folds.
    """
    hub.projector.catch_up()
    views = open_readable(hub.folder / "views.db")
    try:
        folded = tables_dump(views)
        hub.projector.rebuild()
        again = tables_dump(views)
    finally:
        views.close()
    assert again.keys() == folded.keys()
    # Only rows that differ are shown: else a failure fills the screen.
    for name, rows in folded.items():
        lost, come = set(rows) - set(again[name]), set(again[name]) - set(rows)
        assert not lost | come, f"{name} lost {lost} and won {come}"
        assert len(again[name]) == len(rows), f"{name} holds a row twice"
