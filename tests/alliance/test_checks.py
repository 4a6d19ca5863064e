"""One refusal for each rule: the pack of the Harbour League, spoilt in one place."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from foedus.alliance.checks import VIEW_CLASSES_MAX
from foedus.alliance.pack import load_pack, parse_pack, print_pack
from foedus.errors import InvalidInputError

Document = dict[str, Any]
Spoil = Callable[[Document], object]


SAID = {"sources": ["charter"], "basis": "known", "as_of": "2026-01-01"}


def nation(document: Document, n: int = 0) -> Document:
    found: Document = document["nations"][n]
    return found


def community(document: Document, n: int = 0) -> Document:
    found: Document = document["communities"][n]
    return found


def crowd(document: Document) -> None:
    document["levels"] += [
        document["levels"][2]
        | {"name": "LOCKED AWAY", "abbreviation": "LA", "translations": {}}
    ]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    document["nations"] += [
        nation(document, 4)
        | {"code": f"X{a}{b}", "name": f"Islet {a}{b}", "aliases": []}
        for a in letters
        for b in letters
    ]


def circle(document: Document) -> None:
    criterion = {"by": "community", "communities": ["NORTH QUAY"]}
    community(document, 0)["criteria"].append(criterion)


def overlap(document: Document) -> None:
    hold = {"word": "moored", "since": "1925-01-01", "basis": "known"}
    nation(document, 1)["history"].append(hold | {"until": "1940-01-01"})


def term(name: str, **more: object) -> Document:
    return SAID | {"term": name, "definition": "where a ship lies", **more}


def mistake(name: str, **more: object) -> Document:
    said = {"mistake": "Letting it be.", "correction": "Make fast."}
    return SAID | {"id": name, **said, **more}


RULES: dict[str, tuple[str, Spoil]] = {
    "code of the alliance": (
        "$.code: 'Harbour' must be",
        lambda d: d.update(code="Harbour"),
    ),
    "time zone": (
        "$.timezone: 'Sea/Bottom'",
        lambda d: d.update(timezone="Sea/Bottom"),
    ),
    "view classes": (f"the limit is {VIEW_CLASSES_MAX}", crowd),
    "no level": ("$.levels: begin with", lambda d: d.update(levels=[])),
    "first level": (
        "$.levels: begin with",
        lambda d: d["levels"][0].update(classified=True),
    ),
    "order of levels": (
        "$.levels: list ascending",
        lambda d: (d["levels"].reverse(), d["levels"].insert(0, d["levels"].pop())),
    ),
    "name of a level": (
        "'ow' names 2 records",
        lambda d: d["levels"][1].update(abbreviation="OW"),
    ),
    "blank name": (
        "$.nations[0]: a name or code is blank",
        lambda d: nation(d).update(name=" "),
    ),
    "form of a word": (
        "$.words[0].word: 'Moored'",
        lambda d: d["words"][0].update(word="Moored"),
    ),
    "the word none": (
        "$.words[0]: `none`",
        lambda d: d["words"][0].update(status="none"),
    ),
    "a word with the name of a status": (
        "$.words[2].status: the word 'partner'",
        lambda d: d["words"][2].update(word="partner", status="member"),
    ),
    "partnership of members": (
        "$.words[0].partnership",
        lambda d: d["words"][0].update(partnership=True),
    ),
    "one word twice": (
        "$.words: 'moored' names 2 records",
        lambda d: d["words"].append(d["words"][0]),
    ),
    "code of a nation": (
        "$.nations[4].code: 'qme'",
        lambda d: nation(d, 4).update(code="qme"),
    ),
    "one nation twice": (
        "$.nations: 'qma' names 2 records",
        lambda d: nation(d, 4).update(code="QMA"),
    ),
    "alias of two nations": (
        "$.nations: 'aldwater' names 2 records",
        lambda d: nation(d, 1).update(aliases=["ALDWATER"]),
    ),
    "code of a community": (
        "$.communities[1]: 'PILOTS+'",
        lambda d: community(d, 1).update(code="PILOTS+"),
    ),
    "one community twice": (
        "$.communities: 'quay' names 2 records",
        lambda d: community(d, 1).update(aliases=["QUAY"]),
    ),
    "a community called like a nation": (
        "$.communities: 'qma' is a nation too",
        lambda d: community(d, 1).update(aliases=["QMA"]),
    ),
    "reserved name": (
        "'public' is reserved",
        lambda d: community(d, 1).update(aliases=["PUBLIC"]),
    ),
    "a nation called like the alliance": (
        "$.code: 'HARBOUR' is a nation too",
        lambda d: nation(d).update(aliases=["Harbour"]),
    ),
    "the alliance without its body": (
        "$.communities[0].includes_body: must be true for HARBOUR",
        lambda d: community(d).update(includes_body=False),
    ),
    "a part without its body": (
        "$.communities[2].includes_body: must be true, since 'MEMBERS'",
        lambda d: community(d, 2).update(includes_body=False),
    ),
    "no community of members": (
        "one must be called MEMBERS",
        lambda d: d.update(communities=[]),
    ),
    "known without criteria": (
        "$.communities[3]: give criteria",
        lambda d: community(d, 3).update(known=True),
    ),
    "life of a community": (
        "$.communities[1]: `until` must be after `since`",
        lambda d: community(d, 1).update(until="1965-01-01"),
    ),
    "a community of itself": ("'MEMBERS' consists of itself", circle),
    "a community of suspended nations": (
        "$.communities[0].criteria[0].statuses",
        lambda d: community(d)["criteria"][0].update(statuses=["suspended"]),
    ),
    "a community of an unknown word": (
        "$.communities[1].criteria[0].words: 'anchor'",
        lambda d: community(d, 1)["criteria"][0].update(words=["anchor"]),
    ),
    "a community of an unknown nation": (
        "$.communities[1].criteria[0].only: 'QZZ'",
        lambda d: community(d, 1)["criteria"][0].update(only=["QZZ"]),
    ),
    "a community of an unknown community": (
        "$.communities[2].criteria[0].communities: 'SHOAL'",
        lambda d: community(d, 2)["criteria"][0].update(communities=["SHOAL"]),
    ),
    "a seat of an unknown nation": (
        "$.communities[2].criteria[1].seats[0].nation: 'QZZ'",
        lambda d: community(d, 2)["criteria"][1]["seats"][0].update(nation="QZZ"),
    ),
    "a seat that ends before it begins": (
        "$.communities[2].criteria[1].seats[0]: `until`",
        lambda d: community(d, 2)["criteria"][1]["seats"][0].update(until="1990-01-01"),
    ),
    "a record without sources": (
        "$.nations[0].sources: name at least one",
        lambda d: nation(d).update(sources=[]),
    ),
    "an unknown source": (
        "$.levels[0].sources: 'rumour'",
        lambda d: d["levels"][0].update(sources=["rumour"]),
    ),
    "an unknown source of an interval": (
        "$.nations[0].history[0].sources: 'rumour'",
        lambda d: nation(d)["history"][0].update(sources=["rumour"]),
    ),
    "one source twice": (
        "$.sources: 'charter' names 2 records",
        lambda d: d["sources"].append(d["sources"][0]),
    ),
    "a basis that only a hub gives": (
        "$.nations[0].basis: `recorded`",
        lambda d: nation(d).update(basis="recorded"),
    ),
    "an interval with a basis that only a hub gives": (
        "$.nations[0].history[0].basis: `recorded`",
        lambda d: nation(d)["history"][0].update(basis="recorded"),
    ),
    "an unknown ceiling": (
        "$.nations[2].ceiling: 'THE DEEP'",
        lambda d: nation(d, 2).update(ceiling="THE DEEP"),
    ),
    "an unknown word": (
        "$.nations[0].history[0].word: 'anchor'",
        lambda d: nation(d)["history"][0].update(word="anchor"),
    ),
    "an interval that ends as it begins": (
        "$.nations[0].history[0]: `until` must be after `since`",
        lambda d: nation(d)["history"][0].update(until="1900-05-01"),
    ),
    "a word that overlaps itself": ("'moored' overlaps itself", overlap),
    "an unknown audience": (
        "$.tlp[0].audience: 'SHOAL'",
        lambda d: d.update(tlp=[SAID | {"word": "GREEN", "audience": "SHOAL"}]),
    ),
    "an unknown word of a framework": (
        "$.frameworks[0].words: 'anchor'",
        lambda d: d["frameworks"][0].update(words=["anchor"]),
    ),
    "an unknown nation that is mentioned": (
        "$.frameworks[0].mentioned: 'QZZ'",
        lambda d: d["frameworks"][0].update(mentioned=["QZZ"]),
    ),
    "an unknown participant": (
        "$.frameworks[0].seats[0].nation: 'QZZ'",
        lambda d: d["frameworks"][0]["seats"][0].update(nation="QZZ"),
    ),
    "an unknown successor": (
        "$.frameworks[0].succeeded_by: 'tides'",
        lambda d: d["frameworks"][0].update(succeeded_by="tides"),
    ),
    "a framework that ends before it begins": (
        "$.frameworks[0]: `until` must be after `since`",
        lambda d: d["frameworks"][0].update(ended="1960-01-01"),
    ),
    "one framework twice": (
        "$.frameworks: 'pilots' names 2 records",
        lambda d: d["frameworks"].append(d["frameworks"][0]),
    ),
    "one term twice": (
        "$.glossary: 'berth' names 2 records",
        lambda d: d.update(glossary=[term("Berth"), term("Quay", aliases=["berth"])]),
    ),
    "a term of an unknown framework": (
        "framework: 'tides'",
        lambda d: d.update(glossary=[term("Tides", framework="tides")]),
    ),
    "a joiner that is no nation": (
        "$.joiners[0].nation: 'QZZ'",
        lambda d: d.update(joiners=[SAID | {"nation": "QZZ", "stages": []}]),
    ),
    "a stage of an unknown step": (
        "$.joiners[0].stages: 'leap'",
        lambda d: d.update(
            joiners=[
                SAID | {"nation": "QMA", "stages": [{"name": "leap", "step": "leap"}]}
            ]
        ),
    ),
    "one mistake twice": (
        "$.mistakes: 'drift' names 2 records",
        lambda d: d.update(mistakes=[mistake("drift"), mistake("drift")]),
    ),
    "an example of an unknown framework": (
        "$.mistakes[0].example.of: 'tides'",
        lambda d: d.update(
            mistakes=[
                mistake("drift", example={"show": "participants", "of": ["tides"]})
            ]
        ),
    ),
    "a mistake without a source": (
        "$.mistakes[0].sources: name at least one",
        lambda d: d.update(mistakes=[mistake("drift", sources=[])]),
    ),
    "a count that does not hold": (
        "$.count_checks[1]: 1 members on 1930-01-01, not 2",
        lambda d: d["count_checks"][1].update(members=2),
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_pack_that_breaks_a_rule_is_refused_with_path_and_reason(
    rule: str, document: Document
) -> None:
    fault, spoil = RULES[rule]
    spoil(document)

    with pytest.raises(InvalidInputError, match=re.escape(fault)):
        parse_pack(json.dumps(document).encode())


def test_the_marking_grammar_cites_sources_of_the_pack() -> None:
    document = json.loads(print_pack(load_pack("nato")))
    document["markings"]["owners"][0]["source"] = ["rumour"]

    with pytest.raises(InvalidInputError, match=r"\$\.markings: no source 'rumour'"):
        parse_pack(json.dumps(document).encode())


def test_the_pack_that_is_spoilt_here_is_sound(document: Document) -> None:
    assert parse_pack(json.dumps(document).encode()).code == "HARBOUR"
