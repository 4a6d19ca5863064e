"""Any alteration of any entry is found, and the first position is named."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import CorruptLogError
from foedus.eventlog.envelope import Redacted, Who
from foedus.eventlog.log import EventLog
from foedus.eventlog.sqlite import FILE_NAME, open_sqlite_log
from foedus.ids import Position
from tests.eventlog.samples import CODEC, Noted, a_redaction, an_append, clock_at_noon

ENTRIES = 7
PEOPLE = (
    Who(account="account--1", nation="NOR", door="taxii"),
    Who(account="account--2", nation="UKR", door="cli", by="account--9"),
)
TEXTS = ("stream", "kind", "account", "nation", "door", '"by"')
BLOBS = ("event_id", "salt", "commitment", "digest", "body")
KEEP = """
CREATE TEMP TABLE kept_entry AS SELECT * FROM entry;
CREATE TEMP TABLE kept_label AS SELECT * FROM label;
CREATE TEMP TABLE kept_head AS SELECT * FROM head;
"""
RESTORE = """
DELETE FROM entry; INSERT INTO entry SELECT * FROM kept_entry;
DELETE FROM label; INSERT INTO label SELECT * FROM kept_label;
DELETE FROM head; INSERT INTO head SELECT * FROM kept_head;
"""
LABELS = ("OPEN", "CLOSED // REL TO NOR", "ÉTROIT")
POSITIONS = st.integers(1, ENTRIES)


class Tampered:
    """A log whose file was opened by somebody else."""

    def __init__(self, folder: Path, log: EventLog) -> None:
        self.log = log
        self.db = apsw.Connection(str(folder / FILE_NAME))
        self.db.pragma("ignore_check_constraints", value=True)
        self.db.execute(KEEP)
        self.said = ""

    def first_bad(self) -> int:
        with pytest.raises(CorruptLogError) as caught:
            self.log.verify()
        self.said = caught.value.detail
        return caught.value.position

    def first_bad_after(self, statement: str, *values: object) -> int:
        """Alter the log, verify it, and put everything back."""
        self.db.execute(statement, values)
        assert self.db.changes() > 0, "the statement has to alter something"
        try:
            return self.first_bad()
        finally:
            self.db.execute(RESTORE)


@pytest.fixture(scope="module")
def tampered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tampered]:
    folder = tmp_path_factory.mktemp("tampered")
    log = open_sqlite_log(folder, CODEC, clock_at_noon())
    requests = [
        an_append(
            f"s/{n}",
            event=Noted(text=f"text {n}"),
            who=PEOPLE[n % 2],
            label=LABELS[n % 3],
        )
        for n in range(ENTRIES)
    ]

    async def write() -> None:
        await log.append_many(requests[:4])
        await log.append_many(requests[4:])

    asyncio.run(write())
    tampered = Tampered(folder, log)
    yield tampered
    tampered.db.close()
    log.close()


def flipped(data: bytes, place: int, bits: int) -> bytes:
    place %= len(data)
    return data[:place] + bytes([data[place] ^ bits]) + data[place + 1 :]


FLIPS = st.tuples(st.integers(0, 500), st.integers(1, 255))


@given(POSITIONS, st.sampled_from(BLOBS), FLIPS)
def test_a_flipped_byte_of_any_binary_column_is_named(
    tampered: Tampered, position: int, column: str, flip: tuple[int, int]
) -> None:
    query = f"SELECT {column} FROM entry WHERE position = ?"  # noqa: S608 - fixed names
    data = tampered.db.execute(query, (position,)).get

    update = f"UPDATE entry SET {column} = ? WHERE position = ?"  # noqa: S608 - as above
    bad = tampered.first_bad_after(update, flipped(data, *flip), position)

    assert bad == position


@given(POSITIONS, st.sampled_from(TEXTS), FLIPS)
def test_a_flipped_byte_of_any_text_column_is_named(
    tampered: Tampered, position: int, column: str, flip: tuple[int, int]
) -> None:
    query = f"SELECT CAST({column} AS BLOB) FROM entry WHERE position = ?"  # noqa: S608 - fixed names
    data = tampered.db.execute(query, (position,)).get or b"\0"

    update = f"UPDATE entry SET {column} = CAST(? AS TEXT) WHERE position = ?"  # noqa: S608 - as above
    bad = tampered.first_bad_after(update, flipped(data, *flip), position)

    assert bad == position


@given(POSITIONS, st.integers(-(2**40), 2**40).filter(bool))
def test_an_altered_arrival_is_named(
    tampered: Tampered, position: int, by: int
) -> None:
    update = "UPDATE entry SET arrival_ms = arrival_ms + ? WHERE position = ?"

    assert tampered.first_bad_after(update, by, position) == position


@given(st.integers(0, 2), FLIPS)
def test_an_altered_label_text_is_named_where_it_is_first_used(
    tampered: Tampered, label: int, flip: tuple[int, int]
) -> None:
    text = flipped(LABELS[label].encode(), *flip)
    update = "UPDATE label SET text = CAST(? AS TEXT) WHERE text = ?"

    assert tampered.first_bad_after(update, text, LABELS[label]) == label + 1


@given(POSITIONS, st.integers(1, 9))
def test_another_label_or_none_is_named(
    tampered: Tampered, position: int, by: int
) -> None:
    update = "UPDATE entry SET label = label + ? WHERE position = ? AND ? % 3 <> 0"
    by = by if by % 3 else by + 1

    assert tampered.first_bad_after(update, by, position, by) == position


@given(POSITIONS, POSITIONS)
def test_renumbered_entries_are_named(
    tampered: Tampered, position: int, by: int
) -> None:
    down = "UPDATE entry SET position = -position WHERE position = ?"
    up = "UPDATE entry SET position = position + ? WHERE position = ?"

    assert tampered.first_bad_after(down, position) == 1
    assert tampered.first_bad_after(up, ENTRIES + by, position) == position


@given(POSITIONS)
def test_a_deleted_entry_is_named_even_the_last(
    tampered: Tampered, position: int
) -> None:
    delete = "DELETE FROM entry WHERE position = ?"

    assert tampered.first_bad_after(delete, position) == position


@given(POSITIONS, POSITIONS, st.sampled_from((*TEXTS, "body", "salt", "digest")))
def test_a_column_copied_from_another_entry_is_named(
    tampered: Tampered, one: int, two: int, column: str
) -> None:
    copy = f"""
    UPDATE entry
       SET {column} = (SELECT {column} FROM entry WHERE position = ?1)
     WHERE position = ?2
       AND {column} IS NOT (SELECT {column} FROM entry WHERE position = ?1)
    """  # noqa: S608 - fixed names
    if (
        tampered.db.execute(
            f"SELECT count(DISTINCT ifnull({column}, '')) FROM entry WHERE position IN (?, ?)",  # noqa: S608, E501 - as above
            (one, two),
        ).get
        == 1
    ):
        return

    assert tampered.first_bad_after(copy, one, two) == two


def test_swapped_entries_are_named(tampered: Tampered) -> None:
    swap = """
    UPDATE entry
       SET (salt, commitment, digest, body) = (
           SELECT salt, commitment, digest, body FROM entry AS other
            WHERE other.position = 7 - entry.position)
     WHERE position IN (3, 4)
    """

    assert tampered.first_bad_after(swap) == 3


def test_an_entry_put_in_at_the_end_is_named(tampered: Tampered) -> None:
    insert = """
    INSERT INTO entry (position, event_id, stream, kind, account, nation, door, "by",
                       arrival_ms, label, salt, commitment, digest, body,
                       stream_key)
    SELECT position + 1, randomblob(16), stream, kind, account, nation, door, "by",
           arrival_ms, label, salt, commitment, digest, body, stream_key
      FROM entry ORDER BY position DESC LIMIT 1
    """

    assert tampered.first_bad_after(insert) == ENTRIES + 1
    assert tampered.said == (
        f"the entry at position {ENTRIES + 1} is past the end that the log has noted"
    )


def test_a_byte_moved_from_body_to_salt_is_named(tampered: Tampered) -> None:
    move = """
    UPDATE entry
       SET salt = CAST(salt || substr(body, 1, 1) AS BLOB), body = substr(body, 2)
     WHERE position = 2
    """

    assert tampered.first_bad_after(move) == 2


@pytest.mark.parametrize("column", ["salt = NULL", "body = NULL"])
def test_a_body_or_salt_alone_that_is_gone_is_named(
    tampered: Tampered, column: str
) -> None:
    update = f"UPDATE entry SET {column} WHERE position = 5"  # noqa: S608 - fixed names

    assert tampered.first_bad_after(update) == 5


def test_an_erased_body_that_no_redaction_names_is_named(tampered: Tampered) -> None:
    erase = "UPDATE entry SET body = NULL, salt = NULL WHERE position = 4"

    assert tampered.first_bad_after(erase) == 4


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        ("UPDATE head SET position = position + 1", ENTRIES + 1),
        ("UPDATE head SET position = 3", 3),
        ("UPDATE head SET position = 0", 1),
        ("UPDATE head SET digest = zeroblob(32)", ENTRIES),
        ("UPDATE head SET arrival_ms = arrival_ms + 1", ENTRIES),
        ("DELETE FROM head", 1),
    ],
)
def test_an_altered_head_is_found(
    tampered: Tampered, statement: str, position: int
) -> None:
    assert tampered.first_bad_after(statement) == position


FILE_DAMAGED = (
    r"^(the file of the log is damaged|"
    r"every entry is good, but the file is damaged: .+)$"
)


def damage(folder: Path, sought: bytes) -> None:
    """Overwrite the beginning of the page that holds the last of some bytes."""
    file = folder / FILE_NAME
    data = bytearray(file.read_bytes())
    place = data.rindex(sought)
    start = place - place % 16_384
    data[start : start + 200] = bytes(200)
    file.write_bytes(data)


@pytest.mark.parametrize("sought", [b'"text":"no 4999"', b'"text":"no 2500"'])
async def test_a_page_of_entries_that_is_damaged_is_named(
    tmp_path: Path, sqlite_log: EventLog, sought: bytes
) -> None:
    events = [Noted(text=f"no {n}") for n in range(5000)]
    await sqlite_log.append_many([an_append(event=event) for event in events])
    sqlite_log.close()
    damage(tmp_path, sought)
    log = open_sqlite_log(tmp_path, CODEC, clock_at_noon())

    with pytest.raises(CorruptLogError) as caught:
        log.verify()
    log.close()

    wanted = int(sought[-5:-1]) + 1
    position = caught.value.position
    assert wanted - 100 < position <= wanted
    assert caught.value.detail == f"the entry at position {position} cannot be read"


async def test_a_damaged_page_that_holds_no_entry_is_found(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append_many(
        [an_append("log", event=Redacted(position=Position(n))) for n in range(3000)]
    )
    sqlite_log.close()
    db = apsw.Connection(str(tmp_path / FILE_NAME))
    query = "SELECT rootpage FROM sqlite_schema WHERE name = 'entry_of_redaction'"
    page = db.execute(query).get
    db.close()
    with (tmp_path / FILE_NAME).open("r+b") as file:
        file.seek((page - 1) * 16_384)
        file.write(bytes(200))
    log = open_sqlite_log(tmp_path, CODEC, clock_at_noon())

    with pytest.raises(CorruptLogError, match=FILE_DAMAGED) as caught:
        log.verify()
    assert caught.value.position == 0
    log.close()


async def test_an_erased_body_that_a_redaction_names_verifies(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    for n in range(3):
        await sqlite_log.append(an_append(f"s/{n}"))
    await sqlite_log.append(an_append("log", event=Redacted(position=Position(2))))
    db = apsw.Connection(str(tmp_path / FILE_NAME))
    db.execute("UPDATE entry SET body = NULL, salt = NULL WHERE position = 2")
    db.close()

    assert sqlite_log.verify() == 4
    assert sqlite_log.read("s/1")[0].body is None


async def test_a_redaction_does_not_cover_what_comes_after_it(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append(an_append("log", event=Redacted(position=Position(2))))
    await sqlite_log.append(an_append())
    db = apsw.Connection(str(tmp_path / FILE_NAME))
    db.execute("UPDATE entry SET body = NULL, salt = NULL WHERE position = 2")
    db.close()

    with pytest.raises(CorruptLogError) as caught:
        sqlite_log.verify()

    assert caught.value.position == 2


async def test_a_damaged_index_is_found(tmp_path: Path, sqlite_log: EventLog) -> None:
    for n in range(3):
        await sqlite_log.append(an_append(f"s/{n}"))
    db = apsw.Connection(str(tmp_path / FILE_NAME))
    db.pragma("writable_schema", value=True)
    db.execute(
        "UPDATE sqlite_schema SET sql = replace(sql, '(stream_key)', '(kind)')"
        " WHERE name = 'entry_by_stream'"
    )
    db.close()

    with pytest.raises(CorruptLogError, match=FILE_DAMAGED) as caught:
        sqlite_log.verify()
    assert caught.value.position == 0


async def test_an_entry_that_its_stream_does_not_find_is_named(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    for n in range(3):
        await sqlite_log.append(an_append(f"s/{n}"))
    db = apsw.Connection(str(tmp_path / FILE_NAME))
    db.execute("UPDATE entry SET stream_key = stream_key + 1 WHERE position = 2")
    db.close()

    with pytest.raises(CorruptLogError) as caught:
        sqlite_log.verify()

    assert caught.value.position == 2
    assert caught.value.detail == (
        "the entry at position 2 cannot be found by its stream"
    )


async def test_a_body_that_vanishes_beside_a_redaction_is_named(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    for n in range(4):
        await sqlite_log.append(an_append(f"s/{n}"))
    await sqlite_log.redact(a_redaction(2, residue=Noted()))
    db = apsw.Connection(str(tmp_path / FILE_NAME))
    db.execute("UPDATE entry SET body = NULL, salt = NULL WHERE position = 3")
    db.close()

    with pytest.raises(CorruptLogError) as caught:
        sqlite_log.verify()

    assert caught.value.position == 3


async def test_what_is_left_of_an_entry_cannot_be_altered_unseen(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append(an_append())
    await sqlite_log.redact(a_redaction(1, residue=Noted(text="left")))
    db = apsw.Connection(str(tmp_path / FILE_NAME))
    db.execute(
        "UPDATE entry SET body = CAST(replace(body, 'left', 'lost') AS BLOB) "
        "WHERE position = 2"
    )
    db.close()

    with pytest.raises(CorruptLogError) as caught:
        sqlite_log.verify()

    assert caught.value.position == 2
