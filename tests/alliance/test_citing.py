from foedus.alliance.citing import citations
from foedus.alliance.nations import Alliance


def test_a_source_is_shown_with_whether_it_was_read(nato: Alliance) -> None:
    read, confirm = citations(nato, ["pfp_framework", "nato_treaty"])

    assert (read.opened, confirm.opened) == (True, False)
    assert read.url.startswith("https://www.nato.int/")
