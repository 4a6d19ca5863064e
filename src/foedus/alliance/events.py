"""What can happen to an alliance, all of it in one stream.

- The pack stands verbatim in the event that founds the alliance; a later version of
  the shipped pack changes nothing in a hub that exists.
- A change of status acts on access from the later of its recording and its date.
"""

from datetime import date

import msgspec

from foedus.alliance.statuses import Status
from foedus.eventlog.envelope import Event
from foedus.ids import NationCode

STREAM = "alliance"
"""The one stream of the alliance that the hub serves."""


class Founded(Event, frozen=True, kw_only=True, tag="alliance.founded"):
    """The hub was founded for an alliance.

    Attributes:
        code: the alliance's short name.
        pack: the checked data pack, one JSON document.
    """

    code: str
    pack: msgspec.Raw


class StatusChanged(Event, frozen=True, kw_only=True, tag="alliance.status-changed"):
    """A nation has another status from a day on, past or future.

    Attributes:
        since: the first day; a day begins at 00:00 UTC.
    """

    nation: NationCode
    status: Status
    since: date


class ParticipationChanged(
    Event, frozen=True, kw_only=True, tag="alliance.participation-changed"
):
    """A nation takes part in a framework from a day on, or does no longer.

    Where a word of the pack carries the framework, the nation holds it, and with it the
    status and the communities that the word stands for.

    Attributes:
        framework: its id.
        joined: whether it takes part from that day on.
        since: the first day; a day begins at 00:00 UTC.
    """

    nation: NationCode
    framework: str
    joined: bool
    since: date


class DayBegun(Event, frozen=True, kw_only=True, tag="alliance.day-begun"):
    """A day began on which dated changes take effect."""

    day: date


Change = StatusChanged | ParticipationChanged
"""What changes who is what, and who takes part in what."""

AllianceEvent = Founded | StatusChanged | ParticipationChanged | DayBegun
"""Everything that can happen here."""
