"""Chat messages to token ids: by the model's own template, within its window, and no words become control tokens."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from jinja2 import TemplateError
from transformers import AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from bot.messages import Message, Role
from model import folder as folders
from model.controls import Controls, Span


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt as ids. `kept`: how many of the newest messages went in, the question counted, the system not."""

    ids: tuple[int, ...]
    kept: int


class Example(NamedTuple):
    """A dialogue to learn from. `reply` marks the tokens of the bot's answers and the stop token behind each."""

    ids: tuple[int, ...]
    reply: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Turn:
    """What was said and, unless it is the question, what was answered. `count`: the messages it was made of."""

    said: str
    answered: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class _Words:
    """Text that is encoded with no control token possible. `reply`: the bot's own words."""

    text: str
    reply: bool = False


@dataclass(frozen=True, slots=True)
class _Control:
    """One of the template's control tokens."""

    id: int


_Part = _Words | _Control

_KOGPT2 = (
    "{% for message in messages %}"
    "{% if message.role == 'assistant' %}<sys>{{ message.content }}{{ eos_token }}"
    "{% elif message.role == 'user' %}<usr>{{ message.content }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<sys>{% endif %}"
)
_FIRST_PLACE = 0xF0000  # private-use plane 15: no template trims, changes or writes these by itself
_PLACE = re.compile("([\U000f0000-\U000ffffd])")


class Renderer:
    """Renders prompts for one tokenizer and reads its ids back.

    The template is rendered with placeholders instead of contents, so that a content can't steer it, and is then put
    together from ids: its control tokens are looked up, everything else is spelled without them (model/controls.py).
    """

    stop_ids: frozenset[int]

    def __init__(self, tokenizer: PreTrainedTokenizerBase, stop_ids: Iterable[int] = ()) -> None:
        """Raises ValueError when the tokenizer has no chat template or isn't of the tokenizers library."""
        if not isinstance(tokenizer, PreTrainedTokenizerFast):
            raise ValueError("the model folder needs a tokenizer.json")
        if not tokenizer.chat_template and not _like_kogpt2(tokenizer):
            raise ValueError("the model folder's tokenizer has no chat template")
        self._tokenizer = tokenizer
        self._controls = Controls(tokenizer)
        self._system = self._system_habit()
        self.stop_ids = frozenset(stop_ids) | self._own_stops()
        self._spoken = {id: text for id, text in self._controls.spoken.items() if id not in self.stop_ids}
        self._mute = self._controls.ids - self._spoken.keys()

    @classmethod
    def load(cls, folder: Path) -> Renderer:
        """Read a model folder's tokenizer and stop tokens; nothing is fetched and no code of the folder is run."""
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        return cls(tokenizer, _configured_stops(folder / "generation_config.json"))

    @property
    def control_ids(self) -> frozenset[int]:
        """The ids that only the template and the model may write."""
        return self._controls.ids

    @property
    def pad_id(self) -> int:
        """What fills a batch: the tokenizer's padding, or else a stop token."""
        pad = self._tokenizer.pad_token_id
        return pad if isinstance(pad, int) else min(self.stop_ids)

    def render(self, messages: Sequence[Message], room: int) -> Rendered:
        """The prompt that asks for the bot's next answer, in at most `room` tokens.

        The newest messages are kept, by whole turns; system prompt and question always stay. A question that alone is
        too long loses its start. Raises ValueError when the last message is not a user's, or when `room` is too small
        for the template alone.
        """
        system, turns = _talk(messages)
        if not turns or turns[-1].answered is not None:
            raise ValueError("the last message must be the user's")
        turns = self._likely(turns, room)
        ids = self._prompt(system, turns)
        if len(ids) > room:
            lengths = range(1, len(turns))
            count = bisect_right(lengths, room, key=lambda count: len(self._prompt(system, turns[-count:])))
            turns = turns[-max(count, 1) :]
            ids = self._prompt(system, turns) if count else self._squeezed(system, turns[-1], room)
        return Rendered(ids, sum(turn.count for turn in turns))

    def example(self, messages: Sequence[Message]) -> Example:
        """A whole dialogue with the bot's answers marked. No opening control token and no padding is ever marked."""
        system, turns = _talk(messages)
        ids: list[int] = []
        marks: list[bool] = []
        after_reply = False
        for part in self._parts(system, turns, asking=False):
            new = self._part_ids(part)
            reply = part.reply if isinstance(part, _Words) else after_reply and part.id in self.stop_ids
            ids.extend(new)
            marks.extend([reply] * len(new))
            after_reply = isinstance(part, _Words) and part.reply
        return Example(tuple(ids), tuple(marks))

    def encode(self, text: str) -> list[int]:
        """Text as ids, none of which is a control id, whatever the text is. Lone surrogates become U+FFFD."""
        return [id for id, _, _ in self._controls.spans(_clean(text))]

    def decode(self, ids: Sequence[int]) -> str:
        """The text that was written; template tokens say nothing. U+FFFD at the end may be an unfinished character.

        An added token that stands for text ("<think>") is text, so that a reasoning block can be found and cut.
        """
        texts: list[str] = []
        for spoken, group in groupby((id for id in ids if id not in self._mute), key=self._spoken.get):
            stretch = list(group)
            texts.append(spoken * len(stretch) if spoken else self._controls.plainly(stretch))
        return "".join(texts)

    def settled(self, ids: Sequence[int]) -> str:
        """`decode` less an unfinished character at its end: what can be shown while more ids are to come."""
        return self.decode(ids).rstrip("\ufffd")

    # ---- the template ----------------------------------------------------------------------------

    def _prompt(self, system: str, turns: Sequence[_Turn]) -> tuple[int, ...]:
        return tuple(id for part in self._parts(system, turns, asking=True) for id in self._part_ids(part))

    def _part_ids(self, part: _Part) -> list[int]:
        match part:
            case _Control(id):
                return [id]
            case _Words(text):
                return [id for id, _, _ in self._controls.spans(text)]

    def _parts(self, system: str, turns: Sequence[_Turn], *, asking: bool) -> list[_Part]:
        """Template and contents in a row; neighbouring words are one part, as the tokenizer itself would see them."""
        contents = list(self._contents(system, turns))
        places = [(role, chr(_FIRST_PLACE + number)) for number, (role, _) in enumerate(contents)]
        parts: list[_Part] = []
        for piece in _PLACE.split(self._template(places, asking=asking)):
            if not _PLACE.fullmatch(piece):
                parts.extend(
                    _Control(one) if isinstance(one, int) else _Words(one) for one in self._controls.cut(piece)
                )
                continue
            role, text = contents[ord(piece) - _FIRST_PLACE]
            parts.append(_Words(text, reply=role == "assistant"))
        return list(_joined(parts))

    def _contents(self, system: str, turns: Sequence[_Turn]) -> Iterator[tuple[Role, str]]:
        if system and self._system == "role":
            yield "system", system
        for number, turn in enumerate(turns):
            first = number == 0 and system and self._system == "first message"
            yield "user", f"{system}\n\n{turn.said}" if first else turn.said
            if turn.answered is not None:
                yield "assistant", turn.answered

    def _template(self, places: Sequence[tuple[Role, str]], *, asking: bool) -> str:
        conversation = [{"role": role, "content": place} for role, place in places]
        return str(
            self._tokenizer.apply_chat_template(conversation, tokenize=False, add_generation_prompt=asking),
        )

    def _system_habit(self) -> str:
        """What the template does with a system message: a role of its own, refused, or left out."""
        system, user = chr(_FIRST_PLACE), chr(_FIRST_PLACE + 1)
        try:
            text = self._template([("system", system), ("user", user)], asking=True)
        except TemplateError:
            return "first message"
        return "role" if system in text else "none"

    def _own_stops(self) -> frozenset[int]:
        """The tokenizer's end token, and the control token with which the template closes an answer."""
        parts = self._parts("", [_Turn("", "·", 2)], asking=False)
        after = parts[parts.index(_Words("·", reply=True)) + 1 :][:1]
        closing = {part.id for part in after if isinstance(part, _Control)}
        eos = self._tokenizer.eos_token_id
        return frozenset(closing | ({eos} if isinstance(eos, int) else set()))

    # ---- the window ------------------------------------------------------------------------------

    def _likely(self, turns: list[_Turn], room: int) -> list[_Turn]:
        """The newest turns whose words alone fit; the last one in any case. Spares rendering a long history often."""
        for number, turn in enumerate(reversed(turns)):
            room -= len(self.encode(turn.said)) + len(self.encode(turn.answered or ""))
            if room < 0:
                return turns[len(turns) - max(number, 1) :]
        return turns

    def _squeezed(self, system: str, question: _Turn, room: int) -> tuple[int, ...]:
        """System prompt and the question's end; a system prompt that would take more than half loses its own end."""
        bare = len(self._prompt("", [_Turn("")]))
        if bare > room:
            raise ValueError(f"the template alone takes {bare} tokens, and there is room for {room}")
        asks, instructs = self._controls.spans(question.said), self._controls.spans(system)
        share = room - bare
        while share >= 0:
            asked = min(len(asks), max(share // 2, share - len(instructs)))
            said = question.said[_end(asks, asked) :]
            ids = self._prompt(system[: _start(instructs, share - asked)], [replace(question, said=said)])
            if len(ids) <= room:
                return ids
            share -= len(ids) - room
        return self._prompt("", [_Turn("")])


def _talk(messages: Sequence[Message]) -> tuple[str, list[_Turn]]:
    """System text and turns. Neighbours of one role are joined, since many templates insist that roles alternate.

    An answer before the first question has nothing that it answers, and is left out.
    """
    system = "\n\n".join(_clean(message.content).strip() for message in messages if message.role == "system")
    turns: list[_Turn] = []
    for message in messages:
        text = _clean(message.content).strip()
        last = turns[-1] if turns else None
        match message.role:
            case "user" if last is None or last.answered is not None:
                turns.append(_Turn(text))
            case "user" if last is not None:
                turns[-1] = replace(last, said=f"{last.said}\n{text}", count=last.count + 1)
            case "assistant" if last is not None:
                answered = text if last.answered is None else f"{last.answered}\n{text}"
                turns[-1] = replace(last, answered=answered, count=last.count + 1)
    return system, turns


def _start(spans: Sequence[Span], count: int) -> int | None:
    """Where the first `count` tokens of a text end; None: where the text ends."""
    return spans[count][1] if count < len(spans) else None


def _end(spans: Sequence[Span], count: int) -> int | None:
    """Where the last `count` tokens of a text begin; None: where the text begins."""
    if count >= len(spans):
        return None
    return spans[-count][1] if count else spans[-1][2]


def _clean(text: str) -> str:
    """NFC, and UTF-8 can carry it: surrogate pairs become their character, lone surrogates U+FFFD."""
    return unicodedata.normalize("NFC", text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _joined(parts: Iterable[_Part]) -> Iterator[_Part]:
    """Neighbouring words as one, so that they are encoded as a whole; the bot's own words stay apart, since it
    writes them from a fresh start."""
    waiting = ""
    for part in parts:
        if isinstance(part, _Words) and not part.reply:
            waiting += part.text
            continue
        if waiting:
            yield _Words(waiting)
            waiting = ""
        yield part
    if waiting:
        yield _Words(waiting)


def _like_kogpt2(tokenizer: PreTrainedTokenizerFast) -> bool:
    """Whether it has the first Korean bots' tokens of turns; if so it gets their template."""
    vocabulary = tokenizer.get_vocab()
    if "<usr>" not in vocabulary or "<sys>" not in vocabulary or not tokenizer.eos_token:
        return False
    # As special tokens they become control ids, which nobody's words can be.
    tokenizer.add_special_tokens({"additional_special_tokens": ["<usr>", "<sys>"]})
    tokenizer.chat_template = _KOGPT2
    return True


def _configured_stops(file: Path) -> frozenset[int]:
    """The `eos_token_id` of a generation_config.json, one or several; none without that file."""
    if not file.exists():
        return frozenset()
    stops = folders.read(file).get("eos_token_id")
    several = stops if isinstance(stops, list) else [] if stops is None else [stops]
    if not all(type(stop) is int for stop in several):
        raise folders.FolderError(f"{file}: eos_token_id: a token's number is expected, or a list of such")
    return frozenset(several)
