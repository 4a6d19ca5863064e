"""Who may know of a step, and who may act."""

import msgspec
import pytest

from foedus.identity.proofs import GUARDED
from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Role
from foedus.response.seeing import ACTING, acts, directs, notes, restricted
from tests.response.theatre import Theatre

EST, LVA, POL = (NationCode(each) for each in ("EST", "LVA", "POL"))


def test_a_label_is_narrowed_to_the_nations_and_the_coordinator() -> None:
    assert restricted(FixedLabel(level=1), [LVA], EST).closed == {EST, LVA}
    assert restricted(FixedLabel(level=1), [LVA], EST).level == 1
    narrow = FixedLabel(level=0, closed=frozenset({EST, LVA, POL}))
    assert restricted(narrow, [LVA], EST).closed == {EST, LVA}
    assert restricted(narrow, [], EST).closed == {EST}


@pytest.mark.parametrize(
    ("name", "may_direct", "may_act"),
    [
        ("est", True, True),
        ("nato", True, True),
        ("est-delegate", False, True),
        ("pol-reader", False, False),
        ("fin-audit", False, False),
    ],
)
def test_roles_say_who_directs_and_who_acts(
    stage: Theatre,
    name: str,
    may_direct: bool,  # noqa: FBT001
    may_act: bool,  # noqa: FBT001
) -> None:
    viewer, access = stage.account(name).viewer(), stage.hub.access
    assert directs(viewer, access) is may_direct
    assert acts(viewer, access, None) is may_act
    assert acts(viewer, access, Role.DELEGATE) is (name == "est-delegate")


def test_a_nation_without_standing_does_nothing(stage: Theatre) -> None:
    viewer = msgspec.structs.replace(
        stage.account("est").viewer(), nation=NationCode("RUS")
    )
    assert not directs(viewer, stage.hub.access)
    assert not acts(viewer, stage.hub.access, None)


@pytest.mark.parametrize("role", ["publisher", "planner"])
def test_roles_that_take_one_factor_act_only_where_a_step_names_them(
    stage: Theatre, role: str
) -> None:
    viewer = stage.with_roles(stage.account("lva").viewer(), role)

    assert not acts(viewer, stage.hub.access, None)
    assert acts(viewer, stage.hub.access, Role(role))
    assert notes(viewer, stage.hub.access, None)
    assert ACTING <= GUARDED
