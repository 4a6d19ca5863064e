"""What a nation may be assessed to become: of another status, or in a framework.

The alliance with it is the alliance after one further change, made by the same rules
by which such a change would be recorded; nothing is recorded by asking.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from foedus.alliance import rules
from foedus.alliance.events import Change, ParticipationChanged
from foedus.alliance.frameworks import named_framework
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.errors import FoedusError, InvalidInputError, RuleViolationError
from foedus.ids import NationCode


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation is assessed to become.

    Attributes:
        key: the status, or the id of the framework.
        name: in words.
    """

    kind: Literal["status", "framework"]
    key: str
    name: str

    @property
    def word(self) -> str:
        """The status, or `framework`: what mistakes are named by."""
        return self.key if self.kind == "status" else "framework"


def read_target(
    alliance: Alliance, nation: NationCode, text: str, on: date
) -> tuple[Target, Change]:
    """Find what somebody means, and the change that would make the nation that.

    Args:
        alliance: as it stands.
        nation: which is assessed.
        text: a status; or a framework by its id, its name or a word of the glossary.
        on: from which day on.

    Raises:
        InvalidInputError: there is no such status or framework; the detail lists
            what is possible.
        RuleViolationError: the nation has it already, or cannot; likewise.
    """
    target = _named(alliance, nation, text, on)
    try:
        return target, _change(alliance, nation, target, on)
    except RuleViolationError as error:
        raise RuleViolationError(
            f"{error.detail}. {_listed(alliance, nation, on)}"
        ) from error


def possible(alliance: Alliance, nation: NationCode, on: date) -> Iterator[Target]:
    """List what a nation may be assessed to become, statuses first."""
    for each in (*map(_of_status, Status), *_of_frameworks(alliance)):
        try:
            _change(alliance, nation, each, on)
        except RuleViolationError:
            continue
        yield each


def _named(alliance: Alliance, nation: NationCode, text: str, on: date) -> Target:
    wanted = text.strip().casefold()
    if wanted in set(Status):
        return _of_status(Status(wanted))
    try:
        record = named_framework(alliance, text)
    except FoedusError as error:
        raise InvalidInputError(
            f"{text!r} is neither a status nor a framework of {alliance.name}. "
            f"{_listed(alliance, nation, on)}"
        ) from error
    if record.assurance.collective_defence:
        return _of_status(Status.MEMBER)
    return Target(kind="framework", key=record.id, name=record.name)


def _change(alliance: Alliance, nation: NationCode, target: Target, on: date) -> Change:
    if target.kind == "framework":
        wanted = ParticipationChanged(
            nation=nation, framework=target.key, joined=True, since=on
        )
        if nation in alliance.participants(target.key, on):
            raise RuleViolationError(
                f"{nation} takes part in {target.name} on {on} already"
            )
        return rules.change_participation(alliance, wanted, today=on)
    status = Status(target.key)
    if alliance.status(nation, on) is status:
        raise RuleViolationError(f"{nation} has the status {status} on {on} already")
    return rules.change_status(alliance, nation, status=status, since=on, today=on)


def _of_status(status: Status) -> Target:
    return Target(kind="status", key=status.value, name=status.value)


def _of_frameworks(alliance: Alliance) -> Iterator[Target]:
    for record in alliance.frameworks.values():
        if record.state == "active" and not record.assurance.collective_defence:
            yield Target(kind="framework", key=record.id, name=record.name)


def _listed(alliance: Alliance, nation: NationCode, on: date) -> str:
    keys = ", ".join(each.key for each in possible(alliance, nation, on))
    return f"Possible for {nation} on {on}: {keys}"
