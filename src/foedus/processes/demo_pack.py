"""The pack of the demo: the NATO pack, and one nation that does not exist.

Illustria is there so that the demo may show what happens when a nation is invited,
joins, is suspended and returns. No real nation is shown as what it is not.
"""

from datetime import date
from typing import Final

import msgspec

from foedus.alliance.pack import load_pack, parse_pack, print_pack
from foedus.alliance.records import Hold, Nation, Pack
from foedus.alliance.sourced import Basis, Source
from foedus.alliance.statuses import Status
from foedus.ids import NationCode

INVENTED: Final = NationCode("XIL")
"""The invented nation; ISO 3166 leaves the codes XAA to XZZ to their users."""

NAME: Final = "Illustria (invented)"

_SOURCE: Final = Source(
    sid="demo_invented",
    title="Invented for the demonstration",
    publisher="Foedus",
    opened=True,
)

_MADE: Final = date(2026, 1, 1)


def load_demo_pack() -> Pack:
    """Load the NATO pack with the invented nation in it, checked as a whole."""
    pack = load_pack("nato")
    illustria = Nation(
        sources=(_SOURCE.sid,),
        basis=Basis.KNOWN,
        as_of=_MADE,
        code=INVENTED,
        code2="XI",
        name=NAME,
        aliases=("Illustria",),
        note="exists in demonstrations only; its status is illustrative",
        history=(
            Hold(word=Status.PARTNER.value, since=_MADE, basis=Basis.KNOWN),
        ),
    )  # fmt: skip
    extended = msgspec.structs.replace(
        pack,
        nations=(*pack.nations, illustria),
        sources=(*pack.sources, _SOURCE),
    )
    return parse_pack(print_pack(extended))
