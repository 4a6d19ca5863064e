"""Views are given the events that they fold, in their order, and no others."""

import apsw
import pytest

from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.eventlog.views import Folding, Kinds
from tests.eventlog.samples import Counted, Noted


class Lister:
    """A view that folds some kinds."""

    schema = ""

    def __init__(self, folds: Kinds) -> None:
        self.folds = folds

    def load(self, db: apsw.Connection) -> None:
        pass

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        pass

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        pass


ALL, NONE = Lister(Event), Lister(())
ONE, TWO = Lister(Counted), Lister(Noted | Counted)


@pytest.mark.parametrize(
    ("kind", "views"),
    [(Counted, [ALL, ONE, TWO]), (Noted, [ALL, TWO]), (Redacted, [ALL])],
)
def test_an_event_goes_to_the_views_that_fold_its_kind(
    kind: type[Event], views: list[Lister]
) -> None:
    folding = Folding([ALL, ONE, NONE, TWO])

    assert folding.of(kind) == tuple(view.apply for view in views)
    assert folding.of(kind) == folding.of(kind)
