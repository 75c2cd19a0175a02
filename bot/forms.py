"""Scenarios that an operator writes without code: a YAML file of questions, or of a part for the model to play."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import ConfigError
from bot.korean import when
from bot.korean.clock import WEEKDAYS, clock
from bot.korean.folding import clean, match_key
from bot.korean.numbers import number

SHIPPED = Path(__file__).with_name("scenarios")

Line = Annotated[str, Field(min_length=1, max_length=500)]
Word = Annotated[str, Field(min_length=1, max_length=40)]

_POLITE = re.compile(r"(?<=[가-힣0-9])(?:이?요|입니다|이에요|예요|으?로요?)(?=$|[\s.,!?~])")  # 7시로요, 라떼요
_SIGNS = " .,!?~"
_LONGEST = 40  # characters of a number
_BEHIND = (
    "(?=$|[^가-힣0-9A-Za-z]|이|은|으로|정도|쯤|입니다|예요|요|만|하고|인데|예약)"  # a unit: 두 명이서, but not 4인분
)


class Found(NamedTuple):
    """An answer as it is kept, and the words around it."""

    value: str
    rest: str


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(_Table):
    """One thing to ask. `pattern` is a regular expression that the whole answer must match.

    `clock` asks for the hour when only a day was said; "": a day will do. `units` are what a number is recognised by
    among other words ("네 명"); none: it is only heard alone.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
    ask: Line
    kind: Literal["text", "when", "number", "choice"] = "text"
    choices: list[Word] = []
    pattern: str = ""
    clock: str = ""
    units: list[Word] = []
    least: int | None = None
    most: int | None = None
    wrong: str = ""

    def read(self, text: str, now: datetime) -> str | None:
        """The answer as it is kept; None: it is none."""
        said = clean(text)
        match self.kind:
            case "when":
                return _moment(plain(said), now)
            case "number":
                return self._number(said)
            case "choice":
                return self._choice(said) or self._choice(plain(said))
            case "text":
                return said if not self.pattern or re.fullmatch(self.pattern, said) else None

    def found(self, text: str, now: datetime) -> Found | None:
        """The one answer among other words; None: there is none, or more than one might be meant."""
        match self.kind:
            case "when":
                value, rest = self.read(text, now), when.read(plain(text), now)[1]
                return Found(value, rest) if value else None
            case "number" if self.units:
                return self._counted(text)
            case _:
                return None

    def whole(self, value: str) -> bool:
        """Whether nothing is missing from an answer: a day alone may lack its hour."""
        return not self.clock or bool(re.search(r"\d시", value))

    def _choice(self, said: str) -> str | None:
        key = match_key(said)
        return next((choice for choice in self.choices if match_key(choice) == key), None)

    def _counted(self, text: str) -> Found | None:
        """The number before one of the units: "두 명" of "예약해줘 두 명"; None for "어른 두 명 아이 세 명"."""
        units = re.finditer(f"({'|'.join(map(re.escape, self.units))}){_BEHIND}", text)
        found = [(start, unit) for unit in units if (start := _number_before(text, unit)) is not None]
        if len(found) != 1:
            return None
        [(start, unit)] = found
        value = self._number(text[start : unit.start()])
        return Found(value, f"{text[:start]} {text[unit.end() :]}".strip(_SIGNS)) if value else None

    def _number(self, said: str) -> str | None:
        digits = re.sub(r"\s*(명|분|개|인|번|잔|살|세|시간|박)?(이요|이에요|예요|요|입니다)?$", "", said)
        value = number(digits)
        if value is None or value != int(value):
            return None
        fits = (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
        return str(int(value)) if fits else None


def plain(text: str) -> str:
    """What was said without the politeness at the end of its words: "내일 7시요" is "내일 7시"."""
    return _POLITE.sub("", text).strip(_SIGNS)


def _number_before(text: str, unit: re.Match[str]) -> int | None:
    """Where the number begins that stands right before a unit: of "스물 다섯 명" with its first word."""
    before = text[: unit.start()].rstrip()
    words = list(re.finditer(r"\S+", before[-_LONGEST:]))[-2:]
    starts = [len(before) - len(before[-_LONGEST:]) + word.start() for word in words]
    start = next((start for start in starts if number(before[start:]) is not None), None)
    if start is not None and unit[0] == "분" and re.search("[0-9]", before[start:]):
        return None  # 2분 are minutes, 두 분 are people
    return start


def _moment(said: str, now: datetime) -> str | None:
    """A time as it is kept: "11월 22일 일요일 오후 7시", since "내일" means another day tomorrow."""
    said_time, _ = when.read(said, now)
    if said_time is None:
        return None
    exact = said_time.clock or said_time.after
    whole_day = said_time.day and not exact and not said_time.every  # 오늘 is not over at nine
    try:
        at = when.moment(replace(said_time, clock=time.max) if whole_day else said_time, now)
    except ValueError:  # it is over
        return None
    year = "" if at.year == now.year else f"{at.year}년 "
    day = f"{year}{at.month}월 {at.day}일 {WEEKDAYS['ko'][at.weekday()]}"
    return f"{day} {clock(at, 'ko')}" if exact else day


class Form(_Table):
    """A scenario. With `questions` it asks them one by one; with `system` the model plays that part until "그만"."""

    name: Annotated[str, Field(min_length=1, max_length=32)]
    about: Line
    about_en: str = ""
    phrases: list[Line] = []
    examples: list[Line] = []
    opening: str = ""
    questions: list[Question] = []
    confirm: str = ""
    done: str = ""
    system: str = ""


def load(*folders: Path) -> dict[str, Form]:
    """Every scenario, by its file's name; a later folder's file replaces an earlier one's. Raises ConfigError."""
    forms: dict[str, Form] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            forms[path.stem] = _read(path)
    return forms


def _read(path: Path) -> Form:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", path.stem):
        raise ConfigError([f"{path}: expected a file name of a-z, 0-9 and _: it becomes the /command"])
    try:
        form = Form.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        _check(form)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError([f"{path}: {place or 'the file'}: {first['msg']}"]) from None
    except (yaml.YAMLError, re.error, UnicodeDecodeError, ValueError, KeyError, IndexError) as error:
        raise ConfigError([f"{path}: expected a scenario in YAML: {' '.join(str(error).split())[:200]}"]) from None
    return form


def _check(form: Form) -> None:
    """Raises ValueError for what would fail only in front of people."""
    if not form.questions and not form.system:
        raise ValueError("questions or system: one of them is needed")
    names = {question.name: "…" for question in form.questions}
    for sentence in (form.confirm, form.done):
        sentence.format(**names)
    for question in form.questions:
        re.compile(question.pattern)
        if question.kind == "choice" and not question.choices:
            raise ValueError(f"{question.name}: a choice needs choices")
        if question.clock and question.kind != "when":
            raise ValueError(f"{question.name}: clock is for a time (kind: when)")
        if question.units and question.kind != "number":
            raise ValueError(f"{question.name}: units are for a number")
