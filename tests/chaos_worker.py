"""`python -m model serve`, except that one step in ten finds no memory: for tests/chaos.py alone."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Sequence
from typing import Any

import torch

from model import __main__ as entrance
from model.engine import Engine

SHARE = 0.1

_chance = random.Random(os.getpid())
_read = Engine._forward


def _sometimes(engine: Engine, turns: Sequence[Any]) -> torch.Tensor:
    if _chance.random() < SHARE:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")
    return _read(engine, turns)


if __name__ == "__main__":
    Engine._forward = _sometimes  # type: ignore[method-assign, assignment]
    code = entrance.main()
    sys.stdout.flush()
    os._exit(code)
