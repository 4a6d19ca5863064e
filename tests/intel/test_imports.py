"""What is known of taking over another server's collections."""

from pathlib import Path

import apsw
import pytest

from foedus.ids import CollectionId
from foedus.intel.events import ApiRoot, ImportBegun, ImportEnded, ImportTerms, Placed
from foedus.intel.imports import (
    find_import,
    find_root,
    holds_anything,
    note_import,
    source_of,
)
from foedus.intel.tables import SCHEMA
from foedus.releasability.views import generation

ONE, TWO = CollectionId("one"), CollectionId("two")
TERMS = ImportTerms(account="a", default_label="TLP:CLEAR", read="POL", write="")


def begun(source: str, *collections: CollectionId, title: str = "T") -> ImportBegun:
    return ImportBegun(
        source=source,
        terms=TERMS,
        roots=(ApiRoot(path="old", title=title),),
        collections=tuple(
            Placed(collection=each, root="old", alias=source) for each in collections
        ),
    )


@pytest.fixture
def db(tmp_path: Path) -> apsw.Connection:
    db = apsw.Connection(str(tmp_path / "views.db"))
    db.execute(SCHEMA)
    return db


def test_an_import_is_found_with_its_terms_until_and_after_it_ends(
    db: apsw.Connection,
) -> None:
    assert find_import(db, "s") is None

    note_import(db, begun("s", ONE))
    found = find_import(db, "s")
    assert found is not None
    assert (found.terms, found.ended) == (TERMS, False)

    note_import(db, ImportEnded(source="s"))
    found = find_import(db, "s")
    assert found is not None
    assert found.ended


def test_who_may_see_what_is_read_anew(db: apsw.Connection) -> None:
    before = generation(db)

    note_import(db, begun("s", ONE))
    note_import(db, ImportEnded(source="s"))

    assert generation(db) == before + 2


def test_of_two_imports_the_first_counts(db: apsw.Connection) -> None:
    note_import(db, begun("s", ONE, title="First"))
    note_import(db, begun("t", ONE, TWO, title="Second"))

    assert (source_of(db, ONE), source_of(db, TWO)) == ("s", "t")
    assert find_root(db, "old") == ApiRoot(path="old", title="First")
    assert find_root(db, "other") is None


def test_a_collection_that_is_not_there_holds_nothing(db: apsw.Connection) -> None:
    assert not holds_anything(db, ONE)
    assert source_of(db, ONE) is None
