import click
from click.testing import CliRunner, Result

from foedus.cli.acting import acting_as, reading_as


@click.command()
@acting_as
def act(name: str) -> None:
    click.echo(name)


@click.command()
@reading_as
def look(name: str | None) -> None:
    click.echo(name)


def _run(command: click.Command, *words: str) -> Result:
    return CliRunner().invoke(command, words)


def test_who_acts_is_named() -> None:
    assert _run(act, "--as", "pol").output == "pol\n"
    assert _run(act).exit_code == 2


def test_who_looks_may_be_left_out() -> None:
    assert _run(look, "--as", "pol").output == "pol\n"
    assert _run(look).exit_code == 0


def test_what_is_no_name_is_refused() -> None:
    assert _run(act, "--as", "No Name").exit_code == 2
    assert _run(look, "--as", "No Name").exit_code == 2
