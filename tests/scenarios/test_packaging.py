"""What an operator installs: the service, the container and the examples of proxies.

Neither containers nor proxies run where the tests do; what can be read is read.
"""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from foedus.cli.serve import HEAD_WAIT_S, STOP_S, command
from foedus.settings import Settings
from tests.tidy.sources import ROOT

UNIT = ROOT / "packaging" / "foedus.service"
CONTAINER = ROOT / "packaging" / "Containerfile"
PROXIES = ROOT / "docs" / "howto" / "behind-a-proxy.md"


def entries(name: str) -> list[str]:
    """Give the values of a setting of the unit."""
    lines = UNIT.read_text().splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")]


def words_of_serve(line: str) -> dict[str, str]:
    """Read the words behind `serve` as the command line does."""
    words = shlex.split(line)
    behind = words[words.index("serve") + 1 :]
    context = command.make_context("serve", behind, resilient_parsing=False)
    return {each: str(value) for each, value in context.params.items()}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    # The program need not be installed where the tests run.
    copy = tmp_path / "foedus.service"
    copy.write_text(UNIT.read_text().replace("/opt/foedus/bin/foedus", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)],  # noqa: S607 - a tool of the machine
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_starts_what_the_command_line_knows() -> None:
    (line,) = entries("ExecStart")

    assert words_of_serve(line)["host"] == "127.0.0.1"


def test_the_unit_waits_for_longer_than_what_is_under_way_may_last() -> None:
    assert [int(each) for each in entries("TimeoutStopSec")] > [STOP_S]


@pytest.mark.parametrize(
    "entry",
    [
        "DynamicUser=yes",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "CapabilityBoundingSet=",
        "StateDirectoryMode=0700",
        "UMask=0077",
        "MemoryDenyWriteExecute=yes",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    ],
)
def test_the_unit_confines_the_hub(entry: str) -> None:
    assert entry in UNIT.read_text().splitlines()


def test_every_variable_of_unit_and_container_is_a_setting() -> None:
    text = UNIT.read_text() + CONTAINER.read_text()
    names = set(re.findall(r"\bFOEDUS_[A-Z_]+", text)) - {"FOEDUS_DATA"}

    assert names <= {f"FOEDUS_{each}" for each in setting_names()}


def setting_names() -> set[str]:
    branches = ("taxii", "web", "limits", "logs", "metrics", "tls")
    settings = Settings()
    return {
        f"{branch}_{field}".upper()
        for branch in branches
        for field in getattr(settings, branch).__struct_fields__
    }


def instructions() -> list[tuple[str, str]]:
    """Give the instructions of the container file, lines joined."""
    text = CONTAINER.read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(first, rest) for first, _, rest in (line.partition(" ") for line in lines)]


def test_the_container_runs_as_a_user_without_rights() -> None:
    users = [rest for first, rest in instructions() if first == "USER"]

    assert users == ["10440:10440"]


def test_the_container_installs_from_the_lock_by_hash() -> None:
    (install,) = [rest for _, rest in instructions() if "pip install" in rest]

    for word in ("--require-hashes", "--no-deps", "--only-binary=:all:"):
        assert word in install
    assert "requirements/run.txt" in install


def test_the_container_has_two_stages_and_the_last_holds_no_build() -> None:
    stages = [rest for first, rest in instructions() if first == "FROM"]
    last = len(instructions()) - instructions()[::-1].index(("FROM", stages[-1]))

    assert len(stages) == 2
    assert not any("pip" in rest for _, rest in instructions()[last:])


def test_the_container_starts_what_the_command_line_knows_and_asks_how_it_is() -> None:
    found = dict(instructions())

    words = " ".join(re.findall(r'"([^"]+)"', found["CMD"]))
    assert words_of_serve(words)["host"] == "0.0.0.0"  # noqa: S104 - inside its own network
    assert "/health/ready" in found["HEALTHCHECK"]


def test_everything_that_the_container_copies_is_there() -> None:
    copied = [
        rest.split()[0]
        for first, rest in instructions()
        if first == "COPY" and not rest.startswith("--from")
    ]

    assert [each for each in copied if not (ROOT / each).exists()] == []


def test_a_proxy_lets_go_of_a_connection_before_the_hub_does() -> None:
    text = PROXIES.read_text()
    nginx = re.search(r"keepalive_timeout\s+(\d+)s;", text)
    caddy = re.search(r"keepalive\s+(\d+)s", text)

    assert nginx is not None
    assert caddy is not None
    assert int(nginx[1]) < HEAD_WAIT_S
    assert int(caddy[1]) < HEAD_WAIT_S


def test_the_command_takes_no_words_that_it_does_not_know() -> None:
    with pytest.raises(click.UsageError):
        words_of_serve("foedus serve --http2")
