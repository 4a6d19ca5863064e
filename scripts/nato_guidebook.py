"""The treaty, the ways in, the words and the training of the NATO data pack.

A part of `build_nato_pack.py`, which says how it is run.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

Json = dict[str, Any]
Said = Callable[[Json], Json]
"""Gives the sources, the basis and the day of a record."""

REWORDED = {
    "see resources.yaml pledges (2 % 2014; 5 % by 2035 agreed 2025)": (
        "pledges: 2 % (2014); 5 % by 2035 (agreed 2025)"
    ),
    "differ by country (labels.yaml).": "differ by country.",
    "PURL (see resources.yaml)": "PURL",
    "Look up nations.yaml: the open status intervals name it": (
        "Look up the nation: its open status intervals name it"
    ),
}
"""Words of the facts that point into files which are not shipped."""

STAGE_STEPS = {
    "invited": "invitation",
    "talks": "talks",
    "letter_of_intent": "letter_of_intent",
    "protocol": "protocols",
    "last_ally_ratification": "ratification",
    "protocol_in_force": "ratification",
    "own_ratification": "national_ratification",
    "invitation_to_accede": "invitation_to_accede",
    "instrument_signed": "national_ratification",
    "deposit": "deposit",
}
"""To which step of accession each stage of a joiner belongs; others to none."""

FRAMEWORK_TERMS = {
    **{
        term: term.casefold()
        for term in (
            *("PfP", "EAPC", "MD", "ICI", "PATG", "IP4", "ITPP", "IPAP", "MAP", "ANP"),
            *("PARP", "PII", "EOP", "DCB", "DEEP", "BI", "NUC", "NGC", "SNGP"),
        )
    },
    "IPCP": "ipp_ipcp",
    "OCC E&F": "occ_ef",
    "CAP": "cap_ukraine",
}
"""Terms of the glossary that name a framework."""

OWN_ALIASES = {
    "ACO / SHAPE": ["ACO", "SHAPE"],
    "EOP": ["Enhanced Opportunities Partner"],
    "FLF": ["Forward Land Forces"],
    "NDPP": ["NATO Defence Planning Process"],
    "PII": ["Partnership Interoperability Initiative"],
}
"""Further words for a term."""

EXAMPLES: dict[str, Json] = {
    "partnership_is_membership": {"show": "partners"},
    "ignore_politics": {"show": "accessions", "of": ["FIN", "SWE"]},
    "count_31": {"show": "members"},
    "baltic_partners": {"show": "statuses", "of": ["EST", "LTU", "LVA"]},
    "limited_assurance": {"show": "assurances"},
    "map_required": {"show": "participants", "of": ["map"]},
    "invitee_protected": {"show": "invitees"},
    "signature_date_is_accession": {"show": "accessions"},
    "everyone_in_eapc_active": {"show": "suspended"},
    "eop_forever": {"show": "participants", "of": ["eop"]},
    "ukraine_commission": {"show": "participants", "of": ["nuc"]},
}
"""What the hub's own data shows each mistake by, where it does."""

WHEN: dict[str, list[str]] = {
    "partnership_is_membership": ["partner", "framework"],
    "troops_are_security": ["readiness"],
    "ignore_politics": ["member", "invitee", "aspirant"],
    "ignore_cyber": ["measures"],
    "article5_automatic": ["member"],
    "limited_assurance": ["partner", "framework"],
    "map_required": ["member", "invitee", "aspirant"],
    "invitee_protected": ["member", "invitee"],
    "signature_date_is_accession": ["member", "invitee"],
    "two_percent_debt": ["member"],
    "mix_editions": ["burden"],
    "nrf_exists": ["measures"],
    "nato_border_guard": ["border"],
    "nato_unclassified_public": ["intelligence"],
    "tlp_is_classification": ["intelligence"],
    "national_announcements": ["timeline"],
    "iceland_missing": ["burden"],
}
"""Where an assessment of a nation names each mistake, where it does."""

CITED_FIRST = "often cited for newcomers"
"""The use of a standard that the facts name for newcomers."""

REQUIRED = {"stanag_4774", "stanag_4778"}
"""Standards that the labelling profile of FMN Spiral 5 makes mandatory."""

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)


def treaty(frameworks: Json, codes: dict[str, str], said: Said) -> Json:
    """Give the articles, the further duties of members, and the last joiners."""
    membership = frameworks["membership"]
    about = said(membership)
    return {
        "articles": [
            {
                "article": each["article"],
                "gist": each["gist"],
                "trigger": each["trigger"],
                **({"obligation": True} if each["obligation_on_member"] else {}),
                **about,
            }
            for each in membership["articles"]
        ],
        "duties": [
            {"topic": each["topic"], "text": reworded(each["text"]), **about}
            for each in membership["other_obligations"]
        ],
        "joiners": [
            _joiner(each, codes, said)
            for each in frameworks["accession"]["last_four_joiners"]
        ],
    }


def guide(glossary: Json, pitfalls: Json, faq: Json, frameworks: Json) -> Json:
    """Give the words, the mistakes and the questions, without their sources."""
    names = {each["id"]: each["name"] for each in frameworks["frameworks"]}
    taken = {each["term"].casefold() for each in glossary["terms"]}
    return {
        "glossary": [(_term(each, names, taken), each) for each in glossary["terms"]],
        "mistakes": [(_mistake(each), each) for each in pitfalls["pitfalls"]],
        "questions": [
            ({key: reworded(each[key]) for key in ("id", "question", "answer")}, each)
            for each in faq["faq"]
        ],
    }


def training(measures: Json) -> Json:
    """Give exercises, places of training and standards, without their sources."""
    return {
        "exercises": [(_exercise(each), each) for each in measures["exercises"]],
        "training": [(_course(each), each) for each in measures["training"]],
        "standards": [
            *((_standard(each), each) for each in measures["standards"]),
            *((_spiral(each), each) for each in measures["fmn"]),
        ],
    }


def reworded(text: str) -> str:
    """Take out what points into files that are not shipped."""
    for old, new in REWORDED.items():
        text = text.replace(old, new)
    return text


def _filled(record: Json) -> Json:
    return {key: value for key, value in record.items() if value}


def _joiner(record: Json, codes: dict[str, str], said: Said) -> Json:
    about = ("nation", "source", "as_of", "basis", "article13_note")
    return {
        "nation": codes[record["nation"]],
        "stages": [
            _stage(name, value) for name, value in record.items() if name not in about
        ],
        **_filled({"note": record.get("article13_note", "")}),
        **said(record),
    }


def _stage(name: str, value: object) -> Json:
    known = {"name": name.replace("_", " "), "step": STAGE_STEPS.get(name, "")}
    if isinstance(value, date):
        return _filled(known | {"day": value.isoformat()})
    month = re.fullmatch(r"([A-Z][a-z]+) (\d{4})", str(value))
    if month and month[1].casefold() in MONTHS:
        day = date(int(month[2]), MONTHS.index(month[1].casefold()) + 1, 1)
        return _filled(known | {"day": day.isoformat(), "precision": "month"})
    return _filled(known | {"said": str(value)})


def _term(record: Json, names: dict[str, str], taken: set[str]) -> Json:
    framework = FRAMEWORK_TERMS.get(record["term"], "")
    aliases = [record.get("abbr", ""), *OWN_ALIASES.get(record["term"], [])]
    if framework and names[framework].casefold() not in taken:
        aliases.append(names[framework])
    return _filled(
        {
            "term": record["term"],
            "definition": record["definition"],
            "aliases": list(dict.fromkeys(filter(None, aliases))),
            "framework": framework,
            "holder": record.get("holder", ""),
        }
    )


def _mistake(record: Json) -> Json:
    return _filled(
        {
            "id": record["id"],
            "mistake": record["mistake"],
            "correction": reworded(record["correction"]),
            "example": EXAMPLES.get(record["id"]),
            "when": WHEN.get(record["id"], []),
        }
    )


def _exercise(record: Json) -> Json:
    return _filled(
        {
            "id": re.sub(r"[^a-z0-9]+", "_", record["name"].casefold()),
            "name": record["name"],
            "year": record["year"],
            "kind": record["kind"],
            "host": record["host"],
            "dates": record.get("dates", ""),
            "organiser": record.get("organiser", ""),
            "size": _size(record["participants"].items()),
            "note": record.get("note", ""),
        }
    )


def _size(counts: Iterable[tuple[str, object]]) -> str:
    return ", ".join(
        f"{count} {what.replace('_', ' ')}"
        if str(count)[-1].isdigit() or str(count).endswith("+")
        else str(count)
        for what, count in counts
    )


def _course(record: Json) -> Json:
    elsewhere = record["role"] == "see frameworks.yaml"
    return _filled(
        {
            "id": record["id"],
            "name": record["name"],
            "place": record["place"],
            "since": record["since"],
            "role": "a framework of its own" if elsewhere else record["role"],
            "framework": record["id"] if elsewhere else "",
        }
    )


def _standard(record: Json) -> Json:
    first = record["use"] == CITED_FIRST or record["id"] in REQUIRED
    return _filled(
        {
            "id": record["id"],
            "designation": record["designation"],
            "title": record["title"],
            "use": record["use"],
            "promulgated": record.get("promulgated", ""),
            "first": first,
        }
    )


def _spiral(record: Json) -> Json:
    profiles = ", ".join(record.get("profiles", []))
    said = [
        record.get("text", ""),
        record.get("specification", ""),
        f"profiles: {profiles}" if profiles else "",
        record.get("labelling", ""),
        "in the NISP data set" if record.get("in_nisp") else "",
        f"began {record['began']}" if "began" in record else "",
    ]
    return _filled(
        {
            "id": record["id"],
            "designation": record["name"],
            "title": "Federated Mission Networking",
            "use": "; ".join(part for part in said if part)
            or "specification of federated mission networks",
            "promulgated": str(record.get("specification_date", "")),
        }
    )
