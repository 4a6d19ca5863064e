"""What a process uses."""

import os
import sys

import pytest

from foedus.telemetry import catalogue
from foedus.telemetry.process import usage


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells")
def test_memory_files_and_processor_are_measured() -> None:
    found = usage()
    me = str(os.getpid())

    assert found[catalogue.MEMORY, me] > 1_000_000
    assert found[catalogue.CPU, me] > 0


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells")
def test_an_open_file_counts() -> None:
    me = str(os.getpid())
    before = usage()[catalogue.FILES, me]
    with open(os.devnull):  # noqa: PTH123 - any file will do
        after = usage()[catalogue.FILES, me]

    assert after == before + 1
