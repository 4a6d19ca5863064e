"""Views are given the events that they fold, in their order, and no others."""

import apsw
import pytest

from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.eventlog.views import Folding, Kinds, View, version_of
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


class Numbered(Lister):
    """A view that tells its version."""

    def __init__(self, schema: str = "", version: int = 0) -> None:
        super().__init__(Event)
        self.schema = schema
        self.version = version


def named(name: str, **attributes: object) -> View:
    """Give a view of a class of that name."""
    made: View = type(name, (Lister,), attributes)(Event)
    return made


def test_the_version_of_views_is_that_of_their_code() -> None:
    views = [Numbered(), Numbered("CREATE")]

    assert version_of(views) == version_of([Numbered(), Numbered("CREATE")])
    assert len(version_of(views)) == len(version_of([])) == 64


def test_a_view_that_tells_no_version_is_of_the_first() -> None:
    assert version_of([named("V")]) == version_of([named("V", version=0)])


@pytest.mark.parametrize(
    "views",
    [
        [],
        [named("W")],
        [named("V", version=1)],
        [named("V", schema="CREATE")],
        [named("V"), named("V")],
    ],
)
def test_the_version_of_views_changes_with_any_of_their_code(
    views: list[View],
) -> None:
    assert version_of(views) != version_of([named("V")])
