"""The reference is complete (STYLE 16): what the software knows, the pages name."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import msgspec
import pytest

from foedus.errors import FoedusError
from foedus.eventlog.envelope import Event
from tests.tidy.sources import REFERENCE, TESTS, modules

EVENTS_WRITTEN = TESTS / "data" / "events-v1.jsonl"


def _imported() -> list[ModuleType]:
    """Import every module of `src`, so that every class and command is known."""
    names = [module.name for module in modules()]
    try:
        return [importlib.import_module(name) for name in names]
    except ImportError as error:
        if not str(error.name).startswith("foedus"):
            raise
        pytest.skip(f"not all is written yet: {error}")


def _subclasses(of: type) -> Iterator[type]:
    for subclass in of.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def _ours(of: type) -> list[type]:
    """Every class of `src` below one; tests may define further ones."""
    _imported()
    found = {sub for sub in _subclasses(of) if sub.__module__.startswith("foedus.")}
    return sorted(found, key=lambda found: found.__qualname__)


def _text(path: Path) -> str:
    if not path.exists():
        pytest.skip(f"{path.name} is not written yet")
    return path.read_text(encoding="utf-8")


def test_every_error_is_in_the_reference_with_its_status_and_title() -> None:
    page = _text(REFERENCE / "errors.md")

    missing = [
        row
        for error in (FoedusError, *_ours(FoedusError))
        if (row := f"| `{error.slug}` | {error.status} | {error.title} |") not in page
    ]

    assert missing == []


def _tags() -> list[str]:
    tags = (event.__struct_config__.tag for event in _ours(Event))
    return [tag for tag in tags if isinstance(tag, str) and "." in tag]


def test_every_event_is_in_the_reference() -> None:
    page = _text(REFERENCE / "events.md")

    assert [tag for tag in _tags() if f"`{tag}`" not in page] == []


def test_no_two_events_share_a_tag() -> None:
    assert len(_tags()) == len(set(_tags()))


def test_one_of_every_event_is_kept_for_ever() -> None:
    kept = _text(EVENTS_WRITTEN)

    assert [tag for tag in _tags() if f'"{tag}"' not in kept] == []


def test_every_setting_is_in_the_reference() -> None:
    page = _text(REFERENCE / "settings.md")
    settings = importlib.import_module("foedus.settings")

    names = _setting_names(settings.Settings)

    assert [name for name in names if f"`{name}`" not in page] == []


def _setting_names(struct: type[msgspec.Struct], prefix: str = "") -> Iterator[str]:
    for field in msgspec.structs.fields(struct):
        name = prefix + field.encode_name
        if inspect.isclass(field.type) and issubclass(field.type, msgspec.Struct):
            yield from _setting_names(field.type, f"{name}.")
        else:
            yield name


def test_every_command_is_in_the_reference() -> None:
    page = _text(REFERENCE / "commands.md")

    commands = list(_commands(_whole_command_line(), "foedus"))

    assert [name for name in commands if f"`{name}" not in page] == []


def _whole_command_line() -> click.Group:
    """Give the group that no other group of ours contains."""
    groups = [
        value
        for module in _imported()
        if module.__name__.startswith("foedus.cli")
        for value in vars(module).values()
        if isinstance(value, click.Group)
    ]
    if not groups:
        pytest.skip("the command line is not written yet")
    return max(groups, key=lambda group: len(list(_commands(group, ""))))


def _commands(command: click.Command, name: str) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield name
        return
    for word, inner in command.commands.items():
        yield from _commands(inner, f"{name} {word}")
