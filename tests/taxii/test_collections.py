import pytest

from foedus.errors import ForbiddenError, NotFoundError
from foedus.hub import Hub
from foedus.releasability.viewers import Viewer
from foedus.taxii.collections import readable, writable
from tests.taxii.world import NO_ACCESS, OPEN, READ_ONLY, WRITE_ONLY


@pytest.fixture
def viewer(hub: Hub) -> Viewer:
    return hub.authenticator.named("pol").viewer()


def test_a_collection_with_both_rights_is_found(hub: Hub, viewer: Viewer) -> None:
    with hub.reading.snapshot() as seen:
        assert readable(seen, viewer, OPEN) == writable(seen, viewer, "open")


def test_a_right_that_is_missing_is_told_to_who_has_the_other(
    hub: Hub, viewer: Viewer
) -> None:
    with hub.reading.snapshot() as seen:
        with pytest.raises(ForbiddenError):
            readable(seen, viewer, WRITE_ONLY)
        with pytest.raises(ForbiddenError):
            writable(seen, viewer, READ_ONLY)


def test_who_has_no_right_is_told_nothing(hub: Hub, viewer: Viewer) -> None:
    with hub.reading.snapshot() as seen:
        with pytest.raises(NotFoundError):
            readable(seen, viewer, NO_ACCESS)
        with pytest.raises(NotFoundError):
            writable(seen, viewer, NO_ACCESS)
