import msgspec
import pytest

from foedus.alliance.records import (
    ByCommunity,
    ByStatus,
    ByWord,
    Criterion,
    Hold,
    Listed,
)
from foedus.alliance.sourced import Basis


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"by": "status", "statuses": ["member"]}', ByStatus),
        ('{"by": "word", "words": ["pfp"]}', ByWord),
        ('{"by": "list", "seats": [{"nation": "XAA"}]}', Listed),
        ('{"by": "community", "communities": ["A"]}', ByCommunity),
    ],
)
def test_a_criterion_says_by_what_it_goes(text: str, kind: type) -> None:
    assert isinstance(msgspec.json.decode(text, type=Criterion), kind)


def test_a_hold_is_open_and_known_to_the_day_unless_it_says_otherwise() -> None:
    text = '{"word": "pfp", "since": "1994-01-10", "basis": "read"}'

    hold = msgspec.json.decode(text, type=Hold)

    assert (hold.until, hold.precision, hold.basis) == (None, "day", Basis.READ)


def test_an_unknown_key_is_refused_at_any_depth() -> None:
    text = '{"by": "list", "seats": [{"nation": "XAA", "sinc": "1994-01-10"}]}'

    with pytest.raises(msgspec.ValidationError, match="sinc"):
        msgspec.json.decode(text, type=Criterion)
