"""The dialogue manager: one event in, at most one answer out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot import context, inbox, outbox, people, turns
from bot.command import Again, Claim, Command, Reply, Scene, Standing, Stop, TurnAway
from bot.core import Core
from bot.gate import Facts, Usage, judge, standing
from bot.inbox import Inbox, Row
from bot.korean.calling import called
from bot.korean.folding import clean
from bot.messages import Call, Deleted, Edited, Event, Incoming, Migrated, Quote, Reaction
from bot.people import same_code
from bot.question import Question
from bot.router import Router
from bot.saying import Saying, Silence

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message that is meant for us: who says it, in which conversation, and whether it is a command."""

    row: int
    incoming: Incoming
    conversation: str
    standing: Standing
    call: Call | None


class Dialogue:
    """Decides what becomes of each event. Nothing is decided twice: the inbox row is done with its effect."""

    def __init__(self, core: Core, commands: Sequence[Command], claim_code: str | None) -> None:
        self._core = core
        self._commands = tuple(commands)
        self._router = Router(commands)
        self._usage = Usage(core.settings.quota)
        self._claim_code = claim_code

    async def run(self, arrivals: Inbox) -> None:
        """Take what arrives, in its order, until cancelled."""
        while True:
            row = await arrivals.next()
            event: Event | None = None
            try:
                event = self._core.couriers[row.platform].platform.parse(row.payload)
                await self.receive(row.id, event)
            except Exception as error:
                log.exception("inbox row %d can't be answered: set aside", row.id)
                await self._set_aside(row, event, type(error).__name__)

    def sweep(self) -> None:
        """Let go of what is remembered of people who said nothing for a day."""
        self._usage.sweep(self._core.clock.now())

    async def receive(self, row: int, event: Event | None) -> None:
        """Begin to answer one event, or end it when there is nothing to answer."""
        match event:
            case Incoming():
                await self._hear(row, _cleaned(event))
            case Edited(message):
                await self._hear_edit(row, _cleaned(message))
            case Deleted(ref):
                self._drop(event)
                await self._done(row, lambda db: turns.retract(db, ref))
            case Reaction():
                await self._done(row, lambda db: turns.rate(db, event, self._core.clock.now()))
            case Migrated(platform, old, new):
                await self._done(row, lambda db: outbox.migrate(db, platform, old, new))
            case None:
                await self._done(row)

    # ---- messages ----------------------------------------------------------------------------------

    async def _hear(self, row: int, incoming: Incoming) -> None:
        meant = self._meant(incoming)
        if meant is None:
            return await self._done(row)
        known = await self._admit(row, meant)
        if known is None:
            return None
        self._usage.count(meant, self._core.clock.now())
        heard = _Heard(row, meant, self._conversation(meant), known, meant.call or self._router.find(meant.text))
        if heard.call:
            self._obey(heard, heard.call)
        elif not meant.text and meant.attachments:
            key = f"only_text_{meant.attachments[0].kind}"
            self._say(heard, lambda: Reply(self._core.locale(key)))
        elif not meant.text:
            self._say_nothing(heard)
        else:
            self._ask(heard)

    def _meant(self, incoming: Incoming) -> Incoming | None:
        """The message without our name, if it is meant for us at all."""
        name, bare = self._core.settings.bot.name, self._core.settings.groups.bare_commands
        rest = called(incoming.text, name)
        if rest is not None:
            return replace(incoming, text=rest.strip() or incoming.text)
        if incoming.addressed or incoming.private or incoming.call:
            return incoming
        return incoming if bare and self._router.find(incoming.text) else None

    async def _admit(self, row: int, incoming: Incoming) -> Standing | None:
        """Who says it, if they may; otherwise the row is answered here."""
        settings = self._core.settings
        owner, refused = await self._core.store.run(
            lambda db: (people.is_owner(db, incoming.person), people.was_refused(db, incoming.address))
        )
        local = self._core.couriers[incoming.address.platform].platform.limits.local
        known = standing(incoming, settings.access, local=local, owner=owner)
        over = self._usage.exceeded(incoming, self._core.clock.now())
        facts = Facts(refused_before=refused, claiming=self._claims(incoming), over_quota=over)
        heard = _Heard(row, incoming, self._conversation(incoming), known or "guest", None)
        match judge(known, facts):
            case "pass":
                return known or "guest"
            case "refuse":
                self._say(heard, lambda: Reply(self._core.locale("private_bot"), (TurnAway(),)))
            case "too_many":
                self._say(heard, lambda: Reply(self._core.locale("too_many")))
            case "ignore":
                self._say_nothing(heard)
        return None

    def _claims(self, incoming: Incoming) -> bool:
        call = incoming.call or self._router.find(incoming.text)
        command = self._router.command(call) if call else None
        return bool(
            call and command and command.name == "start" and same_code(self._claim_code, call.args.get("text", ""))
        )

    # ---- commands ----------------------------------------------------------------------------------

    def _obey(self, heard: _Heard, call: Call) -> None:
        command = self._router.command(call)
        if command is None:
            return self._say(heard, lambda: Reply(self._core.locale("unknown_command")))
        scene = self._scene(heard)
        result = command.answer(scene, call)
        match result:
            case Again():
                asking = replace(heard.incoming, call=call)  # the wish is no question of its own
                self._put(Question(self._core, heard.row, asking, heard.conversation, result))
            case Reply(effects=effects):
                if Stop() in effects:
                    self._stop(heard, call)
                if Claim() in effects:
                    self._claim_code = None  # it makes one owner
                self._say(heard, lambda: result)

    def _scene(self, heard: _Heard) -> Scene:
        settings = self._core.settings
        return Scene(
            incoming=heard.incoming,
            now=self._core.clock.now().astimezone(ZoneInfo(settings.bot.timezone)),
            locale=self._core.locale,
            standing=heard.standing,
            writing=any(question.writing for question in self._questions(heard.conversation)),
            commands=self._commands,
            bot_name=settings.bot.name,
            claim_code=self._claim_code,
        )

    def _stop(self, heard: _Heard, call: Call) -> None:
        """End what is being written here; a button ends the very answer that it hangs on."""
        row = call.args.get("turn", "")
        for question in self._questions(heard.conversation):
            if question.writing and row in ("", str(question.rows[0])):
                question.halt("stop")

    def _say(self, heard: _Heard, reply: Callable[[], Reply], *, aside: str = "") -> None:
        # Commands have a lane of their own, so that "그만" does not wait for what it shall stop.
        lane = f"{heard.conversation}#commands"
        saying = Saying(self._core, heard.row, heard.incoming, heard.conversation, lane, reply, aside=aside)
        self._core.lanes.put(lane, saying)

    def _say_nothing(self, heard: _Heard) -> None:
        self._core.lanes.put(f"{heard.conversation}#commands", Silence(self._core, heard.row, heard.incoming))

    # ---- questions ---------------------------------------------------------------------------------

    def _ask(self, heard: _Heard) -> None:
        waiting = self._questions(heard.conversation)
        if not (waiting and waiting[-1].absorb(heard.row, heard.incoming)):
            self._put(Question(self._core, heard.row, heard.incoming, heard.conversation))

    async def _hear_edit(self, row: int, message: Incoming) -> None:
        """Answer an edited question anew, in place, if it was one that we answered or are about to."""
        meant = self._meant(message) or message
        asked = next((q for q in self._questions(self._conversation(meant)) if q.asks(meant.ref)), None)
        if not meant.text or (asked and asked.edit(row, meant)):
            return None if meant.text else await self._done(row)
        turn = await self._core.store.run(lambda db: turns.of_question(db, meant.ref))
        if turn is None or turn.said.endswith(meant.text):
            return await self._done(row)
        again = Again(turn.id, here=True)
        return self._put(Question(self._core, row, meant, turn.conversation, again))

    def _drop(self, event: Deleted) -> None:
        for question in self._all_questions():
            if question.asks(event.ref):
                question.halt("drop")

    def _put(self, question: Question) -> None:
        self._core.lanes.put(question.conversation, question)

    def _questions(self, conversation: str) -> list[Question]:
        return [job for job in self._core.lanes.jobs(conversation) if isinstance(job, Question)]

    def _all_questions(self) -> list[Question]:
        return [job for job in self._core.lanes.all_jobs() if isinstance(job, Question)]

    def _conversation(self, incoming: Incoming) -> str:
        shared = self._core.settings.groups.shared
        return context.conversation(incoming.address, incoming.person, private=incoming.private, shared=shared)

    # ---- ends --------------------------------------------------------------------------------------

    async def _set_aside(self, row: Row, event: Event | None, reason: str) -> None:
        """Keep the row with the reason; a person who is waiting for an answer gets an apology."""
        if isinstance(event, Incoming) and self._meant(event):
            heard = _Heard(row.id, event, self._conversation(event), "guest", None)
            return self._say(heard, lambda: Reply(self._core.locale("apology")), aside=reason)
        await self._core.store.run(lambda db: inbox.aside(db, [row.id], reason))

    async def _done(self, row: int, also: Callable[[Database], None] | None = None) -> None:
        def work(db: Database) -> None:
            if also:
                also(db)
            inbox.done(db, [row])

        await self._core.store.run(work)


def _cleaned(incoming: Incoming) -> Incoming:
    """The message in the form that is kept; names and quotes too."""
    quote = incoming.reply_to
    return replace(
        incoming,
        text=clean(incoming.text),
        person=replace(incoming.person, name=clean(incoming.person.name)),
        reply_to=Quote(clean(quote.author), clean(quote.text), quote.ours) if quote else None,
    )
