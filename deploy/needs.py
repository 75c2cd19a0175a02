"""Prints what pyproject.toml names as needed, a line each, so that an image can install it before the program itself.

python deploy/needs.py pyproject.toml [EXTRA …]
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path


def needs(project: Path, extras: Sequence[str]) -> list[str]:
    """The dependencies, then those of the extras. Raises KeyError for an extra that is not there."""
    table = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    return [*table["dependencies"], *(need for extra in extras for need in table["optional-dependencies"][extra])]


if __name__ == "__main__":
    print(*needs(Path(sys.argv[1]), sys.argv[2:]), sep="\n")
