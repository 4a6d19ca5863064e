"""For each rule of the oracle a short history in which it makes a difference.

Somebody who reads a rule the other way round is told so by its history.
"""

from typing import Any

from tests.leaks import oracle_labels as labels
from tests.leaks.acts import (
    Act,
    Change,
    EndRelease,
    MakeRelease,
    Midnight,
    Post,
    Recall,
    Register,
    Tear,
    Withdraw,
)
from tests.leaks.world import (
    COLLECTIONS,
    IDENTITIES,
    IDS,
    LAST_VERSION,
    VERSIONS,
)

OPEN, ALLIES, _ = (each.id for each in COLLECTIONS)
INDICATOR, MALWARE, REPORT, TOOL, CAMPAIGN = IDS[:5]

PUBLIC = "NATO UNCLASSIFIED // PUBLIC"
MEMBERS = "NATO UNCLASSIFIED // REL TO NATO"
TWO = "NATO UNCLASSIFIED // REL TO FIN, POL"
THREE = "NATO UNCLASSIFIED // REL TO JPN, MDA, SWE"
CONTROLLED = "NATO UNCLASSIFIED // REL TO NATO+ // ORIGINATOR CONTROLLED BY FIN, POL"
RESTRICTED = "NATO RESTRICTED // REL TO NATO+"
SECRET = "NATO SECRET // REL TO NATO 2024-03-07"  # noqa: S105 - a level
AMBER = next(marking for marking, word in labels.TLP.items() if word == "AMBER")


def thing(stix_id: str, text: str = "", **more: object) -> list[dict[str, Any]]:
    """Make an object under a marking, with the definition of it before it."""
    kind = stix_id.split("--", maxsplit=1)[0]
    item: dict[str, Any] = {
        "type": kind,
        "spec_version": "2.1",
        "id": stix_id,
        "created": VERSIONS[0],
        "modified": VERSIONS[0],
        "name": f"{kind} {text}",
        **more,
    }
    if not text:
        return [item]
    marked = [*item.get("object_marking_refs", []), labels.marking_id(text)]
    return [labels.definition(text), item | {"object_marking_refs": marked}]


def post(account: str, *things: list[dict[str, Any]], to: str = OPEN) -> Post:
    """Let an account post some things."""
    items = tuple(item for each in things for item in each)
    return Post(account=account, collection=to, items=items)


def release(key: int, text: str = MEMBERS, **more: Any) -> MakeRelease:  # noqa: ANN401
    """Let Finland release to Japan, from the beginning on, what an audience can see."""
    terms: dict[str, Any] = {
        "account": "fin",
        "to": ("JPN",),
        "since": 0,
        "ongoing": False,
        "controlled": False,
        "asks": (),
    }
    return MakeRelease(key=key, text=text, **(terms | more))


def _withdraw(stix_id: str, match: str) -> Withdraw:
    return Withdraw(account="fin", collection=OPEN, id=stix_id, match=match)


def _torn() -> list[Act]:
    """Let Finland tear off what everybody may know of a tool."""
    marked = {"selectors": ["description"], "marking_ref": labels.marking_id(TWO)}
    tool = thing(TOOL, description="what it is", granular_markings=[marked])
    return [
        post("fin", [labels.definition(TWO)], tool),
        Tear(account="fin", collection=OPEN, id=TOOL),
    ]


def _joins(status: str) -> Change:
    return Change(nation="MDA", status=status)


PROOFS: dict[str, list[Act]] = {
    "joins": [
        post("fin", thing(TOOL, TWO)),
        post("fin", thing(CAMPAIGN, PUBLIC, x_about_refs=[TOOL])),
    ],
    "joins_hidden": [
        post("fin", thing(TOOL, TWO)),
        post("swe", thing(CAMPAIGN, x_about_refs=[TOOL])),
    ],
    "copies_are_joined": [
        post("fin", thing(TOOL, TWO)),
        post("pol", thing(TOOL, PUBLIC)),
    ],
    "closed_stays_closed": [post("fin", thing(TOOL, MEMBERS)), _joins("member")],
    "default_is_originator": [post("fin", thing(TOOL), to=ALLIES)],
    "one_lane": [post("fin", thing(TOOL)), post("pol", thing(TOOL))],
    "own_lane_as_cleared": [
        post("pol-secret", thing(TOOL, RESTRICTED)),
        post("pol", thing(TOOL)),
    ],
    "suspended_is_closed_out": [
        post("fin", thing(TOOL, MEMBERS)),
        Change(nation="HUN", status="member"),
    ],
    "standing_is_a_gate": [
        post("fin", thing(TOOL)),
        Change(nation="POL", status="suspended"),
        Change(nation="POL", status="member"),
    ],
    "gains_come_last": [
        post("fin", thing(TOOL)),
        post("fin", thing(CAMPAIGN, PUBLIC)),
        _joins("member"),
    ],
    "dates_rank_visible": [
        post(
            "fin",
            thing(TOOL),
            *(thing(each, TWO) for each in (INDICATOR, MALWARE, REPORT)),
            thing(CAMPAIGN),
        )
    ],
    "definitions_follow_carriers": [
        post("fin", thing(TOOL, TWO)),
        _withdraw(TOOL, "all"),
    ],
    "own_definitions": [post("fin", thing(TOOL, PUBLIC))],
    "knows_what_it_carried": [
        post("geo", thing(CAMPAIGN, RESTRICTED), to=ALLIES),
        post("geo", thing(TOOL, RESTRICTED)[1:]),
    ],
    "older_version_comes_anew": [
        post("fin", thing(TOOL)),
        post("fin", thing(TOOL, modified=VERSIONS[1])),
        _withdraw(TOOL, "last"),
    ],
    "any_narrowing_brings_the_older": [
        _joins("member"),
        post("fin", thing(TOOL, PUBLIC)),
        post("fin", thing(TOOL, modified=VERSIONS[1])),
        _joins("none"),
    ],
    "amber_adds_whom_it_names": [
        post("fin", thing(TOOL, THREE, object_marking_refs=[AMBER]))
    ],
    "registered_identities_are_kept": [
        Register(account="fin", identity=IDENTITIES[0], nation="FIN"),
        post("pol", thing(TOOL, created_by_ref=IDENTITIES[0])),
    ],
    "hub_has_a_ceiling": [post("pol-secret", thing(TOOL, SECRET))],
    "revoked_reaches_earlier_readers": [
        post("fin", thing(TOOL)),
        post("fin", thing(TOOL, TWO, modified=LAST_VERSION, revoked=True)),
    ],
    "tear_line_goes_with_its_origin": [*_torn(), _withdraw(TOOL, "all")],
    "tear_line_is_its_own": _torn(),
    "releases_widen": [post("fin", thing(TOOL)), release(0)],
    "release_needs_the_originator": [post("pol", thing(TOOL)), release(0)],
    "release_asks_controllers": [
        post("fin", thing(TOOL, CONTROLLED)),
        release(0, controlled=True, asks=("POL",)),
    ],
    "release_judges_oldest_information": [
        post("fin", thing(TOOL)),
        Midnight(),
        post("fin", thing(CAMPAIGN, x_about_refs=[TOOL])),
        release(0, since=1),
    ],
    "release_ends_with_its_moment": [release(0), post("fin", thing(TOOL))],
    "selection_is_part_of_the_audience": [post("fin", thing(TOOL, TWO)), release(0)],
    "withdrawn_release_leaves_what_another_covers": [
        post("fin", thing(TOOL)),
        release(0),
        release(1),
        EndRelease(account="fin", release=0),
    ],
    "recalled_stays_away": [
        post("fin", thing(TOOL, TWO)),
        Recall(account="fin", id=TOOL),
        post("pol", thing(TOOL, PUBLIC)),
    ],
    "holders_alone_know_of_a_recall": [
        post("fin", thing(TOOL, TWO)),
        Recall(account="fin", id=TOOL),
    ],
}
"""By rule."""
