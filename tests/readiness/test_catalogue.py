from datetime import date

import pytest

from foedus.errors import NotFoundError
from foedus.readiness.catalogue import module_sheet
from foedus.readiness.reading import Wanted, list_held
from foedus.readiness.records import Completion, Enrolment
from tests.readiness.world import DAY, FIN, MDA, POL, World


async def test_certificates_count_for_who_may_see_them_while_they_are_valid(
    world: World,
) -> None:
    on = date(2026, 6, 1)
    sent = Enrolment(module="data_links", nation=POL.nation, people=6, on=on)
    await world.record(POL, sent)
    done = Completion(
        module="data_links",
        nation=POL.nation,
        people=5,
        on=on,
        valid_until=date(2027, 6, 1),
        certificate="C-5",
    )
    await world.record(POL, done)
    elsewhere = Completion(
        module="labels_and_binding", nation=POL.nation, people=9, on=on, certificate="L"
    )
    await world.record(POL, elsewhere)

    with world.sight() as seen:
        db, access = seen.db, seen.access
        now = module_sheet(db, access, FIN, "data_links", DAY)
        later = module_sheet(db, access, FIN, "data_links", date(2027, 6, 1))
        before = module_sheet(db, access, FIN, "data_links", date(2026, 5, 31))
        hidden = module_sheet(db, access, MDA, "data_links", DAY)
        with pytest.raises(NotFoundError, match="no such module"):
            module_sheet(db, access, FIN, "moon", DAY)

        of_it = list_held(db, access, FIN, Completion, Wanted(module="data_links"))
        of_none = list_held(db, access, FIN, Completion, Wanted(module="moon"))

    assert (len(of_it), len(of_none)) == (1, 0)
    assert (now.valid, later.valid, before.valid, hidden.valid) == (5, 0, 0, 0)
    assert (len(now.enrolments), len(later.completions)) == (1, 1)
    assert (before.completions, hidden.enrolments) == ((), ())
