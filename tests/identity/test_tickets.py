from datetime import timedelta

import msgspec
import pytest

from foedus.errors import ForbiddenError
from foedus.identity import tickets
from foedus.identity.store import StateStore
from tests.identity.conftest import NOON


class Half(msgspec.Struct, frozen=True):
    name: str


class Other(msgspec.Struct, frozen=True):
    name: str


def test_a_ticket_comes_back_as_it_was(store: StateStore) -> None:
    text = tickets.write(store, Half("ania"), "browser", NOON)

    read = tickets.read(store, text, Half, "browser", NOON + tickets.LASTS)

    assert read == Half("ania")


@pytest.mark.parametrize(
    ("browser", "after"),
    [
        ("another", timedelta(0)),
        ("", timedelta(0)),
        ("browser", tickets.LASTS + timedelta(milliseconds=1)),
        ("browser", timedelta(milliseconds=-1)),
    ],
)
def test_a_ticket_is_for_one_browser_and_for_minutes(
    store: StateStore, browser: str, after: timedelta
) -> None:
    text = tickets.write(store, Half("ania"), "browser", NOON)

    with pytest.raises(ForbiddenError, match="begin anew"):
        tickets.read(store, text, Half, browser, NOON + after)


def test_a_ticket_is_for_one_step(store: StateStore) -> None:
    text = tickets.write(store, Half("ania"), "browser", NOON)

    with pytest.raises(ForbiddenError):
        tickets.read(store, text, Other, "browser", NOON)


@pytest.mark.parametrize("text", ["", "AAAA", "ä", "A" * 100, "=="])
def test_what_is_no_ticket_is_refused(store: StateStore, text: str) -> None:
    with pytest.raises(ForbiddenError):
        tickets.read(store, text, Half, "browser", NOON)


def test_no_byte_of_a_ticket_can_be_changed(store: StateStore) -> None:
    text = tickets.write(store, Half("ania"), "browser", NOON)

    for place in range(0, len(text), 7):
        sign = "A" if text[place] != "A" else "B"
        with pytest.raises(ForbiddenError):
            tickets.read(
                store, text[:place] + sign + text[place + 1 :], Half, "browser", NOON
            )
