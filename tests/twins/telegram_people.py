"""The people's side of the Telegram twin: chats, what is written in them, and the updates that come of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from tests.twins import spec
from tests.twins.telegram_text import Entity, found_in, units

Json = dict[str, Any]

FORGOTTEN = ("message_reaction", "message_reaction_count", "chat_member")  # sent only to bots that ask for them
_FILE = {"file_id": "f1", "file_unique_id": "u1"}
_PARTS: Mapping[str, Any] = {
    "photo": [{**_FILE, "width": 90, "height": 90}],
    "voice": {**_FILE, "duration": 3},
    "document": _FILE,
    "location": {"latitude": 37.3, "longitude": 126.8},
    "sticker": {**_FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False},
}


@dataclass(slots=True)
class Human:
    """Somebody with an account."""

    id: int
    name: str
    has_blocked: bool = False
    is_bot: bool = False

    def json(self) -> Json:
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.name, "language_code": "ko"}


@dataclass(slots=True)
class Chat:
    """A private chat, a group or a supergroup. `moved_to`: the supergroup that it became."""

    id: int
    kind: Literal["private", "group", "supergroup"]
    people: list[Human]
    topics: dict[int, str] = field(default_factory=dict)
    moved_to: int | None = None
    is_kicked: bool = False

    def json(self) -> Json:
        if self.kind == "private":
            return {"id": self.id, "type": "private", "first_name": self.people[0].name}
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.id, "type": self.kind, "title": "모임", **forum}


@dataclass(slots=True)
class Bubble:
    """One message in a chat. `sender` is None when the bot wrote it; `history` is every text that it ever showed."""

    id: int
    chat: Chat
    sender: Human | None
    text: str
    entities: list[Entity] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    thread: int | None = None
    reply_to: int | None = None
    quote: str = ""
    attachment: str = ""
    poll: tuple[str, list[str]] | None = None
    file: tuple[str, str] | None = None  # its name and its text
    date: int = 0
    edits: int = 0
    is_gone: bool = False
    history: list[str] = field(default_factory=list)
    thumbs: dict[int, list[str]] = field(default_factory=dict)

    @property
    def mine(self) -> bool:
        """The bot wrote it."""
        return self.sender is None

    def show(self, text: str, entities: list[Entity]) -> None:
        self.text, self.entities = text, entities
        self.history.append(text)


class People:
    """What a test does in the place of people. Every message of the twin has an id of its own, whatever its chat."""

    def __init__(self, bot_id: int, username: str, wall: Callable[[], float] = time.time) -> None:
        self.username = username
        self.bot: Json = {"id": bot_id, "is_bot": True, "first_name": "이랑", "username": username}
        self.chats: dict[int, Chat] = {}
        self.bubbles: dict[int, Bubble] = {}
        self.next_update_id = 870_000_001
        self.queue: list[tuple[int, object]] = []  # updates not yet confirmed
        self.allowed: list[str] | None = None
        self.spinning: set[str] = set()  # presses whose button still spins
        self.violations: list[str] = []
        self._wall = wall
        self._ids = count(1)
        self._people = count(10_001)
        self._groups = count(4_000_001)
        self._pulse = asyncio.Event()

    # ---- places and people

    def person(self, name: str) -> Human:
        return Human(next(self._people), name)

    def robot(self, name: str) -> Human:
        """Somebody else's bot."""
        return Human(next(self._people), name, is_bot=True)

    def private(self, person: Human) -> Chat:
        """The chat of this person with the bot, which they opened."""
        return self.chats.setdefault(person.id, Chat(person.id, "private", [person]))

    def group(self, people: Sequence[Human], *, supergroup: bool = False) -> Chat:
        number = next(self._groups)
        chat = Chat(-1_000_000_000_000 - number if supergroup else -number, "group", list(people))
        chat.kind = "supergroup" if supergroup else "group"
        self.chats[chat.id] = chat
        return chat

    def topic(self, chat: Chat, name: str) -> int:
        """A new topic of a forum; its id."""
        assert chat.kind == "supergroup", "only supergroups have topics"
        thread = next(self._ids)
        chat.topics[thread] = name
        return thread

    def block(self, person: Human) -> None:
        person.has_blocked = True

    def kick(self, chat: Chat) -> None:
        chat.is_kicked = True

    def migrate(self, group: Chat) -> Chat:
        """The group becomes a supergroup, with another id."""
        new = self.group(group.people, supergroup=True)
        group.moved_to = new.id
        service = {"message_id": next(self._ids), "date": int(self._wall()), "from": group.people[0].json()}
        self.update("message", {**service, "chat": group.json(), "migrate_to_chat_id": new.id})
        self.update("message", {**service, "chat": new.json(), "migrate_from_chat_id": group.id})
        return new

    # ---- what people do

    def say(
        self,
        chat: Chat,
        person: Human,
        text: str = "",
        *,
        reply_to: int | None = None,
        quote: str = "",
        topic: int | None = None,
        mention: bool = False,
        attach: str = "",
    ) -> int:
        """Write a message, with a mention of the bot in front or something attached; its id."""
        said = f"@{self.username} {text}" if mention else text
        bubble = self.add(Bubble(next(self._ids), chat, person, said, found_in(said), thread=topic, attachment=attach))
        bubble.reply_to, bubble.quote = reply_to, quote
        self.update("message", self.json(bubble))
        return bubble.id

    def edit(self, message_id: int, text: str) -> None:
        bubble = self.bubbles[message_id]
        assert not bubble.mine, "people edit only what they wrote"
        bubble.show(text, found_in(text))
        bubble.edits += 1
        self.update("edited_message", {**self.json(bubble), "edit_date": int(self._wall())})

    def press(self, message_id: int, which: str, *, person: Human | None = None, long_ago: bool = False) -> str:
        """Press a button by its label or data; the press's id. `long_ago`: Telegram no longer shows the message."""
        bubble = self.bubbles[message_id]
        data = next(data for label, data in bubble.buttons if which in (label, data))
        press, writer = str(next(self._ids)), person or bubble.chat.people[0]
        shown = {"chat": bubble.chat.json(), "message_id": bubble.id, "date": 0} if long_ago else self.json(bubble)
        self.spinning.add(press)
        query = {"id": press, "from": writer.json(), "message": shown, "chat_instance": "1", "data": data}
        self.update("callback_query", query)
        return press

    def react(self, message_id: int, *emoji: str, person: Human | None = None) -> None:
        """Let a person's reactions to a message be these; none takes them off."""
        bubble = self.bubbles[message_id]
        writer = person or bubble.chat.people[0]
        before, bubble.thumbs[writer.id] = bubble.thumbs.get(writer.id, []), list(emoji)
        change = {
            "chat": bubble.chat.json(),
            "message_id": bubble.id,
            "date": int(self._wall()),
            "user": writer.json(),
            "old_reaction": [{"type": "emoji", "emoji": each} for each in before],
            "new_reaction": [{"type": "emoji", "emoji": each} for each in emoji],
        }
        self.update("message_reaction", change)

    def vanish(self, message_id: int) -> None:
        """Take a message away without telling the bot, as Telegram does."""
        self.bubbles[message_id].is_gone = True
        self.changed()

    # ---- what a test looks at

    def messages(self, chat: Chat) -> list[Bubble]:
        """What the chat shows now, oldest first."""
        return [bubble for bubble in self.bubbles.values() if bubble.chat is chat and not bubble.is_gone]

    def answers(self, chat: Chat) -> list[Bubble]:
        """What the bot wrote in this chat and still shows, oldest first."""
        return [bubble for bubble in self.messages(chat) if bubble.mine]

    async def until(self, holds: Callable[[], object], within: float = 10.0) -> None:
        """Wait for something to hold, looking again at each change of the twin. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():
                await self._pulse.wait()

    def changed(self) -> None:
        """Wake everybody in `until`."""
        self._pulse.set()
        self._pulse = asyncio.Event()

    # ---- updates

    def update(self, kind: str, payload: Json) -> None:
        """Queue an update, unless the bot asked not to hear of this kind."""
        if kind not in self.allowed if self.allowed else kind in FORGOTTEN:
            return
        update = {"update_id": self.next_update_id, kind: payload}
        self.violations += [f"the twin's own {kind}: {fault}" for fault in spec.telegram_type("Update", update)]
        self.push(update)

    def push(self, update: object) -> None:
        """Queue anything at all, as malformed as a test likes; it takes up the next id."""
        self.queue.append((self.next_update_id, update))
        self.next_update_id += 1
        self.changed()

    def repeat(self) -> None:
        """Queue the newest update once more."""
        self.queue.append(self.queue[-1])
        self.changed()

    def confirm(self, offset: int) -> None:
        """Forget every update before `offset`, exactly as the documentation says."""
        self.queue = [(number, update) for number, update in self.queue if number >= offset]
        self.changed()

    def add(self, bubble: Bubble) -> Bubble:
        bubble.date = int(self._wall())
        bubble.history.append(bubble.text)
        self.bubbles[bubble.id] = bubble
        self.changed()
        return bubble

    def new_id(self) -> int:
        return next(self._ids)

    def json(self, bubble: Bubble, *, nested: bool = False) -> Json:
        """The message as the Bot API shows it; one that is replied to comes without its own reply."""
        message: Json = {"message_id": bubble.id, "date": bubble.date, "chat": bubble.chat.json()}
        message["from"] = self.bot if bubble.sender is None else bubble.sender.json()
        message |= self._content(bubble) | self._thread(bubble)
        if bubble.buttons:
            row = [{"text": label, "callback_data": data} for label, data in bubble.buttons]
            message["reply_markup"] = {"inline_keyboard": [row]}
        if not nested:
            message |= self._reply(bubble)
        return message

    def _content(self, bubble: Bubble) -> Json:
        if bubble.poll:
            return {"poll": _poll(bubble)}
        marks, name = ("caption_entities", "caption") if bubble.attachment else ("entities", "text")
        content: Json = {bubble.attachment: _PARTS[bubble.attachment]} if bubble.attachment else {}
        if bubble.text:
            content[name] = bubble.text
        return content | ({marks: list(bubble.entities)} if bubble.entities else {})

    def _thread(self, bubble: Bubble) -> Json:
        """A reply in a supergroup has a thread id as well, without being in a topic."""
        if bubble.thread is not None:
            return {"message_thread_id": bubble.thread, "is_topic_message": True}
        if bubble.chat.kind == "supergroup" and bubble.reply_to:
            return {"message_thread_id": bubble.reply_to}
        return {}

    def _reply(self, bubble: Bubble) -> Json:
        if bubble.reply_to in self.bubbles:
            reply = {"reply_to_message": self.json(self.bubbles[bubble.reply_to], nested=True)}
            quoted = {"text": bubble.quote, "position": 0, "is_manual": True}
            return reply | ({"quote": quoted} if bubble.quote else {})
        return {"reply_to_message": self._start_of_topic(bubble)} if bubble.thread else {}

    def _start_of_topic(self, bubble: Bubble) -> Json:
        """Telegram lets everything in a topic reply to the message that opened it."""
        assert bubble.thread is not None
        opened = {"name": bubble.chat.topics[bubble.thread], "icon_color": 7322096}
        start: Json = {"message_id": bubble.thread, "date": bubble.date, "chat": bubble.chat.json()}
        threading = {"message_thread_id": bubble.thread, "is_topic_message": True}
        return start | threading | {"from": self.bot, "forum_topic_created": opened}


def _poll(bubble: Bubble) -> Json:
    assert bubble.poll
    question, options = bubble.poll
    facts = dict.fromkeys(("is_closed", "is_anonymous", "allows_multiple_answers", "members_only"), False)
    answers = [{"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate(options)]
    kind = {"type": "regular", "allows_revoting": True, "total_voter_count": 0}
    return {"id": str(bubble.id), "question": question, "options": answers, **facts, **kind}


def shown(bubble: Bubble) -> list[tuple[str, str]]:
    """The entities of a message as (type, the stretch of text that looks so)."""
    coded = bubble.text.encode("utf-16-le")
    assert units(bubble.text) * 2 == len(coded)
    stretches = [(e["type"], coded[2 * e["offset"] : 2 * (e["offset"] + e["length"])]) for e in bubble.entities]
    return [(kind, stretch.decode("utf-16-le")) for kind, stretch in stretches]
