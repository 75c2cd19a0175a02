"""The OpenAI chat-completions protocol as values: what may be asked, and how answers and errors look."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.messages import Message, Role, Sampling

DONE = "data: [DONE]\n\n"
KEEP_ALIVE = ": working\n\n"
NO_LOOKUP = {"x-irang-lookup": "no"}  # a header, since servers of others refuse fields that they don't know

# What changes an answer and isn't done here is refused, not ignored; these values change nothing.
_WITHOUT_EFFECT: dict[str, tuple[Any, ...]] = {
    "n": (None, 1),
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


Word = Annotated[str, Field(min_length=1, max_length=200)]


class Ask(BaseModel):
    """What both kinds of request have. Fields of the protocol that change nothing here (user, …) may be there."""

    model_config = ConfigDict(strict=True)

    model: str = ""
    stream: bool | None = False
    stream_options: _StreamOptions | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[Real, Field(ge=0, le=2)] | None = None
    top_p: Annotated[Real, Field(ge=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=-1, lt=1 << 31)] | None = None
    repetition_penalty: Annotated[Real, Field(gt=0, le=10)] | None = None
    seed: Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)] | None = None
    stop: Word | Annotated[list[Word], Field(max_length=16)] | None = None
    # vLLM's additions, by its names or transformers':
    min_tokens: Annotated[int, Field(ge=0)] | None = None
    no_repeat_ngram_size: Annotated[int, Field(ge=0, le=64)] | None = None
    bad_words: Annotated[list[Word], Field(max_length=1000)] | None = None
    num_beams: Annotated[int, Field(ge=1, le=8)] | None = None
    priority: Annotated[int, Field(ge=-(1 << 31), lt=1 << 31)] = 0  # the smallest is written first

    @property
    def sampling(self) -> Sampling:
        return Sampling(
            max_tokens=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=0 if self.top_k == -1 else self.top_k,  # vLLM's way of switching it off
            repetition_penalty=self.repetition_penalty,
            seed=self.seed,
            min_tokens=self.min_tokens,
            no_repeat_ngram_size=self.no_repeat_ngram_size,
            bad_words=tuple(self.bad_words) if self.bad_words else None,
            stop=(self.stop,) if isinstance(self.stop, str) else tuple(self.stop) if self.stop else None,
            num_beams=self.num_beams,
        )

    @property
    def wants_usage(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)


class Chat(Ask):
    """POST /v1/chat/completions."""

    messages: Annotated[list[_Entry], Field(min_length=1)]

    @property
    def prompt(self) -> tuple[Message, ...]:
        return tuple(entry.message() for entry in self.messages)


class Completion(Ask):
    """POST /v1/completions: text to go on from, with no template round it."""

    prompt: Annotated[str, Field(min_length=1)]
    max_tokens: Annotated[int, Field(ge=1)] | None = 16  # the protocol's own default


A = TypeVar("A", bound=Ask)


def read(body: bytes, kind: type[A]) -> A:
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
        return kind.model_validate(content)
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


class Form(Protocol):
    """How one answer is written down, and by which model."""

    @property
    def model(self) -> str: ...

    def opening(self) -> dict[str, Any] | None:
        """The chunk before the first piece, if there is one."""

    def piece(self, text: str) -> dict[str, Any]: ...

    def last(self, finish: str) -> dict[str, Any]:
        """The chunk that ends the answer."""

    def usage(self, usage: Usage) -> dict[str, Any]: ...

    def whole(self, text: str, finish: str, usage: Usage) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class CompletionForm:
    """The answer to a Completion."""

    model: str
    id: str = field(default_factory=lambda: f"cmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def opening(self) -> dict[str, Any] | None:
        return None

    def piece(self, text: str) -> dict[str, Any]:
        return {**self._head(), "choices": [self._choice(text, None)]}

    def last(self, finish: str) -> dict[str, Any]:
        return {**self._head(), "choices": [self._choice("", finish)]}

    def usage(self, usage: Usage) -> dict[str, Any]:
        return {**self._head(), "choices": [], "usage": usage.body()}

    def whole(self, text: str, finish: str, usage: Usage) -> dict[str, Any]:
        return {**self._head(), "choices": [self._choice(text, finish)], "usage": usage.body()}

    def _head(self) -> dict[str, Any]:
        return {"id": self.id, "object": "text_completion", "created": self.created, "model": self.model}

    def _choice(self, text: str, finish: str | None) -> dict[str, Any]:
        return {"index": 0, "text": text, "logprobs": None, "finish_reason": finish}


@dataclass(frozen=True, slots=True)
class ChatForm:
    """The answer to a Chat. `kept`: how many of the prompt's messages the model's window took."""

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
