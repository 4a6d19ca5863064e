"""Releases: acts by which a nation lets further nations see what an audience could.

- A release covers what its author's nation originated, and what those nations
  originated that consent, never anybody else's.
- What it selects is a label's text: the audience that could see the information when
  it arrived, up to a level. A closed community therefore means its nations of that
  moment, so that a release to the newest member reaches back over all accessions.
- What is under originator control is left out, unless the release says otherwise and
  every nation that controls is its author or consents.

Source: DESIGN §6, "Releases"; ADR 8; `releasability` reference, section 7.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple

import msgspec

from foedus.alliance.nations import Alliance
from foedus.alliance.past import Past
from foedus.clock import from_ms, to_ms
from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.ids import NationCode, Position, ReleaseId, new_release_id
from foedus.intel.events import Released, ReleaseWithdrawn
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, fix
from foedus.releasability.labels import Label, parse_label, print_label
from foedus.releasability.sources import read_label
from foedus.releasability.viewers import Role, Viewer

RELEASES_MAX = 256
"""Releases in force for one nation. Each is asked about all that it might cover."""

REASON_LENGTH_MAX = 2_000
"""Characters of a reason; it is read by people."""

RELEASERS = frozenset(
    {Role.PUBLISHER, Role.DUTY_OFFICER, Role.DELEGATE, Role.SECRETARIAT}
)
"""Roles that may release what their nation originated, and consent to it."""

BODY_WITHDRAWS = frozenset({Role.SECRETARIAT, Role.OPERATOR})
"""Roles of the alliance's own body that may end anybody's release: it only narrows."""

BODY_SEES = BODY_WITHDRAWS | {Role.AUDITOR}
"""Roles of the alliance's own body that are shown every release."""

DAY_MS = 86_400_000
"""Milliseconds of a day."""


NEWEST = sys.maxsize
"""Stands for the position of what is not in the log yet; beyond all others."""


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A release as it is known.

    Attributes:
        key: its number on this hub; it never leaves the hub.
        event: what was released.
        position: of that event.
        arrival_ms: of that event.
        consents: nations that consented, in that order.
        last: position of the last event of its stream.
    """

    key: int
    event: Released
    position: Position
    arrival_ms: int
    consents: tuple[NationCode, ...] = ()
    withdrawn: bool = False
    last: Position

    @property
    def originators(self) -> frozenset[NationCode]:
        """The nations whose information it covers."""
        return frozenset([self.event.nation, *self.consents])


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a new release shall be.

    Attributes:
        to: nations and communities, by code or name; a community means its nations
            of today.
        label: what its audience could see, up to its level; in any form that
            `read_label` takes.
        since: only information that arrived on that day or later.
        from_now_on: whether what arrives later is covered too.
        include_controlled: whether what is under originator control is covered.
        ask: nations that are asked to consent.
    """

    to: tuple[str, ...]
    label: str
    since: date
    from_now_on: bool = False
    include_controlled: bool = False
    ask: tuple[str, ...] = ()
    reason: str = ""


class When(NamedTuple):
    """When a version arrived.

    Attributes:
        information_ms: arrival of the oldest information in it, in ms since 1970.
        arrival_ms: its own, in ms since 1970.
        position: where it stands in the log.
    """

    information_ms: int
    arrival_ms: int
    position: int


class Cover:
    """What one release covers.

    It is judged by the alliance as it was known when both the release and what it may
    cover had arrived. So what is recorded later of earlier days opens nothing.

    Args:
        event: the release.
        arrival_ms: when it arrived.
        position: where it stands in the log.
        past: the alliance, as it was known when.
    """

    def __init__(
        self, event: Released, arrival_ms: int, position: int, past: Past
    ) -> None:
        self._event = event
        self._day = arrival_ms // DAY_MS
        self._position = position
        self._past = past
        self._code = past.alliance.code
        self._label = parse_label(event.selection, past.alliance)
        self._names_body = any(
            self._code in each.nations for each in self._label.audience
        )
        self._selected: dict[
            tuple[NationCode, tuple[int, int, int, int]], frozenset[NationCode]
        ] = {}
        self._access: dict[tuple[int, int], Access] = {}
        self._known: dict[tuple[FixedLabel, NationCode, int, int, int, int], bool] = {}

    def selects_as(self, selection: str) -> bool:
        """Tell whether it selects what another selection does, on whatever day."""
        return self._event.selection == selection and not any(
            each.open for each in self._label.audience
        )

    def covers(
        self,
        label: FixedLabel,
        originator: NationCode,
        consents: Sequence[NationCode],
        when: When,
    ) -> bool:
        """Tell whether something of a label and originator is covered.

        Whether it arrived early enough for the release is the caller's question.
        """
        if (
            when.information_ms < self._event.since_ms
            or label.level > self._label.level
        ):
            return False
        agreed = {self._event.nation, *consents}
        if originator not in agreed:
            return False
        if label.controllers and not (
            self._event.controlled and agreed.issuperset(label.controllers)
        ):
            return False
        day = max(self._day, when.arrival_ms // DAY_MS)
        turn = self._past.turn(max(self._position, when.position))
        known = self._past.turn_at(when.information_ms)
        key = (label, originator, when.information_ms // DAY_MS, known, day, turn)
        found = self._known.get(key)
        if found is None:
            selected = self._selection(originator, key[2:])
            audience = self._on(day, turn).audience(label) | {originator}
            # A community that did not exist on that day selects nothing.
            is_named = bool(selected - {self._code}) or self._names_body
            found = self._known[key] = is_named and selected <= audience
        return found

    def _selection(
        self, originator: NationCode, moments: tuple[int, int, int, int]
    ) -> frozenset[NationCode]:
        """Resolve whom the release selects.

        Closed terms mean who was in a community when the information arrived, as it
        was known at that moment; open ones who is now.

        Args:
            originator: whose information it is.
            moments: the day of the information, how many changes were known to it;
                and the same of what judges the audience.
        """
        key = (originator, moments)
        found = self._selected.get(key)
        if found is None:
            information, known, day, turn = moments
            fixed = fix(
                self._label,
                self._past.at(known),
                on=_date(information),
                originator=originator,
            )
            found = self._selected[key] = self._on(day, turn).audience(fixed)
        return found

    def _on(self, day: int, turn: int) -> Access:
        found = self._access.get((day, turn))
        if found is None:
            found = Access(self._past.at(turn), _date(day))
            self._access[(day, turn)] = found
        return found


def _date(day: int) -> date:
    return from_ms(day * DAY_MS).date()


# Rules


def release(draft: Draft, viewer: Viewer, access: Access, now: datetime) -> Released:
    """Decide whether something may be released.

    Raises:
        ForbiddenError: the account may release nothing.
        InvalidInputError: a nation is unknown, or there is nobody to release to.
        LabelError: the selection is no label.
        RuleViolationError: the selection is above the account's clearance, names
            caveats, or the day has not come yet.
    """
    alliance = access.alliance
    _check_releaser(viewer, access)
    label = read_label(draft.label, alliance)
    _check_selection(label, viewer, alliance)
    to = _nations(draft.to, alliance, access.on) - {viewer.nation}
    if not to:
        raise InvalidInputError("name at least one other nation to release to")
    if draft.since > now.astimezone(UTC).date():
        raise RuleViolationError(
            f"{draft.since} has not come yet; a release reaches back to a past day"
        )
    if len(draft.reason) > REASON_LENGTH_MAX:
        raise InvalidInputError(f"a reason has at most {REASON_LENGTH_MAX} characters")
    asks = _nations(draft.ask, alliance, access.on) - {viewer.nation}
    return Released(
        release=new_release_id(),
        nation=viewer.nation,
        to=tuple(sorted(to)),
        selection=print_label(label, alliance),
        since_ms=max(to_ms(datetime.combine(draft.since, time(), tzinfo=UTC)), 0),
        ongoing=draft.from_now_on,
        controlled=draft.include_controlled,
        asks=tuple(sorted(asks)),
        reason=draft.reason,
    )


def check_number(event: Released, in_force: dict[NationCode, int]) -> None:
    """Refuse more releases to a nation than it may have.

    Args:
        event: the new one.
        in_force: how many each nation has.

    Raises:
        RuleViolationError: a nation has `RELEASES_MAX` already.
    """
    for nation in event.to:
        if in_force.get(nation, 0) >= RELEASES_MAX:
            raise RuleViolationError(
                f"{RELEASES_MAX} releases to {nation} are in force; withdraw some of "
                "them, or publish under a label that names the nation"
            )


def consent(found: Release, viewer: Viewer, access: Access) -> NationCode:
    """Decide whether a nation may consent to a release.

    Raises:
        ForbiddenError: the account may not.
        RuleViolationError: its nation was not asked, or the release is withdrawn.
        ConflictError: it has consented already.
    """
    _check_releaser(viewer, access)
    if viewer.nation not in found.event.asks:
        raise RuleViolationError(f"{viewer.nation} was not asked to consent to this")
    if found.withdrawn:
        raise RuleViolationError("the release was withdrawn; nothing is left to do")
    if viewer.nation in found.consents:
        raise ConflictError(f"{viewer.nation} has consented already")
    label = parse_label(found.event.selection, access.alliance)
    _check_selection(label, viewer, access.alliance)
    return viewer.nation


def withdraw(
    found: Release, viewer: Viewer, access: Access, reason: str
) -> ReleaseWithdrawn:
    """Decide whether a release may be ended, or a nation's consent to it.

    Raises:
        ForbiddenError: the account may not.
        ConflictError: it is withdrawn already.
    """
    of = None
    if viewer.nation == access.alliance.code and viewer.roles & BODY_WITHDRAWS:
        pass
    elif viewer.nation == found.event.nation:
        _check_releaser(viewer, access)
    elif viewer.nation in found.event.decided:
        raise ForbiddenError(
            "the nations decided on this release together; another decision ends "
            "it, or the alliance's secretariat"
        )
    elif viewer.nation in found.consents:
        _check_releaser(viewer, access)
        of = viewer.nation
    else:
        raise ForbiddenError("only its author's nation ends a release")
    if found.withdrawn:
        raise ConflictError("the release was withdrawn already")
    return ReleaseWithdrawn(
        release=found.event.release, consent_of=of, reason=reason[:REASON_LENGTH_MAX]
    )


def is_shown(found: Release, viewer: Viewer, access: Access) -> bool:
    """Tell whether a viewer may know of a release.

    Its author's nation, those who are asked, those whom it lets see (cleared for its
    level), and the alliance's own body.
    """
    if not access.standing(viewer.nation):
        return False
    if viewer.nation == access.alliance.code and viewer.roles & BODY_SEES:
        return True
    level = parse_label(found.event.selection, access.alliance).level
    event = found.event
    concerned = {event.nation, *event.asks, *event.to, *event.decided}
    return viewer.nation in concerned and viewer.clearance >= level


def find(
    releases: Sequence[Release], name: str, viewer: Viewer, access: Access
) -> Release:
    """Find a release by its id, as far as the viewer may know of it.

    Raises:
        NotFoundError: there is none, or none for this viewer.
    """
    for each in releases:
        if each.event.release == name and is_shown(each, viewer, access):
            return each
    raise NotFoundError(f"no release {name}; list the releases")


def release_id(text: str) -> ReleaseId:
    """Take a text for the id of a release; whether there is one, `find` tells."""
    return ReleaseId(text.strip().lower())


def _check_releaser(viewer: Viewer, access: Access) -> None:
    if not access.standing(viewer.nation):
        raise ForbiddenError(f"{viewer.nation} has no standing")
    if not viewer.roles & RELEASERS:
        wanted = ", ".join(sorted(RELEASERS))
        raise ForbiddenError(f"a release needs one of the roles {wanted}")


def _check_selection(label: Label, viewer: Viewer, alliance: Alliance) -> None:
    if label.controllers or label.no_onward:
        raise RuleViolationError(
            "a selection is a level and an audience; leave the caveats out"
        )
    if label.level > viewer.clearance:
        raise RuleViolationError(
            f"{alliance.levels[label.level].name} is above your clearance, "
            f"{alliance.levels[viewer.clearance].name}; select up to that"
        )


def _nations(
    words: Sequence[str], alliance: Alliance, on: date
) -> frozenset[NationCode]:
    found: set[NationCode] = set()
    for word in words:
        nation, community = alliance.nation(word), alliance.community(word)
        if nation is not None:
            found.add(nation)
        elif community is not None:
            found |= alliance.members_of(community, on, with_suspended=False)
        else:
            raise InvalidInputError(
                f"{word!r} is no nation or community of {alliance.name}; "
                "see 'foedus nation list'"
            )
    return frozenset(found)


def since_day(found: Release) -> date:
    """Give the day from which on a release reaches."""
    return from_ms(found.event.since_ms).date()
