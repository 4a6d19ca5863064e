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
    LABELS_OF_NATION_MAX,
    NARROW_MAX,
    LabelBudget,
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


def test_what_was_worked_out_is_kept_and_new_labels_are_added_to_it(
    db: apsw.Connection,
) -> None:
    access = Access(NATO, TODAY)
    for text in ("// REL TO FIN", "// REL TO UKR"):
        intern_label(db, label("NATO UNCLASSIFIED " + text), POL)
        before = readable_labels(db, access, viewer(FIN))
    asked: list[str] = []
    db.trace_v2(apsw.SQLITE_TRACE_ROW, lambda _: asked.append("row"))

    assert readable_labels(db, access, viewer(FIN)) is before
    assert asked == ["row"]
    db.trace_v2(0, None)
    intern_label(db, public(), POL)
    assert readable_labels(db, access, viewer(FIN)) == b"\1\0\1"
    assert readable_labels(db, access, viewer(UKR)) == b"\0\1\1"


def test_what_was_worked_out_of_other_views_is_worked_out_anew(
    db: apsw.Connection,
) -> None:
    access = Access(NATO, TODAY)
    intern_label(db, label("NATO UNCLASSIFIED // REL TO FIN"), POL)
    assert readable_labels(db, access, viewer(FIN)) == b"\1"
    db.execute("DELETE FROM label")
    assert readable_labels(db, access, viewer(FIN)) == b""

    for text in ("// REL TO UKR", "// REL TO FIN"):
        intern_label(db, label("NATO UNCLASSIFIED " + text), POL)
    assert readable_labels(db, access, viewer(FIN)) == b"\0\1"


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


def fill(db: apsw.Connection, up_to: int, originator: str = "ZZZ") -> None:
    """Give away all numbers up to one."""
    db.execute(
        """
        WITH RECURSIVE given (n) AS (
            SELECT coalesce(max(label), 0) + 1 FROM label
             UNION ALL
            SELECT n + 1 FROM given WHERE n < :up_to
        )
        INSERT INTO label (label, originator, fixed, own)
        SELECT n, :originator, CAST(n AS BLOB), 1 FROM given
        """,
        {"up_to": up_to, "originator": originator},
    )


def test_a_label_for_which_no_number_is_left_is_read_by_its_originator_alone(
    db: apsw.Connection,
) -> None:
    secret = label("NATO SECRET // REL TO NATO, FIN")
    fill(db, LABELS_MAX - NARROW_MAX - 2)
    last = intern_label(db, label("NATO SECRET // REL TO NATO"), POL)
    number = intern_label(db, secret, POL)

    assert (last, number) == (LABELS_MAX - NARROW_MAX - 1, LABELS_MAX - NARROW_MAX)
    assert intern_label(db, secret, POL) == number
    assert intern_label(db, label("NATO SECRET // REL TO NATO"), POL) == last
    fixed, originator = label_of(db, number)
    assert originator == POL
    assert fixed.level == secret.level
    assert fixed.closed == {POL}
    assert fixed.no_onward


def test_with_every_number_given_away_a_label_is_read_by_nobody(
    db: apsw.Connection,
) -> None:
    fill(db, LABELS_MAX - 1)
    assert intern_label(db, public(), POL) == LABELS_MAX
    assert intern_label(db, public(), FIN) == LABELS_MAX
    fixed, originator = label_of(db, LABELS_MAX)
    assert Access(NATO, TODAY).entitled(fixed, originator) == 0


def test_a_nation_comes_to_use_no_more_labels_than_it_may(
    db: apsw.Connection,
) -> None:
    told = label("NATO UNCLASSIFIED // REL TO NATO")
    first, second = (label(f"NATO SECRET // REL TO {n}") for n in ("FIN", "UKR"))
    intern_label(db, told, POL, own=False)
    fill(db, LABELS_OF_NATION_MAX, "POL")
    budget = LabelBudget(db, POL)

    budget.spend(first)
    budget.spend(first)
    with pytest.raises(RuleViolationError, match="take one of them, or a community"):
        budget.spend(second)
    intern_label(db, first, POL)
    LabelBudget(db, POL).spend(first)
    with pytest.raises(RuleViolationError, match="1024 distinct labels"):
        LabelBudget(db, POL).spend(told)


def test_what_other_nations_use_and_what_is_told_to_it_costs_a_nation_nothing(
    db: apsw.Connection,
) -> None:
    fill(db, LABELS_OF_NATION_MAX, "FIN")
    intern_label(db, label("NATO SECRET // REL TO NATO"), POL, own=False)

    budget = LabelBudget(db, POL)
    for level in range(LABELS_OF_NATION_MAX):
        budget.spend(public(level))
    with pytest.raises(RuleViolationError):
        budget.spend(public(LABELS_OF_NATION_MAX))


def test_a_label_that_was_told_first_counts_once_its_nation_says_it(
    db: apsw.Connection,
) -> None:
    number = intern_label(db, public(), POL, own=False)
    assert intern_label(db, public(), POL) == number
    assert db.execute("SELECT own FROM label").get == 1
    assert intern_label(db, public(), POL, own=False) == number
    assert db.execute("SELECT own FROM label").get == 1
