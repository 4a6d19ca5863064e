"""TAXII 2.1, section 5.7: deleting."""

import pytest

from tests.conformance.taxii.world import Clients, Shelf
from tests.taxii.world import NO_ACCESS, READ_ONLY, TAXII, WRITE_ONLY, indicator

FIRST = "2026-11-01T00:00:00.000Z"
SECOND = "2026-11-02T00:00:00.000Z"
THIRD = "2026-11-03T00:00:00.000Z"
ONE = indicator(1)["id"]


def with_three_versions(shelf: Shelf) -> Shelf:
    """Store three versions of the first indicator."""
    for modified in (FIRST, SECOND, THIRD):
        shelf.add(indicator(1, modified=modified))
    return shelf


def test_a_delete_answers_200_without_a_body(shelf: Shelf) -> None:
    """TAXII 2.1, 5.7; check X1."""
    shelf.add(indicator(1))

    response = shelf.delete(ONE)

    assert response.status_code == 200
    assert response.content == b""
    assert response.headers["content-type"] == TAXII


def test_what_was_deleted_is_404_and_in_no_list(clients: Clients, shelf: Shelf) -> None:
    """TAXII 2.1, 5.7; check X2."""
    shelf.add(indicator(1))
    shelf.delete(ONE)

    for seen in (shelf, shelf.of(clients.fin)):
        assert seen.get(f"objects/{ONE}/").status_code == 404
        assert seen.get(f"objects/{ONE}/versions/").status_code == 404
        assert seen.ids(match_version="all") == []
        assert seen.manifest(match_version="all") == []


def test_a_deleted_version_is_404_while_others_stay(shelf: Shelf) -> None:
    """TAXII 2.1, 5.7; check X2."""
    with_three_versions(shelf).delete(ONE, match_version=SECOND)

    assert shelf.get(f"objects/{ONE}/", match_version=SECOND).status_code == 404
    assert shelf.get(f"objects/{ONE}/").status_code == 200


def test_deleting_does_not_disturb_a_walk(shelf: Shelf) -> None:
    """TAXII 2.1, 3.5 and 5.7; check X2."""
    shelf.add(*map(indicator, range(4)))
    first = shelf.get("objects/", limit="2").json()

    shelf.delete(first["objects"][1]["id"])

    assert shelf.ids(next=first["next"]) == [indicator(n)["id"] for n in (2, 3)]


def test_what_is_not_there_cannot_be_deleted(shelf: Shelf) -> None:
    """TAXII 2.1, 5.7; check X3."""
    shelf.add(indicator(1))
    gone = shelf.delete(ONE)
    again = shelf.delete(ONE)

    assert [gone.status_code, again.status_code] == [200, 404]
    assert shelf.delete(indicator(2)["id"]).status_code == 404


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({}, [FIRST, SECOND]),
        ({"match_version": "last"}, [FIRST, SECOND]),
        ({"match_version": "first"}, [SECOND, THIRD]),
        ({"match_version": SECOND}, [FIRST, THIRD]),
        ({"match_version": f"first,{SECOND}"}, [THIRD]),
        ({"match_version": "all"}, []),
        ({"match_version": "all", "match_spec_version": "2.1"}, []),
    ],
)
def test_the_versions_asked_for_are_deleted_the_last_unless_others_are(
    shelf: Shelf, asked: dict[str, str], left: list[str]
) -> None:
    """TAXII 2.1, 3.4.1 and 5.7; check X4."""
    response = with_three_versions(shelf).delete(ONE, **asked)

    assert response.status_code == 200
    assert shelf.versions(ONE) == left


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"match_version": "2020-01-01T00:00:00Z"}, 404),
        ({"match_spec_version": "2.0"}, 404),
        ({"match_version": "newest"}, 400),
        ({"match_version": "all,last"}, 400),
        ({"match_versions": "first"}, 400),
        ({"version": "first"}, 400),
        ({"limit": "1"}, 400),
    ],
)
def test_a_slip_deletes_nothing(
    shelf: Shelf, query: dict[str, str], status: int
) -> None:
    """TAXII 2.1, 3.4 and 5.7; check X4."""
    response = with_three_versions(shelf).delete(ONE, **query)

    assert response.status_code == status
    assert shelf.versions(ONE) == [FIRST, SECOND, THIRD]


def test_what_was_deleted_may_be_posted_again(shelf: Shelf) -> None:
    """TAXII 2.1, 1.6.11; check X2."""
    shelf.add(indicator(1))
    shelf.delete(ONE)

    shelf.add(indicator(1))

    assert shelf.ids() == [ONE]


@pytest.mark.parametrize(
    ("collection", "status"), [(READ_ONLY, 403), (WRITE_ONLY, 403), (NO_ACCESS, 404)]
)
def test_a_delete_needs_both_rights(
    clients: Clients, collection: str, status: int
) -> None:
    """TAXII 2.1, 5.7, table of rights; checks S9, R1, R2 and R3."""
    shelf = Shelf(clients.fin, collection)
    shelf.add(indicator(501))

    response = shelf.of(clients.pol).delete(indicator(501)["id"])

    assert response.status_code == status
    assert shelf.get(f"objects/{indicator(501)['id']}/").status_code == 200


def test_another_nations_object_is_not_deleted(clients: Clients, shelf: Shelf) -> None:
    """TAXII 2.1, 5.7; DESIGN, section 6; check S9."""
    shelf.add(indicator(1))

    response = shelf.of(clients.fin).delete(ONE)

    assert response.status_code == 404
    assert shelf.ids() == [ONE]
