import pytest

from foedus.errors import LabelError, RuleViolationError
from foedus.ids import NationCode
from foedus.releasability.labelling import label_for, label_for_two
from foedus.releasability.viewers import Viewer
from tests.guidance.conftest import TODAY, world
from tests.guidance.world import DESK, FIN, MDA, POL, World, viewer

__all__ = ["world"]


def sees(world: World, text: str, reader: Viewer, author: Viewer = POL) -> bool:
    with world.sight() as seen:
        label = label_for(text, author, seen.access, on=TODAY, ceiling=None)
        return seen.access.may_see(reader, label, author.nation)


def test_without_a_label_it_is_for_the_authors_nation_alone(world: World) -> None:
    assert sees(world, "", POL)
    assert not sees(world, "", FIN)
    assert not sees(world, "", DESK)


def test_a_marking_is_read_as_elsewhere(world: World) -> None:
    assert sees(world, "NATO RESTRICTED", FIN)
    assert not sees(world, "NATO RESTRICTED", MDA)
    assert sees(world, "TLP:GREEN", MDA)


def test_between_two_it_is_for_these_two(world: World) -> None:
    with world.sight() as seen:
        label = label_for_two(
            NationCode("FIN"), DESK, seen.access, on=TODAY, ceiling=None
        )
        readers = [POL, FIN, DESK]
        found = [seen.access.may_see(r, label, DESK.nation) for r in readers]

    assert found == [False, True, True]


def test_nobody_labels_above_the_own_clearance_or_the_ceiling(world: World) -> None:
    low, high = viewer("POL", clearance=0), viewer("POL", clearance=4)
    with world.sight() as seen:
        with pytest.raises(RuleViolationError, match="above your clearance"):
            label_for("NATO RESTRICTED", low, seen.access, on=TODAY, ceiling=None)
        with pytest.raises(LabelError, match="highest level that this hub may hold"):
            label_for("NATO SECRET", high, seen.access, on=TODAY, ceiling=2)
        with pytest.raises(LabelError):
            label_for("OF THE MOON", POL, seen.access, on=TODAY, ceiling=None)
