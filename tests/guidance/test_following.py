from foedus.alliance.nations import Alliance
from foedus.guidance.following import COLLECTIONS_MAX, Followable, Ways, following
from tests.guidance.conftest import TODAY

URL = "https://hub.example"


def told(alliance: Alliance, ways: Ways) -> list[str]:
    return [each.text for each in following(alliance, ways, TODAY)]


def feeds(count: int) -> tuple[Followable, ...]:
    return tuple(
        Followable(id=f"id-{n}", alias=f"feed-{n}", title=f"Feed {n}")
        for n in range(count)
    )


def test_everybody_is_told_how_to_get_an_account(nato: Alliance) -> None:
    texts = told(nato, Ways(url=URL))

    assert "This is what every account may follow" in texts[0]
    assert texts[1] == "No collection is open to everybody here now."


def test_set_up_is_ready_to_copy_for_the_reader(nato: Alliance) -> None:
    ways = Ways(url=URL, reader="pol-soc", reads_as="POL", collections=feeds(1))

    texts = told(nato, ways)

    assert "curl -u pol-soc" in texts[2]
    assert f"{URL}/taxii2/nato/collections/id-0/objects/" in texts[2]
    assert "from taxii2client.v21 import Collection" in texts[3]
    for tool in ("OpenCTI", "SIEM", "/live?snapshot=1", f"open {URL}/"):
        assert any(tool in text for text in texts[4:])


def test_the_python_that_is_copied_is_python(nato: Alliance) -> None:
    texts = told(nato, Ways(url=URL, reader="pol", collections=feeds(1)))
    snippet = next(text for text in texts if "taxii2client" in text)

    lines = [line.removeprefix("  ") for line in snippet.splitlines()[1:]]

    compile("\n".join(lines), "snippet", "exec")


def test_the_last_policy_updates_are_told(nato: Alliance) -> None:
    texts = told(nato, Ways(url=URL, reader="pol", updates=("Reporting, edition 2",)))

    assert "Policy update: Reporting, edition 2." in texts
    assert any(
        f"curl -u pol '{URL}/api/v1/updates/feed.atom'" in text for text in texts
    )


def test_no_more_collections_are_told_than_fit(nato: Alliance) -> None:
    texts = told(nato, Ways(url=URL, collections=feeds(COLLECTIONS_MAX + 5)))

    assert sum(text.startswith("Collection ") for text in texts) == COLLECTIONS_MAX
