from collections.abc import Iterator

import apsw
import pytest

from foedus.eventlog import tables

SCHEMA = """
CREATE TABLE kept (x TEXT) STRICT;
CREATE TABLE "an ""odd"" name" (x INTEGER PRIMARY KEY AUTOINCREMENT) STRICT;
CREATE TABLE plain (x INTEGER, y TEXT) STRICT;
CREATE INDEX plain_by_y ON plain (y);
CREATE VIEW shown AS SELECT x FROM plain;
CREATE VIRTUAL TABLE words USING fts5 (text);
INSERT INTO plain VALUES (2, 'b'), (NULL, 'a'), (1, NULL);
INSERT INTO words VALUES ('one two');
"""


@pytest.fixture
def db() -> Iterator[apsw.Connection]:
    db = apsw.Connection(":memory:")
    db.execute(SCHEMA)
    yield db
    db.close()


def test_a_dump_holds_the_sorted_rows_of_every_ordinary_table(
    db: apsw.Connection,
) -> None:
    assert tables.dump(db, but={"kept"}) == {
        'an "odd" name': [],
        "plain": [(1, None), (2, "b"), (None, "a")],
    }


def test_everything_is_dropped_but_what_is_named(db: apsw.Connection) -> None:
    tables.drop_all(db, but={"kept"})

    query = "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'"
    assert db.execute(query).get == "kept"
