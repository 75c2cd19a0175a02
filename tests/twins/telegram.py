"""A twin of Telegram's Bot API on the loopback interface: it refuses, limits and fails as the real one does."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

import aiohttp
from aiohttp import web

from tests.twins import spec
from tests.twins import telegram_wire as wire
from tests.twins.faults import Faults, cut, linger
from tests.twins.telegram_people import Bubble, Chat, Human, Json, People, shown
from tests.twins.telegram_text import Refusal, accepted, crossing

__all__ = ["TOKEN", "Bubble", "Call", "Chat", "Human", "TelegramTwin", "shown"]

TOKEN = "123456789:AAHtwin-token-of-nobody_0123456789abc"


class Call(NamedTuple):
    """A request that the bot made."""

    method: str
    params: Mapping[str, Any]


class TelegramTwin(People):
    """`async with TelegramTwin() as twin:` serves at twin.url for twin.token; what people do are plain methods.

    `violations` tells what a well-behaved bot never does: break the specification, call too fast (with
    `refuses_haste` such calls get a 429 besides), send entities that cross.
    """

    def __init__(
        self,
        *,
        username: str = "irang_bot",
        refuses_haste: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.token = TOKEN
        super().__init__(int(TOKEN.partition(":")[0]), username, wall)
        self.url = ""
        self.faults = Faults()
        self.calls: list[Call] = []
        self.typings: list[tuple[int, int | None]] = []  # chat and topic
        self.menus: dict[tuple[str, str], list[Json]] = {}  # by scope and language
        self.webhook_url = ""
        self.webhook_answers: list[int] = []
        self._secret = ""
        self._refuses_haste = refuses_haste
        self._clock = clock
        self._recent: deque[tuple[float, int]] = deque()
        self._poll = self._ended = object()
        self._delivery: asyncio.Task[None] | None = None
        self._methods: dict[str, Callable[[Json], Awaitable[object]]] = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
            "sendMessage": self._send_message,
            "sendPoll": self._send_poll,
            "sendDocument": self._send_document,
            "editMessageText": self._edit_message_text,
            "deleteMessage": self._delete_message,
            "sendChatAction": self._send_chat_action,
            "answerCallbackQuery": self._answer_callback_query,
            "setMyCommands": self._set_my_commands,
        }

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end_poll()
        await self._stop_delivering()
        await self._runner.cleanup()

    def called(self, method: str) -> list[Mapping[str, Any]]:
        """The parameters of every call of a method, in order."""
        return [call.params for call in self.calls if call.method == method]

    def end_poll(self) -> None:
        """Let the long poll that waits now end with nothing, as it does when its time is over."""
        self._ended = self._poll
        self.changed()

    # ---- one request

    async def _serve(self, request: web.Request) -> web.Response:
        token, method = request.match_info["token"], request.match_info["method"]
        params = await wire.params(request)
        if token != self.token:
            return wire.told(wire.refusal(401 if re.fullmatch(r"\d+:[\w-]{35,}", token) else 404))
        self.calls.append(Call(method, params))
        self.violations += [f"{method}: {fault}" for fault in spec.telegram_request(method, params)]
        self.changed()
        fault = self.faults.next(method)
        await linger(fault)
        if fault.cut == "before":
            return cut(request)
        answer = wire.faulty(fault) if fault.status else await self._done(method, params)
        return cut(request) if fault.cut == "after" else answer

    async def _done(self, method: str, params: Json) -> web.Response:
        if method not in self._methods:
            return wire.told(wire.refusal(404))
        try:
            result = await self._methods[method](params)
        except Refusal as refusal:
            return wire.told(refusal)
        if method != "getUpdates":  # its updates were checked when they were made, and may be malformed on purpose
            self.violations += [f"the twin's own {method}: {each}" for each in spec.telegram_answer(method, result)]
        self.changed()
        return web.json_response({"ok": True, "result": result})

    # ---- how updates leave

    async def _get_updates(self, params: Json) -> object:
        if self.webhook_url:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self.allowed = params.get("allowed_updates", self.allowed)
        self.confirm(params.get("offset", 0))
        mine = self._poll = object()  # a newer poll ends this one
        self.changed()
        with contextlib.suppress(TimeoutError):
            await self.until(
                lambda: self.queue or self._poll is not mine or self._ended is mine, within=params.get("timeout", 0)
            )
        if self._poll is not mine:
            raise wire.refusal(409)
        return [update for _, update in self.queue[: params.get("limit", 100)]]

    async def _set_webhook(self, params: Json) -> object:
        if not params["url"].startswith(("https://", "http://127.0.0.1:")):  # the loopback is the twin's own leniency
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        await self._stop_delivering()
        self.webhook_url, self._secret = params["url"], params.get("secret_token", "")
        self.allowed = params.get("allowed_updates", self.allowed)
        self._delivery = asyncio.create_task(self._deliver())
        return True

    async def _delete_webhook(self, params: Json) -> object:
        await self._stop_delivering()
        self.webhook_url = ""
        if params.get("drop_pending_updates"):
            self.queue.clear()
        return True

    async def _get_webhook_info(self, params: Json) -> object:
        return {"url": self.webhook_url, "has_custom_certificate": False, "pending_update_count": len(self.queue)}

    async def _deliver(self) -> None:
        """Bring each update to the webhook, in order, until it answers 200."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as session:
            while True:
                await self.until(lambda: self.queue, within=86_400)
                status = await self._bring(session, self.queue[0][1])
                if status == 200:
                    self.queue.pop(0)
                self.webhook_answers.append(status)
                self.changed()
                if status != 200:
                    await asyncio.sleep(0.02)  # Telegram waits longer

    async def _bring(self, session: aiohttp.ClientSession, update: object) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret}
        try:
            async with session.post(self.webhook_url, json=update, headers=headers) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    async def _stop_delivering(self) -> None:
        if self._delivery:
            self._delivery.cancel()
            await asyncio.gather(self._delivery, return_exceptions=True)
            self._delivery = None

    # ---- what the bot does

    async def _get_me(self, params: Json) -> object:
        abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
        return {**self.bot, **dict.fromkeys(abilities, False)}

    async def _send_message(self, params: Json) -> object:
        chat = self._chat(params)
        self._count(chat)
        bubble = Bubble(0, chat, None, "", thread=params.get("message_thread_id"))
        self._fill(bubble, params)
        if bubble.thread is not None and bubble.thread not in chat.topics:
            raise Refusal(400, "Bad Request: message thread not found")
        bubble.reply_to = self._replied(chat, params.get("reply_parameters"))
        bubble.id = self.new_id()
        bubble.history.clear()
        return self.json(self.add(bubble))

    async def _send_poll(self, params: Json) -> object:
        """https://core.telegram.org/bots/api#sendpoll: a question of 300 characters, 2 to 12 options of 100."""
        chat = self._chat(params)
        self._count(chat)
        options = [option["text"] for option in params["options"]]
        if not 1 <= len(params["question"]) <= 300:
            raise Refusal(400, "Bad Request: poll question length must not exceed 300")
        if not 2 <= len(options) <= 12 or any(not 1 <= len(option) <= 100 for option in options):
            raise Refusal(400, "Bad Request: poll must have at least 2 option, each of at most 100 characters")
        bubble = Bubble(self.new_id(), chat, None, "", thread=params.get("message_thread_id"))
        bubble.reply_to = self._replied(chat, params.get("reply_parameters"))
        bubble.poll = (params["question"], options)
        return self.json(self.add(bubble))

    async def _send_document(self, params: Json) -> object:
        """https://core.telegram.org/bots/api#senddocument"""
        chat = self._chat(params)
        self._count(chat)
        if not params["document"]["text"]:
            raise Refusal(400, "Bad Request: file must be non-empty")
        bubble = Bubble(self.new_id(), chat, None, params.get("caption", ""), thread=params.get("message_thread_id"))
        bubble.reply_to = self._replied(chat, params.get("reply_parameters"))
        bubble.file = (params["document"]["name"], params["document"]["text"])
        return self.json(self.add(bubble))

    async def _edit_message_text(self, params: Json) -> object:
        chat = self._chat(params)
        self._count(chat)
        bubble = self._bubble(chat, params, "edit")
        if not bubble.mine:
            raise Refusal(400, "Bad Request: message can't be edited")
        before = (bubble.text, bubble.entities, bubble.buttons)
        self._fill(bubble, params)
        if (bubble.text, bubble.entities, bubble.buttons) == before:
            bubble.history.pop()
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        bubble.edits += 1
        return {**self.json(bubble), "edit_date": int(self._wall())}

    async def _delete_message(self, params: Json) -> object:
        chat = self._chat(params)
        self._count(chat)
        bubble = self._bubble(chat, params, "delete")
        if not bubble.mine:
            raise Refusal(400, "Bad Request: message can't be deleted")
        bubble.is_gone = True
        return True

    async def _send_chat_action(self, params: Json) -> object:
        chat = self._chat(params)
        self._count(chat)
        self.typings.append((chat.id, params.get("message_thread_id")))
        return True

    async def _answer_callback_query(self, params: Json) -> object:
        if params["callback_query_id"] not in self.spinning:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.spinning.remove(params["callback_query_id"])
        return True

    async def _set_my_commands(self, params: Json) -> object:
        for command in params["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        scope = params.get("scope", {"type": "default"})["type"]
        self.menus[scope, params.get("language_code", "")] = params["commands"]
        return True

    # ---- what it may do

    def _chat(self, params: Json) -> Chat:
        chat = self.chats.get(int(params["chat_id"]))
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.moved_to is not None:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, said, migrate_to_chat_id=chat.moved_to)
        if chat.is_kicked:
            raise Refusal(403, f"Forbidden: bot was kicked from the {chat.kind} chat")
        if chat.kind == "private" and chat.people[0].has_blocked:
            raise wire.refusal(403)
        return chat

    def _bubble(self, chat: Chat, params: Json, purpose: str) -> Bubble:
        bubble = self.bubbles.get(params["message_id"])
        if bubble is None or bubble.is_gone or bubble.chat is not chat:
            raise Refusal(400, f"Bad Request: message to {purpose} not found")
        return bubble

    def _replied(self, chat: Chat, reply: Json | None) -> int | None:
        if reply is None:
            return None
        bubble = self.bubbles.get(reply["message_id"])
        if bubble is not None and not bubble.is_gone and bubble.chat is chat:
            return bubble.id
        if reply.get("allow_sending_without_reply"):
            return None
        raise Refusal(400, "Bad Request: message to be replied not found")

    def _fill(self, bubble: Bubble, params: Json) -> None:
        """Let a message say what the parameters say; without a keyboard in them it has none."""
        text, entities = accepted(params["text"], params.get("entities", []))
        rows = params.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [(button["text"], button["callback_data"]) for row in rows for button in row]
        if any(not 1 <= len(data.encode()) <= 64 for _, data in buttons):
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        self.violations += crossing(entities)
        bubble.buttons = buttons
        bubble.show(text, entities)

    def _count(self, chat: Chat) -> None:
        """https://core.telegram.org/bots/faq: 30 a second in all, 20 a minute into one group."""
        now = self._clock()
        while self._recent and self._recent[0][0] <= now - 60:
            self._recent.popleft()
        self._recent.append((now, chat.id))
        here = sum(1 for _, where in self._recent if where == chat.id)
        if chat.kind != "private" and here > 20:
            self._too_fast(f"{here} calls into group {chat.id} in a minute", 30)
        in_all = sum(1 for at, _ in self._recent if at > now - 1)
        if in_all > 30:
            self._too_fast(f"{in_all} calls in a second", 1)

    def _too_fast(self, what: str, retry_after: int) -> None:
        self.violations.append(what)
        if self._refuses_haste:
            raise Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
