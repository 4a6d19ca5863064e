from datetime import date

import apsw
import pytest

from foedus.alliance.events import StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.errors import RuleViolationError
from foedus.ids import AccountId, NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, fix, public
from foedus.releasability.labelled import (
    LABELS_MAX,
    LabelView,
    intern_label,
    label_of,
    readable_labels,
)
from foedus.releasability.labels import parse_label
from foedus.releasability.viewers import Role, Viewer
from tests.releasability.strategies import NATO, TODAY

POL, FIN, UKR = (NationCode(each) for each in ("POL", "FIN", "UKR"))


@pytest.fixture
def db() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute(LabelView().schema)
    return connection


def viewer(nation: NationCode, clearance: int = 0) -> Viewer:
    return Viewer(
        nation=nation,
        clearance=clearance,
        roles=frozenset({Role.READER}),
        account=AccountId("account--1"),
    )


def label(text: str, originator: NationCode = POL, on: date = TODAY) -> FixedLabel:
    return fix(parse_label(text, NATO), NATO, on=on, originator=originator)


def suspended(nation: NationCode) -> Alliance:
    return NATO.with_change(
        StatusChanged(nation=nation, status=Status.SUSPENDED, since=TODAY)
    )


def test_equal_labels_of_one_originator_share_a_number(db: apsw.Connection) -> None:
    text = label("NATO UNCLASSIFIED // REL TO NATO")
    assert intern_label(db, text, POL) == intern_label(db, text, POL) == 1
    assert intern_label(db, text, FIN) == 2
    assert label_of(db, 2) == (text, FIN)


def test_a_byte_says_of_each_label_whether_the_viewer_may_see(
    db: apsw.Connection,
) -> None:
    for text in ("// REL TO FIN", "// PUBLIC", "// REL TO UKR"):
        intern_label(db, label("NATO UNCLASSIFIED " + text), POL)
    access = Access(NATO, TODAY)
    assert readable_labels(db, access, viewer(FIN)) == b"\1\1\0"
    assert readable_labels(db, access, viewer(UKR)) == b"\0\1\1"
    assert readable_labels(db, access, viewer(POL)) == b"\1\1\1"


def test_a_level_above_the_clearance_is_not_readable_for_the_originator_either(
    db: apsw.Connection,
) -> None:
    intern_label(db, label("NATO SECRET // REL TO NATO"), POL)
    access = Access(NATO, TODAY)
    assert readable_labels(db, access, viewer(POL, 2)) == b"\0"
    assert readable_labels(db, access, viewer(POL, 3)) == b"\1"


def test_a_nation_without_standing_reads_nothing(db: apsw.Connection) -> None:
    intern_label(db, public(), POL)
    access = Access(suspended(FIN), TODAY)
    assert readable_labels(db, access, viewer(FIN)) == b""


def test_a_label_too_many_is_refused(db: apsw.Connection) -> None:
    db.executemany(
        "INSERT INTO label (label, originator, fixed) VALUES (?, ?, x'00')",
        ((number, f"{number}") for number in range(1, LABELS_MAX)),
    )
    assert intern_label(db, public(), POL) == LABELS_MAX
    with pytest.raises(RuleViolationError, match="use a community"):
        intern_label(db, public(), FIN)
