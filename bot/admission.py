"""Who is answered: what the gate must know is found out here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.arrivals import Known
from bot.command import Standing
from bot.core import Core
from bot.gate import Facts, Verdict, judge, standing
from bot.messages import Incoming
from bot.people import same_code
from bot.quota import Usage


@dataclass(frozen=True, slots=True)
class Admitted:
    """The gate's verdict, and as whom somebody who passes is heard."""

    verdict: Verdict
    standing: Standing


class Admission:
    """Keeps count of who was answered, and the code that makes a stranger the owner until somebody has said it."""

    def __init__(self, core: Core, claim_code: str | None) -> None:
        self._core = core
        self._usage = Usage(core.settings.quota)
        self.claim_code = claim_code

    def judge(self, incoming: Incoming, known: Known, shown: Callable[[], str]) -> Admitted:
        """`shown`: the code that a stranger may claim the bot with, as the message has it."""
        limits = self._core.couriers[incoming.address.platform].platform.limits
        who = standing(incoming, self._core.settings.access, local=limits.local, owner=known.owner, keyed=limits.keyed)
        facts = Facts(
            refused_before=known.refused,
            claiming=who is None and self.claim_code is not None and same_code(self.claim_code, shown()),
            over_quota=self._usage.exceeded(incoming, self._core.clock.now()),
        )
        return Admitted(judge(who, facts), who or "guest")

    def count(self, incoming: Incoming) -> None:
        """It is going to be answered."""
        self._usage.count(incoming, self._core.clock.now())

    def claimed(self) -> None:
        """The code makes one owner."""
        self.claim_code = None

    def sweep(self) -> None:
        """Let go of what is remembered of people who said nothing for a day."""
        self._usage.sweep(self._core.clock.now())
