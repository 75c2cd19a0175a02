"""What the parts of the running bot share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.config import Settings
from bot.courier import Courier
from bot.delivery import Delivery
from bot.forms import Form
from bot.lanes import Job, Lanes, Slots
from bot.locale import Locale
from bot.messages import Address, MessageRef
from bot.moderation import Words
from bot.operating.figures import Figures
from bot.outbox import Bubble
from bot.ports import Backend, Clock
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Core:
    """Made once in app.py and handed to whoever needs it."""

    settings: Settings
    store: Store
    backend: Backend
    clock: Clock
    locale: Locale
    couriers: Mapping[str, Courier]
    lanes: Lanes[Job]
    slots: Slots
    words: Words = field(default_factory=Words.load)
    forms: Mapping[str, Form] = field(default_factory=dict)
    figures: Figures = field(default_factory=Figures)

    def delivery(
        self, inbox: int, lane: str, address: Address, reply_to: MessageRef | None, bubbles: list[Bubble] | None = None
    ) -> Delivery:
        """The way an answer to inbox row `inbox` takes."""
        courier = self.couriers[address.platform]
        return Delivery(
            self.store, courier, inbox=inbox, lane=lane, address=address, reply_to=reply_to, bubbles=bubbles or ()
        )
