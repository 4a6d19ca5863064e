import hashlib
import json
import uuid

from hypothesis import given
from hypothesis import strategies as st

from foedus.eventlog.envelope import chain, commit_to, fixed_header, header

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT, st.none() | TEXT)
HEADERS = st.tuples(
    st.integers(1, 2**53),
    st.integers(0, 2**53),
    st.binary(min_size=16, max_size=16),
    NAMES,
    TEXT,
)
Columns = tuple[int, int, bytes, tuple[str, str, str, str, str, str | None], str]


def line(columns: Columns) -> bytes:
    position, arrival_ms, event_id, names, label = columns
    return header(position, arrival_ms, fixed_header(event_id, names, label))


@given(HEADERS)
def test_a_header_is_the_canonical_json_array_of_its_columns(columns: Columns) -> None:
    position, arrival_ms, event_id, names, label = columns
    array = [position, arrival_ms, event_id.hex(), *names, label]

    expected = json.dumps(array, ensure_ascii=False, separators=(",", ":"))
    assert line(columns) == expected.encode()


@given(HEADERS, HEADERS)
def test_different_columns_have_different_headers(one: Columns, two: Columns) -> None:
    assert (line(one) == line(two)) == (one == two)


def test_the_digest_of_an_entry_never_changes() -> None:
    event_id = uuid.UUID("01890a5d-ac96-774b-bcce-b302099a8057").bytes
    names = ("notes/1", "sample.noted", "account--1", "NOR", "taxii", None)

    line_ = header(1, 1_772_366_400_000, fixed_header(event_id, names, "X"))
    digest = chain(bytes(32), line_, commit_to(bytes(16), b"{}"))

    assert line_ == (
        b'[1,1772366400000,"01890a5dac96774bbcceb302099a8057","notes/1",'
        b'"sample.noted","account--1","NOR","taxii",null,"X"]'
    )
    commitment = hashlib.sha256(bytes(16) + b"{}").digest()
    assert digest == hashlib.sha256(bytes(32) + line_ + commitment).digest()
    assert digest.hex() == (
        "47e03589dafcf4aa48c61ebc8edf23f6b0ef54121aa5b4bc42407a4af1ba92cb"
    )
