import pytest

from foedus.errors import ForbiddenError
from foedus.identity.origins import adds_itself, check_origin

HOST = "hub.example:8440"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_what_another_site_sends_is_refused(site: str) -> None:
    with pytest.raises(ForbiddenError, match="another site"):
        check_origin(site=site, origin="", host=HOST)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "https://hub.example", "https://[", "x"],
)
def test_where_a_browser_says_no_more_the_origin_decides(origin: str) -> None:
    with pytest.raises(ForbiddenError):
        check_origin(site="", origin=origin, host=HOST)


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("", ""),
        ("none", ""),
        ("same-origin", "https://behind.a.proxy"),
        ("", "https://HUB.example:8440"),
    ],
)
def test_programs_and_the_hub_s_own_pages_pass(site: str, origin: str) -> None:
    check_origin(site=site, origin=origin, host=HOST)


def test_no_browser_adds_a_token_by_itself() -> None:
    assert not adds_itself(b"Bearer foedus_x")
    assert adds_itself(b"Basic YTpi")
    assert adds_itself(b"")
