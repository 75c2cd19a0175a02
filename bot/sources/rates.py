"""Exchange rates as values, whoever publishes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `base` costs `value` of `quote`, as published for `date`; `source` is to be named in the answer."""

    base: str
    quote: str
    value: Decimal
    date: date
    source: str


class Rates(Protocol):
    """Where rates come from."""

    name: str

    async def rate(self, base: str, quote: str) -> Rate:
        """Currencies by their ISO 4217 codes. Raises NotThere for one that this source has no rate of, SourceError."""
