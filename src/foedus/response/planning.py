"""Planning a run: which playbooks, of whom each action is asked, and who may see it.

- Everything is fixed when the run starts: the editions, the nations that communities
  mean, the ladders, the labels. What changes later changes nothing of a run.
- A run is labelled at least as high as its evidence, and as others' playbooks; its own
  a nation runs under the label that it names.
- Nobody is asked who cannot see what is asked: such a start is refused, with the list.

Source: reference/response.md, sections 1.7 and 6.1 (11).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import apsw
import msgspec

from foedus.errors import InvalidInputError, NotFoundError, RuleViolationError
from foedus.ids import AccountId, NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import (
    FixedLabel,
    decode_label,
    encode_label,
    join_all,
)
from foedus.releasability.labelled import LabelBudget
from foedus.releasability.labelling import label_for
from foedus.releasability.viewers import Role, Viewer
from foedus.response.assignments import (
    Assignment,
    Rule,
    assignment_of,
    terms_of,
)
from foedus.response.automation import sends_of
from foedus.response.cacao import Playbook, Step
from foedus.response.events import Cause, Edition, Plan
from foedus.response.library import Library
from foedus.response.seeing import ACTING, restricted
from foedus.response.shelf import Shelved, editions, find_edition, open_edition
from foedus.response.vocabulary import StepKind
from foedus.settings import Automation
from foedus.stix.timestamps import parse_instant

NAMED_MAX: Final = 20
"""Steps that a refusal lists; a person mends them one by one."""

NOBODY: Final = AccountId("account--nobody")
"""Stands for any account of a nation, where it does not matter which."""


_reference: Final = re.compile(r"(__[a-zA-Z][a-zA-Z0-9_-]{0,245}__):value").fullmatch
"""Matches a reference to a variable that says who is asked."""


class Starting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The run that is to be started.

    Attributes:
        playbook: its id.
        modified: which version of it; the newest without.
        launch: the first values of its external variables.
        label: who may know of the run, as far as its evidence and playbooks of others
            allow; what the playbook says, or else the playbook's own, without.
        evidence: the ids of objects that it rests on.
        reason: why, in a sentence.
        exercise: whether it is an exercise; what the playbook says, without.
    """

    playbook: str
    modified: str | None = None
    launch: dict[str, str | None] = msgspec.field(default_factory=dict)
    label: str = ""
    evidence: tuple[str, ...] = ()
    reason: str = ""
    exercise: bool | None = None


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """On what a run is planned.

    Attributes:
        viewer: as whom its playbooks are looked for; the coordinator is its nation.
        at_ms: when.
        labels: of what the run rests on; they are joined in.
        clearances: the highest of an account of each nation, by role.
        ceiling: the highest level that the hub may hold; None for no ceiling.
        automation: what the hub itself carries out.
    """

    db: apsw.Connection
    access: Access
    viewer: Viewer
    at_ms: int
    on: date
    labels: tuple[FixedLabel, ...] = ()
    clearances: Mapping[NationCode, Mapping[Role, int]]
    ceiling: int | None = None
    automation: Automation = Automation()


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it would be started."""

    editions: tuple[Edition, ...]
    plans: tuple[Plan, ...]
    label: FixedLabel
    exercise: bool
    cause: Cause


def plan(ground: Ground, starting: Starting, cause: Cause) -> Planned:
    """Plan a run.

    Raises:
        NotFoundError: there is no such playbook for the one who starts it.
        InvalidInputError: a value, a nation or a number does not fit.
        LabelError: a label is none.
        RuleViolationError: a playbook is revoked or out of its time, a label is above
            the account's clearance or one more than the nation may use, or somebody
            is asked who could not see it.
    """
    shelved = _gather(ground, starting)
    _check_valid(ground, shelved)
    library = Library(each.playbook for each in shelved)
    first = shelved[0].playbook
    library.check(first, starting.launch)
    label = _label(ground, starting, shelved)
    LabelBudget(ground.db, ground.viewer.nation).spend(label)
    exercise = starting.exercise
    exercise = terms_of(first).exercise if exercise is None else exercise
    plans = tuple(
        _by_whom(
            ground,
            _planned(ground, each.playbook, step, label, starting.launch),
            step,
            books=(each, shelved[0]),
            exercise=exercise,
        )
        for each in shelved
        for step in each.playbook.workflow.values()
        if step.kind is StepKind.ACTION
    )
    _check_reached(ground, shelved, plans)
    return Planned(
        editions=tuple(each.edition for each in shelved),
        plans=plans,
        label=label,
        exercise=exercise,
        cause=cause,
    )


def _by_whom(
    ground: Ground,
    planned: Plan,
    step: Step,
    *,
    books: tuple[Shelved, Shelved],
    exercise: bool,
) -> Plan:
    """Tell whether the hub itself carries out an action, or why people do.

    Args:
        ground: on what it is planned.
        planned: of whom it is asked.
        step: the action.
        books: the edition in which it stands, and that with which the run begins.
        exercise: whether the run is one.
    """
    coordinator = ground.viewer.nation
    if planned.nations != (coordinator,):
        return planned
    found = sends_of(
        ground.automation,
        ground.access.alliance,
        step,
        playbooks=[each.playbook for each in books],
        edition=books[0].edition,
        given=planned.given,
        label=decode_label(bytes(planned.label)),
        coordinator=coordinator,
    )
    if isinstance(found, str):
        return msgspec.structs.replace(planned, by_hand=found)
    if exercise:
        return msgspec.structs.replace(planned, by_hand="an exercise sends nothing")
    return msgspec.structs.replace(planned, sends=found)


def _gather(ground: Ground, starting: Starting) -> list[Shelved]:
    """Find the playbook, and all that it calls."""
    first = _find(ground, starting.playbook, starting.modified)
    if first is None:
        raise NotFoundError(f"no playbook {starting.playbook}; list the playbooks")
    found = [first]
    waiting = [first.playbook]
    while waiting:
        for step in waiting.pop().workflow.values():
            if step.kind is not StepKind.PLAYBOOK_ACTION or step.playbook_id is None:
                continue
            child = _find(ground, step.playbook_id, step.playbook_version)
            if child is None:
                raise RuleViolationError(
                    f"{step.label} calls {step.playbook_id}, which is not here; "
                    "import it first"
                )
            if child.edition not in [each.edition for each in found]:
                found.append(child)
                waiting.append(child.playbook)
    return found


def _find(ground: Ground, playbook: str, modified: str | None) -> Shelved | None:
    return find_edition(ground.db, ground.access, ground.viewer, playbook, modified)


def _check_valid(ground: Ground, shelved: Iterable[Shelved]) -> None:
    for each in shelved:
        book = each.playbook
        newest = next(
            other
            for other in editions(ground.db, ground.access, ground.viewer, book.id)
            if other.edition.nation == each.edition.nation
        )
        if book.revoked or open_edition(ground.db, newest).playbook.revoked:
            raise RuleViolationError(f"{book.name} is revoked; start another one")
        now_us = ground.at_ms * 1_000
        if book.valid_from and now_us < parse_instant(book.valid_from).us:
            raise RuleViolationError(f"{book.name} is valid from {book.valid_from} on")
        if book.valid_until and now_us >= parse_instant(book.valid_until).us:
            raise RuleViolationError(f"{book.name} was valid until {book.valid_until}")


def _label(ground: Ground, starting: Starting, shelved: list[Shelved]) -> FixedLabel:
    """Fix the label of the run.

    Under a label that it names, a nation may run its own playbooks for others than see
    the playbooks: each is shown the steps that are asked of it, and no further plan.
    Level and caveats stay, and playbooks of others bind it.
    """
    named = starting.label or terms_of(shelved[0].playbook).label
    labels = [
        _for_all(each.label)
        if named and each.edition.nation == ground.viewer.nation
        else each.label
        for each in shelved
    ]
    if named:
        labels.append(_read(ground, named))
    return join_all([*ground.labels, *labels], originator=ground.viewer.nation)


def _for_all(label: FixedLabel) -> FixedLabel:
    """Take the audience off a label; level and caveats stay."""
    return msgspec.structs.replace(label, closed_terms=None, closed=None, open=())


def _read(ground: Ground, text: str) -> FixedLabel:
    return label_for(
        text, ground.viewer, ground.access, on=ground.on, ceiling=ground.ceiling
    )


def _planned(
    ground: Ground,
    playbook: Playbook,
    step: Step,
    label: FixedLabel,
    launch: Mapping[str, str | None],
) -> Plan:
    given, coordinator = assignment_of(step), ground.viewer.nation
    named = [each for name in given.nations for each in _said(name, playbook, launch)]
    nations = tuple(_nations(ground, named, step)) or (coordinator,)
    given = _settled(ground, given, nations, step)
    own = (
        _read(ground, given.label)
        if given.label
        else restricted(label, nations, coordinator)
    )
    return Plan(
        version=playbook.version,
        step=step.id,
        nations=nations,
        given=given,
        released=bool(given.label),
        label=msgspec.Raw(encode_label(own)),
    )


def _said(name: str, playbook: Playbook, launch: Mapping[str, str | None]) -> list[str]:
    """Give the nations that a name stands for where it refers to a variable.

    The value is codes or communities, parted by blanks or commas: what the run is
    started with, or else what the playbook says.

    Raises:
        InvalidInputError: there is no such variable, or it names nobody.
    """
    found = _reference(name)
    if found is None:
        return [name]
    variable = playbook.variables.get(found[1])
    value = launch.get(found[1]) or (variable.value if variable is not None else None)
    words = (value or "").replace(",", " ").split()
    if variable is None or not variable.external or not words:
        raise InvalidInputError(
            f"{found[1]} names no nation; give it when the run is started"
        )
    return words


def _nations(ground: Ground, names: Iterable[str], step: Step) -> Iterator[NationCode]:
    """Give the nations that names mean today, each once, in the order of the codes."""
    alliance = ground.access.alliance
    found: set[NationCode] = set()
    for name in names:
        community, nation = alliance.community(name), alliance.nation(name)
        if community is not None:
            found |= {
                each
                for each in alliance.members_of(community, ground.on)
                if alliance.standing(each, ground.on)
            }
        elif nation is not None:
            found.add(nation)
        elif name.upper() == alliance.code:
            found.add(NationCode(alliance.code))
        else:
            raise InvalidInputError(
                f"{step.label}: {name!a} is neither a nation nor a community"
            )
    yield from sorted(found)


def _settled(
    ground: Ground, given: Assignment, nations: tuple[NationCode, ...], step: Step
) -> Assignment:
    """Name the nations of a rule by their codes; check that it can be met."""
    rule = given.completion
    if rule.quorum is not None and rule.quorum > len(nations):
        raise InvalidInputError(
            f"{step.label}: a quorum of {rule.quorum} among {len(nations)} nations"
        )
    if rule.rule is not Rule.NAMED:
        return given
    named = tuple(_nations(ground, rule.named, step))
    missing = [each for each in named if each not in nations]
    if missing:
        raise InvalidInputError(
            f"{step.label}: names {', '.join(missing)} but does not ask them"
        )
    completion = msgspec.structs.replace(rule, named=named)
    return msgspec.structs.replace(given, completion=completion)


def _check_reached(
    ground: Ground, shelved: list[Shelved], plans: Iterable[Plan]
) -> None:
    """Refuse a run in which somebody is asked who could not see what is asked."""
    steps = {
        (each.edition.version, step.id): step.label
        for each in shelved
        for step in each.playbook.workflow.values()
    }
    unreached = [
        f"{steps[one.version, one.step]}: {', '.join(missing)}"
        for one in plans
        if (
            missing := [each for each in one.nations if not _reaches(ground, one, each)]
        )
    ]
    if unreached:
        more = len(unreached) - NAMED_MAX
        listed = "; ".join(unreached[:NAMED_MAX]) + (f"; and {more} more" * (more > 0))
        raise RuleViolationError(
            f"nobody could see or do what is asked ({listed}); use a label that "
            "reaches them, or let them open accounts"
        )


def _reaches(ground: Ground, one: Plan, nation: NationCode) -> bool:
    roles = ACTING if one.given.role is None else frozenset({one.given.role})
    have = ground.clearances.get(nation, {})
    levels = [level for role, level in have.items() if role in roles]
    if not levels:
        return False
    viewer = Viewer(nation=nation, clearance=max(levels), roles=roles, account=NOBODY)
    label = msgspec.json.decode(one.label, type=FixedLabel)
    return ground.access.may_see(viewer, label, ground.viewer.nation)
