"""The running bot: its parts, put together, started, watched and stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bot import backends, control, filling, outbox, people, surroundings
from bot.backoff import Backoff
from bot.canary import Canary, Trials
from bot.command import Command, all_commands
from bot.config import Settings, secret
from bot.core import Core
from bot.courier import Courier
from bot.delivery import Dispatch
from bot.dialogue import Dialogue
from bot.erasing import Eraser
from bot.errors import BadToken, ConfigError, Deaf, Unusable
from bot.inbox import Inbox
from bot.keeping import Keeper
from bot.lanes import Job, Lanes, Slots
from bot.locale import load as load_locale
from bot.moderation import Words
from bot.operating.desk import Desk
from bot.operating.faults import Faults
from bot.operating.figures import Witness
from bot.outbox import Bubble
from bot.pacing import Pacer
from bot.ports import Backend, Clock, Models, Operated, Platform, Transcript
from bot.stopping import Stopping
from bot.store import Store
from bot.surroundings import Surround
from bot.sweeping import Sweeper
from bot.telling import Teller
from bot.transcript import History
from bot.watchdog import Watchdog

if TYPE_CHECKING:
    from adapters.web import Keys, Web

log = logging.getLogger(__name__)

_FIRST, _LONGEST = 1.0, 60.0  # seconds before a platform that ended runs again
_AT_START = 60.0  # a token refused this soon was wrong from the start


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Bot:
    """Everything that runs, made by `running`."""

    def __init__(
        self,
        core: Core,
        inbox: Inbox,
        dialogue: Dialogue,
        commands: Sequence[Command],
        claim_code: str | None,
        desk: Desk,
        keeper: Keeper,
        watchdog: Watchdog,
        canary: Canary,
    ) -> None:
        self.core = core
        self.inbox = inbox
        self.claim_code = claim_code
        self.desk = desk
        self.watchdog = watchdog
        self.canary = canary
        self._keeper = keeper
        self._dialogue = dialogue
        self._menu = [command for command in commands if not command.hidden]
        self._teller = Teller(core)
        self._eraser = Eraser(core.store, core.clock)
        self.sweeper = Sweeper(core, dialogue.sweep)

    async def resume(self) -> None:
        """Bring what an earlier process committed, then answer what it took and did not answer."""
        due = await self.core.store.run(outbox.due)
        for inbox, bubbles in groupby(due, key=lambda bubble: bubble.inbox):
            self._redeliver(inbox, list(bubbles))
        undone = await self.inbox.replay(self.core.couriers)
        if due or undone:
            log.info("resumed: %d messages to show, %d to answer", len(due), undone)

    def _redeliver(self, inbox: int, bubbles: list[Bubble]) -> None:
        first = bubbles[0]
        if first.address.platform in self.core.couriers:  # a platform that is off now keeps its rows
            delivery = self.core.delivery(inbox, first.lane, first.address, first.reply_to, bubbles)
            self.core.lanes.put(first.lane, Dispatch(delivery))

    async def run(self, platforms: Iterable[Platform], *, beside: Iterable[Platform] = ()) -> None:
        """Serve until every platform ended; those `beside` end with them.

        Raises BadToken when one was refused right at the start, Unusable when the database breaks.
        """
        await self.resume()
        async with asyncio.TaskGroup() as group:
            answering = (self._dialogue.run(self.inbox), self._teller.run())
            beneath = (self._eraser.run(), self._keeper.run(), self.sweeper.run(), self.desk.run(), self.canary.run())
            works = (*answering, *beneath, self.core.store.disk.watch())
            helpers = [group.create_task(work) for work in (*works, *map(self._listen, beside))]
            listening = [group.create_task(self._listen(platform)) for platform in platforms]
            helpers.append(group.create_task(self.watchdog.report()))
            await asyncio.gather(*listening)
            for helper in helpers:
                helper.cancel()

    async def _listen(self, platform: Platform) -> None:
        """Keep a platform running; a wrong token stops that platform alone, later."""
        loop = asyncio.get_running_loop()
        began, backoff = loop.time(), Backoff(_FIRST, _LONGEST)
        while True:
            since = loop.time()
            try:
                return await self.watchdog.attend(platform, lambda: platform.run(self.inbox, self._menu))
            except BadToken:
                if loop.time() - began < _AT_START:
                    raise
                return log.error("%s: the token was taken back: this platform is off until a restart", platform.name)
            except (ConfigError, Deaf, Unusable):
                raise
            except Exception:
                pause = backoff.failed(lasted=loop.time() - since)
                log.exception("%s ended; again in %.1f s", platform.name, pause)
            await asyncio.sleep(pause)


@runtime_checkable
class Closing(Protocol):
    """A platform that keeps connections open until nothing more is sent."""

    async def close(self) -> None: ...


@runtime_checkable
class Forgetful(Protocol):
    """A platform that keeps no messages itself."""

    def remember(self, transcript: Transcript) -> None: ...


@asynccontextmanager
async def running(
    settings: Settings,
    root: Path,
    platforms: Sequence[Platform],
    backend: Backend,
    *,
    clock: Clock | None = None,
    surround: Surround = surroundings.world,
    able: Callable[[], bool] = lambda: True,
    models: Models | None = None,
    trials: Trials | None = None,
    deeds: dict[str, control.Deed] | None = None,
    stopping: Stopping | None = None,
) -> AsyncIterator[Bot]:
    """A bot on its data folder. On leaving, what is being written stays undone in the inbox: nothing is lost.

    `deeds`: what else `irang …` may ask for; `stopping` tells how long answers under way may go on at the end.
    """
    scenarios = surroundings.scenarios(settings, root)  # a faulty one ends the start, before anything is opened
    store = Store.open(root / settings.bot.data)
    for platform in platforms:
        if isinstance(platform, Forgetful):
            platform.remember(History(store))
    clock = clock or SystemClock()
    lanes: Lanes[Job] = Lanes()
    couriers = {p.name: Courier(p, Pacer(p.limits), store, clock) for p in platforms}
    locale = load_locale(settings.bot.language)
    words = Words.load(settings.moderation.words)
    pauses = not settings.model.hosts and settings.model.decoding != "beams"  # others' servers pause nobody
    slots = Slots(settings.model.slots, pauses=pauses)
    witness = Witness(backend)
    core = Core(settings, store, witness, clock, locale, couriers, lanes, slots, words, scenarios)
    inbox = Inbox(store, clock)
    faults = Faults()
    models = models or backends.oversight(settings, root, backend)
    desk = Desk(core, inbox, witness, models, faults, root / settings.bot.data)
    for platform in platforms:
        if isinstance(platform, Operated):
            platform.operate(desk)
    keeper, watchdog = Keeper(store.folder, settings.backup, clock), Watchdog(settings.watch, platforms, clock)
    canary = Canary(core, trials or backends.trial(settings, root, backend))
    own = {"backup": keeper.asked, "share": canary.asked}
    served = control.serving(store.folder / "control.sock", {**(deeds or {}), **own})
    logging.getLogger().addHandler(faults)
    try:
        owned = bool(settings.access.owners) or await store.run(people.has_owner)
        code = None if owned or settings.access.open else people.new_code()
        async with surround(settings, root, store, clock, scenarios) as world, served:
            world = replace(world, able=able)
            commands = (*all_commands(), *filling.commands(scenarios))
            dialogue = Dialogue(core, commands, code, world)
            yield Bot(core, inbox, dialogue, commands, code, desk, keeper, watchdog, canary)
    finally:
        logging.getLogger().removeHandler(faults)
        if left := await lanes.drain(stopping.grace if stopping else 0.0):
            log.info("%d answers under way are left to the next start", left)
        await lanes.close()
        for platform in platforms:
            if isinstance(platform, Closing):
                await platform.close()
        await asyncio.to_thread(store.close)


def platforms(settings: Settings) -> list[Platform]:
    """The platforms that are switched on and have a token."""
    found: list[Platform] = []
    if settings.telegram.enabled and (token := secret(settings.telegram.token_env)):
        from adapters.telegram import Telegram

        hook = secret(settings.telegram.webhook_secret_env)
        found.append(Telegram(settings.telegram, token, language=settings.bot.language, secret=hook))
    if settings.discord.enabled and (token := secret(settings.discord.token_env)):
        from adapters.discord import Discord

        backfill = settings.delivery.backfill
        found.append(Discord(settings.discord, token, language=settings.bot.language, backfill=backfill))
    return found


def web_keys(settings: Settings, root: Path) -> Keys:
    """The keys of the web page, made where that may be. Raises ConfigError."""
    from adapters.web import keys

    return keys(settings.web, root / settings.bot.data)


def web(settings: Settings, keys: Keys) -> Web | None:
    """The web page at its port; None, and one line in the log, when that is taken: the rest goes on."""
    from adapters.web import Taken, Web

    try:
        return Web(settings.web, keys, language=settings.bot.language)
    except Taken as taken:
        log.error("%s", taken)
        return None


def secrets(settings: Settings) -> list[str]:
    """Every secret in the environment, so that no log shows it."""
    names = (
        settings.telegram.token_env,
        settings.telegram.webhook_secret_env,
        settings.discord.token_env,
        settings.web.token_env,
        settings.web.operator_token_env,
        settings.model.key_env,
        *(host.key_env for host in settings.model.hosts),
    )
    return [value for name in names if (value := secret(name))]
