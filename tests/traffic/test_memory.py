import subprocess
import sys
from pathlib import Path

import pytest

from foedus.traffic.memory import LARGE_BYTES

PROGRAM = """
from foedus.traffic.memory import give_back_large_blocks

if {gives_back}:
    assert give_back_large_blocks()

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

bytes(2 * {size})  # from which the C library learns
before = resident()
large, small = [], []
for number in range(100):
    large.append(b"x" * {size})
    small.append(bytearray(2000))
large.clear()
print(resident() - before)
"""


def kept_after(size: int, *, gives_back: bool) -> int:
    program = PROGRAM.format(size=size, gives_back=gives_back)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="only Linux tells what is resident"
)
def test_large_blocks_go_back_where_small_ones_stay_behind_them() -> None:
    size = LARGE_BYTES + 4096
    assert kept_after(size, gives_back=False) > 50 * size
    assert kept_after(size, gives_back=True) < 20 * size
