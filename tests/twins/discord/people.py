"""What people do in the twin, and what the bot hears of it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.twins.discord.gateway import GatewayTwin, Session
from tests.twins.discord.world import (
    COMMAND,
    DM,
    EPOCH,
    REPLY,
    TEXT,
    THREAD,
    Channel,
    Human,
    Json,
    Post,
    mentioned,
    stamp,
)

GUILDS, GUILD_MESSAGES, GUILD_REACTIONS, DIRECT_MESSAGES, DIRECT_REACTIONS = (1 << bit for bit in (0, 9, 10, 12, 13))
_WAIT = 3.0  # seconds that an interaction waits for its first response
_LIFE = 900.0  # seconds that its token is good for


@dataclass
class Interaction:
    """A slash command, a pressed button or a half-typed option. `acknowledged`: the type of the first response."""

    id: str
    token: str
    type: int
    channel: Channel
    person: Human
    at: float
    acknowledged: int | None = None
    acknowledged_after: float = 0.0
    post: Post | None = None  # @original
    followups: list[Post] = field(default_factory=list)
    void: bool = False
    choices: list[Json] = field(default_factory=list)  # what was suggested for a half-typed option
    payload: Json = field(default_factory=dict)


class People:
    """The people's side of a twin. `violations`: what a well-behaved bot never does."""

    def __init__(self, token: str, me: str, application: str, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.me = Human(me, "이랑", bot=True)
        self.application = application
        self.url = ""
        self.humans: dict[str, Human] = {me: self.me}
        self.channels: dict[str, Channel] = {}
        self.posts: dict[str, list[Post]] = {}  # by channel, deleted ones too
        self.interactions: dict[str, Interaction] = {}  # by token
        self.violations: list[str] = []
        self.gateway = GatewayTwin(token, self._greeting, self.changed)
        self._count = itertools.count()
        self._pulse = asyncio.Event()

    # ---- who and where -----------------------------------------------------------------------------

    def person(self, name: str) -> Human:
        human = Human(self.new_id(), name)
        self.humans[human.id] = human
        return human

    def robot(self, name: str) -> Human:
        """Somebody else's bot."""
        human = Human(self.new_id(), name, bot=True)
        self.humans[human.id] = human
        return human

    def dm(self, person: Human) -> Channel:
        """The direct messages between a person and the bot: always the same channel."""
        for channel in self.channels.values():
            if channel.type == DM and person in channel.people:
                return channel
        return self._add(Channel(self.new_id(), "", DM, "", (person,)))

    def channel(self, name: str = "잡담", *, guild: str = "") -> Channel:
        """A text channel, in a server of its own unless `guild` names one."""
        return self._add(Channel(self.new_id(), guild or self.new_id(), TEXT, name))

    def thread(self, channel: Channel, name: str = "이야기") -> Channel:
        return self._add(Channel(self.new_id(), channel.guild, THREAD, name, parent=channel.id))

    def kick(self, channel: Channel) -> None:
        """From now on the bot is not let in."""
        channel.open = False

    def _add(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self.posts[channel.id] = []
        if channel.guild:
            self.gateway.dispatch("GUILD_CREATE", self._guild(channel.guild), GUILDS)
        return channel

    # ---- what they do ------------------------------------------------------------------------------

    def say(
        self,
        channel: Channel,
        person: Human,
        text: str,
        *,
        mention: bool = False,
        reply_to: Post | None = None,
        ping: bool = True,
        attachments: tuple[str, ...] = (),
        sticker: bool = False,
        webhook: str = "",
    ) -> Post:
        """Somebody writes. `mention`: to the bot; `ping`: a reply calls whom it answers; `attachments`: MIME types."""
        text = f"<@{self.me.id}> {text}" if mention else text
        post = Post(self.new_id(), channel, person, text, self.clock(), history=[text], webhook=webhook)
        post.mentions = mentioned(text, self.humans)
        if reply_to:
            post.type, post.reply_to = REPLY, reply_to
            if ping and reply_to.author not in post.mentions:
                post.mentions.append(reply_to.author)
        post.attachments = [self._file(kind) for kind in attachments]
        post.stickers = [{"id": self.new_id(), "name": "안녕", "format_type": 1}] if sticker else []
        return self.post(post)

    def edit(self, post: Post, text: str) -> None:
        post.edit(text, self.clock())
        post.mentions = mentioned(text, self.humans)
        self._about("MESSAGE_UPDATE", post)

    def unfold(self, post: Post) -> None:
        """Discord adds a preview of an address: an update that nobody has made."""
        self._about("MESSAGE_UPDATE", post)

    def delete(self, post: Post) -> None:
        post.deleted = True
        data = {"id": post.id, "channel_id": post.channel.id} | self._where(post.channel)
        self.gateway.dispatch("MESSAGE_DELETE", data, self._needs(post.channel))
        self.changed()

    def react(self, post: Post, person: Human, emoji: str) -> None:
        post.reactions.add((person.id, emoji))
        data = self._reaction(post, person, emoji) | {"message_author_id": post.author.id}
        data |= {"member": person.member()} if post.channel.guild else {}
        self._reacted("MESSAGE_REACTION_ADD", post, data)

    def unreact(self, post: Post, person: Human, emoji: str) -> None:
        post.reactions.discard((person.id, emoji))
        self._reacted("MESSAGE_REACTION_REMOVE", post, self._reaction(post, person, emoji))

    def slash(
        self, channel: Channel, person: Human, name: str, options: Mapping[str, str | int] | None = None
    ) -> Interaction:
        data = {"id": self.new_id(), "name": name, "type": 1, "options": _given(options or {})}
        return self._interact(2, channel, person, {"data": data})

    def begin_typing(
        self, channel: Channel, person: Human, name: str, option: str, typed: str, **others: str | int
    ) -> Interaction:
        """Somebody is in the middle of typing an option of a slash command, after having given `others`."""
        given = [*_given(others), *({**each, "focused": True} for each in _given({option: typed}))]
        data = {"id": self.new_id(), "name": name, "type": 1, "options": given}
        return self._interact(4, channel, person, {"data": data})

    def press(self, post: Post, which: str, person: Human) -> Interaction:
        """Press the button with this label or data."""
        custom_id = next(data for label, data in post.buttons if which in (label, data))
        about = {"data": {"custom_id": custom_id, "component_type": 2}, "message": post.json()}
        interaction = self._interact(3, post.channel, person, about)
        interaction.post = post
        return interaction

    def _interact(self, type: int, channel: Channel, person: Human, about: Json) -> Interaction:
        id = self.new_id()
        interaction = Interaction(id, f"token-of-{id}", type, channel, person, self.clock())
        self.interactions[interaction.token] = interaction
        who = {"member": person.member() | {"permissions": "0"}} if channel.guild else {"user": person.json()}
        interaction.payload = {
            "id": id,
            "application_id": self.application,
            "type": type,
            "token": interaction.token,
            "version": 1,
            "channel_id": channel.id,
            "channel": channel.json(self.posts[channel.id]),
            "locale": "ko",
            "entitlements": [],
            "authorizing_integration_owners": {"0": channel.guild or "0"},
            "context": 0 if channel.guild else 1,
            "attachment_size_limit": 1 << 20,
            "app_permissions": "0",
            **who,
            **self._where(channel),
            **about,
        }
        self.gateway.dispatch("INTERACTION_CREATE", interaction.payload)
        return interaction

    def expired(self, interaction: Interaction) -> bool:
        """Has it waited too long for its first response, or lived too long?"""
        age = self.clock() - interaction.at
        return interaction.void or age > _LIFE or (interaction.acknowledged is None and age > _WAIT)

    # ---- what there is to see ----------------------------------------------------------------------

    def messages(self, channel: Channel) -> list[Post]:
        """What people see there, oldest first."""
        return [post for post in self.posts[channel.id] if not post.deleted]

    def answers(self, channel: Channel) -> list[Post]:
        """The bot's messages there that say something already."""
        return [post for post in self.messages(channel) if post.author is self.me and (post.content or post.poll)]

    async def until(self, holds: Callable[[], object], within: float = 10.0) -> None:
        """Wait for something to hold, looking again at each change. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():
                await self._pulse.wait()

    def changed(self) -> None:
        self._pulse.set()
        self._pulse = asyncio.Event()

    # ---- telling the bot ---------------------------------------------------------------------------

    def new_id(self) -> str:
        """A snowflake: the time, and a number that keeps the order."""
        return str(((int(self.clock() * 1000) - EPOCH) << 22) + next(self._count))

    def post(self, post: Post) -> Post:
        self.posts[post.channel.id].append(post)
        self._about("MESSAGE_CREATE", post)
        return post

    def updated(self, post: Post) -> None:
        self._about("MESSAGE_UPDATE", post)

    def hidden(self, post: Post) -> bool:
        """May a bot without the message content intent not read it?"""
        return bool(post.channel.guild) and post.author is not self.me and self.me not in post.mentions

    def _about(self, kind: str, post: Post) -> None:
        where = self._where(post.channel)
        member = {"member": post.author.member(whole=False)} if post.channel.guild and not post.webhook else {}
        nonce = {"nonce": post.nonce} if post.nonce and kind == "MESSAGE_CREATE" else {}
        full = post.json() | where | member | nonce
        blanked = post.json(hides=True) | where | member if self.hidden(post) else None
        if post.channel.open:
            self.gateway.dispatch(kind, full, self._needs(post.channel), blanked=blanked)
        self.changed()

    def _needs(self, channel: Channel) -> int:
        return GUILD_MESSAGES if channel.guild else DIRECT_MESSAGES

    def _where(self, channel: Channel) -> Json:
        return {"guild_id": channel.guild} if channel.guild else {}

    def _reaction(self, post: Post, person: Human, emoji: str) -> Json:
        about = {"user_id": person.id, "channel_id": post.channel.id, "message_id": post.id}
        return about | {"emoji": {"id": None, "name": emoji}, "burst": False, "type": 0} | self._where(post.channel)

    def _reacted(self, kind: str, post: Post, data: Json) -> None:
        self.gateway.dispatch(kind, data, GUILD_REACTIONS if post.channel.guild else DIRECT_REACTIONS)
        self.changed()

    def _file(self, kind: str) -> Json:
        id = self.new_id()
        address = f"https://cdn.discordapp.com/attachments/{id}"
        return {"id": id, "filename": "x", "size": 1, "url": address, "proxy_url": address, "content_type": kind}

    def _greeting(self, session: Session) -> list[tuple[str, Json]]:
        """READY and every server."""
        guilds = list(dict.fromkeys(channel.guild for channel in self.channels.values() if channel.guild))
        ready = {
            "v": 10,
            "user": self.me.json() | {"verified": True, "mfa_enabled": False, "email": None, "locale": "ko"},
            "guilds": [{"id": guild, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": f"ws{self.url.removeprefix('http').removesuffix('/api/v10')}/gateway",
            "application": {"id": self.application, "flags": 0},
            "private_channels": [],
        }
        return [("READY", ready), *(("GUILD_CREATE", self._guild(guild)) for guild in guilds)]

    def _guild(self, id: str) -> Json:
        inside = [channel for channel in self.channels.values() if channel.guild == id]
        return {
            "id": id,
            "name": "마을",
            "owner_id": "1",
            "unavailable": False,
            "joined_at": stamp(1_700_000_000),
            "large": False,
            "member_count": 2,
            "roles": [],
            "emojis": [],
            "stickers": [],
            "features": [],
            "members": [],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "channels": [each.json(self.posts.get(each.id, [])) for each in inside if each.type == TEXT],
            "threads": [each.json(self.posts.get(each.id, [])) for each in inside if each.type == THREAD],
            **dict.fromkeys(("verification_level", "default_message_notifications", "explicit_content_filter"), 0),
            **dict.fromkeys(("mfa_level", "premium_tier", "nsfw_level", "system_channel_flags", "afk_timeout"), 0),
            **dict.fromkeys(("icon", "splash", "discovery_splash", "banner", "description", "vanity_url_code")),
            **dict.fromkeys(("afk_channel_id", "system_channel_id", "rules_channel_id", "public_updates_channel_id")),
            "preferred_locale": "ko",
        }


def _given(options: Mapping[str, str | int]) -> list[Json]:
    """Options as Discord brings them: type 4 is a whole number, 3 a text."""
    return [
        {"name": name, "type": 4 if isinstance(value, int) else 3, "value": value} for name, value in options.items()
    ]


def command_post(people: People, interaction: Interaction, flags: int, content: str = "") -> Post:
    """The message that answers a slash command."""
    post = Post(people.new_id(), interaction.channel, people.me, content, people.clock(), type=COMMAND, flags=flags)
    post.webhook = people.application
    post.history = [content] if content else []
    return people.post(post)
