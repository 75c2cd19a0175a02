"""The twin's REST side: what the bot may ask for, and how Discord refuses the rest."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from aiohttp import web

from tests.twins.discord import check, wire
from tests.twins.discord.people import Interaction, People, command_post
from tests.twins.discord.world import (
    LOADING,
    REPLY,
    Channel,
    Json,
    Post,
    Refusal,
    checked_choices,
    checked_components,
    checked_content,
    checked_poll,
    malformed,
)
from tests.twins.faults import Faults, cut, linger

NOTHING = object()  # 204
_FILES = web.RequestKey("files", list[tuple[str, str]])
_NONCE_HOLDS = 300.0  # seconds
_BURST, _WINDOW = 5, 5.0  # messages into a channel, and the seconds it takes them to be forgotten


class Call(NamedTuple):
    """A request that the bot made, by the operationId of Discord's OpenAPI document."""

    operation: str
    body: Any
    path: Mapping[str, str]


class Rest:
    """Serves /api/v10. `calls`: everything the bot asked; `typings`: the channels it typed in; `commands`: its menu."""

    def __init__(self, people: People, token: str, *, refuses_haste: bool) -> None:
        self.people = people
        self.faults = Faults()
        self.calls: list[Call] = []
        self.typings: list[str] = []
        self.commands: list[Json] = []
        self.history_knows_nonces = False
        self._token = token
        self._refuses_haste = refuses_haste
        self._nonces: dict[str, tuple[float, Post]] = {}
        self._recent: defaultdict[str, deque[float]] = defaultdict(deque)

    def forget_nonces(self) -> None:
        """A few minutes pass."""
        self._nonces.clear()

    def routes(self) -> list[web.RouteDef]:
        messages, hook = "/channels/{channel}/messages", "/webhooks/{application}/{token}"
        table: list[tuple[str, str, str, Callable[[web.Request, Any], Awaitable[object]]]] = [
            ("GET", "/users/@me", "get_my_user", self._me),
            ("GET", "/oauth2/applications/@me", "get_my_oauth2_application", self._application),
            ("GET", "/gateway/bot", "get_bot_gateway", self._gateway),
            ("GET", "/channels/{channel}", "get_channel", self._get_channel),
            ("GET", messages, "list_messages", self._history),
            ("POST", messages, "create_message", self._create),
            ("GET", messages + "/{message}", "get_message", self._get_message),
            ("PATCH", messages + "/{message}", "update_message", self._edit),
            ("DELETE", messages + "/{message}", "delete_message", self._delete),
            ("POST", "/channels/{channel}/typing", "trigger_typing_indicator", self._typing),
            ("PUT", "/applications/{application}/commands", "bulk_set_application_commands", self._set_commands),
            ("POST", "/interactions/{id}/{token}/callback", "create_interaction_response", self._callback),
            ("GET", hook + "/messages/@original", "get_original_webhook_message", self._hook_get),
            ("PATCH", hook + "/messages/@original", "update_original_webhook_message", self._hook_edit),
            ("DELETE", hook + "/messages/@original", "delete_original_webhook_message", self._hook_delete),
            ("POST", hook, "execute_webhook", self._follow_up),
            ("PATCH", hook + "/messages/{message}", "update_webhook_message", self._hook_edit),
            ("DELETE", hook + "/messages/{message}", "delete_webhook_message", self._hook_delete),
        ]
        return [web.route(verb, "/api/v10" + path, self._served(name, does)) for verb, path, name, does in table]

    # ---- round every call --------------------------------------------------------------------------

    def _served(
        self, operation: str, does: Callable[[web.Request, Any], Awaitable[object]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            body, request[_FILES] = await wire.read(request)
            self.calls.append(Call(operation, body, dict(request.match_info)))
            self.people.changed()
            self.people.violations += check.request_faults(operation, body)
            self.people.violations += wire.pings(operation, body)
            fault = self.faults.next(operation)
            await linger(fault)
            if fault.cut == "before":
                return cut(request)
            if fault.status:
                return wire.faulty(fault)
            response = await self._answer(operation, does, request, body)
            self.people.changed()
            return cut(request) if fault.cut == "after" else response

        return serve

    async def _answer(self, operation: str, does: Any, request: web.Request, body: Any) -> web.Response:
        signed = request.headers.get("Authorization") == f"Bot {self._token}"
        wait = self._haste(operation, request.match_info.get("channel", ""))
        headers = self._limits(operation, request)
        if wait:
            return wire.throttled(wait, headers)
        try:
            if not signed and operation != "create_interaction_response" and "webhook" not in operation:
                raise Refusal(401, 0, "401: Unauthorized")
            result = await does(request, body)
        except Refusal as refusal:
            return self._json(operation, refusal.json, refusal.status, headers)
        return (
            web.Response(status=204, headers=headers)
            if result is NOTHING
            else self._json(operation, result, 200, headers)
        )

    def _json(self, operation: str, body: object, status: int, headers: Mapping[str, str]) -> web.Response:
        # The document says that a field's error has a number; Discord sends names: "BASE_TYPE_MAX_LENGTH"
        described = {key: value for key, value in body.items() if key != "errors"} if isinstance(body, dict) else body
        faults = check.answer_faults(operation, status, described)
        self.people.violations += [f"the twin's own {each}" for each in faults]
        return wire.as_json(body, status, headers)

    def _haste(self, operation: str, channel: str) -> float:
        """Seconds to wait for a channel that was written to too often."""
        if not self._refuses_haste or operation not in ("create_message", "update_message"):
            return 0.0
        recent, now = self._recent[channel], time.monotonic()
        while recent and recent[0] < now - _WINDOW:
            recent.popleft()
        if len(recent) >= _BURST:
            self.people.violations.append(f"{operation}: more than {_BURST} in {_WINDOW:g} s in channel {channel}")
            return recent[0] + _WINDOW - now
        recent.append(now)
        return 0.0

    def _limits(self, operation: str, request: web.Request) -> dict[str, str]:
        recent = self._recent.get(request.match_info.get("channel", ""))
        limit = _BURST if recent else 50
        left = _BURST - len(recent) if recent else 49
        after = max(recent[0] + _WINDOW - time.monotonic(), 0.0) if recent else 1.0
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": f"bucket-{operation}",
        }

    # ---- about the bot -----------------------------------------------------------------------------

    async def _me(self, request: web.Request, body: Any) -> Json:
        return self.people.me.json() | {"mfa_enabled": False, "locale": "ko", "verified": True, "email": None}

    async def _application(self, request: web.Request, body: Any) -> Json:
        return {
            "id": self.people.application,
            "name": "이랑",
            "icon": None,
            "description": "",
            "type": None,
            "verify_key": "0" * 64,
            "flags": 0,
            "flags_new": "0",
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": self.people.me.json(),
            "approximate_guild_count": 1,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": [],
            "bot_public": False,
            "bot_require_code_grant": False,
        }

    async def _gateway(self, request: web.Request, body: Any) -> Json:
        limit = {"total": 1000, "remaining": self.people.gateway.remaining, "reset_after": 1000, "max_concurrency": 1}
        return {"url": f"ws://{request.host}/gateway", "shards": 1, "session_start_limit": limit}

    async def _set_commands(self, request: web.Request, body: Any) -> list[Json]:
        names = [name for each in body for name in (each["name"], *(each.get("name_localizations") or {}).values())]
        if len(set(names)) < len(names) and len({each["name"] for each in body}) < len(body):
            raise malformed("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        if any(name != name.lower() or " " in name for name in names):
            raise malformed("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        self.commands = body
        extra = {"application_id": self.people.application, "version": "1", "default_member_permissions": None}
        shared = ("type", "name", "description", "contexts", "integration_types", "options")
        return [
            {key: each[key] for key in shared if key in each} | extra | {"id": self.people.new_id()} for each in body
        ]

    # ---- channels and messages ---------------------------------------------------------------------

    def _channel(self, request: web.Request) -> Channel:
        channel = self.people.channels.get(request.match_info["channel"])
        if channel is None:
            raise Refusal(404, 10003, "Unknown Channel")
        if not channel.open:
            raise Refusal(403, 50001, "Missing Access")
        return channel

    def _message(self, request: web.Request, *, ours: int = 0) -> Post:
        """A message that is there; `ours`: the code to refuse others' with."""
        posts = self.people.messages(self._channel(request))
        post = next((post for post in posts if post.id == request.match_info["message"]), None)
        if post is None:
            raise Refusal(404, 10008, "Unknown Message")
        if ours and post.author is not self.people.me:
            raise Refusal(403, ours, "Cannot edit a message authored by another user")
        return post

    def _shown(self, post: Post) -> Json:
        return post.json(hides=self.people.hidden(post) and not self.people.gateway.content_allowed)

    async def _get_channel(self, request: web.Request, body: Any) -> Json:
        channel = self._channel(request)
        return channel.json(self.people.messages(channel))

    async def _get_message(self, request: web.Request, body: Any) -> Json:
        return self._shown(self._message(request))

    async def _history(self, request: web.Request, body: Any) -> list[Json]:
        channel = self._channel(request)
        if not channel.history_allowed:
            return []
        posts = self.people.messages(channel)
        limit = int(request.query.get("limit", 50))
        if "after" in request.query:
            chosen = [post for post in posts if int(post.id) > int(request.query["after"])][:limit]
        else:
            before = int(request.query.get("before", 1 << 63))
            chosen = [post for post in posts if int(post.id) < before][-limit:]
        nonces = self.history_knows_nonces
        return [self._shown(p) | ({"nonce": p.nonce} if nonces and p.nonce else {}) for p in reversed(chosen)]

    async def _create(self, request: web.Request, body: Any) -> Json:
        channel, people = self._channel(request), self.people
        poll = checked_poll(body)
        content, components = checked_content(body, needed=poll is None), checked_components(body)
        nonce = body.get("nonce")
        if nonce and len(str(nonce)) > 25:
            raise malformed("nonce", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        if nonce and body.get("enforce_nonce") and (known := self._nonces.get(nonce)):
            at, post = known
            if people.clock() - at < _NONCE_HOLDS:  # nobody says that it minds whether that message is still there
                return post.json() | {"nonce": nonce}
        post = Post(people.new_id(), channel, people.me, content, people.clock(), nonce=nonce, history=[content])
        post.components, post.flags, post.poll = components, body.get("flags") or 0, poll
        post.files = request[_FILES]
        if reference := body.get("message_reference"):
            quoted = next((p for p in people.messages(channel) if p.id == reference["message_id"]), None)
            if not channel.history_allowed:
                raise Refusal(400, 160002, "You cannot reply without permission to read message history")
            if quoted is None and reference.get("fail_if_not_exists", True):
                raise malformed("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
            post.type, post.reply_to = (REPLY, quoted) if quoted else (post.type, None)
        if nonce:
            self._nonces[nonce] = (people.clock(), post)
        people.post(post)
        return post.json() | ({"nonce": nonce} if nonce else {})

    async def _edit(self, request: web.Request, body: Any) -> Json:
        return self._change(self._message(request, ours=50005), body)

    def _change(self, post: Post, body: Any) -> Json:
        if "poll" in body:  # only where the place of a deferred answer is filled
            if not post.flags & LOADING:
                raise malformed("poll", "POLL_CANNOT_BE_EDITED", "Polls can't be edited.")
            post.flags &= ~LOADING
            post.poll, post.history = checked_poll(body), [""]
        if "content" in body:
            content = checked_content(body, needed=True)
            if post.flags & LOADING:
                post.flags &= ~LOADING
                post.content, post.history = content, [content]
            else:
                post.edit(content, self.people.clock())
        if "components" in body:
            post.components = checked_components(body)
        self.people.updated(post)
        return post.json()

    async def _delete(self, request: web.Request, body: Any) -> object:
        self.people.delete(self._message(request, ours=50013))
        return NOTHING

    async def _typing(self, request: web.Request, body: Any) -> object:
        self.typings.append(self._channel(request).id)
        return NOTHING

    # ---- interactions ------------------------------------------------------------------------------

    async def _callback(self, request: web.Request, body: Any) -> object:
        interaction = self.people.interactions.get(request.match_info["token"])
        if interaction is None or interaction.id != request.match_info["id"] or self.people.expired(interaction):
            raise Refusal(404, 10062, "Unknown interaction")
        if interaction.acknowledged is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        allowed = {2: (4, 5), 3: (4, 5, 6, 7), 4: (8,)}[interaction.type]
        if body["type"] not in allowed:
            raise malformed("type", "BASE_TYPE_CHOICES", f"Value must be one of {allowed}.")
        interaction.acknowledged = body["type"]
        interaction.acknowledged_after = self.people.clock() - interaction.at
        if body["type"] == 5:
            interaction.post = command_post(self.people, interaction, LOADING)
        elif body["type"] == 4:
            interaction.post = command_post(self.people, interaction, 0, checked_content(body["data"], needed=True))
        elif body["type"] == 8:
            interaction.choices = checked_choices(body["data"])
        return NOTHING

    def _hooked(self, request: web.Request) -> Post:
        interaction: Interaction | None = self.people.interactions.get(request.match_info["token"])
        if interaction is None or interaction.acknowledged is None:
            raise Refusal(404, 10015, "Unknown Webhook")
        if self.people.expired(interaction):
            raise Refusal(401, 50027, "Invalid Webhook Token")
        asked = request.match_info.get("message", "@original")
        reach = interaction.followups + ([interaction.post] if interaction.post else [])
        post = interaction.post if asked == "@original" else next((post for post in reach if post.id == asked), None)
        if post is None or post.deleted:
            raise Refusal(404, 10008, "Unknown Message")
        return post

    async def _follow_up(self, request: web.Request, body: Any) -> Json:
        self._hooked(request)
        interaction = self.people.interactions[request.match_info["token"]]
        post = command_post(self.people, interaction, 0, checked_content(body, needed=True))
        interaction.followups.append(post)
        return post.json()

    async def _hook_get(self, request: web.Request, body: Any) -> Json:
        return self._hooked(request).json()

    async def _hook_edit(self, request: web.Request, body: Any) -> Json:
        return self._change(self._hooked(request), body)

    async def _hook_delete(self, request: web.Request, body: Any) -> object:
        self.people.delete(self._hooked(request))
        return NOTHING
