"""May this message be answered? Pure: facts in, verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.command import Standing
from bot.config import AccessSettings
from bot.messages import Incoming

Verdict = Literal["pass", "ignore", "refuse", "too_many"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gate must know besides who speaks."""

    refused_before: bool
    claiming: bool
    over_quota: bool


def standing(
    incoming: Incoming, access: AccessSettings, *, local: bool, owner: bool, keyed: bool = False
) -> Standing | None:
    """Who this is here; None: a stranger. `keyed`: they have shown the platform's key."""
    person = f"{incoming.person.platform}:{incoming.person.id}"
    if local or owner or person in access.owners:
        return "owner"
    if person in access.admins:
        return "admin"
    chat = f"{incoming.address.platform}:{incoming.address.chat}"
    if access.open or keyed or person in access.people or chat in access.chats:
        return "guest"
    return None


def judge(known: Standing | None, facts: Facts) -> Verdict:
    """The verdict on a message that is meant for us.

    A stranger hears one refusal, then nothing more, but can always show the code that makes them the owner.
    """
    if known is None:
        return "pass" if facts.claiming else "ignore" if facts.refused_before else "refuse"
    if known == "guest" and facts.over_quota:
        return "too_many"
    return "pass"
