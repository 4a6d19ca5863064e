import msgspec
import pytest

from foedus.alliance.guidebook import Duty
from foedus.alliance.sourced import Basis


def test_a_fact_without_its_basis_is_refused() -> None:
    text = '{"topic": "t", "text": "x", "sources": ["s"], "as_of": "2026-01-01"}'

    with pytest.raises(msgspec.ValidationError, match="basis"):
        msgspec.json.decode(text, type=Duty)


def test_a_basis_is_one_of_five() -> None:
    assert set(Basis) == {"read", "known", "mixed", "derived", "recorded"}
