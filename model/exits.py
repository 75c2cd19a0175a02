"""What a model's process ends with (sysexits.h)."""

from __future__ import annotations

BAD_SETTINGS = 78  # EX_CONFIG: trying again changes nothing
FAILED = 70  # EX_SOFTWARE: a restart may help
NO_MEMORY = 71  # EX_OSERR: it may fit when others have gone
