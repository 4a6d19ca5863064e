"""Releases as every surface shows them."""

from datetime import UTC, date, datetime

import pytest

from foedus.clock import to_ms
from foedus.ids import NationCode, Position, ReleaseId
from foedus.intel.events import Released
from foedus.intel.releases import Release
from foedus.intel.releasing import Preview
from foedus.intel.sheets import ReleaseMade, ReleaseSheet, release_made, release_sheet

ID = ReleaseId("release--11111111-1111-4111-8111-111111111111")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
POL, FIN, MDA = NationCode("POL"), NationCode("FIN"), NationCode("MDA")


@pytest.mark.parametrize(
    ("withdrawn", "state"), [(False, "in force"), (True, "withdrawn")]
)
def test_a_release_is_set_out_with_all_its_terms(
    state: str, *, withdrawn: bool
) -> None:
    event = Released(
        release=ID,
        nation=POL,
        to=(MDA,),
        selection="NATO UNCLASSIFIED // REL TO NATO",
        since_ms=to_ms(datetime(2026, 1, 1, tzinfo=UTC)),
        ongoing=True,
        asks=(FIN,),
        reason="for a friend",
    )
    found = Release(
        key=7,
        event=event,
        position=Position(3),
        arrival_ms=to_ms(NOON),
        consents=(FIN,),
        withdrawn=withdrawn,
        last=Position(4),
    )

    assert release_sheet(found) == ReleaseSheet(
        release=ID,
        nation=POL,
        to=(MDA,),
        label="NATO UNCLASSIFIED // REL TO NATO",
        since=date(2026, 1, 1),
        from_now_on=True,
        state=state,  # type: ignore[arg-type]  # one of the two words
        at=NOON,
        asks=(FIN,),
        consents=(FIN,),
        reason="for a friend",
    )


@pytest.mark.parametrize("release", [ID, None])
def test_what_a_release_gives_is_set_out_with_its_id_if_it_was_made(
    release: ReleaseId | None,
) -> None:
    preview = Preview(objects=2, by_label={"NATO UNCLASSIFIED": 2})

    assert release_made(release, preview) == ReleaseMade(
        release=release, objects=2, by_label={"NATO UNCLASSIFIED": 2}
    )
