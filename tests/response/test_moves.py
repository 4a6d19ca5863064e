"""Moves are read as they are sent; what is misspelt is refused."""

import msgspec
import pytest

from foedus.response.moves import AnyMove, Finish


def test_a_move_is_read() -> None:
    raw = b'{"act":"done","reply":"two","outputs":{"__n__":"2"},"evidence":["r"]}'
    move = msgspec.json.decode(raw, type=AnyMove)
    assert move == Finish(reply="two", outputs={"__n__": "2"}, evidence=("r",))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"act":"decline"}',
        b'{"act":"decline","caveat":""}',
        b'{"act":"done","replies":"two"}',
        b'{"act":"fail"}',
        b'{"act":"note","text":1}',
    ],
)
def test_what_is_no_move_is_refused(raw: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(raw, type=AnyMove)
