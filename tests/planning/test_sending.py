from datetime import date

import msgspec

from foedus.alliance.nations import Alliance
from foedus.planning.sending import Sending
from foedus.planning.situation_sources import Pile
from foedus.readiness.reading import Held
from foedus.readiness.records import Commitment, Unit
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, fix
from foedus.releasability.labels import parse_label
from tests.readiness.making import held
from tests.readiness.world import DAY, POL, nato_pack, unit

NATO = Alliance.from_pack(nato_pack())
SAID = {"title": "Watch", "location": "Tapa", "measure": "rapid_reaction"}
NEEDS = [{"type": "company", "amount": 1}]


def label(text: str) -> FixedLabel:
    return fix(parse_label(text, NATO), NATO, on=DAY, originator=POL.nation)


def sending(of: FixedLabel, *units: Unit) -> tuple[Sending, Held[Commitment]]:
    content = {**SAID, "needs": NEEDS, "since": DAY}
    asked = held(msgspec.convert(content, Commitment))
    pile = Pile(
        on=DAY,
        units=tuple(map(held, units)),
        reports={},
        commitments=(asked,),
        requirements=(),
        ways={},
        labels={asked.record: of},
    )
    names = {"rapid_reaction": "Rapid Reaction Force"}
    return Sending.of(pile, [asked], names, Access(NATO, DAY)), asked


def test_a_caveat_names_a_commitment_in_any_of_its_words() -> None:
    found, asked = sending(label("NATO UNCLASSIFIED // PUBLIC"))

    for caveat in ("watch", " TAPA", "rapid_reaction", "rapid  reaction force"):
        assert found.barred(unit(caveats=(caveat,))) == (asked.record,)
        assert found.unread(unit(caveats=(caveat,))) == ()
    assert found.barred(unit(caveats=("ice",))) == ()
    assert found.unread(unit(caveats=("ice",))) == ("ice",)


def test_a_commitment_of_a_measure_is_for_what_is_pledged_to_it() -> None:
    found, asked = sending(label("NATO UNCLASSIFIED // PUBLIC"))

    assert found.barred(unit(measures=("forward_presence",))) == (asked.record,)


def test_a_nation_that_may_not_know_of_a_commitment_is_not_asked() -> None:
    narrow = label("NATO UNCLASSIFIED // REL TO FIN, POL")
    units = (unit(), unit(nation="SWE", since=date(2026, 1, 1)))

    found, asked = sending(narrow, *units)

    assert found.closed == {asked.record: ("SWE",)}
