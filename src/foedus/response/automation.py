"""Which steps the hub itself carries out, where the operator lets it: by default none.

- A step is sent only to a receiver that a setting names, by a method that it names; and
  only if receiver, run and playbook are one nation's. So no nation makes the hub act
  upon another's systems, nor by another's words.
- The receiver's level bounds what it is told. An exercise sends nothing.
- Above the impact that a setting allows without asking, and where none is stated, two
  persons agree first, or one with an adopted decision.
- What a receiver answers becomes variables of the run only where the operator has said
  that it may stand under the labels of runs, and never of a step whose text its author
  released under another label than the run's.
- Whether a step is one of these is fixed when its run starts; settings that allow less
  by the time that it is sent hold, too.

Source: reference/response.md, sections 3.1 (impact as gate), 6.2 and 6.3 (8).
"""

from collections.abc import Iterable
from typing import Final

from foedus.alliance.nations import Alliance
from foedus.errors import InvalidInputError, RuleViolationError
from foedus.releasability.join import FixedLabel
from foedus.response.assignments import Assignment
from foedus.response.cacao import Playbook, Step
from foedus.response.events import Edition, Sends
from foedus.response.requests import (
    METHODS,
    REPEATABLE,
    Request,
    could_be_sent,
    read_place,
    requests_of,
)
from foedus.settings import Allowance, Automation

PERSONS: Final = 2
"""How many agree where a step may disturb more than the setting allows."""

ALLOWED_MAX: Final = 1_000
"""Receivers that the settings may name; each is looked at for each request."""


def check_settings(automation: Automation, alliance: Alliance) -> None:
    """Refuse settings that could not mean what was meant.

    Raises:
        InvalidInputError: a nation, a URL, a method or a level is none.
    """
    if len(automation.allowed) > ALLOWED_MAX:
        raise InvalidInputError(f"automation.allowed: at most {ALLOWED_MAX:,}")
    for each in automation.allowed:
        try:
            _check_allowance(each, automation, alliance)
        except InvalidInputError as error:
            raise InvalidInputError(
                f"automation.allowed, {each.url!a}: {error.detail}"
            ) from error


def _check_allowance(
    allowance: Allowance, automation: Automation, alliance: Alliance
) -> None:
    place = read_place(allowance.url)
    if place.query:
        raise InvalidInputError("a query is not compared; name the path alone")
    if place.scheme == "http" and not automation.allow_http:
        raise InvalidInputError("it is not https; see automation.allow_http")
    if _nation(allowance, alliance) is None:
        raise InvalidInputError(f"no nation {allowance.nation!a}")
    if not allowance.methods or not set(allowance.methods) <= set(METHODS):
        raise InvalidInputError(f"methods are of {', '.join(METHODS)}")
    if allowance.level is not None and alliance.level(allowance.level) is None:
        raise InvalidInputError(f"no level {allowance.level!a}")
    if allowance.repeat and not set(allowance.methods) <= REPEATABLE:
        raise InvalidInputError(
            "repeat is for methods that do the same once and twice: "
            + ", ".join(sorted(REPEATABLE))
        )


def sends_of(  # noqa: PLR0913 - all that it depends on
    automation: Automation,
    alliance: Alliance,
    step: Step,
    *,
    playbooks: Iterable[Playbook],
    edition: Edition,
    given: Assignment,
    label: FixedLabel,
    coordinator: str,
) -> Sends | str:
    """Tell whether the hub carries out a step of a run that starts now.

    Args:
        automation: the settings.
        alliance: the alliance of the hub.
        step: the step.
        playbooks: that in which it stands, and that with which the run begins.
        edition: that in which it stands.
        given: its assignment.
        label: of the step.
        coordinator: of the run.

    Returns:
        How many persons have to agree first; or why people do it by hand, empty where
        it is no step that a machine could do, or nothing is switched on.
    """
    if not automation.enabled or not could_be_sent(step):
        return ""
    if edition.nation != coordinator:
        return "another nation wrote the protocol"
    if given.evidence == "required" or given.gate is not None:
        return "what is done has to be shown, by a person"
    if step.out_args and given.label:
        return "its text has a label of its own, and what comes back has the run's"
    books = list(playbooks)
    try:
        allowed = allowances(
            automation, alliance, requests_of(books[0], step), coordinator, label
        )
        check_answers(step, allowed)
    except (InvalidInputError, RuleViolationError) as error:
        return error.detail
    return Sends(needed=needed(automation, [each.impact for each in books]))


def needed(automation: Automation, impacts: Iterable[int | None]) -> int:
    """Tell how many persons agree before a step is sent.

    Args:
        automation: the settings.
        impacts: what its playbooks state; 0 and `None` are unstated, which is not low.
    """
    is_low = all(each and each <= automation.impact_max for each in impacts)
    return 0 if is_low else PERSONS


def allowances(
    automation: Automation,
    alliance: Alliance,
    requests: Iterable[Request],
    nation: str,
    label: FixedLabel,
) -> list[Allowance]:
    """Find what allows each request; all or nothing.

    Raises:
        RuleViolationError: one of them is not allowed.
    """
    return [_allowance(automation, alliance, each, nation, label) for each in requests]


def check_answers(step: Step, allowed: Iterable[Allowance]) -> None:
    """Refuse to take values from answers that no setting lets become variables.

    Args:
        step: what is carried out.
        allowed: what allows each of its requests.

    Raises:
        RuleViolationError: one of them does not, and the step gives values back.
    """
    if step.out_args and not all(each.answers for each in allowed):
        raise RuleViolationError(
            "it gives back values, and no setting takes them from the answers of its "
            "receiver; see automation.allowed"
        )


def _allowance(
    automation: Automation,
    alliance: Alliance,
    request: Request,
    nation: str,
    label: FixedLabel,
) -> Allowance:
    for each in automation.allowed if automation.enabled else ():
        if (
            _nation(each, alliance) == nation
            and request.method in each.methods
            and _covers(each, request)
            and label.label.level <= _level(each, alliance)
        ):
            return each
    raise RuleViolationError(
        "no setting allows its request at this level; see automation.allowed"
    )


def _covers(allowance: Allowance, request: Request) -> bool:
    allowed, asked = read_place(allowance.url), read_place(request.url)
    if (allowed.scheme, allowed.host, allowed.port) != (
        asked.scheme,
        asked.host,
        asked.port,
    ):
        return False
    if allowed.path.endswith("/"):
        return asked.path.startswith(allowed.path)
    return asked.path == allowed.path


def _nation(allowance: Allowance, alliance: Alliance) -> str | None:
    if allowance.nation.upper() == alliance.code:
        return alliance.code
    return alliance.nation(allowance.nation)


def _level(allowance: Allowance, alliance: Alliance) -> int:
    found = alliance.level(allowance.level) if allowance.level is not None else 0
    assert found is not None, "the settings were checked"
    return found
