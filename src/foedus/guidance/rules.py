"""Who may report, record, publish and acknowledge, and what is refused."""

from collections.abc import Collection
from datetime import date, timedelta

from foedus.alliance.nations import Alliance
from foedus.alliance.sheets import named_nation
from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer

SPEAKERS = frozenset(
    {Role.DELEGATE, Role.PUBLISHER, Role.DUTY_OFFICER, Role.PLANNER, Role.SECRETARIAT}
)
"""Roles whose holders say something on behalf of their nation or the alliance."""

TITLE_MAX = 200
"""Characters of a title: what a list shows on a line or two."""

WORDS_MAX = 4_000
"""Characters of a purpose, an outcome, an owner or a piece of evidence: two pages."""

TEXT_MAX = 100_000
"""Characters of one edition of an update: a long directive."""

LINES_MAX = 2_000
"""Lines of one edition; comparing two editions costs up to their square."""

NAMES_MAX = 256
"""Participants or regions of an engagement; no alliance has as many nations."""

AHEAD_MAX = timedelta(days=36_600)
"""How far ahead or back a day may lie; a century tells a plan from a slip."""


def check_speaks(viewer: Viewer, access: Access) -> None:
    """Refuse whoever says nothing on behalf of a nation.

    Raises:
        ForbiddenError: the nation has no standing, or the account only reads.
    """
    if not access.standing(viewer.nation):
        raise ForbiddenError("a nation without standing says nothing here")
    if not viewer.roles & SPEAKERS:
        names = ", ".join(sorted(SPEAKERS))
        raise ForbiddenError(f"this takes one of the roles {names}; ask who has one")


def whose(viewer: Viewer, text: str, alliance: Alliance) -> NationCode:
    """Tell whose obligations are reported on: one's own, or by the secretariat any.

    Raises:
        ForbiddenError: they are another nation's.
        NotFoundError: the alliance knows no such nation.
    """
    nation = named_nation(alliance, text)
    if viewer.nation not in {nation, alliance.code}:
        raise ForbiddenError(
            f"{viewer.nation} reports on its own obligations only; the secretariat "
            "reports on those of others"
        )
    return nation


def check_owner(viewer: Viewer, author: NationCode, what: str) -> None:
    """Refuse to change what another nation recorded or published.

    Raises:
        ForbiddenError: it is another nation's.
    """
    if viewer.nation != author:
        raise ForbiddenError(f"only {author} changes this {what}; record your own")


def check_days(since: date, until: date | None, *, today: date) -> None:
    """Refuse days that are in no order, or that nobody can mean.

    Raises:
        InvalidInputError: they are.
    """
    if until is not None and until <= since:
        raise InvalidInputError(
            f"{until} is not after {since}; `until` is the day after the last"
        )
    for day in (since, until or since):
        if abs(day - today) > AHEAD_MAX:
            raise InvalidInputError(f"{day} is more than a century away")


def participants(names: Collection[str], alliance: Alliance) -> tuple[NationCode, ...]:
    """Find the nations that take part; the alliance's body goes by its code.

    Raises:
        NotFoundError: the alliance knows no such nation.
        InvalidInputError: there are too many.
    """
    if len(names) > NAMES_MAX:
        raise InvalidInputError(f"at most {NAMES_MAX} nations take part")
    body = NationCode(alliance.code)
    found = [
        body if name.upper() == body else named_nation(alliance, name) for name in names
    ]
    return tuple(dict.fromkeys(found))


def regions(names: Collection[str], alliance: Alliance) -> tuple[str, ...]:
    """Find regions by the words of the pack, such as `baltic_sea`.

    Raises:
        InvalidInputError: the pack has no such region.
    """
    known = {word for nation in alliance.nations.values() for word in nation.regions}
    found = [name.strip().casefold().replace(" ", "_") for name in names]
    for name in found:
        if name not in known:
            raise InvalidInputError(
                f"no region {name!r}; there are {', '.join(sorted(known))}"
            )
    return tuple(dict.fromkeys(found))


def check_words(**texts: str) -> None:
    """Refuse words that are too many.

    Raises:
        InvalidInputError: they are.
    """
    limits = {"title": TITLE_MAX, "text": TEXT_MAX}
    for name, text in texts.items():
        limit = limits.get(name, WORDS_MAX)
        if len(text) > limit:
            raise InvalidInputError(
                f"{name}: {len(text)} characters; the limit is {limit}"
            )
        if len(text.splitlines()) > LINES_MAX:
            raise InvalidInputError(
                f"{name}: {len(text.splitlines())} lines; the limit is {LINES_MAX}"
            )


def check_said(**texts: str) -> None:
    """Refuse what must say something and does not.

    Raises:
        InvalidInputError: it is blank.
    """
    for name, text in texts.items():
        if not text.strip():
            raise InvalidInputError(f"{name}: say something")


def is_said(text: tuple[str, str], before: tuple[str, str]) -> bool:
    """Tell whether title and text are what the last edition says already."""
    return text == before


def next_edition(last: int, *, text: tuple[str, str], before: tuple[str, str]) -> int:
    """Give the number of the next edition.

    Args:
        last: the edition before.
        text: title and text of the new one.
        before: those of the last one.

    Raises:
        RuleViolationError: nothing has changed.
    """
    if is_said(text, before):
        raise RuleViolationError("this says what the last edition says; nothing is new")
    return last + 1


def acknowledge(edition: int | None, last: int, before: int | None) -> int:
    """Decide which edition a nation acknowledges.

    Args:
        edition: the one that is named; None for the last.
        last: the last one there is.
        before: the one that the nation has acknowledged already, if any.

    Raises:
        NotFoundError: there is no such edition.
        ConflictError: it has acknowledged this one, or a later one, already.
    """
    wanted = last if edition is None else edition
    if not 1 <= wanted <= last:
        raise NotFoundError(f"there is no edition {wanted}; the last one is {last}")
    if before is not None and before >= wanted:
        raise ConflictError(f"edition {before} is acknowledged already")
    return wanted
