"""Scenarios that an operator writes without code: a YAML file of questions, or of a part for the model to play."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlite_utils import Database

from bot.command import Choice, Command, Expect, Reply, Scene, Slot
from bot.effects import Moment
from bot.errors import ConfigError
from bot.korean import when
from bot.korean.clock import WEEKDAYS, clock
from bot.korean.folding import clean, match_key
from bot.korean.numbers import number
from bot.messages import Call
from bot.phrase import Sayings, phrase
from bot.preferences import Prefer
from bot.slots import TEXT, Kind

SHIPPED = Path(__file__).with_name("scenarios")

_CANCEL = re.compile(
    r"(?:아니야?|아|음|어|그냥|그럼|잠깐만?)*(?:취소|그만|안할래|관둘래|됐어|cancel)(?:해|할게|할래|하고싶어|요|줘|해줘|해주세요)*"
)
_YES = re.compile(
    r"(?:네|넵|넹|예|응|어|ㅇㅇ|ᄋᄋ|그래|맞아|좋아|확인|확정|오케이|ok|yes)(?:요|맞아요|맞습니다|할게요|해주세요|해줘)*"
)

Line = Annotated[str, Field(min_length=1, max_length=500)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(_Table):
    """One thing to ask. `pattern` is a regular expression that the whole answer must match."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
    ask: Line
    kind: Literal["text", "when", "number", "choice"] = "text"
    choices: list[Annotated[str, Field(min_length=1, max_length=40)]] = []
    pattern: str = ""
    least: int | None = None
    most: int | None = None
    wrong: str = ""

    def read(self, text: str, now: datetime) -> str | None:
        """The answer as it is kept; None: it is none."""
        said = clean(text)
        match self.kind:
            case "when":
                return _moment(said, now)
            case "number":
                return self._number(said)
            case "choice":
                key = match_key(said)
                return next((choice for choice in self.choices if match_key(choice) == key), None)
            case "text":
                return said if not self.pattern or re.fullmatch(self.pattern, said) else None

    def _number(self, said: str) -> str | None:
        digits = re.sub(r"\s*(명|분|개|인|번|잔|살|세|시간|박)?(이요|이에요|예요|요|입니다)?$", "", said)
        value = number(digits)
        if value is None or value != int(value):
            return None
        fits = (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
        return str(int(value)) if fits else None


def _moment(said: str, now: datetime) -> str | None:
    """A time as it is kept: "11월 22일 일요일 오후 7시", since "내일" means another day tomorrow."""
    time, _ = when.read(said, now)
    try:
        at = when.moment(time, now) if time else None
    except ValueError:  # it is over
        return None
    if at is None or time is None:
        return None
    year = "" if at.year == now.year else f"{at.year}년 "
    day = f"{year}{at.month}월 {at.day}일 {WEEKDAYS['ko'][at.weekday()]}"
    return f"{day} {clock(at, 'ko')}" if time.clock or time.after else day


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


def commands(forms: Mapping[str, Form]) -> tuple[Command, ...]:
    """Each scenario as a command of its own, with menu, phrases and help like any other."""
    return tuple(_command(id, form) for id, form in forms.items())


def _command(id: str, form: Form) -> Command:
    spoken = {name for template in form.phrases for name in phrase(template).slots}
    slots = [Slot(each.name, each.name, {"ko": each.ask[:100], "en": each.ask[:100]}) for each in form.questions]
    return Command(
        name=id,
        korean=form.name,
        about={"ko": form.about[:100], "en": (form.about_en or form.about)[:100]},
        answer=partial(_answer, id, form),
        said=Sayings(tuple(form.phrases)),
        examples=tuple(form.examples) or (f"/{id}",),
        slots=tuple(slots),
        timed=True,
        spoken={name: _kind(form, name) for name in ("said", *spoken)},
    )


def _kind(form: Form, name: str) -> Kind:
    """What a slot of a phrase takes: what its question takes, or anything."""
    question = next((each for each in form.questions if each.name == name), None)
    if question is None or question.kind == "when":
        return TEXT
    return Kind(name, lambda text: question.read(text, datetime.min.replace(tzinfo=UTC)) is not None)


def _answer(id: str, form: Form, scene: Scene, call: Call) -> Reply:
    if form.system and not scene.world.able():
        return Reply(scene.locale("needs_model"))
    if form.system:
        return Reply(form.opening or scene.locale("scenario_begins"), (Prefer("scenario", id),))
    given = _given(form, call, scene.now)
    said = given.pop("said", None)
    if said is not None and _CANCEL.fullmatch(match_key(said)):
        return Reply(scene.locale("form_cancelled", form=form.name))
    if "confirming" in given:
        return _confirmed(id, form, scene, given, said or "")
    asked = given.pop("asking", None)
    if asked is not None and said is not None:
        question = next(each for each in form.questions if each.name == asked)
        value = question.read(said, scene.now)
        if value is None:
            return _ask(id, question, given, question.wrong or scene.locale("form_wrong", ask=question.ask))
        given[asked] = value
    return _next(id, form, scene, given)


def _given(form: Form, call: Call, now: datetime) -> dict[str, str]:
    """What a call brings along; a sentence that only held a time among other words is no answer."""
    given = dict(call.args)
    time, rest = when.read(given.get("when", ""), now)
    if rest.strip(" .,!?~") or time is None:
        given.pop("when", None)
    return {name: value for name, value in given.items() if name != "topic"}


def _next(id: str, form: Form, scene: Scene, given: dict[str, str]) -> Reply:
    """Ask what is missing; what a slash command gave along is checked like any answer."""
    for question in form.questions:
        value = question.read(given[question.name], scene.now) if question.name in given else None
        if value is None:
            given.pop(question.name, None)
            opening = f"{form.opening}\n\n" if form.opening and not given else ""
            return _ask(id, question, given, f"{opening}{question.ask}")
        given[question.name] = value
    if not form.confirm:
        return _submit(id, form, scene, given)
    return _confirm(id, form, scene, given)


def _ask(id: str, question: Question, given: Mapping[str, str], text: str) -> Reply:
    call = Call(id, {**given, "asking": question.name})
    choices = [Choice(each, Call(id, {**call.args, "said": each})) for each in question.choices]
    return Reply(text, choices=tuple(choices), expect=Expect(call, "said", strict=True))


def _confirm(id: str, form: Form, scene: Scene, given: dict[str, str]) -> Reply:
    call = Call(id, {**given, "confirming": "yes"})
    choices = (
        Choice(scene.locale("button_yes"), Call(id, {**call.args, "said": "네"})),
        Choice(scene.locale("button_no"), Call(id, {**call.args, "said": "취소"})),
    )
    text = form.confirm.format(**given)
    return Reply(text, choices=choices, expect=Expect(call, "said", strict=True), literal=True)


def _confirmed(id: str, form: Form, scene: Scene, given: dict[str, str], said: str) -> Reply:
    if not _YES.fullmatch(match_key(said)):
        given.pop("confirming")
        return _confirm(id, form, scene, given)
    given.pop("confirming")
    return _submit(id, form, scene, given)


def _submit(id: str, form: Form, scene: Scene, given: dict[str, str]) -> Reply:
    text = form.done.format(**given) if form.done else scene.locale("form_done", form=form.name)
    return Reply(text, (Submit(id, tuple(given.items())),), literal=True)


# ---- what was filled in --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Submit:
    """Keep a filled form for the operator."""

    form: str
    answers: tuple[tuple[str, str], ...]

    def apply(self, db: Database, moment: Moment) -> None:
        person = moment.incoming.person
        db.execute(
            """insert or ignore into submissions (form, platform, person, name, answers, inbox, at)
               values (?, ?, ?, ?, ?, ?, ?)""",
            [
                self.form,
                person.platform,
                person.id,
                person.name,
                json.dumps(dict(self.answers), ensure_ascii=False),
                moment.row,
                moment.at.isoformat(),
            ],
        )


def submitted(db: Database) -> Iterable[dict[str, Any]]:
    """Every filled form, oldest first."""
    for row in db.query("select * from submissions order by id"):
        yield {**row, "answers": json.loads(row["answers"])}
