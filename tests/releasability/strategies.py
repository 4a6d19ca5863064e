"""Labels of the NATO pack, at random."""

from datetime import date

from hypothesis import strategies as st

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.ids import CommunityCode, NationCode
from foedus.releasability.join import FixedLabel, fix
from foedus.releasability.labels import (
    ORIGINATOR,
    Clause,
    Closed,
    Label,
    canonical_clauses,
    clause,
)

NATO = Alliance.from_pack(load_pack("nato"))
BODY = NationCode("NATO")
NATIONS = tuple(
    NationCode(each) for each in ("POL", "FIN", "SWE", "MDA", "RUS", "FRA", "MKD")
)
COMMUNITIES = tuple(
    CommunityCode(each) for each in ("NATO", "PFP", "PARTNERSHIP", "FVEY", "NUC")
)

nations = st.lists(st.sampled_from([*NATIONS, BODY, ORIGINATOR]), max_size=4)
days = st.none() | st.dates(date(1945, 1, 1), date(2026, 11, 23))
closed = st.builds(Closed, st.sampled_from(COMMUNITIES), days)


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    return draw(
        st.builds(
            clause,
            closed=st.lists(closed, max_size=2),
            open=st.lists(st.sampled_from(COMMUNITIES), max_size=2),
            nations=nations,
        ).filter(lambda each: each != Clause())
    )


labels = st.builds(
    Label,
    level=st.integers(0, len(NATO.levels) - 1),
    audience=st.lists(clauses(), max_size=3).map(canonical_clauses),
    controllers=nations.map(lambda each: tuple(sorted(set(each)))),
    no_onward=st.booleans(),
)

TODAY = date(2026, 11, 23)
originators = st.sampled_from([*NATIONS, BODY])


@st.composite
def fixed_labels(draw: st.DrawFn, originator: NationCode) -> FixedLabel:
    on = draw(st.dates(date(1999, 1, 1), TODAY))
    return fix(draw(labels), NATO, on=on, originator=originator)
