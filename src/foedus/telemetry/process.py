"""What one process uses of the machine, as Linux tells; nothing where it does not."""

import os
import resource
from pathlib import Path
from typing import Final

from foedus.telemetry import catalogue
from foedus.telemetry.ledger import Key

_STATM: Final = Path("/proc/self/statm")
_OPEN: Final = Path("/proc/self/fd")


def usage() -> dict[Key, float]:
    """Measure this process: memory, open files and processor seconds."""
    process = str(os.getpid())
    used = resource.getrusage(resource.RUSAGE_SELF)
    found: dict[Key, float] = {
        (catalogue.CPU, process): used.ru_utime + used.ru_stime,
    }
    try:
        pages = int(_STATM.read_text().split()[1])
        found[catalogue.MEMORY, process] = pages * os.sysconf("SC_PAGE_SIZE")
        found[catalogue.FILES, process] = len(list(_OPEN.iterdir()))
    except OSError:
        pass  # no Linux, or no file left to open: the rest is told all the same
    return found
