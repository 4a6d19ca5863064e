import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import threading
from foedus.traffic.arenas import share_arenas

if {shares}:
    assert share_arenas()
barrier = threading.Barrier(9)

def work():
    kept = [bytes(1000) for _ in range(1000)]
    barrier.wait()
    barrier.wait()

threads = [threading.Thread(target=work) for _ in range(8)]
for each in threads:
    each.start()
barrier.wait()
print(sum(line.endswith("[heap]\\n") or " 00:00 0 " in line and "rw-p" in line
          for line in open("/proc/self/maps")))
barrier.wait()
"""


def heaps(*, shares: bool) -> int:
    program = PROGRAM.format(shares=shares)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(
    not Path("/proc/self/maps").exists(), reason="only Linux lists a process's heaps"
)
def test_threads_share_few_heaps() -> None:
    assert heaps(shares=True) < heaps(shares=False)
