"""What must hold in a pack beyond the form of its records.

Every function here yields faults: a path into the pack, what is wrong, what to do.
"""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from foedus.alliance.histories import Words, span, timeline
from foedus.alliance.nations import (
    community_names,
    fold_name,
    level_names,
    nation_names,
)
from foedus.alliance.records import (
    EVERYDAY_COMMUNITY,
    ORIGINATOR,
    PUBLIC,
    ByCommunity,
    ByStatus,
    ByWord,
    Community,
    Criterion,
    Hold,
    Listed,
    Pack,
    Seat,
)
from foedus.alliance.sourced import Basis, Sourced
from foedus.alliance.statuses import Status
from foedus.ids import CommunityCode

VIEW_CLASSES_MAX = 2048
"""(Nations and own body) x levels: one bit each in every mask of readers."""

_ALLIANCE_CODE = re.compile(r"[A-Z][A-Z0-9]{1,15}")
_NATION_CODE = re.compile(r"[A-Z]{3}")
_COMMUNITY_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:[ -][A-Z0-9]+)*")
_WORD = re.compile(r"[a-z][a-z0-9_]*")

_RESERVED = {fold_name(PUBLIC), fold_name(ORIGINATOR)}


def faults(pack: Pack) -> Iterator[str]:
    """Find everything that makes a pack unusable; nothing if it is sound."""
    found = False
    for fault in (*_identity(pack), *_levels(pack), *_words(pack), *_names(pack)):
        found = True
        yield fault
    for fault in (*_sources(pack), *_nations(pack), *_communities(pack)):
        found = True
        yield fault
    yield from _tlp(pack)
    yield from _frameworks(pack)
    yield from _guidebook(pack)
    if not found:  # counting needs sound histories
        yield from _counts(pack)


def _identity(pack: Pack) -> Iterator[str]:
    if not _ALLIANCE_CODE.fullmatch(pack.code):
        yield f"$.code: {pack.code!r} must be 2-16 capitals and digits, such as NATO"
    try:
        ZoneInfo(pack.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield (
            f"$.timezone: {pack.timezone!r} is no IANA time zone known here; write "
            "one such as Europe/Brussels"
        )
    classes = (len(pack.nations) + 1) * len(pack.levels)
    if classes > VIEW_CLASSES_MAX:
        yield (
            f"$.nations: {len(pack.nations)} nations and the alliance's own body on "
            f"{len(pack.levels)} levels are {classes} classes of viewers; the limit "
            f"is {VIEW_CLASSES_MAX}; leave out nations or levels"
        )


def _levels(pack: Pack) -> Iterator[str]:
    flags = [level.classified for level in pack.levels]
    if not flags or flags[0]:
        yield "$.levels: begin with a level that is not classified"
    if flags != sorted(flags):
        yield "$.levels: list ascending, what is not classified first"
    for n, level in enumerate(pack.levels):
        yield from _not_blank(f"$.levels[{n}]", level_names(level))
    yield from _unique("$.levels", (set(level_names(each)) for each in pack.levels))


def _words(pack: Pack) -> Iterator[str]:
    own = {status.value: status for status in Status}
    for n, word in enumerate(pack.words):
        path = f"$.words[{n}]"
        if not _WORD.fullmatch(word.word):
            yield f"{path}.word: {word.word!r} must be small letters, digits and _"
        if word.word == Status.NONE or word.status is Status.NONE:
            yield f"{path}: `none` is the absence of words; leave it out or use null"
        elif word.word in own and word.status is not own[word.word]:
            yield f"{path}.status: the word {word.word!r} must have the same status"
        if word.partnership and word.status in {Status.MEMBER, Status.SUSPENDED}:
            yield f"{path}.partnership: members can hold this word; leave it out"
    yield from _unique("$.words", ({each.word} for each in pack.words))


def _names(pack: Pack) -> Iterator[str]:
    """Whatever a label may name must mean one thing."""
    for n, nation in enumerate(pack.nations):
        if not _NATION_CODE.fullmatch(nation.code):
            yield f"$.nations[{n}].code: {nation.code!r} must be three capitals"
        yield from _not_blank(f"$.nations[{n}]", nation_names(nation))
    for n, community in enumerate(pack.communities):
        for name in community_names(community):
            if not _COMMUNITY_CODE.fullmatch(name):
                yield (
                    f"$.communities[{n}]: {name!r} must be words of capitals and "
                    "digits, parted by one blank or hyphen"
                )
    yield from _unique("$.nations", (set(nation_names(each)) for each in pack.nations))
    communities = [set(community_names(each)) for each in pack.communities]
    yield from _unique("$.communities", communities)
    called = {fold_name(name) for each in pack.nations for name in nation_names(each)}
    named = {fold_name(name) for each in communities for name in each}
    for name in sorted(called & named):
        yield f"$.communities: {name!r} is a nation too; call one of them otherwise"
    for name in sorted((called | named) & _RESERVED):
        yield f"$: {name!r} is reserved; call the nation or community otherwise"
    yield from _body(pack, called)


def _body(pack: Pack, called: set[str]) -> Iterator[str]:
    body = fold_name(pack.code)
    if body in called:
        yield f"$.code: {pack.code!r} is a nation too; the alliance's body is none"
    for n, community in enumerate(pack.communities):
        names = {fold_name(name) for name in community_names(community)}
        if body in names and not community.includes_body:
            yield (
                f"$.communities[{n}].includes_body: must be true for {pack.code}, "
                "which is the alliance itself"
            )


def _unique(path: str, names: Iterable[set[str]]) -> Iterator[str]:
    count = Counter(name for each in names for name in {fold_name(n) for n in each})
    for name, times in sorted(count.items()):
        if times > 1:
            yield f"{path}: {name!r} names {times} records; it may name one"


def _not_blank(path: str, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if not fold_name(name):
            yield f"{path}: a name or code is blank; write it or leave it out"


def _sources(pack: Pack) -> Iterator[str]:
    known = {source.sid for source in pack.sources}
    yield from _unique("$.sources", ({each.sid} for each in pack.sources))
    for path, record in _sourced(pack):
        if not record.sources:
            yield f"{path}.sources: name at least one source"
        yield from _known(f"{path}.sources", record.sources, known)
        yield from _not_recorded(path, record.basis)
    for n, nation in enumerate(pack.nations):
        for m, hold in enumerate(nation.history):
            path = f"$.nations[{n}].history[{m}]"
            yield from _known(f"{path}.sources", hold.sources, known)
            yield from _not_recorded(path, hold.basis)
    for sid in sorted(_cited(msgspec.to_builtins(pack.markings)) - known):
        yield f"$.markings: no source {sid!r}; add it to $.sources or correct it"


def _not_recorded(path: str, basis: Basis) -> Iterator[str]:
    if basis is Basis.RECORDED:
        yield f"{path}.basis: `recorded` is for what a hub records itself"


def _cited(part: object) -> set[str]:
    """Find the ids under `source` in the marking vocabulary, at any depth."""
    if isinstance(part, dict):
        own = part.get("source", ())
        return set(own).union(*(_cited(value) for value in part.values()))
    if isinstance(part, list | tuple):
        return set[str]().union(*(_cited(value) for value in part))
    return set()


def _sourced(pack: Pack) -> Iterator[tuple[str, Sourced]]:
    parts: Mapping[str, tuple[Sourced, ...]] = {
        "levels": pack.levels,
        "words": pack.words,
        "nations": pack.nations,
        "communities": pack.communities,
        "tlp": pack.tlp,
        "frameworks": pack.frameworks,
        "accession": pack.accession,
        "principles": pack.principles,
        "articles": pack.articles,
        "duties": pack.duties,
        "joiners": pack.joiners,
        "glossary": pack.glossary,
        "mistakes": pack.mistakes,
        "questions": pack.questions,
        "exercises": pack.exercises,
        "training": pack.training,
        "standards": pack.standards,
        "measures": pack.measures,
        "modules": pack.modules,
        "spending": pack.spending,
        "borders": pack.borders,
    }
    for name, records in parts.items():
        for n, record in enumerate(records):
            yield f"$.{name}[{n}]", record


def _known(path: str, used: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for name in sorted(set(used) - set(known)):
        yield f"{path}: {name!r} is not in this pack; add it or correct it"


def _nations(pack: Pack) -> Iterator[str]:
    levels = {level.name for level in pack.levels}
    words = Words.of(pack.words).statuses.keys() | {each.word for each in pack.words}
    for n, nation in enumerate(pack.nations):
        path = f"$.nations[{n}]"
        if nation.ceiling:
            yield from _known(f"{path}.ceiling", [nation.ceiling], levels)
        for m, hold in enumerate(nation.history):
            where = f"{path}.history[{m}]"
            yield from _known(f"{where}.word", [hold.word], words)
            yield from _forward(where, hold.since, hold.until)
        yield from _overlaps(f"{path}.history", nation.history)


def _forward(path: str, since: date | None, until: date | None) -> Iterator[str]:
    low, high = span(since, until)
    if low >= high:
        yield f"{path}: `until` must be after `since`; the interval is half-open"


def _overlaps(path: str, history: Iterable[Hold]) -> Iterator[str]:
    ordered = sorted(history, key=lambda each: (each.word, each.since))
    for earlier, later in itertools.pairwise(ordered):
        end = span(earlier.since, earlier.until)[1]
        if earlier.word == later.word and later.since < end:
            yield f"{path}: {later.word!r} overlaps itself on {later.since}; part them"


def _communities(pack: Pack) -> Iterator[str]:
    codes = {community.code for community in pack.communities}
    named = {name for each in pack.communities for name in community_names(each)}
    if EVERYDAY_COMMUNITY not in named:
        yield "$.communities: one must be called MEMBERS, by its code or an alias"
    for n, community in enumerate(pack.communities):
        path = f"$.communities[{n}]"
        yield from _forward(path, community.since, community.until)
        if community.known != bool(community.criteria):
            yield f"{path}: give criteria, or say `known: false`, not both"
        for m, criterion in enumerate(community.criteria):
            yield from _criterion(f"{path}.criteria[{m}]", criterion, pack)
    yield from _body_parts(pack)
    parts = {each.code: _parts(each) & codes for each in pack.communities}
    for code in sorted(each for each in codes if _reaches(parts, each)):
        yield f"$.communities: {code!r} consists of itself; break the circle"


def _criterion(path: str, criterion: Criterion, pack: Pack) -> Iterator[str]:
    nations = {nation.code for nation in pack.nations}
    match criterion:
        case ByStatus(statuses=statuses):
            if not statuses or Status.SUSPENDED in statuses:
                yield (
                    f"{path}.statuses: name one or more, without `suspended`, which "
                    "is asked when they read"
                )
        case ByWord(words=words, only=only):
            known = Words.of(pack.words).statuses.keys()
            yield from _known(
                f"{path}.words", words, known | {each.word for each in pack.words}
            )
            yield from _known(f"{path}.only", only, nations)
        case Listed(seats=seats):
            yield from _seats(f"{path}.seats", seats, nations)
        case ByCommunity(communities=communities):
            known_codes = {community.code for community in pack.communities}
            yield from _known(f"{path}.communities", communities, known_codes)
        case _:
            assert_never(criterion)


def _seats(path: str, seats: Iterable[Seat], nations: Iterable[str]) -> Iterator[str]:
    for n, seat in enumerate(seats):
        yield from _known(f"{path}[{n}].nation", [seat.nation], nations)
        yield from _forward(f"{path}[{n}]", seat.since, seat.until)


def _body_parts(pack: Pack) -> Iterator[str]:
    """Whoever takes in a community takes in the body that belongs to it."""
    bodies = {each.code for each in pack.communities if each.includes_body}
    for n, community in enumerate(pack.communities):
        for part in sorted(_parts(community) & bodies):
            if not community.includes_body:
                yield (
                    f"$.communities[{n}].includes_body: must be true, since "
                    f"{part!r} is part of it and includes the alliance's body"
                )


def _parts(community: Community) -> set[CommunityCode]:
    return {
        part
        for criterion in community.criteria
        if isinstance(criterion, ByCommunity)
        for part in criterion.communities
    }


def _reaches(
    parts: Mapping[CommunityCode, set[CommunityCode]], code: CommunityCode
) -> bool:
    """Tell whether following the parts of a community leads back to it."""
    seen: set[CommunityCode] = set()
    ahead = set(parts[code])
    while ahead:
        step = ahead.pop()
        seen.add(step)
        ahead |= parts[step] - seen
    return code in seen


def _tlp(pack: Pack) -> Iterator[str]:
    yield from _unique("$.tlp", ({each.word, *each.aliases} for each in pack.tlp))
    codes = {community.code for community in pack.communities}
    for n, rule in enumerate(pack.tlp):
        yield from _known(
            f"$.tlp[{n}].audience", [rule.audience], codes | {PUBLIC, ORIGINATOR}
        )


def _frameworks(pack: Pack) -> Iterator[str]:
    ids = {framework.id for framework in pack.frameworks}
    nations = {nation.code for nation in pack.nations}
    words = {each.word for each in pack.words} | Words.of(pack.words).statuses.keys()
    yield from _unique("$.frameworks", ({each.id} for each in pack.frameworks))
    for n, framework in enumerate(pack.frameworks):
        path = f"$.frameworks[{n}]"
        yield from _known(f"{path}.words", framework.words, words)
        yield from _known(f"{path}.mentioned", framework.mentioned, nations)
        yield from _seats(f"{path}.seats", framework.seats, nations)
        if framework.succeeded_by:
            yield from _known(f"{path}.succeeded_by", [framework.succeeded_by], ids)
        yield from _forward(path, framework.established, framework.ended)


def _guidebook(pack: Pack) -> Iterator[str]:
    nations = {nation.code for nation in pack.nations}
    frameworks = {framework.id for framework in pack.frameworks}
    steps = {each.step for each in pack.accession}
    yield from _unique("$.articles", ({str(each.article)} for each in pack.articles))
    yield from _unique(
        "$.glossary", ({each.term, *each.aliases} for each in pack.glossary)
    )
    for name, ids in {
        "mistakes": [each.id for each in pack.mistakes],
        "questions": [each.id for each in pack.questions],
        "exercises": [each.id for each in pack.exercises],
        "training": [each.id for each in pack.training],
        "standards": [each.id for each in pack.standards],
        "measures": [each.id for each in pack.measures],
        "modules": [each.id for each in pack.modules],
        "spending": [each.id for each in pack.spending],
        "borders": [each.id for each in pack.borders],
    }.items():
        yield from _unique(f"$.{name}", ({each} for each in ids))
    standards = {each.id for each in pack.standards}
    for n, module in enumerate(pack.modules):
        yield from _known(f"$.modules[{n}].teaches", module.teaches, standards)
    for n, edition in enumerate(pack.spending):
        named = [row.nation for row in edition.rows]
        yield from _known(f"$.spending[{n}].rows", named, nations)
        given = {year for row in edition.rows for year in row.percent}
        years = {*given, *edition.estimates}
        yield from _known(f"$.spending[{n}].years", years, edition.years)
        yield from _unique(f"$.spending[{n}].rows", ({each} for each in named))
    yield from _borders(pack, nations)
    for n, joiner in enumerate(pack.joiners):
        path = f"$.joiners[{n}]"
        yield from _known(f"{path}.nation", [joiner.nation], nations)
        at = {stage.step for stage in joiner.stages if stage.step}
        yield from _known(f"{path}.stages", at, steps)
    named_by = {
        "glossary": [each.framework for each in pack.glossary],
        "training": [each.framework for each in pack.training],
    }
    for name, named_ids in named_by.items():
        yield from _known(f"$.{name}: framework", filter(None, named_ids), frameworks)
    for n, mistake in enumerate(pack.mistakes):
        if mistake.example:
            where = f"$.mistakes[{n}].example.of"
            yield from _known(where, mistake.example.of, nations | frameworks)


def _borders(pack: Pack, nations: Collection[str]) -> Iterator[str]:
    for n, table in enumerate(pack.borders):
        path = f"$.borders[{n}]"
        named = {code for row in table.rows for code in row.between}
        yield from _known(f"{path}.rows", named, {*nations, *table.others})
        yield from _unique(
            f"{path}.rows", ({str(sorted(row.between))} for row in table.rows)
        )
        for m, row in enumerate(table.rows):
            yield from _known(f"{path}.rows[{m}].stated", row.stated, row.between)
            if not row.stated or not all(km > 0 for km in row.stated.values()):
                yield f"{path}.rows[{m}].stated: give a length above zero by one side"


def _counts(pack: Pack) -> Iterator[str]:
    words = Words.of(pack.words)
    timelines = [timeline(nation.history, words) for nation in pack.nations]
    for n, check in enumerate(pack.count_checks):
        members = sum(
            each.at(check.date).underlying is Status.MEMBER for each in timelines
        )
        if members != check.members:
            yield (
                f"$.count_checks[{n}]: {members} members on {check.date}, not "
                f"{check.members}; correct the histories or the count"
            )
