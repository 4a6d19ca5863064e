"""The tables of a database that belong to views, as a whole."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

import apsw


def drop_all(db: apsw.Connection, *, but: AbstractSet[str]) -> None:
    """Drop every table and every view of a database, with what hangs on them.

    Args:
        db: the database, in a writing transaction.
        but: names to leave.
    """
    # Virtual tables first: they take their shadow tables with them.
    for kind in ("virtual", "view", "table"):
        for name in _names(db, kind):
            if name not in but:
                what = "VIEW" if kind == "view" else "TABLE"
                db.execute(f"DROP {what} IF EXISTS {_quoted(name)}")


def dump(
    db: apsw.Connection, *, but: AbstractSet[str]
) -> dict[str, list[tuple[object, ...]]]:
    """Give the sorted rows of every ordinary table.

    Args:
        db: the database.
        but: names to leave out.
    """
    return {
        name: sorted(db.execute(f"SELECT * FROM {_quoted(name)}"), key=repr)  # noqa: S608  # names of the schema itself
        for name in _names(db, "table")
        if name not in but
    }


def _names(db: apsw.Connection, kind: str) -> Iterator[str]:
    """Give the names of the tables of one kind, in order."""
    query = """
    SELECT name
      FROM pragma_table_list
     WHERE schema = 'main' AND type = :kind AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
     ORDER BY name
    """
    yield from [name for (name,) in db.execute(query, {"kind": kind})]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
