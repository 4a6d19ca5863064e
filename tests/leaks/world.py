"""The world of the leak tests: its nations, accounts, collections, and their texts.

- Eight nations: members of different age, one of them suspended from the start, an
  aspirant, partners of two kinds, one that nobody has asked for at first; and the
  alliance's own body.
- Three collections with different rights and defaults; several clearances a nation.
- Few ids and versions, so that collisions are the rule.
"""

from datetime import UTC, datetime
from uuid import UUID

from tests.leaks.acts import Change
from tests.leaks.oracle_items import address_id
from tests.leaks.oracle_rows import Account, Collection

FOUNDED = datetime(2026, 11, 21, 12, tzinfo=UTC)
START = datetime(2026, 11, 23, 12, tzinfo=UTC)

ACCOUNTS = {
    each.name: each
    for each in (
        Account(name="pol", nation="POL", clearance=0),
        Account(name="pol-secret", nation="POL", clearance=3),
        Account(name="fin", nation="FIN", clearance=1),
        Account(name="fin-reader", nation="FIN", clearance=0, publishes=False),
        Account(name="swe", nation="SWE", clearance=1),
        Account(name="hun", nation="HUN", clearance=1),
        Account(name="mda", nation="MDA", clearance=0),
        Account(name="mda-restricted", nation="MDA", clearance=1),
        Account(name="geo", nation="GEO", clearance=1),
        Account(name="jpn", nation="JPN", clearance=0),
        Account(name="staff", nation="NATO", clearance=1, publishes=False),
        Account(name="secretary", nation="NATO", clearance=2, is_staff=True),
        Account(name="jpn-restricted", nation="JPN", clearance=1, comes_later=True),
        Account(name="aut", nation="AUT", clearance=1, comes_later=True),
    )
}

CEILING = 2
"""The highest level that the hub takes: NATO CONFIDENTIAL."""

COLLECTIONS = (
    Collection(
        id="11111111-1111-4111-8111-111111111111",
        alias="open",
        default="NATO UNCLASSIFIED // REL TO NATO+",
        read="PUBLIC",
        write="PUBLIC",
    ),
    Collection(
        id="22222222-2222-4222-8222-222222222222",
        alias="allies",
        default=None,
        read="MEMBERS,MDA,AUT",
        write="MEMBERS,MDA,GEO",
    ),
    Collection(
        id="33333333-3333-4333-8333-333333333333",
        alias="partners",
        default="TLP:GREEN",
        read="PARTNERSHIP",
        write="PFP,MEMBERS,JPN",
    ),
)

TEXTS = (
    "NATO UNCLASSIFIED // PUBLIC",
    "NATO UNCLASSIFIED // REL TO NATO+",
    "NATO UNCLASSIFIED // REL TO PARTNERSHIP+",
    "NATO UNCLASSIFIED // REL TO PFP+",
    "NATO UNCLASSIFIED // REL TO NATO 2024-03-07",
    "NATO UNCLASSIFIED // REL TO FIN, POL",
    "NATO UNCLASSIFIED // REL TO JPN, MDA, SWE",
    "NATO UNCLASSIFIED // REL TO NATO",
    "NATO UNCLASSIFIED // REL TO NATO+ // ORIGINATOR CONTROLLED",
    "NATO UNCLASSIFIED // REL TO NATO+ // ORIGINATOR CONTROLLED BY FIN, POL",
    "NATO RESTRICTED // REL TO NATO 2023-04-04, GEO",
    "NATO RESTRICTED // REL TO NATO+",
    "NATO RESTRICTED // REL TO FIN, HUN, MDA",
    "NATO CONFIDENTIAL // REL TO NATO 2024-03-07",
    "NATO SECRET // REL TO NATO 2024-03-07",
)
"""Texts of markings of the hub's own that nations bring along."""

SELECTIONS = (
    "NATO UNCLASSIFIED // REL TO NATO",
    "NATO UNCLASSIFIED // REL TO NATO+",
    "NATO UNCLASSIFIED // REL TO FIN, POL",
    "NATO UNCLASSIFIED // REL TO MDA, SWE",
    "NATO UNCLASSIFIED // REL TO PFP+",
    "NATO RESTRICTED // REL TO NATO",
    "NATO RESTRICTED // REL TO NATO 2024-03-07",
    "NATO RESTRICTED // REL TO POL",
    "NATO RESTRICTED // REL TO FIN",
    "NATO RESTRICTED // REL TO MDA",
    "NATO CONFIDENTIAL // REL TO NATO 2024-03-07",
)
"""What releases select."""

STATEMENTS = {
    f"marking-definition--{UUID(int=900 + n, version=4)}": text
    for n, text in enumerate(("NATO UNCLASSIFIED", "NATO RESTRICTED", "Copyright us"))
}

IDENTITIES = tuple(f"identity--{UUID(int=700 + n, version=4)}" for n in range(2))

ADDRESSES = ("192.0.2.1", "192.0.2.2")
_TYPES = ("indicator", "malware", "report", "tool", "campaign")
_IDS = tuple(f"{kind}--{UUID(int=n + 1, version=4)}" for n, kind in enumerate(_TYPES))
IDS = (*_IDS, *map(address_id, ADDRESSES))
DANGLING = f"malware--{UUID(int=99, version=4)}"
VERSIONS = tuple(f"2026-11-0{day}T00:00:00.000Z" for day in (1, 2, 3))
LAST_VERSION = "2026-11-09T00:00:00.000Z"
"""That of a revoked object."""

CHANGES = {
    "POL": ("member", "suspended"),
    "FIN": ("member", "suspended"),
    "SWE": ("member", "none"),
    "HUN": ("suspended", "member"),
    "MDA": ("partner", "member", "suspended", "none"),
    "GEO": ("aspirant", "member", "partner"),
    "JPN": ("partner", "suspended", "none", "member"),
    "AUT": ("partner", "member"),
}
"""The statuses that a nation may take on, the first is that of the beginning."""

BEGINNING = Change(nation="HUN", status="suspended")
"""What was so before anything else, since `FOUNDED`."""
