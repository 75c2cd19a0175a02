"""The OpenAI chat-completions protocol as values: what may be asked, and how answers and errors look."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.messages import Message, Role, Sampling

DONE = "data: [DONE]\n\n"
KEEP_ALIVE = ": working\n\n"

# What changes an answer and isn't done here is refused, not ignored; these values change nothing.
_WITHOUT_EFFECT: dict[str, tuple[Any, ...]] = {
    "n": (None, 1),
    "stop": (None, "", []),
    "tools": (None, []),
    "functions": (None, []),
    "logprobs": (None, False),
    "presence_penalty": (None, 0),
    "frequency_penalty": (None, 0),
    "logit_bias": (None, {}),
    "response_format": (None, {"type": "text"}),
}


class Refusal(Exception):
    """A request that is answered with an error: HTTP status and the fields of the protocol's error object."""

    def __init__(self, status: int, message: str, code: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        return {"error": {"message": self.message, "type": self._type(), "param": self.param, "code": self.code}}

    def _type(self) -> str:
        match self.status:
            case 429:
                return "rate_limit_error"
            case 401:
                return "authentication_error"
            case status if status < 500:
                return "invalid_request_error"
            case _:
                return "server_error"


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)

    type: Literal["text"]
    text: str


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True)

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[_Part]

    def message(self) -> Message:
        role: Role = "system" if self.role == "developer" else self.role
        text = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)
        return Message(role, text)


class _StreamOptions(BaseModel):
    model_config = ConfigDict(strict=True)

    include_usage: bool = False


Real = Annotated[float, Field(allow_inf_nan=False)]


class Ask(BaseModel):
    """A request's body. Fields that the protocol has and that change nothing here (user, metadata, …) may be there."""

    model_config = ConfigDict(strict=True)

    model: str = ""
    messages: Annotated[list[_Entry], Field(min_length=1)]
    stream: bool | None = False
    stream_options: _StreamOptions | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[Real, Field(ge=0, le=2)] | None = None
    top_p: Annotated[Real, Field(ge=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=-1, lt=1 << 31)] | None = None
    repetition_penalty: Annotated[Real, Field(gt=0, le=10)] | None = None
    seed: Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)] | None = None

    @property
    def prompt(self) -> tuple[Message, ...]:
        return tuple(entry.message() for entry in self.messages)

    @property
    def sampling(self) -> Sampling:
        return Sampling(
            max_tokens=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=0 if self.top_k == -1 else self.top_k,  # vLLM's way of switching it off
            repetition_penalty=self.repetition_penalty,
            seed=self.seed,
        )

    @property
    def wants_usage(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)


def read(body: bytes) -> Ask:
    """The request in a body. Raises Refusal, whose text repeats nothing of what the body says."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "the body is not JSON", "invalid_json") from None
    if not isinstance(content, dict):
        raise Refusal(400, "the body must be a JSON object", "invalid_json")
    for name, harmless in _WITHOUT_EFFECT.items():
        if content.get(name) not in harmless:
            raise Refusal(400, f"{name} is not supported here", "unsupported_parameter", name)
    try:
        return Ask.model_validate(content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
        param = ".".join(str(step) for step in fault["loc"])
        raise Refusal(400, f"{param}: {fault['msg']}", "invalid_value", param) from None


def event(content: dict[str, Any]) -> str:
    """One server-sent event."""
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a prompt and of its answer."""

    prompt: int
    answer: int

    def body(self) -> dict[str, int]:
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.answer,
            "total_tokens": self.prompt + self.answer,
        }


@dataclass(frozen=True, slots=True)
class Form:
    """How one answer is written down. `kept`: how many of the prompt's messages the model's window took."""

    model: str
    kept: int
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def opening(self) -> dict[str, Any]:
        return self._chunk({"role": "assistant", "content": ""})

    def piece(self, text: str) -> dict[str, Any]:
        return self._chunk({"content": text})

    def last(self, finish: str) -> dict[str, Any]:
        """The chunk that ends the answer, with our one addition to the protocol."""
        return {**self._chunk({}, finish), "irang": {"kept": self.kept}}

    def usage(self, usage: Usage) -> dict[str, Any]:
        return {**self._head("chat.completion.chunk"), "choices": [], "usage": usage.body()}

    def whole(self, text: str, finish: str, usage: Usage) -> dict[str, Any]:
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        head = self._head("chat.completion")
        return {**head, "choices": [choice], "usage": usage.body(), "irang": {"kept": self.kept}}

    def _chunk(self, delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}
