"""Why a nation sees an object, or would: the rules in words.

The rules are asked in this order: standing, clearance, the label's audience and then
the releases, the collection's read right; what waits for its step is not seen yet.

Reasons never reveal another nation's hidden rules: whoever asks is told of what the
asker may see, and of anything else the same answer as of what is not there. A release
is named to those alone who may know of it.

Source: DESIGN §6, "Order of judgement" and "Explain and preview".
"""

from collections.abc import Mapping

import msgspec

from foedus.alliance.statuses import Status
from foedus.errors import NotFoundError
from foedus.ids import NationCode
from foedus.intel.covers import Covers
from foedus.intel.reading import Snapshot, Stored
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, fix, open_members
from foedus.releasability.labels import ORIGINATOR, print_label
from foedus.releasability.sources import read_label
from foedus.releasability.viewers import Viewer


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that was asked, and what it said."""

    rule: str
    detail: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a nation sees an object, and why.

    Attributes:
        sees: whether some person of the nation, cleared for the level, sees it.
        why: the rules in the order in which they are asked.
    """

    id: str
    nation: NationCode
    sees: bool
    why: tuple[Reason, ...]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a label would reach if something arrived under it today.

    Attributes:
        canonical: the label's text.
        sees: nations in its audience that have standing.
        others: all other nations and why not.
    """

    canonical: str
    sees: tuple[NationCode, ...]
    others: Mapping[NationCode, str]


def preview(text: str, access: Access) -> Preview:
    """Tell whom a label reaches, before anything is published under it.

    Raises:
        LabelError: the text is no label that can be enforced.
    """
    label = read_label(text, access.alliance)
    nobody = NationCode(ORIGINATOR)
    fixed = fix(label, access.alliance, on=access.on, originator=nobody)
    found = preview_fixed(fixed, access, nobody)
    return msgspec.structs.replace(found, canonical=print_label(label, access.alliance))


def preview_fixed(label: FixedLabel, access: Access, originator: NationCode) -> Preview:
    """Tell whom something of a label and originator reaches, by the label alone."""
    audience = access.audience(label) | {originator}
    sees = []
    others = {}
    for nation in access.alliance.nations:
        if nation not in audience:
            others[nation] = _why_not(access, label, nation)
        elif not access.standing(nation):
            others[nation] = _no_standing(access, nation)
        else:
            sees.append(nation)
    return Preview(
        canonical=print_label(label.label, access.alliance),
        sees=tuple(sorted(sees)),
        others=others,
    )


def explain(
    seen: Snapshot, viewer: Viewer, stix_id: str, nation: NationCode
) -> Explanation:
    """Tell whether a nation sees an object, and why.

    Args:
        seen: one state of the views.
        viewer: who asks; nothing is explained that the asker may not see.
        stix_id: the object.
        nation: about whom it is asked.

    Raises:
        NotFoundError: there is no such object for the asker.
    """
    readable = {each.key for each in seen.collections(viewer) if each.can_read}
    known = [
        each
        for each in seen.stored(viewer, [stix_id])
        if each.nation and each.collection in readable and each.held
    ]
    if not known:
        raise NotFoundError(f"no object {stix_id}; check the id")
    return judge(Covers(seen, viewer), known, nation)


def judge(covers: Covers, known: list[Stored], nation: NationCode) -> Explanation:
    """Explain by the versions given; the newest that the nation sees decides.

    Args:
        covers: the releases, on behalf of whoever asks.
        known: the versions; the asker may know all of them.
        nation: about whom it is asked.
    """
    newest = sorted(known, key=lambda each: (each.modified_us, each.key), reverse=True)
    answers = [_judge_one(covers, each, nation) for each in newest]
    sees, why = next((each for each in answers if each[0]), answers[0])
    return Explanation(id=newest[0].id, nation=nation, sees=sees, why=why)


def is_for(covers: Covers, stored: Stored, nation: NationCode) -> bool:
    """Tell whether a version is delivered to a nation, by its label or a release.

    Standing, clearance and the collection's read right are not asked.
    """
    reached, delivered = _reach(covers, stored, nation, [])
    return reached and delivered


def _judge_one(
    covers: Covers, stored: Stored, nation: NationCode
) -> tuple[bool, tuple[Reason, ...]]:
    access = covers.seen.access
    if not access.standing(nation):
        return False, (Reason(rule="standing", detail=_no_standing(access, nation)),)
    level = access.alliance.levels[stored.label.level].name
    why = [
        Reason(rule="standing", detail=f"{nation} has standing"),
        Reason(rule="clearance", detail=f"only persons cleared for {level} or higher"),
    ]
    reached, delivered = _reach(covers, stored, nation, why)
    if not reached:
        return False, tuple(why)
    can_read = covers.seen.can_read(stored.collection, nation, stored.label.level)
    why.append(
        Reason(
            rule="collection",
            detail=f"{nation} may {'' if can_read else 'not '}read the collection",
        )
    )
    if can_read and not delivered:
        detail = f"it is being delivered to {nation}; ask again in a moment"
        why.append(Reason(rule="delivery", detail=detail))
    return can_read and delivered, tuple(why)


def _reach(
    covers: Covers, stored: Stored, nation: NationCode, why: list[Reason]
) -> tuple[bool, bool]:
    """Ask the label, and where it does not help the releases; add what they say.

    Returns:
        Whether a version is for a nation, and whether it has been delivered.
    """
    access, label = covers.seen.access, stored.label
    if nation == stored.nation:
        why.append(Reason(rule="originator", detail=f"{nation} published it"))
        return True, True
    by_label = nation in access.audience(label)
    if by_label:
        printed = print_label(label.label, access.alliance)
        detail = f"{nation} is in the audience of {printed}"
    else:
        detail = _why_not(access, label, nation)
    why.append(Reason(rule="audience", detail=detail))
    if by_label and not covers.waits_by_label(stored, nation):
        return True, True
    releases = covers.to(stored, nation)
    delivered = [each for each in releases if not covers.waits(stored, each)]
    if releases:
        known = next(filter(covers.is_shown, delivered or releases), None)
        named = f", {known.event.release}" if known is not None else ""
        detail = f"{nation} sees it by a release{named}"
        why.append(Reason(rule="release", detail=detail))
    return by_label or bool(releases), bool(delivered)


def _why_not(access: Access, label: FixedLabel, nation: NationCode) -> str:
    if label.closed is not None and nation not in label.closed:
        terms = label.label.audience
        printed = print_label(label.label, access.alliance)
        communities = [each for part in terms for each in part.closed]
        for term in communities:
            now = access.alliance.members_of(
                term.community, access.on, with_suspended=False
            )
            if nation in now and term.since is not None:
                return (
                    f"{nation} was not in {term.community} as of {term.since}; "
                    "it needs a release"
                )
        return f"{nation} is not in the audience of {printed}"
    for part in label.open:
        if nation not in open_members(part, access.alliance, on=access.on):
            names = ", ".join(part.communities)
            return f"{nation} is not in {names} today"
    return f"{nation} is not addressed"


def _no_standing(access: Access, nation: NationCode) -> str:
    if nation not in access.alliance.nations:
        return f"{nation} is no nation of {access.alliance.name}"
    status = access.alliance.status(nation, access.on)
    if status is Status.SUSPENDED:
        since = access.alliance.since(nation, access.on)
        return f"{nation} is suspended since {since}"
    return f"{nation} has no standing"
