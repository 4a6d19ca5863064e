from datetime import date

import msgspec
import pytest

from foedus.alliance.events import AllianceEvent, DayBegun, Founded, StatusChanged
from foedus.alliance.statuses import Status
from foedus.eventlog.codec import Codec
from foedus.ids import NationCode


@pytest.mark.parametrize(
    ("event", "kind", "body"),
    [
        (
            Founded(code="A", pack=msgspec.Raw(b'{"code": "A"}')),
            "alliance.founded",
            b'{"kind":"alliance.founded","code":"A","pack":{"code": "A"}}',
        ),
        (
            StatusChanged(
                nation=NationCode("XAA"), status=Status.MEMBER, since=date(2027, 1, 2)
            ),
            "alliance.status-changed",
            (
                b'{"kind":"alliance.status-changed","nation":"XAA",'
                b'"status":"member","since":"2027-01-02"}'
            ),
        ),
        (
            DayBegun(day=date(2027, 1, 2)),
            "alliance.day-begun",
            b'{"kind":"alliance.day-begun","day":"2027-01-02"}',
        ),
    ],
)
def test_an_event_is_written_in_this_form_for_ever(
    event: AllianceEvent, kind: str, body: bytes
) -> None:
    assert Codec(AllianceEvent).encode(event) == (kind, body)
