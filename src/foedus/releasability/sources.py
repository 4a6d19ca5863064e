"""Where labels come from: texts, traffic lights, markings of objects.

The rules, each failing closed:

- A canonical text is a label. Otherwise a text is read by the marking grammar; a
  marking of the alliance becomes a label, one of anybody else (a nation's, another
  organisation's) is understood and refused: an equivalence is no release authority.
- A classification marking is *closed*: its communities are those of the day on which
  the information arrives. A traffic light is *open*: the nations of today.
- TLP:AMBER and TLP:RED add the nations that the object names in its other markings.
- A statement that begins like a marking is a marking, and refused if it does not
  parse. Any other statement (a copyright notice) says nothing about who may see.
- An ACS marking becomes a label as far as a label can say it, and is refused otherwise.
- A marking whose definition is not known here, and one of an unknown kind, is refused.

Source: DESIGN §6, "Sources of a label"; TLP 2.0 (FIRST, August 2022).
"""

from collections.abc import Iterable, Sequence
from typing import assert_never

import msgspec

from foedus.alliance.nations import Alliance
from foedus.errors import LabelError
from foedus.ids import NationCode
from foedus.releasability.acs import label_of_acs
from foedus.releasability.labels import (
    ORIGINATOR,
    Clause,
    Closed,
    Label,
    canonical_clauses,
    clause,
    parse_label,
)
from foedus.releasability.markings import (
    Marking,
    looks_like_marking,
    parse_marking,
)
from foedus.stix.markings import (
    AcsDefinition,
    Definition,
    HubDefinition,
    OtherDefinition,
    StatementDefinition,
    TlpDefinition,
)


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """What an object's own markings say.

    Attributes:
        labels: one for each marking that says anything; they are to be joined.
        travels: whether the markings alone tell any receiver the same, so that the
            object needs no stamp: traffic lights do, and markings of a hub in which
            every closed community is dated and the originator is named.
    """

    labels: tuple[Label, ...]
    travels: bool


def read_label(text: str, alliance: Alliance) -> Label:
    """Read a label from its canonical text, a marking or a traffic light.

    Raises:
        LabelError: it is none of these, or cannot be enforced here.
    """
    try:
        return parse_label(text, alliance)
    except LabelError as refusal:
        if alliance.markings is None or _is_canonical(text, refusal):
            raise
        return label_of_marking(parse_marking(text, alliance.markings), alliance)


def _is_canonical(text: str, refusal: LabelError) -> bool:
    """Tell whether a text was meant as a canonical one, so that its refusal counts."""
    return "//" in text.strip().strip("/") and refusal.code != "unknown_marking"


def label_of_marking(marking: Marking, alliance: Alliance) -> Label:
    """Make the label that a marking asks for.

    Raises:
        LabelError: `foreign_marking`, `unsupported_sensitivity`, `unknown_entity` or
            `unknown_marking`.
    """
    if marking.policy == "TLP":
        return label_of_tlp(marking.maps_to or marking.label or "", alliance)
    words = alliance.markings
    if words is None or marking.policy != words.policy:
        raise LabelError(
            f"a marking of {marking.policy} binds {alliance.name} only by agreement; "
            "mark it in the alliance's own words",
            code="foreign_marking",
        )
    if marking.additional_sensitivity:
        raise LabelError(
            f"{', '.join(marking.additional_sensitivity)} needs an authorisation that "
            "this hub does not keep",
            code="unsupported_sensitivity",
        )
    level = _level(marking, alliance)
    if marking.release_state is not None:
        return Label(level=level)
    release_codes = {each.code: each.release_code for each in words.contexts}
    context = release_codes.get(marking.context or words.default_context, "")
    clauses = [_closed_clause(marking.releasable_to or (context,), alliance)]
    if marking.only:
        clauses.append(_closed_clause(marking.only, alliance))
    return Label(level=level, audience=canonical_clauses(clauses))


def label_of_tlp(
    word: str, alliance: Alliance, named: Iterable[NationCode] = ()
) -> Label:
    """Make the label of a traffic light.

    Args:
        word: such as `AMBER+STRICT`, of any version of the protocol.
        alliance: gives the meaning of the word.
        named: the nations that the marked object names.

    Raises:
        LabelError: the alliance gives the word no meaning (`unknown_marking`).
    """
    for rule in alliance.pack.tlp:
        if word.upper() not in (rule.word, *rule.aliases):
            continue
        nations = tuple(named) if rule.names_add else ()
        audience: tuple[Clause, ...] = ()
        if rule.audience == ORIGINATOR:
            audience = (clause(nations=[ORIGINATOR, *nations]),)
        elif rule.audience != "PUBLIC":
            code = alliance.community(rule.audience)
            assert code is not None, "a pack's lights name communities of it"
            audience = (
                clause(open=[code], nations=nations)
                if rule.open
                else clause(closed=[Closed(code)], nations=nations),
            )
        return Label(level=0, audience=audience, no_onward=rule.no_onward_release)
    raise LabelError(
        f"TLP:{word} has no meaning in {alliance.name}", code="unknown_marking"
    )


def own_labels(definitions: Sequence[Definition], alliance: Alliance) -> Own:
    """Read all markings of one object.

    Raises:
        LabelError: one of them cannot be enforced; the detail says which and why.
    """
    labels = []
    lights = [each for each in definitions if isinstance(each, TlpDefinition)]
    travels = True
    for definition in definitions:
        match definition:
            case TlpDefinition():
                continue
            case HubDefinition():
                # The stamp puts its dated form, and the definition, beside it.
                labels.append(parse_label(definition.text, alliance))
                travels = False
            case StatementDefinition():
                label = label_of_statement(definition.text, alliance)
                if label is not None:
                    labels.append(label)
                    travels = False
            case AcsDefinition():
                labels.append(label_of_acs(definition, alliance))
                travels = False
            case OtherDefinition():
                raise LabelError(
                    "a marking of a kind that this hub does not know; use TLP or "
                    "the alliance's own words",
                    code="unsupported_marking",
                )
            case _:
                assert_never(definition)
    named = {
        nation
        for label in labels
        for each in label.audience
        for nation in each.nations
        if nation != ORIGINATOR
    }
    labels += [label_of_tlp(each.name, alliance, named) for each in lights]
    return Own(labels=tuple(labels), travels=travels)


def label_of_statement(text: str, alliance: Alliance) -> Label | None:
    """Read a statement; None if it is a mere statement.

    Raises:
        LabelError: it begins like a marking and is none that can be enforced.
    """
    words = alliance.markings
    level = text.split("//", 1)[0]
    canonical = "//" in text and alliance.level(" ".join(level.split())) is not None
    if canonical or (words is not None and looks_like_marking(text, words)):
        return read_label(text, alliance)
    return None


def _level(marking: Marking, alliance: Alliance) -> int:
    if marking.classification is None:
        return 0
    for number, level in enumerate(alliance.levels):
        if marking.classification in (level.policy_value, level.name):
            return number
    raise LabelError(
        f"{marking.classification} is no level of {alliance.name}",
        code="unknown_marking",
    )


def _closed_clause(codes: Iterable[str], alliance: Alliance) -> Clause:
    closed = []
    nations = []
    for code in codes:
        if community := alliance.community(code):
            closed.append(Closed(community))
        elif nation := alliance.nation(code):
            nations.append(nation)
        else:
            raise LabelError(
                f"{code} is not known to this hub; name the nations",
                code="unknown_entity",
            )
    return clause(closed=closed, nations=nations)
