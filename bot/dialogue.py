"""The dialogue manager: one event in, at most one answer out."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot import expecting, inbox, moving, overheard, people, preferences, restoring, turns
from bot.admission import Admission
from bot.arrivals import Arrival, Arrivals, Known, cleaned, conversation_of
from bot.asking import asks
from bot.command import Again, Choice, Claim, Command, Consult, Reply, Scene, Standing, Stop, TurnAway
from bot.core import Core
from bot.effects import Retract
from bot.errors import Unusable
from bot.expecting import Expected
from bot.inbox import Inbox, Row
from bot.korean.calling import called
from bot.locale import Locale
from bot.locale import load as load_locale
from bot.lookup import look_up
from bot.messages import Call, Deleted, Edited, Event, Incoming, Migrated, Reaction
from bot.preferences import Preferences
from bot.question import Consulting, Question
from bot.recall import unchanged
from bot.router import Reading, Router
from bot.saying import Saying, Silence
from bot.underway import UnderWay
from bot.world import World

log = logging.getLogger(__name__)

_SAY = "say"  # a button that stands for words


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message that is meant for us: who says it, in which conversation, and how the chat wants to be spoken to.

    `note` goes before the answer: how a text typed on the wrong layout was read. `edited`: it was a question of ours
    that said something else.
    """

    row: int
    incoming: Incoming
    conversation: str
    preferences: Preferences
    locale: Locale
    standing: Standing = "guest"
    note: str = ""
    edited: bool = False


class Dialogue:
    """Decides what becomes of each event. Nothing is decided twice: the inbox row is done with its effect."""

    def __init__(self, core: Core, commands: Sequence[Command], claim_code: str | None, world: World) -> None:
        self._core = core
        self._world = world
        self._commands = tuple(commands)
        self._router = Router(commands)
        self._admission = Admission(core, claim_code)
        self._under_way = UnderWay(core.lanes)

    async def run(self, arrived: Inbox) -> None:
        """Take what arrives, in its order, until cancelled."""
        answered = await self._core.store.run(restoring.answered_until)
        arrivals = Arrivals(self._core, arrived, self._meant)
        while True:
            for arrival in await arrivals.next():
                await self._take(arrivals, arrival, answered)

    async def _take(self, arrivals: Arrivals, arrival: Arrival, answered: datetime) -> None:
        row, event = arrival.row, arrival.event
        try:
            if arrival.fault:
                raise arrival.fault
            if arrival.meant and arrival.meant.at < answered and not row.wanted:
                await self._keep_for_the_operator(row)
            else:
                await self._receive(arrivals, arrival)
        except Unusable:
            raise
        except Exception as error:
            log.exception("inbox row %d can't be answered: set aside", row.id)
            await self._set_aside(row, event, type(error).__name__)

    def sweep(self) -> None:
        """Let go of what is remembered of people who said nothing for a day."""
        self._admission.sweep()

    async def _receive(self, arrivals: Arrivals, arrival: Arrival) -> None:
        """Begin to answer one event, or end it when there is nothing to answer."""
        row = arrival.row.id
        match arrival.event:
            case Incoming() if arrival.meant:
                await self._hear(row, arrival.meant, await arrivals.look_up(arrival))
            case Incoming() as incoming:
                await self._done(row, lambda db: overheard.keep(db, row, incoming))
            case Edited(message):
                await self._hear_edit(row, cleaned(message))
            case Deleted(ref):
                self._under_way.drop(ref)
                await self._done(row, lambda db: turns.retract(db, ref))
            case Reaction() as event:
                await self._done(row, lambda db: turns.rate(db, event, self._core.clock.now()))
            case Migrated(platform, old, new):
                await self._done(row, lambda db: moving.move(db, platform, old, new))
            case None:
                await self._done(row)

    # ---- messages ----------------------------------------------------------------------------------

    async def _hear(self, row: int, meant: Incoming, known: Known) -> None:
        heard = self._admit(self._heard(row, meant, known.preferences), known)
        if heard is None:
            return
        self._admission.count(meant)
        self._answer(heard, known.pressed, await self._expected(heard) if known.asked else None)

    async def _expected(self, heard: _Heard) -> Expected | None:
        """What we asked this person here: who got so far is the one who answers it."""
        where, who, now = heard.conversation, heard.incoming.person, self._core.clock.now()
        return await self._core.store.insist(lambda db: expecting.take(db, where, who, heard.row, now))

    def _meant(self, incoming: Incoming) -> Incoming | None:
        """The message without our name, if it is meant for us at all."""
        name, bare = self._core.settings.bot.name, self._core.settings.groups.bare_commands
        rest = called(incoming.text, name)
        if rest is not None:
            return replace(incoming, text=rest.strip() or incoming.text)
        if incoming.addressed or incoming.private or incoming.call:
            return incoming
        call = self._router.find(incoming.text, self._now(Preferences())) if bare else None
        return incoming if call and self._router.command(call) else None  # "/roll" may be another bot's

    def _heard(self, row: int, incoming: Incoming, prefer: Preferences) -> _Heard:
        locale = load_locale(prefer.language or self._core.settings.bot.language)
        return _Heard(row, incoming, self._conversation(incoming), prefer, locale)

    def _admit(self, heard: _Heard, known: Known) -> _Heard | None:
        """Who says it, if they may; otherwise the row is answered here."""
        admitted = self._admission.judge(heard.incoming, known, lambda: self._code(heard.incoming))
        match admitted.verdict:
            case "pass":
                return replace(heard, standing=admitted.standing)
            case "refuse":
                self._say(heard, lambda: Reply(heard.locale("private_bot"), (TurnAway(),)))
            case "too_many":
                self._say(heard, lambda: Reply(heard.locale("too_many")))
            case "ignore":
                self._say_nothing(heard)
        return None

    def _answer(self, heard: _Heard, pressed: Call | None = None, expected: Expected | None = None) -> None:
        """A command, the answer to what we asked, or talk."""
        incoming = heard.incoming
        call = incoming.call
        if call and call.name == expecting.PRESS:
            return self._press(heard, pressed)
        reading = Reading(call) if call else self._router.read(incoming.text, self._now(heard.preferences))
        if reading.repaired and not reading.offered:
            note = heard.locale("layout_repaired", text=reading.repaired)
            heard = replace(heard, note=note, incoming=replace(incoming, text=reading.repaired))
        said = heard.incoming.text
        asking = self._router.command(expected.expect.call) if expected and expected.expect else None
        ours = expected and reading.call and expected.wants(reading.call, said, asking)
        filled = expected.filled(said, asking) if expected and said else None
        if reading.call and not reading.offered and not ours and not (reading.likely and filled):
            return self._obey(heard, expected.dropped_by(reading.call) if expected else reading.call)
        if filled:
            return self._carry_out(heard, filled)
        if reading.offered:
            return self._offer(heard, reading.repaired)
        return self._talk(heard)

    def _press(self, heard: _Heard, call: Call | None) -> None:
        """One of our own buttons: what it stands for was stored when it was shown."""
        if call is None:
            return self._say(heard, lambda: Reply(heard.locale("button_too_old")))
        return self._carry_out(heard, call)

    def _carry_out(self, heard: _Heard, call: Call) -> None:
        """What a choice stands for: a command, or words that the person could have said."""
        if call.name == _SAY:
            return self._talk(replace(heard, incoming=replace(heard.incoming, text=call.args["text"], call=None)))
        return self._obey(heard, call)

    def _offer(self, heard: _Heard, guess: str) -> None:
        """Typed on the wrong layout, perhaps: only the person knows."""
        said = heard.incoming.text
        choices = Choice(guess, Call(_SAY, {"text": guess})), Choice(said[:40], Call(_SAY, {"text": said}))
        self._say(heard, lambda: Reply(heard.locale("layout_offered", text=guess), choices=choices))

    def _talk(self, heard: _Heard) -> None:
        incoming = heard.incoming
        if not incoming.text and incoming.attachments:
            return self._shown(heard)
        if not incoming.text:
            return self._say_nothing(heard)
        if self._core.words.found(incoming.text) and self._core.settings.moderation.incoming != "off":
            if self._core.settings.moderation.incoming == "ignore":
                return self._say_nothing(heard)
            return self._say(heard, lambda: Reply(heard.locale("bad_words")))
        waiting = self._under_way.of(heard.conversation)
        if heard.edited or not (waiting and waiting[-1].absorb(heard.row, heard.incoming)):
            self._ask(heard, partial(self._consult, heard))

    def _consult(self, heard: _Heard, said: str) -> Consult | None:
        """What the operator's documents say to a question, if there are any."""
        knowledge = self._world.knowledge
        return (
            look_up(knowledge, said, heard.locale, insist=False, able=self._world.able())
            if knowledge and asks(said)
            else None
        )

    def _consult_again(self, heard: _Heard, said: str) -> Consult | None:
        """The same for a question of before, which may have been a command that consults ("요약해줘")."""
        call = self._router.read(said, self._now(heard.preferences)).call
        command = self._router.command(call) if call else None
        if call is None or command is None or inspect.iscoroutinefunction(command.answer):
            return self._consult(heard, said)
        result = command.answer(self._scene(heard), call)
        return result if isinstance(result, Consult) else self._consult(heard, said)

    def _shown(self, heard: _Heard) -> None:
        """Something that is not text: a place is for the weather, the rest we can't see."""
        first = heard.incoming.attachments[0]
        if first.place:
            latitude, longitude = first.place
            return self._obey(heard, Call("weather", {"place": f"{latitude},{longitude}"}))
        return self._say(heard, lambda: Reply(heard.locale(f"only_text_{first.kind}")))

    def _code(self, incoming: Incoming) -> str:
        """What is said with /start, if it is that."""
        call = incoming.call or self._router.find(incoming.text, self._now(Preferences()))
        command = self._router.command(call) if call else None
        return call.args.get("text", "") if call and command and command.name == "start" else ""

    # ---- commands ----------------------------------------------------------------------------------

    def _obey(self, heard: _Heard, call: Call) -> None:
        command = self._router.command(call)
        if command is None:
            return self._say(heard, lambda: Reply(heard.locale("unknown_command")))
        scene = self._scene(heard)
        if inspect.iscoroutinefunction(command.answer):  # it has to wait for something: its lane does that
            return self._say(heard, partial(command.answer, scene, call))
        result = command.answer(scene, call)
        match result:
            case Again():
                asking = replace(heard.incoming, call=call)  # the wish is no question of its own
                self._under_way.put(
                    self._question(replace(heard, incoming=asking), partial(self._consult_again, heard), result)
                )
            case Consult():
                self._ask(heard, lambda _: result)
            case Reply(effects=effects):
                if Stop() in effects:
                    self._under_way.stop(heard.conversation, call.args.get("id", ""))
                if Claim() in effects:
                    self._admission.claimed()
                self._say(heard, lambda: result)

    def _scene(self, heard: _Heard) -> Scene:
        return Scene(
            incoming=heard.incoming,
            conversation=heard.conversation,
            now=self._now(heard.preferences),
            locale=heard.locale,
            standing=heard.standing,
            writing=any(question.writing for question in self._under_way.of(heard.conversation)),
            commands=self._commands,
            bot_name=self._core.settings.bot.name,
            preferences=heard.preferences,
            world=self._world,
            claim_code=self._admission.claim_code,
        )

    def _now(self, prefer: Preferences) -> datetime:
        return self._core.clock.now().astimezone(ZoneInfo(prefer.timezone or self._core.settings.bot.timezone))

    def _say(self, heard: _Heard, reply: Callable[[], Reply | Awaitable[Reply]], *, aside: str = "") -> None:
        if heard.edited:
            self._under_way.drop(heard.incoming.ref)
            reply = partial(_instead, reply)
        # Commands have a lane of their own, so that "그만" does not wait for what it shall stop.
        lane = f"{heard.conversation}#commands"
        saying = Saying(
            self._core,
            heard.row,
            heard.incoming,
            heard.conversation,
            lane,
            reply,
            heard.locale,
            note=heard.note,
            aside=aside,
        )
        self._core.lanes.put(lane, saying)

    def _say_nothing(self, heard: _Heard) -> None:
        self._core.lanes.put(f"{heard.conversation}#commands", Silence(self._core, heard.row, heard.incoming))

    # ---- questions ---------------------------------------------------------------------------------

    def _ask(self, heard: _Heard, consult: Consulting) -> None:
        """A question of its own, or what one of before says now: that is answered in the place of its answer."""
        if not heard.edited:
            return self._under_way.put(self._question(heard, consult))
        message = replace(heard.incoming, call=None)  # with a call it would be the wish for another answer
        asking = self._under_way.about(message.ref)
        if not (asking and asking.edit(heard.row, message, consult)):
            self._under_way.put(self._question(replace(heard, incoming=message), consult, Again(here=True)))

    def _question(self, heard: _Heard, consult: Consulting, again: Again | None = None) -> Question:
        return Question(
            self._core,
            heard.row,
            heard.incoming,
            heard.conversation,
            again,
            consult=consult,
            preferences=heard.preferences,
            locale=heard.locale,
            note=heard.note,
        )

    async def _hear_edit(self, row: int, message: Incoming) -> None:
        """An edited question may be answered like any other message; edits of other messages are not for us."""
        meant = self._meant(message) or message
        turn, known = await self._core.store.insist(lambda db: (turns.of_question(db, meant.ref), _known(db, meant)))
        asking = self._under_way.about(meant.ref)
        question = asking or turn
        says_so = asking.says(meant) if asking else turn is None or unchanged(turn, meant)
        if question is None or says_so or not meant.text or self._orders(meant, known):
            return await self._done(row)
        if heard := self._admit(self._heard(row, meant, known.preferences), known):
            self._admission.count(meant)
            self._answer(replace(heard, conversation=question.conversation, edited=True))

    def _orders(self, edited: Incoming, known: Known) -> bool:
        """Whether it is a command by now: those are said, not edited in, or one might be carried out twice."""
        reading = self._router.read(edited.text, self._now(known.preferences))
        return edited.call is not None or (reading.call is not None and not reading.offered)

    def _conversation(self, incoming: Incoming) -> str:
        return conversation_of(self._core, incoming)

    # ---- ends --------------------------------------------------------------------------------------

    async def _set_aside(self, row: Row, event: Event | None, reason: str) -> None:
        """Keep the row with the reason; a person who is waiting for an answer gets an apology."""
        if isinstance(event, Incoming) and self._meant(event):
            heard = self._heard(row.id, event, Preferences())
            return self._say(heard, lambda: Reply(heard.locale("apology")), aside=reason)
        await self._core.store.insist(lambda db: inbox.aside(db, [row.id], reason))

    async def _keep_for_the_operator(self, row: Row) -> None:
        """The database is a restored backup, and this is older than its loss: the person may have the answer."""
        await self._core.store.insist(lambda db: inbox.aside(db, [row.id], restoring.REASON))

    async def _done(self, row: int, also: Callable[[Database], None] | None = None) -> None:
        def work(db: Database) -> None:
            if also:
                also(db)
            inbox.done(db, [row])

        await self._core.store.insist(work)


def _known(db: Database, edited: Incoming) -> Known:
    """What must be known of an edit: it answers nothing that we asked, and presses nothing."""
    prefer = preferences.read(db, edited.address, edited.person)
    owner, refused = people.is_owner(db, edited.person), people.was_refused(db, edited.address)
    return Known(owner, refused, prefer, asked=False, pressed=None)


async def _instead(reply: Callable[[], Reply | Awaitable[Reply]]) -> Reply:
    """What is said to a message that was a question: with that it is asked no more."""
    made = reply()
    said = await made if inspect.isawaitable(made) else made
    return replace(said, effects=(*said.effects, Retract()))
