"""What a run came from, so that another can be held beside it: which code, which machine, which data."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path

import torch


def revision() -> str:
    """The commit of the code that runs, marked where the tree differs from it; "" outside a checkout."""
    root = Path(__file__).resolve().parent
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=root, capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()


def hardware() -> str:
    """The GPUs, or what stands in for them."""
    if torch.cuda.is_available():
        return f"{torch.cuda.device_count()} x {torch.cuda.get_device_name()}"
    return processor()


def processor() -> str:
    """It, and how much of it torch uses: what a time per reply depends on."""
    threads = f"{torch.get_num_threads()} threads"
    return f"{os.cpu_count()} CPU cores, {platform.machine()}, {threads}, torch {torch.__version__}"


def data_hash(parts: Iterable[Path]) -> str:
    """SHA-256 over those of the files that are there."""
    whole = hashlib.sha256()
    for part in filter(Path.is_file, parts):
        with part.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()
