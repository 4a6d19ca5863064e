"""TAXII 2.1, sections 5.1 and 5.2: which collections there are, and what one may."""

import uuid

import pytest

from tests.conformance.taxii.world import Client, Clients, Shelf, empty_id
from tests.taxii.world import MEMBERS, NO_ACCESS, OPEN, READ_ONLY, WRITE_ONLY, indicator


def test_a_collection_has_an_id_a_title_rights_and_media_types(pol: Client) -> None:
    """TAXII 2.1, 5.2.1; check C1."""
    found = pol.get(f"collections/{OPEN}/").json()

    assert uuid.UUID(found["id"]).version == 4
    assert found["id"] == OPEN
    assert found["title"] == "Open"
    assert found["description"] == "For everybody."
    assert type(found["can_read"]) is type(found["can_write"]) is bool
    assert "application/stix+json;version=2.1" in found["media_types"]


def test_the_list_describes_each_collection_as_the_collection_does(
    pol: Client,
) -> None:
    """TAXII 2.1, 5.1.1; check C1."""
    listed = {
        each["id"]: each for each in pol.get("collections/").json()["collections"]
    }

    for name in (OPEN, READ_ONLY, WRITE_ONLY, empty_id(0)):
        assert pol.get(f"collections/{name}/").json() == listed[name]


def test_collections_are_listed_by_id_every_time(pol: Client) -> None:
    """TAXII 2.1, 3.3; OASIS interoperability profile; check C2."""
    lists = [pol.get("collections/").json()["collections"] for _ in range(2)]

    ids = [each["id"] for each in lists[0]]
    assert lists[0] == lists[1]
    assert ids == sorted(ids)


def test_an_alias_stands_for_the_id_in_every_url(clients: Clients) -> None:
    """TAXII 2.1, 5.2.1; check C3."""
    by_id, by_alias = Shelf(clients.pol, OPEN), Shelf(clients.pol, "open")
    by_alias.add(indicator(601))
    one = indicator(601)["id"]

    for path in ("", "manifest/", "objects/", f"objects/{one}/"):
        assert by_id.get(path).json() == by_alias.get(path).json()
    assert by_alias.delete(one).status_code == 200
    assert by_id.get().json()["alias"] == "open"


def test_no_two_collections_share_an_alias(pol: Client) -> None:
    """TAXII 2.1, 5.2.1; check C3."""
    found = pol.get("collections/").json()["collections"]

    aliases = [each["alias"] for each in found]
    assert len(set(aliases)) == len(aliases)


@pytest.mark.parametrize(
    ("collection", "rights"),
    [(OPEN, (True, True)), (READ_ONLY, (True, False)), (WRITE_ONLY, (False, True))],
)
def test_a_collection_tells_the_rights_of_who_asks(
    pol: Client, collection: str, rights: tuple[bool, bool]
) -> None:
    """TAXII 2.1, 5.2.1; check C1."""
    found = pol.get(f"collections/{collection}/").json()

    assert (found["can_read"], found["can_write"]) == rights


def test_a_collection_without_any_right_is_not_listed(clients: Clients) -> None:
    """TAXII 2.1, 1.6.9 and 5.1; check R3."""
    for_finland = clients.fin.get("collections/").json()["collections"]
    for_poland = clients.pol.get("collections/").json()["collections"]

    assert NO_ACCESS in [each["id"] for each in for_finland]
    assert NO_ACCESS not in [each["id"] for each in for_poland]


def test_rights_are_those_that_the_other_endpoints_grant(pol: Client) -> None:
    """TAXII 2.1, 5.2.1; checks R1 and R2."""
    for each in pol.get("collections/").json()["collections"][-4:]:
        shelf = Shelf(pol, each["id"])
        read = shelf.get("objects/").status_code
        written = shelf.post(b"").status_code

        assert (read == 200) is each["can_read"]
        assert (written == 422) is each["can_write"]


def test_an_empty_description_is_left_out(pol: Client) -> None:
    """TAXII 2.1, 2 and 5.2.1; check D5."""
    found = pol.get(f"collections/{MEMBERS}/").json()

    assert "description" not in found


def test_collections_have_the_properties_of_their_table_and_no_other(
    pol: Client,
) -> None:
    """TAXII 2.1, 3.8; check S1."""
    found = pol.get("collections/").json()

    assert found.keys() == {"collections"}
    names = set().union(*found["collections"])
    assert names <= {
        *("id", "title", "description", "alias"),
        *("can_read", "can_write", "media_types"),
    }


def test_whoever_may_neither_read_nor_write_anything_has_an_empty_object(
    clients: Clients,
) -> None:
    """TAXII 2.1, 2 and 5.1.1; check D5."""
    response = clients.aut.get("collections/")

    assert response.status_code == 200
    assert response.content == b"{}"


@pytest.mark.parametrize(
    "path",
    [
        *("manifest/", "objects/", f"objects/{indicator(1)['id']}/"),
        f"objects/{indicator(1)['id']}/versions/",
    ],
)
def test_without_the_right_to_read_reading_is_403(pol: Client, path: str) -> None:
    """TAXII 2.1, 5.3 to 5.8; check R1."""
    assert Shelf(pol, WRITE_ONLY).get(path).status_code == 403


def test_without_the_right_to_write_a_post_is_403(pol: Client) -> None:
    """TAXII 2.1, 5.5; check R2."""
    assert Shelf(pol, READ_ONLY).post([indicator(1)]).status_code == 403


def test_the_right_to_write_needs_no_right_to_read(clients: Clients) -> None:
    """TAXII 2.1, 5.5; check R2."""
    write_only = Shelf(clients.pol, WRITE_ONLY)
    write_only.add(indicator(602))

    one = indicator(602)["id"]
    assert write_only.of(clients.fin).ids(match_id=one) == [one]
