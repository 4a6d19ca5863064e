"""How arguments are spelt; what is spelt wrongly is misuse (exit code 2)."""

import re
from datetime import date
from ipaddress import ip_address
from uuid import UUID

import click

from foedus.releasability.viewers import Role

_NAME = re.compile(r"[a-z0-9._-]{1,64}")


def name(text: str) -> str:
    """Take a name of an account or a collection.

    Raises:
        BadParameter: it has other characters, none, or more than 64.
    """
    if _NAME.fullmatch(text) is None:
        raise click.BadParameter(
            f"{text!r} is no name: 1 to 64 of a-z, 0-9, '.', '_' and '-'"
        )
    return text


def listed(text: str) -> str:
    """Take a list that is separated by commas without blanks; it may be empty.

    Raises:
        BadParameter: an item is empty or has blanks around it.
    """
    words = text.split(",") if text else []
    if any(not word or word != word.strip() for word in words):
        raise click.BadParameter(f"{text!r} is no list: separate with commas alone")
    return text


def roles(text: str) -> frozenset[Role]:
    """Take a list of roles.

    Raises:
        BadParameter: one of them is none.
    """
    try:
        return frozenset(Role(word) for word in text.split(","))
    except ValueError as error:
        known = ", ".join(Role)
        raise click.BadParameter(
            f"{text!r} is no list of roles: separate with commas alone some of {known}"
        ) from error


def host(text: str) -> str:
    """Take the address of an interface; `localhost` is the first of this machine.

    Raises:
        BadParameter: it is no IP address.
    """
    if text == "localhost":
        return "127.0.0.1"
    try:
        ip_address(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no IP address: write one such as 127.0.0.1, 0.0.0.0 or ::1"
        ) from error
    return text


def day(text: str) -> date:
    """Take a date.

    Raises:
        BadParameter: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no date: write it as 2024-03-07"
        ) from error


def uuid_text(text: str) -> str:
    """Take a UUID.

    Raises:
        BadParameter: it is none.
    """
    try:
        return str(UUID(text))
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no UUID") from error
