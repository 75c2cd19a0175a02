"""A scenario as a command: its questions asked one by one until nothing is missing, what was said anyway not asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from bot.command import Choice, Command, Expect, Reply, Scene, Slot
from bot.forms import Form, Question, plain
from bot.korean import when
from bot.korean.folding import match_key
from bot.messages import Call
from bot.phrase import Sayings, phrase
from bot.preferences import Prefer
from bot.slots import TEXT, Kind
from bot.submissions import Submit

_CANCEL = re.compile(
    r"(?:아니야?|아|음|어|그냥|그럼|잠깐만?)*(?:취소|그만|안할래|관둘래|됐어|cancel)(?:해|할게|할래|하고싶어|요|줘|해줘|해주세요)*"
)
_YES = re.compile(
    r"(?:네|넵|넹|예|응|어|ㅇㅇ|ᄋᄋ|그래|맞아|좋아|확인|확정|오케이|ok|yes)(?:요|맞아요|맞습니다|할게요|해주세요|해줘)*"
)


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


# ---- the dialogue --------------------------------------------------------------------------------


def _answer(id: str, form: Form, scene: Scene, call: Call) -> Reply:
    if form.system and not scene.world.able():
        return Reply(scene.locale("needs_model"))
    if form.system:
        return Reply(form.opening or scene.locale("scenario_begins"), (Prefer("scenario", id),))
    given = {each.name: call.args[each.name] for each in form.questions if each.name in call.args}
    said = call.args.get("said")
    if said is not None and _CANCEL.fullmatch(match_key(said)):
        return Reply(scene.locale("form_cancelled", form=form.name))
    if "confirming" in call.args:
        return _confirmed(id, form, scene, given, said or "")
    asked = next((each for each in form.questions if each.name == call.args.get("asking")), None)
    if asked is not None and said is not None:
        return _told(id, form, scene, given, asked, said)
    return _next(id, form, scene, _begun(form, scene, call, given))


def _begun(form: Form, scene: Scene, call: Call, given: Mapping[str, str]) -> dict[str, str]:
    """What the first sentence says already, beside the slots of its phrase or what a slash command gave along."""
    typed = "" if scene.incoming.call else scene.incoming.text
    words = call.args.get("text") or call.args.get("when") or typed
    slots = {name: value for name, value in given.items() if name != "when"}
    found = heard(form, slots, None, words, scene.now)
    for question in form.questions:
        if question.name in found and found[question.name] == question.read("오늘", scene.now):
            del found[question.name]  # "오늘 예약할게요": today is when they ask
    return {**found, **slots}


def _told(id: str, form: Form, scene: Scene, given: dict[str, str], asked: Question, said: str) -> Reply:
    """An answer to one question, and to others that it answers as well."""
    half = given.pop(asked.name, "")  # a day whose hour is asked for
    time, _ = when.read(plain(said), scene.now)
    words = said if not half or (time and time.day) else f"{half} {said}"
    found = heard(form, given, asked, words, scene.now)
    if found in ({}, {asked.name: half}):
        kept = {**given, asked.name: half} if half else given
        return _ask(id, asked, kept, asked.wrong or scene.locale("form_wrong", ask=asked.clock if half else asked.ask))
    return _next(id, form, scene, given | found)


def heard(form: Form, given: Mapping[str, str], asked: Question | None, said: str, now: datetime) -> dict[str, str]:
    """What a sentence answers without doubt: the question that was asked, and those that are still open beside it."""
    if asked and asked.kind != "when" and (value := asked.read(said, now)):
        return {asked.name: value}
    said = plain(said)
    found, rest = {}, said
    for question in form.questions:
        mine = question is asked or (question.name not in given and _alone(form, question))
        if mine and (piece := question.found(rest, now)):
            found[question.name], rest = piece
    if rest == said:
        return found
    left = [each for each in form.questions if each.name not in {*given, *found} and each.kind != "text"]
    for question in left:
        if (question is asked or question.kind == "choice") and (value := question.read(rest, now)):
            return {**found, question.name: value}
    return found


def _alone(form: Form, question: Question) -> bool:
    """Whether what it takes can answer no other question: of two days nobody knows which is which."""
    others = [each for each in form.questions if each is not question and each.kind == question.kind]
    return not any(question.kind == "when" or set(question.units) & set(each.units) for each in others)


def _next(id: str, form: Form, scene: Scene, given: dict[str, str]) -> Reply:
    """Ask what is missing; what a slash command gave along is checked like any answer."""
    for question in form.questions:
        value = question.read(given[question.name], scene.now) if question.name in given else None
        if value is None:
            given.pop(question.name, None)
            opening = f"{form.opening}\n\n" if form.opening and not given else ""
            return _ask(id, question, given, f"{opening}{question.ask}")
        given[question.name] = value
        if not question.whole(value):
            return _ask(id, question, given, question.clock)
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
        return _confirm(id, form, scene, given)
    return _submit(id, form, scene, given)


def _submit(id: str, form: Form, scene: Scene, given: dict[str, str]) -> Reply:
    text = form.done.format(**given) if form.done else scene.locale("form_done", form=form.name)
    return Reply(text, (Submit(id, tuple(given.items())),), literal=True)
