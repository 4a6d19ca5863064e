"""ACS markings: what the hub makes of the Access Control Specification in STIX.

A label says who may see a thing, by nation, and whether it may go further. An ACS
marking says more, so this maps what a label can say and refuses the rest by name:

- Nothing becomes wider than the marking says: what restricts, and cannot be said in a
  label, refuses the marking; what permits, and need not be said, is left out.
- What classifications, determinations and caveats become stands in the pack.
- Nationalities become nations, organizations become communities of the pack, closed as
  every classification marking is. Both stand: the audience is in all that limit it.
- To be seen is the action `DSPLY`, or `ALL`. If the default is to deny, or anything
  permits it to some, those it is permitted to see it and nobody else.
- What a reader may do besides is no matter of labels; it stays in the marking, which
  stays on the object. What *denies* such an action is refused: nobody could hold
  readers to it here.

Source: ACS data marking extension of STIX 2.1 (OASIS CTI TC); Information Sharing
Architecture, Access Control Specification 3.0a.
"""

import re
from collections.abc import Iterable

from foedus.alliance.nations import Alliance
from foedus.alliance.vocabulary import Acs, AcsWord
from foedus.errors import LabelError
from foedus.ids import NationCode
from foedus.releasability.labels import (
    ORIGINATOR,
    Clause,
    Closed,
    Label,
    canonical_clauses,
    clause,
)
from foedus.stix.markings import AcsDefinition, AcsPrivilege, AcsScope

_EVERYBODY = "ALL"

_SEEING = frozenset({"DSPLY", _EVERYBODY})
"""The actions that are, or include, to be shown a thing."""

_GIVEN = frozenset({"ANONYMOUSACCESS", "REQUEST"})
"""Actions whose denial holds on any hub: nobody is anonymous, and nothing is waived."""

_POLICY = re.compile(
    r"urn:isa:policy:acs:ns:v3\.0\?privdefault=(permit|deny)&sharedefault=(permit|deny)"
)


def label_of_acs(acs: AcsDefinition, alliance: Alliance) -> Label:
    """Make the label that an ACS marking asks for.

    Raises:
        LabelError: it says what a label cannot say, or what the pack gives no meaning
            (`unsupported_marking`), or names whom nobody knows (`unknown_entity`).
    """
    words = alliance.markings.acs if alliance.markings else None
    if words is None:
        raise _refusal(f"{alliance.name} gives them no meaning")
    if acs.unread:
        raise _refusal(f"{', '.join(acs.unread)} cannot be enforced here")
    said = [
        *_words("formal_determination", acs.determinations, words.determinations),
        *_words("caveat", acs.caveats, words.caveats),
    ]
    permits_seeing, permits_sharing = _defaults(acs.policies)
    clauses = [
        *_clauses(acs.scope, alliance),
        *_shown(acs.privileges, alliance, by_default=permits_seeing),
    ]
    if any(each.rule_effect != "permit" for each in acs.sharing):
        raise _refusal("a denial in further_sharing cannot be enforced here")
    controlled = any(each.originator_controlled for each in said)
    return Label(
        level=_level(acs.classification, words, alliance),
        audience=canonical_clauses(clauses),
        controllers=_controllers(acs.responsible, alliance) if controlled else (),
        no_onward=not permits_sharing or any(each.no_onward for each in said),
    )


def _level(classification: str | None, words: Acs, alliance: Alliance) -> int:
    for each in words.classifications:
        if each.value == classification:
            for number, level in enumerate(alliance.levels):
                if each.level in (level.policy_value, level.name):
                    return number
    raise _refusal(
        f"the classification {classification} is not accepted by {alliance.name}"
        if classification
        else "no classification is given"
    )


def _words(
    field: str, values: Iterable[str], known: Iterable[AcsWord]
) -> list[AcsWord]:
    by_value = {each.value: each for each in known}
    found = []
    for value in values:
        if value not in by_value:
            raise _refusal(f"{field} {value} cannot be enforced here")
        found.append(by_value[value])
    return found


def _defaults(policies: Iterable[str]) -> tuple[bool, bool]:
    """Tell whether seeing, and passing on, is permitted where nothing else is said.

    Without a policy neither is; of several, all must permit.
    """
    found = []
    for policy in policies:
        match = _POLICY.fullmatch(policy)
        if match is None:
            raise _refusal("its policy_reference is not known here")
        found.append((match[1] == "permit", match[2] == "permit"))
    seeing, sharing = zip(*found, strict=True) if found else ((False,), (False,))
    return all(seeing), all(sharing)


def _shown(
    privileges: Iterable[AcsPrivilege], alliance: Alliance, *, by_default: bool
) -> list[Clause]:
    """Find the clauses of whom it may be shown to; none where that is everybody."""
    permitted: list[list[Clause]] = []
    for each in privileges:
        sees = each.privilege_action in _SEEING
        if each.rule_effect == "permit":
            permitted += [_permitted(each, alliance)] if sees else []
        elif each.rule_effect != "deny":
            raise _refusal(f"the rule_effect {each.rule_effect} is not known here")
        elif sees and _is_everybody(each.privilege_scope):
            by_default = False
        elif each.privilege_action not in _GIVEN:
            raise _refusal(
                f"a denial of {each.privilege_action} in access_privilege cannot be "
                "enforced here"
            )
    if permitted:
        return _either(permitted)
    if by_default:
        return []
    raise _refusal("it permits nobody to be shown it (DSPLY)")


def _permitted(privilege: AcsPrivilege, alliance: Alliance) -> list[Clause]:
    if privilege.privilege_scope == AcsScope():
        raise _refusal("a privilege does not say whom it is for")
    return _clauses(privilege.privilege_scope, alliance)


def _either(permitted: list[list[Clause]]) -> list[Clause]:
    """Join what any of several privileges permits; no clause permits everybody."""
    if not all(permitted):
        return []
    if len(permitted) == 1:
        return permitted[0]
    if any(len(each) > 1 for each in permitted):
        raise _refusal(
            "of several privileges to be shown it, one names both nationalities and "
            "organizations, which a label cannot say"
        )
    single = [each for (each,) in permitted]
    return [
        clause(
            closed=(term for each in single for term in each.closed),
            nations=(nation for each in single for nation in each.nations),
        )
    ]


def _clauses(scope: AcsScope, alliance: Alliance) -> list[Clause]:
    """Find what limits a scope; no clause is everybody."""
    for name, values in (
        ("shareability", scope.shareability),
        ("entity", scope.entity),
    ):
        if _limits(name, values):
            raise _refusal(f"{name} {', '.join(values or ())} cannot be enforced here")
    clauses = []
    if _limits("permitted_nationalities", scope.permitted_nationalities):
        nations = [
            _nation(code, alliance) for code in scope.permitted_nationalities or ()
        ]
        clauses.append(clause(nations=nations))
    if _limits("permitted_organizations", scope.permitted_organizations):
        bodies = [_body(code, alliance) for code in scope.permitted_organizations or ()]
        clauses.append(clause(closed=bodies))
    return clauses


def _is_everybody(scope: AcsScope) -> bool:
    parts = (
        scope.permitted_nationalities,
        scope.permitted_organizations,
        scope.shareability,
        scope.entity,
    )
    return all(each in (None, (_EVERYBODY,)) for each in parts)


def _limits(field: str, values: tuple[str, ...] | None) -> bool:
    """Tell whether a list limits anybody.

    Raises:
        LabelError: it names nobody, or everybody beside somebody.
    """
    if values is None or values == (_EVERYBODY,):
        return False
    if not values or _EVERYBODY in values:
        raise _refusal(f"{field} names nobody, or {_EVERYBODY} beside somebody")
    return True


def _nation(code: str, alliance: Alliance) -> NationCode:
    nation = alliance.nation(code)
    if nation is None:
        raise LabelError(
            f"an ACS marking permits the nationality {code}, which {alliance.name} "
            "does not know",
            code="unknown_entity",
        )
    return nation


def _body(code: str, alliance: Alliance) -> Closed:
    # Never a nation: `FIN` is the financial sector here.
    community = alliance.community(code)
    if community is None:
        raise LabelError(
            f"an ACS marking permits the organization {code}, which is no community "
            f"of {alliance.name}",
            code="unknown_entity",
        )
    return Closed(community)


def _controllers(
    responsible: Iterable[str], alliance: Alliance
) -> tuple[NationCode, ...]:
    """Find who controls: the publisher, and the nations of who is responsible."""
    prefixes = {each.partition(".")[0] for each in responsible}
    named = {NationCode(each) for each in prefixes if each in alliance.nations}
    return tuple(sorted({ORIGINATOR, *named}))


def _refusal(reason: str) -> LabelError:
    return LabelError(
        f"an ACS marking: {reason}; mark the object in the alliance's own words",
        code="unsupported_marking",
    )
