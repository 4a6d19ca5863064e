"""TAXII 2.1, section 4: discovery and the API root. Statuses are in test_statuses."""

import re
from urllib.parse import urlsplit

from tests.conformance.taxii.world import ROOT, Client
from tests.taxii.world import TAXII


def test_discovery_is_at_taxii2_and_has_a_title(pol: Client) -> None:
    """TAXII 2.1, 4.1 and 8.2.1; check D1."""
    response = pol.get("/taxii2/")

    assert response.status_code == 200
    assert isinstance(response.json()["title"], str)
    assert response.json()["title"]


def test_the_default_is_one_of_the_api_roots(pol: Client) -> None:
    """TAXII 2.1, 4.1.1; check D2."""
    found = pol.get("/taxii2/").json()

    assert found["default"] in found["api_roots"]


def test_api_roots_are_absolute_and_below_what_the_hub_is_reached_under(
    pol: Client, url: str
) -> None:
    """TAXII 2.1, 4.1.1; check D3."""
    # cytaxii2 joins strings: a relative one would break it. HTTPS is test_limits.
    roots = pol.get("/taxii2/").json()["api_roots"]

    assert all(each.startswith(f"{url}/") for each in roots)
    assert all(each.endswith("/") for each in roots)


def test_api_roots_have_no_query_and_no_fragment(pol: Client) -> None:
    """TAXII 2.1, 4.1.1; check D4."""
    roots = pol.get("/taxii2/").json()["api_roots"]

    assert [urlsplit(each)[3:] for each in roots] == [("", "")] * len(roots)


def test_discovery_has_no_empty_list(pol: Client) -> None:
    """TAXII 2.1, 2; check D5."""
    assert [] not in pol.get("/taxii2/").json().values()


def test_every_api_root_has_a_url_of_its_own_that_answers(pol: Client) -> None:
    """TAXII 2.1, 4.2; check S2."""
    roots = pol.get("/taxii2/").json()["api_roots"]

    assert len(set(roots)) == len(roots) >= 1
    assert [pol.http.get(each).status_code for each in roots] == [200] * len(roots)


def test_the_api_root_names_its_title_its_versions_and_its_limit(pol: Client) -> None:
    """TAXII 2.1, 4.2.1; check A1."""
    found = pol.get(ROOT).json()

    assert found["title"]
    assert TAXII in found["versions"]
    assert all(
        re.fullmatch(r"application/taxii\+json;version=\d\.\d", each)
        for each in found["versions"]
    )
    assert type(found["max_content_length"]) is int
    assert 0 < found["max_content_length"] < 2**53


def test_the_resources_have_the_properties_of_their_tables_and_no_other(
    pol: Client,
) -> None:
    """TAXII 2.1, 3.8; check S1."""
    discovery = pol.get("/taxii2/").json()
    root = pol.get(ROOT).json()

    assert discovery.keys() <= {
        *("title", "description", "contact", "default", "api_roots")
    }
    assert root.keys() <= {"title", "description", "versions", "max_content_length"}
