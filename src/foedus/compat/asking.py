"""What a stream connector asks for: the same in its headers or in the query.

Source: `cti-platforms` reference, 3a.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from foedus.compat.ids import BEGINNING, EventId, read_date, read_id
from foedus.errors import InvalidInputError

PARAMETERS_MAX: Final = 64
"""Parameters of a query; more is nothing that a connector sends."""

VALUE_LETTERS_MAX: Final = 256
"""Letters of one value; ids and dates have a few dozen."""

_NO: Final = frozenset({"", "no", "none", "false"})


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for.

    Attributes:
        last: the event behind which to go on.
        recover_ms: until when to give what there is instead of all that happened; 0
            for not at all.
        deletes: whether to tell what went.
        dependencies: whether to give what an object refers to before it.
        delay_ms: how long to wait after each event.
        follow: whether to stay for what comes; a connector always does.
    """

    last: EventId = BEGINNING
    recover_ms: int = 0
    deletes: bool = True
    dependencies: bool = True
    delay_ms: int = 0
    follow: bool = True


DELAY_MS_MAX: Final = 10_000
"""The longest delay: with a heartbeat every 5 s, a connector waits for at most 45."""


def read_ask(query: bytes, headers: Mapping[str, str]) -> Ask:
    """Read what is asked for.

    Of where to begin, the latest goes: a connector that comes back says both where it
    began and which event it had last.

    Raises:
        InvalidInputError: it cannot be understood; named by its parameter.
    """
    given = _Given(query, headers)
    begins = [
        read_id(text, name)
        for name, text in (
            ("from", given.query.get("from", "")),
            ("from", given.header("from")),
            ("last-event-id", given.value("last-event-id")),
        )
        if text
    ]
    recover = given.value("recover") or given.value("recover-date")
    return Ask(
        last=max(begins, default=BEGINNING),
        recover_ms=0 if recover.lower() in _NO else read_date(recover, "recover"),
        deletes=given.value("listen-delete").lower() != "false",
        dependencies=given.value("no-dependencies").lower() != "true",
        delay_ms=read_delay(given.value("delay") or given.value("event-delay") or "0"),
        follow=given.query.get("follow") not in {"0", "false"},
    )


def read_delay(text: str) -> int:
    """Read how long to wait after each event, in ms.

    Raises:
        InvalidInputError: it is no number, or more than `DELAY_MS_MAX`.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= VALUE_LETTERS_MAX
    if not is_number or int(text) > DELAY_MS_MAX:
        raise InvalidInputError(f"delay: a number of ms up to {DELAY_MS_MAX}")
    return int(text)


class _Given:
    """What came, by name."""

    def __init__(self, query: bytes, headers: Mapping[str, str]) -> None:
        try:
            pairs = parse_qsl(query.decode("ascii"), max_num_fields=PARAMETERS_MAX)
        except ValueError as error:
            raise InvalidInputError("the query cannot be read") from error
        self.query = dict(pairs)
        self._headers = headers
        for name, text in pairs:
            self._check(name, text)

    def header(self, name: str) -> str:
        text = self._headers.get(name, "")
        self._check(name, text)
        return text

    def value(self, name: str) -> str:
        """Give a value from the query or else from the headers; empty for none."""
        return self.query.get(name) or self.header(name)

    def _check(self, name: str, text: str) -> None:
        if len(text) > VALUE_LETTERS_MAX:
            raise InvalidInputError(f"{name[:32]}: longer than anything that it may be")
