"""Build the NATO data pack from the gathered facts.

A development script: it reads `../shared/facts` and `../shared/data/planning` beside
the repository, needs pyyaml, and writes `src/foedus/alliance/packs/nato/*.json`, which
is committed. The same facts give the same bytes. `markings.json` and `readiness.json`
are written by hand and left alone.
"""

import json
import re
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import nato_borders
import nato_guidebook
import nato_spending
import yaml
from nato_guidebook import reworded

ROOT = Path(__file__).resolve().parent.parent
FACTS = ROOT.parent / "shared" / "facts"
PACK = ROOT / "src" / "foedus" / "alliance" / "packs" / "nato"

Json = dict[str, Any]

STATUSES = {
    "suspended": "suspended",
    "member": "member",
    "invited": "invitee",
    "invitee": "invitee",
    "aspirant": "aspirant",
    "map": "aspirant",
    "map_invited": "aspirant",
    **dict.fromkeys(
        ("pfp", "md", "ici", "patg", "ip4", "commission", "council"), "partner"
    ),
}
"""Which status each word of the vocabulary stands for; the rest stand for none."""

MEMBERS_HOLD = {"member", "suspended", "outside_integrated_command"}
"""Words that membership does not end."""

ALIASES = {
    "BEL": ["Kingdom of Belgium"],
    "BGR": ["BLG"],
    "BIH": ["Bosnia-Herzegovina"],
    "CZE": ["Czech Republic"],
    "GBR": ["UK", "Great Britain"],
    "KOR": ["South Korea"],
    "MDA": ["Moldova"],
    "MKD": ["FYR", "FYROM"],
    "NLD": ["The Netherlands"],
    "RUS": ["Russia"],
    "SVK": ["Slovak Republic"],
    "TUR": ["Turkey", "Turkiye"],
    "USA": ["US"],
}
"""Names and codes in use beside those of the facts; FYR and BLG are of old labels."""

LEGACY_CODES = {"BLG": "BGR", "FYR": "MKD"}
"""Codes of the old policy file that are not ISO 3166-1."""

FRAMEWORK_WORDS = {
    **{
        word: [word]
        for word in (
            *("pfp", "md", "ici", "patg", "ip4", "ipap", "itpp", "anp", "eop", "dcb"),
            "intensified_dialogue",
        )
    },
    "map": ["map", "map_invited"],
    "eapc": ["member", "pfp"],
    "nuc": ["member"],
    "sngp": ["sngp_dcb"],
}
"""Frameworks whose dated participants stand in the histories of the nations."""

FRAMEWORK_SEATS = {
    "nuc": [{"nation": "UKR", "since": "2023-07-11"}],
    "ngc": [{"nation": "GEO", "since": "2008-09-15"}],
    "nrc": [{"nation": "RUS", "since": "2002-05-28"}],
    "cap_ukraine": [{"nation": "UKR", "since": "2016-07-09"}],
}
"""Bilateral frameworks, from the day they were established."""

OWN_SOURCES = (
    {
        "id": "acs_extension",
        "title": "ACS data markings for STIX 2.1: extension, schema and five examples",
        "publisher": "OASIS Cyber Threat Intelligence TC",
        "url": "https://github.com/oasis-open/cti-stix-common-objects",
        "dated": "2020-06-18",
        "opened": True,
    },
)
"""Sources of `markings.json` that the facts do not have."""

MENTIONS = ("mentioned_current", "confirmed_mentions", "examples", "current")
"""Keys under which a framework names nations without dates."""


def main() -> None:
    """Write every file of the pack."""
    nations = _read("nations")
    frameworks = _read("frameworks")
    labels = _read("labels")
    codes = _code_by_code2(nations)
    sources = Sources()
    head = {
        "schema": 1,
        "code": "NATO",
        "name": "North Atlantic Treaty Organization",
        "timezone": "Europe/Brussels",
        "levels": [_level(each, labels["levels"], sources) for each in _levels(labels)],
        "words": _words(nations),
        "tlp": _tlp(),
        "count_checks": [
            {"date": str(each["date"]), "members": each["members"]}
            for each in nations["count_checks"]
        ],
    }
    communities = {"communities": _communities(labels, sources)}
    records = {"nations": _nations(nations, labels, sources)}
    programmes = {
        "frameworks": [
            *(_framework(each, codes, sources) for each in frameworks["frameworks"]),
            _membership(frameworks["membership"], sources),
        ],
        "accession": _accession(frameworks["accession"], sources),
        "principles": _principles(frameworks, nations, sources),
    }
    treaty = nato_guidebook.treaty(frameworks, codes, lambda each: _said(each, sources))
    guide = nato_guidebook.guide(
        _read("glossary"), _read("pitfalls"), _read("faq"), frameworks
    )
    training = nato_guidebook.training(_read("measures"))
    guide, training = _sourced(guide, sources), _sourced(training, sources)
    spending = nato_spending.spending(_read("resources"), codes)
    known = set(codes.values())
    spending["spending"].append(nato_borders.spending(known))
    spending = _sourced(spending, sources)
    borders = _sourced(nato_borders.borders(known), sources)
    register = {"sources": sources.register(_cited_in_markings())}
    _write("alliance", head)
    _write("nations", records)
    _write("communities", communities)
    _write("frameworks", programmes)
    _write("treaty", treaty)
    _write("guide", guide)
    _write("training", training)
    _write("spending", spending)
    _write("borders", borders)
    _write("sources", register)


class Sources:
    """The register of sources, of which only those in use are written."""

    def __init__(self) -> None:
        self._all: dict[str, Json] = {}
        self._used = {"background", "nato_patg", "tlp20"}
        for each in (*_read("sources")["sources"], *OWN_SOURCES):
            self._all[each["id"]] = each | {"sid": each["id"]}

    def cite(self, source: Json | list[Json]) -> list[str]:
        """Give the ids of the sources of a record."""
        listed = source if isinstance(source, list) else [source]
        for each in listed:
            self._all.setdefault(each["sid"], each)
        sids = list(dict.fromkeys(each["sid"] for each in listed))
        self._used.update(sids)
        return sids

    def register(self, more: Iterable[str]) -> list[Json]:
        """Give every source in use, by id."""
        return [
            _filled(
                {
                    "sid": sid,
                    "title": self._all[sid]["title"],
                    "publisher": self._all[sid].get("publisher", ""),
                    "opened": self._all[sid].get("opened", False),
                    "url": self._all[sid].get("url", ""),
                    "dated": str(self._all[sid].get("dated", "")),
                    "note": self._all[sid].get("note", ""),
                },
                keep=("publisher", "opened"),
            )
            for sid in sorted(self._used | set(more))
        ]


def _read(name: str) -> Json:
    path = FACTS / f"{name}.yaml"
    if not path.is_file():
        sys.exit(f"{path.name} is not there; put the facts beside the repository")
    found: Json = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def _write(name: str, part: Json) -> None:
    path = PACK / f"{name}.json"
    path.write_text(_indented(part) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size} bytes")


def _indented(value: object, depth: int = 0) -> str:
    """Write JSON with an indent, but what fits on a line on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value:
        return flat
    if depth and len(flat) + depth <= 120:  # noqa: PLR2004 - as wide as reads well
        return flat
    inner = "\n" + " " * (depth + 1)
    if isinstance(value, list):
        parts = [_indented(each, depth + 1) for each in value]
        return "[" + inner + ("," + inner).join(parts) + "\n" + " " * depth + "]"
    parts = [
        f"{json.dumps(key, ensure_ascii=False)}: {_indented(each, depth + 1)}"
        for key, each in value.items()
    ]
    return "{" + inner + ("," + inner).join(parts) + "\n" + " " * depth + "}"


def _filled(record: Json, keep: Iterable[str] = ()) -> Json:
    """Leave out what is empty, false or null, as the defaults of the format are."""
    return {key: value for key, value in record.items() if value or key in keep}


def _said(record: Json, sources: Sources) -> Json:
    return {
        "sources": sources.cite(record["source"]),
        "basis": record["basis"],
        "as_of": str(record["as_of"]),
    }


def _sourced(parts: Json, sources: Sources) -> Json:
    """Add to each record where it is from."""
    return {
        name: [record | _said(fact, sources) for record, fact in pairs]
        for name, pairs in parts.items()
    }


def _code_by_code2(nations: Json) -> dict[str, str]:
    return {each["code2"]: each["code3"] for each in _every_nation(nations)}


def _every_nation(nations: Json) -> list[Json]:
    return [
        *nations["members"],
        *nations["partners"],
        *nations["non_partner_contacts"],
    ]


def _levels(labels: Json) -> list[Json]:
    return sorted(labels["levels"]["items"], key=lambda each: int(each["level"]))


def _level(level: Json, said: Json, sources: Sources) -> Json:
    return {
        "name": level["name"],
        "abbreviation": level["abbr"],
        "classified": level["classified"],
        "translations": {"fr": level["fr"]},
        "policy_value": level["policy_value"],
        "meaning": level["meaning"],
        **_filled({"note": level.get("note", "")}),
        **_said(said, sources),
    }


def _words(nations: Json) -> list[Json]:
    return [
        _filled(
            {
                "word": word,
                "meaning": meaning,
                "status": STATUSES.get(word),
                "partnership": word not in MEMBERS_HOLD,
                "sources": ["background"],
                "basis": "mixed",
                "as_of": str(nations["compiled"]),
            }
        )
        for word, meaning in nations["status_vocabulary"].items()
    ]


def _tlp() -> list[Json]:
    rules: list[Json] = [
        {"word": "CLEAR", "aliases": ["WHITE"], "audience": "PUBLIC"},
        {"word": "GREEN", "audience": "PARTNERSHIP", "open": True},
        {"word": "AMBER", "audience": "NATO", "open": True, "names_add": True},
        {
            "word": "AMBER+STRICT",
            "audience": "NATO",
            "open": True,
            "names_add": True,
            "no_onward_release": True,
        },
        {"word": "RED", "audience": "ORIGINATOR", "names_add": True},
    ]
    # TLP leaves "community" to its users; the audiences are this pack's reading.
    said = {"sources": ["tlp20"], "basis": "derived", "as_of": "2026-11-22"}
    return [rule | said for rule in rules]


def _nations(nations: Json, labels: Json, sources: Sources) -> list[Json]:
    phrases: dict[str, list[str]] = {}
    for each in labels["release_nation_codes"]["codes"]:
        code = LEGACY_CODES.get(each["code"], each["code"])
        phrases.setdefault(code, []).append(each["phrase"])
    return [
        _nation(each, phrases.get(each["code3"], []), sources)
        for each in sorted(_every_nation(nations), key=lambda each: str(each["code3"]))
    ]


def _nation(nation: Json, phrases: list[str], sources: Sources) -> Json:
    code = nation["code3"]
    called = [nation.get("iso_name", ""), *phrases, *ALIASES.get(code, [])]
    taken = {nation["name"].casefold(), code.casefold(), ""}
    aliases = [
        name
        for n, name in enumerate(called)
        if name.casefold() not in taken
        and name.casefold() not in [each.casefold() for each in called[:n]]
    ]
    notes = [
        nation.get("note", ""),
        nation.get("accession", {}).get("note", ""),
        nation.get("code_note", ""),
    ]
    return _filled(
        {
            "code": code,
            "code2": nation["code2"],
            "name": nation["name"],
            "aliases": aliases,
            "regions": nation.get("regions", []),
            "iso_numeric": nation.get("iso_numeric", ""),
            "contact": nation.get("standing", ""),
            "note": "; ".join(note for note in notes if note),
            "history": [_hold(each) for each in nation.get("status_history", [])],
            **_said(nation, sources),
        }
    )


def _hold(hold: Json) -> Json:
    return _filled(
        {
            "word": hold["status"],
            "since": str(hold["from"]),
            "until": str(hold["to"]) if hold["to"] else None,
            "precision": hold.get("precision"),
            "note": hold.get("note", ""),
            "basis": hold["basis"],
        }
    )


def _communities(labels: Json, sources: Sources) -> list[Json]:
    said = {
        each["code"]: {"name": each["meaning"], "note": each["state"]}
        | _said(each, sources)
        for each in labels["release_communities"]
    }
    members = {"by": "community", "communities": ["NATO"]}
    derived = {"sources": ["background"], "basis": "derived", "as_of": "2026-11-22"}
    resolved: dict[str, Json] = {
        "NATO": {
            "aliases": ["MEMBERS"],
            "since": "1949-04-04",
            "includes_body": True,
            "criteria": [{"by": "word", "words": ["member"]}],
        },
        "EAPC": {
            "since": "1997-05-30",
            "includes_body": True,
            "criteria": [members, {"by": "community", "communities": ["PFP"]}],
        },
        "PFP": _by_word("pfp", since="1994-01-10"),
        "MD": _by_word("md"),
        "ICI": _by_word("ici"),
        "PATG": _by_word("patg"),
        "IP4": {
            "name": "Indo-Pacific partners",
            **_by_word("ip4"),
            "sources": ["nato_patg"],
            "basis": "mixed",
            "as_of": "2026-07-08",
        },
        "PARTNERSHIP": {
            "name": "Members, invitees, aspirants and partners",
            "includes_body": True,
            "criteria": [
                {
                    "by": "status",
                    "statuses": ["member", "invitee", "aspirant", "partner"],
                }
            ],
            **derived,
        },
        "NUC": _bilateral("UKR", ["commission", "council"], since="1997-07-09"),
        "NGC": _bilateral("GEO", ["commission"], since="2008-09-15"),
        "NRC": _bilateral("RUS", ["council"], since="2002-05-28"),
        "FVEY": {
            "criteria": [
                {
                    "by": "list",
                    "seats": [
                        {"nation": code} for code in ("AUS", "CAN", "GBR", "NZL", "USA")
                    ],
                }
            ]
        },
    }
    unknown = [code for code in said if code not in resolved]
    return [
        *({"code": code} | said.get(code, {}) | resolved[code] for code in resolved),
        *({"code": code} | said[code] | {"known": False} for code in unknown),
    ]


def _by_word(word: str, **more: str) -> Json:
    return {**more, "criteria": [{"by": "word", "words": [word]}]}


def _bilateral(nation: str, words: list[str], *, since: str) -> Json:
    return {
        "since": since,
        "includes_body": True,
        "criteria": [
            {"by": "community", "communities": ["NATO"]},
            {"by": "word", "words": words, "only": [nation]},
        ],
    }


def _framework(record: Json, codes: dict[str, str], sources: Sources) -> Json:
    given = record["participants"]
    established, precision, dates = _begun(record["established"])
    words = FRAMEWORK_WORDS.get(record["id"], [])
    seats = FRAMEWORK_SEATS.get(record["id"], [])
    return _filled(
        {
            "id": record["id"],
            "name": record["name"],
            "kind": record["kind"],
            "state": record["status"],
            "established": established,
            "precision": precision,
            "ended": str(record["ended"]) if "ended" in record else None,
            "dates_note": dates,
            "purpose": record["purpose"],
            "eligible": record["eligible"],
            "scope": record["scope"],
            "duration": record["duration"],
            "review_cycle": record["review_cycle"],
            "obligations": record["partner_obligations"],
            "gives": record["nato_gives"],
            "assurance": _assurance(record["security_assurance"]),
            "succeeded_by": record.get("succeeded_by", ""),
            "words": words,
            "seats": seats,
            "mentioned": [] if words else _mentioned(given, codes),
            "note": _framework_note(record),
            **_said(record, sources),
        }
    )


def _begun(text: object) -> tuple[str | None, str | None, str]:
    """Read a date of any precision, with words around it."""
    if isinstance(text, date):
        return text.isoformat(), None, ""
    match = re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?![\d-])", str(text))
    if not match:
        return None, None, str(text)
    year, month, day = match.groups()
    precision = None if day else "month" if month else "year"
    dates = "" if match.end() == len(str(text)) else str(text)
    return f"{year}-{month or '01'}-{day or '01'}", precision, dates


def _assurance(assurance: Json) -> Json:
    return _filled(
        {
            "collective_defence": assurance["article5"],
            "mutual_defence": assurance["mutual_defence"],
            "consultation_on_threat": assurance["consultation_on_threat"],
            "text": assurance["text"],
        }
    )


def _mentioned(given: Json, codes: dict[str, str]) -> list[str]:
    named = [
        each for key in MENTIONS for each in given.get(key, []) if isinstance(each, str)
    ]
    return sorted({codes[each] for each in named if each in codes})


def _framework_note(record: Json) -> str:
    given = record["participants"]
    parts = [record.get("note", ""), record.get("count_note", "")]
    parts.append(given.get("note", "") if isinstance(given, dict) else "")
    parts += record.get("related", [])
    return reworded("; ".join(part for part in parts if part))


def _membership(record: Json, sources: Sources) -> Json:
    articles = [
        f"Article {each['article']}: {each['gist']}"
        for each in record["articles"]
        if each["obligation_on_member"]
    ]
    others = [
        f"{each['topic'].capitalize()}: {reworded(each['text'])}"
        for each in record["other_obligations"]
    ]
    said = _said(record, sources)
    return {
        "id": "membership",
        "name": record["name"],
        "kind": "treaty",
        "state": "active",
        "established": str(record["treaty_signed"]),
        "dates_note": f"in force since {record['treaty_in_force']}",
        "purpose": "Collective defence, consultation and common security.",
        "eligible": "European states invited by unanimous agreement (Article 10)",
        "scope": "Europe and North America, as Article 6 defines the area",
        "duration": "open-ended; a party may leave one year after notice (Article 13)",
        "obligations": [*articles, *others],
        "gives": ["consultation (Article 4) and collective defence (Article 5)"],
        "assurance": {
            "collective_defence": True,
            "mutual_defence": True,
            "consultation_on_threat": True,
            "text": next(
                each["gist"]
                for each in record["articles"]
                if each["article"] == 5  # noqa: PLR2004 - the article itself
            ),
        },
        "words": ["member"],
        **said,
    }


def _accession(record: Json, sources: Sources) -> list[Json]:
    said = _said(record, sources)
    return [
        {"step": each["step"], "text": each["text"], "actor": each["actor"], **said}
        for each in sorted(record["steps"], key=lambda each: int(each["order"]))
    ]


def _principles(frameworks: Json, nations: Json, sources: Sources) -> list[Json]:
    rule = {"topic": "partnership is not membership", **frameworks["rule"]}
    listed = [rule, *frameworks["principles"], *nations["accession_notes"]]
    return [
        {"topic": each["topic"], "text": each["text"], **_said(each, sources)}
        for each in listed
    ]


def _cited_in_markings() -> set[str]:
    path = PACK / "markings.json"
    if not path.is_file():
        return set()
    return _cited(json.loads(path.read_text(encoding="utf-8")))


def _cited(part: object) -> set[str]:
    if isinstance(part, dict):
        own = part.get("source", ())
        return set(own).union(*(_cited(value) for value in part.values()))
    if isinstance(part, list):
        return set[str]().union(*(_cited(value) for value in part))
    return set()


if __name__ == "__main__":
    main()
