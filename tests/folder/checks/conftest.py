"""A case to be examined, and how a finding is looked up."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from foedus import app
from foedus.folder.findings import Case, Finding
from tests.scenarios.installation import free_port

Level = str
Found = Callable[..., list[tuple[Level, str]]]


@pytest.fixture
def case(folder: Path) -> Case:
    """A healthy hub, examined now."""
    return Case(
        folder=folder,
        at=datetime.now(UTC),
        environment={},
        views_version=app.views_version(),
        port=free_port(),
    )


def said(findings: list[Finding]) -> list[tuple[Level, str]]:
    """Give level and sentence of each."""
    return [(str(each.level), each.what) for each in findings]


def only(findings: list[Finding]) -> Finding:
    """Give the only finding."""
    (one,) = findings
    return one
