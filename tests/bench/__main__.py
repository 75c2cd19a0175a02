"""`python -m tests.bench [part …]`: measures each part in a process of its own, and writes docs/performance.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.bench import fairness, first_token, lag, profile, reuse, swapping, throughput
from tests.bench.models import KOGPT2
from tests.bench.report import page

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
PARTS: dict[str, Callable[[], Any]] = {
    "throughput1": lambda: throughput.measure(KOGPT2, 1),
    "throughput2": lambda: throughput.measure(KOGPT2, 2),
    "profile": lambda: profile.measure(KOGPT2, 2),
    "first_token": lambda: first_token.measure(KOGPT2, 2),
    "swap": lambda: swapping.measure(2),
    "lag": lag.measure,
    "reuse": reuse.measure,
    "fairness": fairness.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all if none")
    parser.add_argument("--out", type=Path, default=PAGE, help="where the page of all parts goes")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if asked.child:
        asked.child.write_text(json.dumps(PARTS[asked.parts[0]]()))
        return 0
    about = _about()
    measured = {part: _in_a_process(part) for part in asked.parts or PARTS}
    text = page({**about, "load_after": _load()}, measured)
    print(text)
    if not asked.parts:
        asked.out.write_text(text, encoding="utf-8")
    return 0


def _in_a_process(part: str) -> Any:
    """Threads and memory as a fresh process has them."""
    print(f"measuring {part} …", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.bench", part, "--child", str(result)], cwd=ROOT, check=True
        )
        return json.loads(result.read_text())


def _about() -> dict[str, str]:
    return {
        "cpu": _cpu(),
        "cores": str(os.cpu_count()),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "torch": version("torch"),
        "transformers": version("transformers"),
        "python": platform.python_version(),
        "openvino": _version_if_any("openvino-genai"),
        "load": _load(),
    }


def _version_if_any(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def _load() -> str:
    """Processes that wanted a core in the last minute, in the mean."""
    return f"{os.getloadavg()[0]:.2f}"


def _cpu() -> str:
    """As Linux tells it, with the instructions that matter here."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    found = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    flags = [flag for flag in ("avx512_vnni", "avx512_bf16", "amx_int8") if flag in found.get("flags", "").split()]
    return " ".join([found.get("model name", platform.machine()), *flags])


if __name__ == "__main__":
    sys.exit(main())
