"""What whoever gave a command can mend is told in one line, as `irang` does it: no traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bot.errors import IrangError


def told(command: Callable[[], object]) -> None:
    """Run it; ends the process with 1 and one line for a fault of ours or a file that can't be read or written."""
    try:
        command()
    except IrangError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}" if error.filename else str(error))
