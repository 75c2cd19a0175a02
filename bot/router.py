"""What a text wants: a command ("/help", "/도움말", or a phrase that says nothing else), or to be talked about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.command import Command
from bot.informal import anywhere
from bot.intents import TALK, Guess, intents
from bot.korean import layout, when
from bot.korean.denying import but_for_the_rest, conceded, waived
from bot.korean.folding import Keyed, clean, keyed, match_key, seen
from bot.messages import Call
from bot.phrase import Accepts, Filled, Phrase, Shelf, Text, phrase, stripped
from bot.slots import TEXT, Kind

_LAUGHTER = re.compile(r"[ㅋㅎㅠㅜㅡ]{2,}|[ㅋㅎㅠㅜ](?=[\s.!?~]|$)")  # and tears: they say nothing
# A language model's work, whatever command its words look like.
_TASK = re.compile(r"번역|영작|(?:구하|푸|만드|하)는\s?(?:법|방법)[을좀\s]*(?:설명|알려|가르)")
_INSTEAD = re.compile(r"(?<!\S)\S+\s*말고\s+(?!다른|딴)")
_HANGUL = re.compile(r"[가-힣]")
_SENTENCES = re.compile(r"[.!?~]+\s+|\n+")
_REASON = re.compile(r".*[가-힣](?:는데|은데|한데|인데|건데|픈데|쁜데|니까|으니|해서|라서|어서|아서)[\s,]+(?=\S)")
_REASON_BEHIND = re.compile(
    r"(.*[야요까지줘냐니죠임])[,.?!]*\s+\S.{2,24}(?:라서|이라|거든|거든요|어서|아서|해서|려고|려고요|려구|는데|니까)"
)
_ASKS = re.compile(r"(?:[줘봐라니냐야까래]|세요|[가나아어해]요|[인는]가)[?!.~ㅋㅎㅠㅜ]*$")
_FEW = 80  # letters of a text whose last words may be a request of their own
_FEW_WORDS = 120  # letters of a text that may look like a request
_SURELY = 0.95  # so likely something else, it is not what a phrase says
_AGREES = 0.5  # so likely a command, a phrase of it may be the text's first or last words
_MOST_ASIDE = 6  # words beside them
_LONGEST = 400  # letters of a text that may still be a request; whoever writes more, talks


_Known = dict[tuple[Callable[[str], bool], str], bool]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text is understood.

    `call`: the command that it is; None: it is talk. `repaired`: what it says on the other keyboard layout, "" when it
    was typed on the right one. `offered`: that reading is only a guess, which the person should confirm. `likely`: no
    phrase says so, but it looks like such a request.
    """

    call: Call | None = None
    repaired: str = ""
    offered: bool = False
    likely: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    """`kinds`: of the slots in the phrase; `plain`: one that is not accepted is asked for."""

    command: Command
    phrase: Phrase
    kinds: Mapping[str, Kind]
    plain: bool


@dataclass(frozen=True, slots=True)
class _Heard:
    """A text as templates are compared with it.

    `untimed`: without its time words; `undated`: without those for a time that does not exist; None: there are none.
    `precise`: it names such a time, or a clock, a length or a repeat.
    """

    text: str
    whole: Text
    untimed: Text | None
    undated: Text | None
    precise: bool

    def wanted(self, command: Command) -> Text:
        """What the command's templates are compared with."""
        if command.timed and self.untimed:
            return self.untimed
        if command.needs_time and self.undated:  # 내년 2월 30일: its command says what is wrong with that
            return self.undated
        return self.whole


class Router:
    """Recognises commands. A phrase must be the whole message: ordinary talk stays talk. What no phrase fits is a
    request when it looks like one (bot/intents.py) and its command finds in it what it needs.

    Raises KeyError for a phrase with a slot that its command lacks, ValueError for one that is no template.
    """

    def __init__(self, commands: Sequence[Command]) -> None:
        self._evidents = [(command, command.evident) for command in commands if command.evident]
        self._by_name = {match_key(name): command for command in commands for name in (command.name, command.korean)}
        commands = sorted(commands, key=lambda command: command.broad)  # the narrow ones are asked first
        checked = [_entry(command, each, plain=False) for command in commands for each in command.said.phrases]
        plain = [_entry(command, each, plain=True) for command in commands for each in command.said.orders]
        self._entries = checked + plain  # what resolves goes before what has to be asked for
        self._shelf = Shelf([entry.phrase for entry in self._entries])

    def find(self, text: str, now: datetime) -> Call | None:
        """The command that a phrase says; None: it is talk. An unknown "/name" is a call too, of that name."""
        reading = self.read(text, now)
        return None if reading.likely else reading.call

    def read(self, text: str, now: datetime) -> Reading:
        """`now` is in the time zone of whoever writes."""
        if text.startswith("/"):
            return Reading(_slash(text))
        text = unicodedata.normalize("NFC", text)
        reading = self._understood(text, now)
        repair = layout.repaired(text) if reading.call is None and len(text) <= _LONGEST else None
        if repair is None:
            return reading
        return replace(self._understood(repair.text, now), repaired=repair.text, offered=repair.language == "en")

    def _understood(self, text: str, now: datetime) -> Reading:
        """What is said, less what it is not ("부산 말고 서울 날씨"), unless the command refuses."""
        text = but_for_the_rest(text)
        wanted = _INSTEAD.sub("", text)
        reading = self._recognised(wanted, now)
        command = self.command(reading.call) if reading.call else None
        if wanted != text and not (command and command.exact):  # "우유 말고 두유 사기 메모해줘"
            reading = self._recognised(text, now)
            command = self.command(reading.call) if reading.call else None
        if reading.call is None:
            return reading
        refused = command and command.refuses and command.refuses(text, reading.call)
        waves_off = waived(text) and not (command and command.ends)
        return Reading() if refused or waves_off or conceded(text) else reading

    def _recognised(self, text: str, now: datetime) -> Reading:
        """What a phrase says; else what the text looks like, if that command can act on it."""
        guess = _look(text)
        command = self._by_name.get(match_key(guess.name)) if guess and guess.name != TALK else None
        if call := self._phrase(text, now, guess):
            bare = command and command.meant is None and command.name == call.name and not call.args.keys() - {"when"}
            whole = _meant(command, text, "", now) if command and bare else None
            return Reading(whole or call)
        if guess is None or _TASK.search(text):
            return Reading()
        if call := self._evident(text, now, guess):
            return Reading(call, likely=True)
        if command is None:
            return Reading()
        if guess.chance < command.sure:
            call = self._said_at_an_end(text, now, guess)
            return Reading(call, likely=call is not None)
        call = _meant(command, text, guess.action, now)
        return Reading(call, likely=call is not None)

    def _evident(self, text: str, now: datetime, guess: Guess) -> Call | None:
        """What two units ask for, whatever else the text looks like: "오븐 350F로 예열하라는데 섭씨 몇 도야"."""
        shown = (command for command, is_shown in self._evidents if not _is_doubtful(command, guess) and is_shown(text))
        return next((call for command in shown if (call := _meant(command, text, "", now))), None)

    def _said_at_an_end(self, text: str, now: datetime, guess: Guess) -> Call | None:
        """What its first or its last words ask for, where the whole looks like that, too: "시계가 안 보여 몇 시니".

        Not of who wonders why: "날씨 왜 이렇게 춥냐".
        """
        if guess.chance < _AGREES or "왜" in text.split():
            return None
        calls = (call for end in _ends(text) for call in self.claims(end, now, guess, only=guess.name))
        return next((call for call in calls if self._is_firm(call)), None)

    def command(self, call: Call) -> Command | None:
        return self._by_name.get(match_key(call.name))

    def claims(self, text: str, now: datetime, guess: Guess | None = None, *, only: str = "") -> Iterator[Call]:
        """Every reading as a command, or as `only` this one, the best first; none that `guess` is sure it isn't."""
        said = keyed(_LAUGHTER.sub(" ", stripped(seen(text))))
        if not said.key or len(said.key) > _LONGEST:
            return
        heard = _heard(said, now)
        known: _Known = {}
        texts = filter(None, (heard.whole, heard.untimed, heard.undated))
        places = {text: frozenset(self._shelf.places(text)) for text in texts}
        for place in sorted(frozenset().union(*places.values())):
            entry = self._entries[place]
            if only and entry.command.name != only:
                continue
            if place not in places[heard.wanted(entry.command)] or _is_doubtful(entry.command, guess):
                continue
            if call := _call(entry, heard, known):
                yield call

    def _phrase(self, text: str, now: datetime, guess: Guess | None) -> Call | None:
        if call := next(self.claims(text, now, guess), None):
            return call
        return next(
            (call for last in _last_words(text) for call in self.claims(last, now, guess) if self._is_firm(call)), None
        )

    def _is_firm(self, call: Call) -> bool:
        """Whether what was said before the last words can't change what they ask for."""
        command = self.command(call)
        return (
            command is not None
            and not command.broad
            and all(command.kind(name).accepts is not TEXT.accepts for name in call.args if name != "when")
        )


def _last_words(text: str) -> Iterator[str]:
    """The last sentence of a few, and what is left without the reason: "배고픈데 지금 몇 시야?", "몇 시야 배고파서"."""
    if len(text) > _FEW:
        return
    parts = [part for part in _SENTENCES.split(text) if match_key(part)]
    if 1 < len(parts) <= 3:
        yield parts[-1] + ("?" if text.rstrip().endswith("?") else "")
    if reason := _REASON.match(text):
        yield text[reason.end() :]
    if asked := _REASON_BEHIND.fullmatch(text):
        yield asked[1]


def _ends(text: str) -> Iterator[str]:
    """The first and the last words that may ask for something, the most of them first."""
    words = text.split()
    for aside in range(1, min(len(words), _MOST_ASIDE + 1)):
        if _ASKS.search(words[-aside - 1]):
            yield " ".join(words[:-aside])
        if _ASKS.search(words[-1]):
            yield " ".join(words[aside:])


def _entry(command: Command, template: str, *, plain: bool) -> _Entry:
    """Raises KeyError for a slot that the command lacks."""
    said = phrase(template)
    return _Entry(command, said, {name: command.kind(name) for name in said.slots}, plain)


def _heard(said: Keyed, now: datetime) -> _Heard:
    time, rest = when.read(said.text, now)
    unreal = "" if time else when.no_day(said.text, now)
    return _Heard(
        said.text,
        Text(said),
        Text(keyed(rest)) if time else None,
        Text(keyed(when.less(said.text, unreal))) if unreal else None,
        bool(unreal) or (time is not None and bool(time.clock or time.after or time.every)),
    )


def _call(entry: _Entry, heard: _Heard, known: _Known) -> Call | None:
    """The call that one template makes of a text."""
    command, wanted = entry.command, heard.wanted(entry.command)
    asked = entry.plain and (heard.untimed is not None or not entry.phrase.slots)
    if command.needs_time and not (heard.precise or asked):
        return None
    slots = entry.phrase.match(wanted, _accepting(entry, known))
    if slots is None:
        return None
    args = {name: filled.text for name, filled in slots.items()}
    return Call(command.name, args if wanted is heard.whole else {**args, "when": heard.text})


def _accepting(entry: _Entry, known: _Known) -> Accepts:
    """What the slots of a template take. `known`: which words are what, since many templates ask the same."""
    kinds, spoken = entry.kinds, entry.command.spoken

    def accepts(name: str, filled: Filled) -> bool:
        kind = kinds[name]
        if kind.apart and not filled.apart:
            return False
        asked = kind.accepts, filled.text
        if asked not in known:
            known[asked] = kind.accepts(filled.text)
        return known[asked]

    def accepts_or_asks(name: str, filled: Filled) -> bool:
        """What is an option of the command can be asked for; what stands in phrases alone can't."""
        return accepts(name, filled) or (name not in spoken and filled.apart >= kinds[name].apart)

    return accepts_or_asks if entry.plain else accepts


def _look(text: str) -> Guess | None:
    """What a Korean text looks like; None for one that is too long to be a request of no known form."""
    said = _LAUGHTER.sub(" ", seen(text)).strip()
    return intents().guess(said) if _HANGUL.search(said) and len(text) <= _FEW_WORDS else None


def _is_doubtful(command: Command, guess: Guess | None) -> bool:
    """Whether a text surely is something else, even where a phrase fits: "메모 같은 거 안 해도 다 기억해"."""
    if guess is None or guess.chance < _SURELY or guess.name == command.name:
        return False
    return command.name in intents().names


def _meant(command: Command, text: str, action: str, now: datetime) -> Call | None:
    """The call that a text looks like; None: the command finds nothing in it to act on."""
    time, rest = when.read(text, now) if command.timed else (None, text)
    if command.meant:
        slots = command.meant(text, action)
    else:
        slots = anywhere(rest, {slot.name: slot.kind for slot in command.slots if slot.kind.names_things})
    if slots is None:
        return None
    return Call(command.name, {**slots, "when": text} if time else dict(slots))


def _slash(text: str) -> Call | None:
    name, *rest = re.split(r"\s+", text[1:].rstrip(), maxsplit=1)
    if not match_key(name) or "/" in name:  # "/", "//", "/etc/passwd": talk
        return None
    return Call(name, {"text": clean(rest[0])} if rest else {})
