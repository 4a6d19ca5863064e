from tests.guidance.conftest import world
from tests.guidance.world import World

__all__ = ["world"]


def test_the_views_are_seen_as_far_as_the_log_goes(world: World) -> None:
    with world.sight() as seen:
        assert seen.access.alliance.code == "NATO"
        assert seen.db.execute("SELECT count(*) FROM policy_edition").get == 0
