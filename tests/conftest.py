"""What every test may use: real data, a browser, examples, and no network.

- No test reaches beyond this machine: a connection or look-up elsewhere fails.
- With `FOEDUS_REQUIRE_ALL` set a skipped test fails, so that nothing goes untested
  where everything is expected to be installed. What no installation can give is told
  by `FORBIDDEN` and may be skipped.
"""

import gc
import os
import shutil
import sys
from collections.abc import Generator
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.skips import FORBIDDEN

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"

MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes folders of its own in it
"""Where files cost no disk, if there is such a place."""

MEMORY_MIN = 4 * 1024**3
"""Free bytes there from which on it holds what tests write, several times over."""

if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_MIN:
    # Thousands of hubs are synced to it: on a disk, tests would mostly wait for that.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

_SLOW_IS_FINE = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile(
    "test", deadline=None, max_examples=40, suppress_health_check=_SLOW_IS_FINE
)
settings.register_profile(
    "soak", deadline=None, max_examples=5_000, suppress_health_check=_SLOW_IS_FINE
)
settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=25,
    derandomize=True,
    suppress_health_check=_SLOW_IS_FINE,
)
PROFILE = os.environ.get("FOEDUS_HYPOTHESIS_PROFILE", "test")
settings.load_profile(PROFILE)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Where mutants are tried, let each test work out what others have kept.

    mutmut asks only the tests that call what it breaks; behind a cache that would be
    whichever test came first.
    """
    if PROFILE != "mutants":
        return
    for name, module in list(sys.modules.items()):
        if name.startswith("foedus."):
            for each in vars(module).values():
                if hasattr(each, "cache_clear"):
                    each.cache_clear()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data, which lies beside the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder ../shared/data of real data is absent")
    return SHARED_DATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium to drive; `FOEDUS_CHROMIUM` names another."""
    named = os.environ.get("FOEDUS_CHROMIUM")
    found = next(filter(None, (named, *map(shutil.which, BROWSERS))), None)
    if found is None:
        pytest.skip("no Chromium; on Debian: apt install chromium")
    return found


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start two more processes than there are cores: some always wait for a server."""
    return len(os.sched_getaffinity(0)) + 2


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage among the thousands of tests, which all stay until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[
    None, pytest.CollectReport, pytest.CollectReport
]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where everything has to be there."""
    if not os.environ.get("FOEDUS_REQUIRE_ALL") or not report.skipped:
        return
    where = report.longrepr
    reason = where[2] if isinstance(where, tuple) else str(where)
    reason = reason.removeprefix("Skipped: ")
    if reason.startswith(FORBIDDEN):
        return
    report.outcome = "failed"
    report.longrepr = f"FOEDUS_REQUIRE_ALL is set, but this was skipped: {reason}"


def _keep_inside(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse a connection or a look-up that leaves the machine."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if isinstance(host, str) and not _is_loopback(host):
        raise RuntimeError(f"a test may not reach {host}: no network but loopback")


def _is_loopback(host: str) -> bool:
    if host in {"", "localhost"}:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(_keep_inside)
