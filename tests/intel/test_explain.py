from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import LabelError, NotFoundError
from foedus.intel.explain import Explanation, preview
from tests.intel.world import World, report, thing


def said(explanation: Explanation) -> dict[str, str]:
    return {each.rule: each.detail for each in explanation.why}


async def test_who_sees_is_told_every_rule(world: World) -> None:
    await world.put("POL1", thing(1, "NATO RESTRICTED // REL TO NATO+"))
    found = world.explain("POL1", report(1), "FIN")
    assert found.sees
    assert said(found) == {
        "standing": "FIN has standing",
        "clearance": "only persons cleared for NATO RESTRICTED or higher",
        "audience": "FIN is in the audience of NATO RESTRICTED // REL TO NATO+",
        "collection": "FIN may read the collection",
    }


async def test_the_originator_sees_as_originator(world: World) -> None:
    await world.put("MDA0", thing(1, "NU // REL TO NATO+"))
    found = world.explain("MDA0", report(1), "MDA")
    assert found.sees
    assert said(found)["originator"] == "MDA published it"


@pytest.mark.parametrize(
    ("label", "nation", "rule", "detail"),
    [
        ("NU // REL TO POL, FIN", "SWE", "audience", "not in the audience of"),
        ("NU // REL TO NATO 2023-04-04", "SWE", "audience", "needs a release"),
        ("NU // REL TO NATO+", "MDA", "audience", "MDA is not in NATO today"),
        ("NU // PUBLIC", "RUS", "standing", "RUS is suspended since"),
        ("NU // PUBLIC", "QQQ", "standing", "QQQ is no nation of"),
    ],
)
async def test_who_does_not_see_is_told_the_rule(
    world: World, label: str, nation: str, rule: str, detail: str
) -> None:
    await world.put("POL0", thing(1, label))
    found = world.explain("POL0", report(1), nation)
    assert not found.sees
    assert detail in said(found)[rule]


async def test_a_nation_that_may_not_read_the_collection_does_not_see(
    world: World,
) -> None:
    await world.open("narrow", read="POL,FIN", default_label="NU // PUBLIC")
    await world.put("POL0", thing(1), to="narrow")
    found = world.explain("POL0", report(1), "SWE")
    assert not found.sees
    assert said(found)["collection"] == "SWE may not read the collection"


async def test_the_newest_version_that_a_nation_sees_explains(world: World) -> None:
    await world.put("POL0", thing(1, "NU // PUBLIC"))
    await world.put("POL0", thing(1, "NU // REL TO FIN", version=1))
    assert world.explain("POL0", report(1), "SWE").sees
    assert "REL TO FIN" in said(world.explain("POL0", report(1), "FIN"))["audience"]


async def test_what_the_asker_may_not_see_is_not_explained(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL"))
    for stix_id in (report(1), report(2)):
        with pytest.raises(NotFoundError, match=f"^no object {stix_id}$"):
            world.explain("FIN0", stix_id, "POL")


async def test_a_preview_parts_all_nations(world: World) -> None:
    access = world.reading.access()
    found = preview("NATO RESTRICTED", access)
    assert found.canonical == "NATO RESTRICTED // REL TO NATO"
    assert len(found.sees) == 32
    assert set(found.sees) | found.others.keys() == set(access.alliance.nations)
    assert not set(found.sees) & found.others.keys()
    assert "not in the audience" in found.others["MDA"]


async def test_a_preview_says_who_is_suspended(world: World) -> None:
    await world.change("FIN", Status.SUSPENDED)
    access = world.reading.access()
    assert "suspended since" in preview("NU // REL TO NATO+", access).others["FIN"]
    assert "suspended since" in preview("NU // PUBLIC", access).others["RUS"]


async def test_a_preview_of_a_dated_community_says_who_joined_later(
    tmp_path: Path,
) -> None:
    world = await World.found(tmp_path, at=datetime(2026, 11, 23, tzinfo=UTC))
    world.later(days=timedelta(days=1).days)
    found = preview("NU // REL TO NATO 2023-04-04", world.reading.access())
    assert "was not in NATO as of 2023-04-04" in found.others["SWE"]
    found = preview("NU // REL TO ORIGINATOR", world.reading.access())
    assert found.sees == ()
    world.close()


async def test_a_preview_of_several_open_terms_names_the_one_that_excludes(
    world: World,
) -> None:
    found = preview("NU // REL TO NATO+ // REL TO PARTNERSHIP+", world.reading.access())
    assert found.others["MDA"] == "MDA is not in NATO today"


async def test_a_text_that_is_no_label_has_no_preview(world: World) -> None:
    with pytest.raises(LabelError):
        preview("NATO TOP SECRET", world.reading.access())
