"""Connectors, and how far they have come."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from foedus.errors import InvalidInputError, NotFoundError, TooLargeError
from foedus.identity import connectors as module
from foedus.identity.connectors import Connectors
from foedus.identity.store import StateStore
from foedus.ids import AccountId

MINE, OTHERS = AccountId("account--a"), AccountId("account--b")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Connectors]:
    store = StateStore(tmp_path / "state.db")
    yield Connectors(store)
    store.close()


def test_a_connector_is_its_accounts_own(kept: Connectors) -> None:
    kept.register(MINE, "one", "One\n", at_ms=1)
    kept.register(OTHERS, "one", "Other", at_ms=2)
    kept.keep(MINE, "one", '{"start_from":"5-5"}', at_ms=3)
    assert kept.find(OTHERS, "one").state is None
    assert (kept.find(MINE, "one").last, kept.find(MINE, "one").name) == ("5-5", "One")
    kept.erase(MINE)
    assert [each.account_id for each in kept.list_of()] == [OTHERS]
    with pytest.raises(NotFoundError):
        kept.find(MINE, "one")


def test_registering_again_keeps_the_state(kept: Connectors) -> None:
    kept.register(MINE, "one", "One", at_ms=1)
    kept.keep(MINE, "one", "anything", at_ms=2)
    again = kept.register(MINE, "one", "Renamed", at_ms=3)
    assert (again.state, again.name, again.seen_ms) == ("anything", "Renamed", 3)
    assert again.last == ""


def test_what_is_skipped_is_what_follows_the_last_event(kept: Connectors) -> None:
    one = kept.register(MINE, "one", "One", at_ms=1)
    with pytest.raises(NotFoundError, match="how far"):
        kept.skip(one)
    kept.keep(MINE, "one", '{"connectorLastEventId":"5-5"}', at_ms=2)
    kept.skip(kept.find(MINE, "one"))
    assert kept.is_skipped(MINE, "5-5")
    assert not kept.is_skipped(MINE, "5-6")
    assert not kept.is_skipped(OTHERS, "5-5")


def test_who_is_sent_elsewhere_keeps_what_else_it_noted(kept: Connectors) -> None:
    kept.register(MINE, "one", "One", at_ms=1)
    noted = '{"start_from":"5-5","last_written_msg_id":"4-4","file_count":3}'
    kept.keep(MINE, "one", noted, at_ms=2)
    kept.move(kept.find(MINE, "one"), "0-0")
    assert kept.keep(MINE, "one", noted, at_ms=3) == module.NOTHING
    again = kept.register(MINE, "one", "One", at_ms=4)
    moved = '{"start_from":"0-0","last_written_msg_id":"0-0","file_count":3}'
    assert (again.state, again.moved) == (moved, 0)
    with pytest.raises(InvalidInputError, match="no id"):
        kept.move(again, "yesterday")


def test_one_that_never_told_anything_can_be_sent_too(kept: Connectors) -> None:
    kept.move(kept.register(MINE, "one", "One", at_ms=1), "7-0")
    found = kept.find(MINE, "one")
    assert (found.last, found.moved) == ("7-0", 1)
    assert found.state == '{"recover_until":false,"start_from":"7-0"}'


def test_there_is_an_end_to_all_of_it(
    kept: Connectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OF_ACCOUNT_MAX", 1)
    kept.register(MINE, "one", "One", at_ms=1)
    kept.register(MINE, "one", "One", at_ms=2)
    with pytest.raises(InvalidInputError, match="at most 1"):
        kept.register(MINE, "two", "Two", at_ms=3)
    for odd in ("", "a\nb", "x" * 201):
        with pytest.raises(InvalidInputError):
            kept.register(OTHERS, odd, "", at_ms=1)
    with pytest.raises(TooLargeError):
        kept.keep(MINE, "one", "x" * (module.STATE_BYTES_MAX + 1), at_ms=4)


def test_a_state_that_nests_deeper_than_anything_is_a_text_like_any_other(
    kept: Connectors,
) -> None:
    one = kept.register(MINE, "one", "One", at_ms=1)
    kept.keep(MINE, one.connector_id, "[" * 60_000, at_ms=2)
    assert kept.find(MINE, "one").last == ""
