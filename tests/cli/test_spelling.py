"""Arguments: what is spelt rightly is taken, all else is misuse."""

from datetime import date

import click
import pytest

from foedus.cli import spelling
from foedus.releasability.viewers import Role


@pytest.mark.parametrize("text", ["a", "nor-1.cert_x", "x" * 64])
def test_a_name_is_taken_as_it_is(text: str) -> None:
    assert spelling.name(text) == text


@pytest.mark.parametrize("text", ["", "A", "a b", "é", "x" * 65, "a\n"])
def test_what_is_no_name_is_misuse(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no name"):
        spelling.name(text)


@pytest.mark.parametrize("text", ["", "MEMBERS", "MEMBERS,MDA", "RESOLUTE SUPPORT"])
def test_a_list_is_taken_as_it_is(text: str) -> None:
    assert spelling.listed(text) == text


@pytest.mark.parametrize("text", ["A, B", "A,,B", ",A", "A,", " "])
def test_blanks_and_gaps_in_a_list_are_misuse(text: str) -> None:
    with pytest.raises(click.BadParameter, match="commas alone"):
        spelling.listed(text)


def test_roles_are_read_from_a_list() -> None:
    found = spelling.roles("reader,duty-officer")

    assert found == {Role.READER, Role.DUTY_OFFICER}


@pytest.mark.parametrize("text", ["", "king", "reader, publisher", "reader,"])
def test_what_is_no_role_is_misuse(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no list of roles"):
        spelling.roles(text)


def test_a_date_is_read() -> None:
    assert spelling.day("2004-03-28") == date(2004, 3, 28)


@pytest.mark.parametrize("text", ["", "2004-02-30", "yesterday", "28.03.2004"])
def test_what_is_no_date_is_misuse(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no date"):
        spelling.day(text)


def test_a_uuid_is_given_in_its_one_form() -> None:
    text = "6027A298-4E3D-4BE0-A399-62808E18E971"

    assert spelling.uuid_text(text) == text.lower()


def test_what_is_no_uuid_is_misuse() -> None:
    with pytest.raises(click.BadParameter, match="is no UUID"):
        spelling.uuid_text("1234")


@pytest.mark.parametrize(
    ("text", "meant"),
    [("localhost", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("::1", "::1")],  # noqa: S104 - no server is started
)
def test_an_address_to_listen_at_is_taken(text: str, meant: str) -> None:
    assert spelling.host(text) == meant


@pytest.mark.parametrize("text", ["", "hub.example", "999.1.1.1", "127.0.0.1:80"])
def test_what_is_no_address_is_misuse(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no IP address"):
        spelling.host(text)
