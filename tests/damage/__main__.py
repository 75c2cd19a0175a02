"""`python -m tests.damage --damages 1000`: spoils databases, and tells what starts made of them."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.damage.trial import trial


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.damage", description=__doc__)
    parser.add_argument("--damages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 16))
    asked = parser.parse_args()
    print(f"{asked.damages} damages, seed {asked.seed}, {os.cpu_count()} cores")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="irang-damage-") as name:
        outcome = trial(asked.damages, asked.seed, Path(name))
    for fault in outcome.faults[:40]:
        print(fault)
    print(f"{time.monotonic() - began:.0f} s")
    print(outcome)
    return 1 if outcome.bad else 0


if __name__ == "__main__":
    sys.exit(main())
