"""The composer of a demo hub: publish a domain as one of the nations."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
import orjson

from foedus.clock import to_ms
from foedus.errors import InvalidInputError, RuleViolationError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.intel.explain import preview
from foedus.releasability.access import Access
from foedus.stix.markings import TLP_2, hub_marking_id, make_hub_definition
from foedus.stix.timestamps import format_us
from foedus.web.chips import Token, token

EXAMPLE: Final = "mail-sync.example"
"""What stands in the field before anything is typed."""

DEFAULT_CHOICE: Final = "members"
"""The label that is chosen before anybody chooses."""

_DOMAIN = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}"
)


class SeatOption(msgspec.Struct, frozen=True, kw_only=True):
    """A nation to publish as."""

    name: str
    nation: str
    chosen: bool


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A ready label, and whom of the seats it reaches."""

    name: str
    words: str
    reaches: tuple[Token, ...]
    misses: tuple[Token, ...]
    chosen: bool


class Composer(msgspec.Struct, frozen=True, kw_only=True):
    """The form as it is shown."""

    seats: tuple[SeatOption, ...]
    choices: tuple[Choice, ...]
    domain: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in."""

    seat: str = ""
    domain: str = EXAMPLE
    label: str = DEFAULT_CHOICE


def read_draft(form: dict[str, str]) -> Draft:
    """Take what was filled in, as it was."""
    return Draft(
        seat=form.get("seat", ""),
        domain=form.get("domain", "").strip().lower(),
        label=form.get("label", ""),
    )


def compose(seats: Sequence[Account], draft: Draft, access: Access) -> Composer:
    """Make the form as it is shown."""
    chosen = draft.seat or seats[0].name
    return Composer(
        seats=tuple(
            SeatOption(
                name=seat.name,
                nation=token(seat.nation, access).name,
                chosen=seat.name == chosen,
            )
            for seat in seats
        ),
        choices=tuple(
            _choice(name, words, seats, draft, access) for name, words in _WORDS.items()
        ),
        domain=draft.domain,
    )


async def publish(hub: Hub, seats: Sequence[Account], draft: Draft) -> str:
    """Publish a domain as one of the seats.

    Returns:
        The id of the indicator.

    Raises:
        InvalidInputError: the domain, the nation or the label is none of the page's.
        RuleViolationError: the hub refused it; the detail says why.
    """
    account = next((seat for seat in seats if seat.name == draft.seat), None)
    if account is None or draft.label not in _WORDS:
        raise InvalidInputError("choose a nation and a label of this page")
    if not _DOMAIN.fullmatch(draft.domain):
        raise InvalidInputError("write a domain such as mail-sync.example")
    now = hub.clock()
    indicator, objects = _objects(draft, hub.access, now)
    collections = hub.reading.collections(account.viewer())
    target = next((each for each in collections if each.can_write), None)
    if target is None:
        raise RuleViolationError(f"{account.nation} may publish into no collection")
    act = hub.act(account, door="web", at=now)
    outcomes = await hub.publish(account, act, target.id, objects)
    refused = [each.reason for each in outcomes if each.outcome == "refused"]
    if refused:
        raise RuleViolationError(refused[0])
    return indicator


_WORDS: Final = {
    "everyone": "Everyone",
    "members": "Members",
    "publisher": "The publisher only",
}


def _text(name: str, access: Access) -> str:
    levels = access.alliance.levels
    match name:
        case "everyone":
            return f"{levels[0].name} // PUBLIC"
        case "members":
            code = access.alliance.community("MEMBERS")
            return f"{levels[1].name} // REL TO {code}"
        case _:
            return f"{levels[0].name} // REL TO ORIGINATOR"


def _choice(
    name: str, words: str, seats: Sequence[Account], draft: Draft, access: Access
) -> Choice:
    sees = preview(_text(name, access), access).sees
    tokens = [token(seat.nation, access) for seat in seats]
    reaches = tuple(each for each in tokens if each.code in sees)
    return Choice(
        name=name,
        words=words,
        reaches=reaches,
        misses=tuple(each for each in tokens if reaches and each not in reaches),
        chosen=name == draft.label,
    )


def _objects(draft: Draft, access: Access, now: datetime) -> tuple[str, list[bytes]]:
    instant = format_us(to_ms(now) * 1_000)
    text = _text(draft.label, access)
    public = draft.label == "everyone"
    indicator = f"indicator--{uuid.uuid4()}"
    body = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": indicator,
        "created": instant,
        "modified": instant,
        "name": draft.domain,
        "pattern": f"[domain-name:value = '{draft.domain}']",
        "pattern_type": "stix",
        "valid_from": instant,
        "object_marking_refs": [TLP_2["CLEAR"] if public else hub_marking_id(text)],
    }
    definitions = [] if public else [make_hub_definition(text)]
    return indicator, [*definitions, orjson.dumps(body)]
