"""What a consumer may ask for."""

import pytest

from foedus.errors import InvalidInputError
from foedus.live.asking import QUERY_BYTES_MAX, Ask, read_ask


def test_lists_are_separated_by_commas_or_repeated() -> None:
    found = read_ask(b"type=report,tool&type=malware&kind=intel&collection=a", "")
    assert found == Ask(
        kinds=("intel",), types=("malware", "report", "tool"), collections=("a",)
    )


def test_the_header_goes_before_the_query_and_an_id_before_a_snapshot() -> None:
    found = read_ask(b"after=two&snapshot=1", "one")
    assert (found.after, found.snapshot) == ("one", False)
    assert read_ask(b"snapshot=1&follow=0", "") == Ask(snapshot=True, follow=False)


def test_labels_and_patterns_hold_commas_themselves() -> None:
    found = read_ask(b"label=A,B&label=C&pattern=[a:b+IN+(1,2)]&confidence_min=7", "")
    assert found.labels == ("A,B", "C")
    assert found.pattern == "[a:b IN (1,2)]"
    assert found.confidence_min == "7"


@pytest.mark.parametrize(
    "query",
    [
        b"kind=gossip",
        b"what=1",
        b"pattern=1&pattern=2",
        b"snapshot=2",
        b"snapshot=1&snapshot=1",
        b"\xff=1",
        b"type=" + b"x" * QUERY_BYTES_MAX,
        b"type=" + b",".join(b"t%d" % n for n in range(65)),
        b"&".join(b"type=%d" % n for n in range(65)),
    ],
)
def test_what_cannot_be_understood_is_refused(query: bytes) -> None:
    with pytest.raises(InvalidInputError):
        read_ask(query, "")
