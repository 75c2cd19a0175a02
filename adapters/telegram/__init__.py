"""Telegram, through python-telegram-bot's Bot: polling or webhook in, messages out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction

from adapters.telegram import webhook
from adapters.telegram.calls import Api, Request
from adapters.telegram.ear import Ear
from adapters.telegram.entities import MOST, entities, length
from adapters.telegram.menu import publish
from adapters.telegram.parse import NAME, Me, event
from adapters.telegram.polling import poll
from adapters.telegram.reception import Reception
from adapters.telegram.retry import Rest, insist
from bot.command import Command
from bot.config import TelegramSettings
from bot.errors import ConfigError, Refused
from bot.messages import Address, Body, Event, File, Key, MessageRef, Poll
from bot.ports import Intake, Limits, Pace, Pulse

_TOKEN = re.compile(r"(\d+):[\w-]+")
_ROW = 20  # characters of labels side by side
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def _is_group(chat: str) -> bool:
    return chat.startswith("-")


def _chat_pace(to: Address) -> Pace:
    """https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"""
    return Pace(20, 60.0) if _is_group(to.chat) else Pace(30, 30.0)


def _utc() -> datetime:
    return datetime.now(UTC)


class Telegram:
    """A bot.ports.Platform. `close` it when no more calls will come.

    `language` is that of the menu for everybody whose own language has none; `patience` is how many seconds a call
    waits for its answer. Raises ConfigError for a token that can be none, and for a webhook without a secret.
    """

    name = NAME
    limits = Limits(
        length=4096,  # https://core.telegram.org/bots/api#sendmessage
        measure=length,
        edit_every=1.0,
        typing_every=4.5,  # https://core.telegram.org/bots/api#sendchataction: it fades after 5 s
        # About 30 a second are allowed. A second sees three such bursts at most, though they reach it 0.2 s late.
        bot_pace=Pace(10, 0.4),
        chat_pace=_chat_pace,
        idempotent=False,
        spans=MOST,
        files=True,
    )

    def __init__(
        self,
        settings: TelegramSettings,
        token: str,
        *,
        language: str,
        secret: str | None = None,
        now: Callable[[], datetime] = _utc,
        rest: Rest = asyncio.sleep,
        patience: float = 20.0,
    ) -> None:
        shape = _TOKEN.fullmatch(token)
        if not shape:
            raise ConfigError([f"{settings.token_env}: expected a token from @BotFather: digits, a colon, letters"])
        self._settings = settings
        self._language = language
        self._secret = webhook.checked(settings, secret) if settings.webhook_url else ""
        self._now = now
        self._ear = Ear(now)
        self._rest = rest
        self._me = Me(int(shape[1]))
        self._calls = Request(64, patience, patience, connect_timeout=10.0, pool_timeout=10.0)
        self._polls = Request(1, connect_timeout=10.0, pool_timeout=10.0)
        base = f"{settings.api}/bot"
        self._api = Api(token, base_url=base, request=self._calls, get_updates_request=self._polls)

    def parse(self, payload: str) -> Event | None:
        """The event of a row, None when it is nothing for us. Raises ValueError on a row that can't be read."""
        return event(payload, self._me)

    async def run(self, intake: Intake, commands: Sequence[Command]) -> None:
        """Bring in what people write until cancelled. Raises BadToken, or ConfigError for an unusable webhook."""
        await self._polls.initialize()
        try:
            user = await insist(self._api.get_me, self._rest)
            self._me = Me(user.id, user.username or "")
            await publish(self._api, intake, self._me, commands, self._language)
            async with Reception(intake, self._api, self._me, self._now) as reception:
                await self._receive(reception)
        finally:
            await self._polls.shutdown()

    async def _receive(self, reception: Reception) -> None:
        if self._settings.webhook_url:
            await webhook.serve(self._settings, self._secret, self._api, reception, self._rest, self._ear)
        else:
            await poll(self._api, reception, self._rest, self._ear)

    async def send(self, to: Address, body: Body, *, reply_to: MessageRef | None, key: Key) -> MessageRef:
        """Telegram knows no keys: a repeated send is a second message. A reply is shown as one in groups alone."""
        reply = None
        if reply_to is not None and _is_group(to.chat):
            reply = ReplyParameters(int(reply_to.id), allow_sending_without_reply=True)
        if body.poll:
            return _ref(await self._ask(to, body.poll, reply))
        if body.file:
            return _ref(await self._hand_over(to, body.text, body.file, reply))
        sent = await self._api.send_message(
            to.chat,
            _text(body),
            entities=entities(body) or None,
            reply_markup=_keyboard(body),
            message_thread_id=int(to.thread) if to.thread else None,
            link_preview_options=_NO_PREVIEW,
            reply_parameters=reply,
        )
        return _ref(sent)

    async def _ask(self, to: Address, poll: Poll, reply: ReplyParameters | None) -> Message:
        """https://core.telegram.org/bots/api#sendpoll: a question of 300 characters, options of 100."""
        return await self._api.send_poll(
            to.chat,
            poll.question[:300],
            [option[:100] for option in poll.options[:10]],
            is_anonymous=False,
            allows_multiple_answers=poll.several,
            message_thread_id=int(to.thread) if to.thread else None,
            reply_parameters=reply,
        )

    async def _hand_over(self, to: Address, text: str, file: File, reply: ReplyParameters | None) -> Message:
        """https://core.telegram.org/bots/api#senddocument: a caption of 1,024 characters."""
        return await self._api.send_document(
            to.chat,
            file.content.encode(),
            caption=text[:1024],
            filename=file.name,
            message_thread_id=int(to.thread) if to.thread else None,
            reply_parameters=reply,
        )

    async def edit(self, ref: MessageRef, body: Body) -> None:
        """Make a message say `body`; buttons that `body` does not have disappear."""
        try:
            await self._api.edit_message_text(
                _text(body),
                ref.chat,
                int(ref.id),
                entities=entities(body) or None,
                reply_markup=_keyboard(body),
                link_preview_options=_NO_PREVIEW,
            )
        except Refused as refused:
            if "message is not modified" not in str(refused):
                raise

    async def delete(self, ref: MessageRef) -> None:
        """Take a message of ours away; Telegram lets a bot do so for 48 hours."""
        try:
            await self._api.delete_message(ref.chat, int(ref.id))
        except Refused as refused:
            if "message to delete not found" not in str(refused):
                raise

    async def finish(self, refs: Sequence[MessageRef]) -> None:
        """Telegram keeps no handles."""

    async def typing(self, to: Address) -> None:
        """Show once that an answer is being written."""
        thread = int(to.thread) if to.thread else None
        await self._api.send_chat_action(to.chat, ChatAction.TYPING, message_thread_id=thread)

    def pulse(self) -> Pulse:
        """The last answered getUpdates, or with a webhook getWebhookInfo; how long the last other call took."""
        return self._ear.pulse(self._calls.latency)

    async def close(self) -> None:
        """End the connections that calls were sent on."""
        await self._calls.shutdown()


def _text(body: Body) -> str:
    """Raises Refused for a text that Telegram would find empty."""
    if not body.text.strip():
        raise Refused("telegram: an empty text can't be sent")
    return body.text


def _ref(sent: Message) -> MessageRef:
    return MessageRef(NAME, str(sent.chat_id), str(sent.message_id))


def _keyboard(body: Body) -> InlineKeyboardMarkup | None:
    """Buttons side by side as long as their labels can be read on a telephone."""
    if not body.buttons:
        return None
    rows: list[list[InlineKeyboardButton]] = [[]]
    for each in body.buttons:
        if rows[-1] and sum(len(button.text) for button in rows[-1]) + len(each.label) > _ROW:
            rows.append([])
        rows[-1].append(InlineKeyboardButton(each.label, callback_data=each.data))
    return InlineKeyboardMarkup(rows)
