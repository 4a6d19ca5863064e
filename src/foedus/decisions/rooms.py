"""Where a decision is taken: the alliance and the log, as they are at the moment."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

import msgspec

from foedus.alliance.nations import Alliance
from foedus.clock import from_ms, to_ms
from foedus.decisions.deadlines import Deadline, parse_deadline
from foedus.decisions.outcomes import Circumstances
from foedus.decisions.speakers import Speaker, Table
from foedus.decisions.states import Decision
from foedus.decisions.texts import Text, chair_of, resolve_forum
from foedus.errors import InvalidInputError
from foedus.ids import AccountId, NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, fix
from foedus.releasability.sources import read_label
from foedus.releasability.viewers import Role, Viewer

NOBODY = AccountId("account--nobody")
"""Stands for any delegate of a nation, where it does not matter which."""


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """Where a decision is taken: the alliance and the log, as they are now.

    Attributes:
        access: who may see what, now.
        delegates: the highest clearance of a delegate of each nation that has one.
        circumstances: what the log knows of the channel.
    """

    access: Access
    delegates: Mapping[NationCode, int] = {}
    circumstances: Circumstances = Circumstances()

    @property
    def alliance(self) -> Alliance:
        """The alliance as it stands."""
        return self.access.alliance

    def label(self, text: Text, proposer: NationCode, on: date) -> FixedLabel:
        """Fix the label of a text on a day.

        Raises:
            LabelError: it is no label, or cannot be enforced here.
        """
        read = read_label(text.label, self.alliance)
        return fix(read, self.alliance, on=on, originator=proposer)

    def table(self, text: Text, proposer: NationCode, on: date) -> Table:
        """Tell before whom a text is laid on a day, and who of them cannot see it.

        The chair is among those who have to: it could not go on otherwise.

        Raises:
            InvalidInputError: the forum names somebody unknown.
            LabelError: the label is none.
            RuleViolationError: the forum has no nation.
        """
        label = self.label(text, proposer, on)
        electorate = resolve_forum(text.forum, self.alliance, on)
        unreached = tuple(
            nation
            for nation in electorate
            if not self._reaches(nation, label, proposer)
        )
        chair = chair_of(text.forum, self.alliance)
        if chair not in {*unreached, proposer, *self.access.audience(label)}:
            unreached = (*unreached, chair)
        return Table(electorate=electorate, label=label, unreached=unreached)

    def _reaches(
        self, nation: NationCode, label: FixedLabel, proposer: NationCode
    ) -> bool:
        clearance = self.delegates.get(nation)
        if clearance is None:
            return False
        viewer = Viewer(
            nation=nation,
            clearance=clearance,
            roles=frozenset({Role.DELEGATE}),
            account=NOBODY,
        )
        return self.access.may_see(viewer, label, proposer)


class At(msgspec.Struct, frozen=True, kw_only=True):
    """A decision at the moment of an act."""

    decision: Decision
    speaker: Speaker
    room: Room

    @property
    def day(self) -> date:
        """The day of the act, in UTC."""
        return from_ms(self.speaker.at_ms).date()

    @property
    def table(self) -> Table:
        """Before whom the text is laid today."""
        decision = self.decision
        return self.room.table(decision.text, decision.proposer, self.day)

    def deadline(self, text: str) -> Deadline:
        """Read an hour; without a zone, in the alliance's own."""
        return parse_deadline(text, self.room.alliance.timezone)

    def nation(self, text: str) -> NationCode:
        """Read a nation's code or name."""
        found = self.room.alliance.nation(text)
        if found is None:
            raise InvalidInputError(f"no nation {text!r}; see 'foedus nation list'")
        return found


def without_standing(access: Access, decision: Decision) -> tuple[NationCode, ...]:
    """List the nations of the electorate that have no standing now."""
    return tuple(each for each in decision.electorate if not access.standing(each))


def lost_standing_ms(access: Access, nation: NationCode) -> int | None:
    """Tell since when a nation has no standing; None if it has.

    Its day begins at 00:00 UTC, as the alliance's days do.
    """
    if access.standing(nation):
        return None
    since = access.alliance.since(nation, access.on) or access.on
    return max(to_ms(datetime.combine(since, time(), tzinfo=UTC)), 0)
