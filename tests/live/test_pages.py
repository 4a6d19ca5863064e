"""Pages of frames: written once for a class, and thrown away when anything changes."""

import secrets

from foedus.hub import Hub
from foedus.intel.courses import Ids, begin
from foedus.intel.places import Interest
from foedus.live.pages import Sheets
from tests.api.world import OPEN, publish


async def test_a_page_is_written_once_for_all_of_a_class_until_something_changes(
    hub: Hub,
) -> None:
    sheets = Sheets(Ids(secrets.token_bytes(64)))
    fin = hub.authenticator.named("fin").viewer()
    mda = hub.authenticator.named("mda").viewer()
    with hub.reading.snapshot() as seen:
        course = begin(seen, fin, hub.clock(), snapshot=False)
    await publish(hub, hub.authenticator.named("pol"), OPEN, 1)
    with hub.reading.snapshot() as seen:
        assert sheets.find(seen, fin, Interest(), course) is None
        sheet = sheets.keep(seen, fin, Interest(), course)
        assert b"event: put" in sheet.frames
        assert sheets.find(seen, fin, Interest(), course) is sheet
        assert sheets.find(seen, mda, Interest(), course) is None
    await publish(hub, hub.authenticator.named("pol"), OPEN, 2)
    with hub.reading.snapshot() as seen:
        assert sheets.find(seen, fin, Interest(), course) is None


async def test_a_snapshot_is_nobody_elses(hub: Hub) -> None:
    sheets = Sheets(Ids(secrets.token_bytes(64)))
    fin = hub.authenticator.named("fin").viewer()
    with hub.reading.snapshot() as seen:
        course = begin(seen, fin, hub.clock(), snapshot=True)
        sheets.keep(seen, fin, Interest(), course)
        assert sheets.find(seen, fin, Interest(), course) is None
