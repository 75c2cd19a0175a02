"""알림목록: what will be said here, and how to call it off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.command import Choice, Command, Reply, Scene, Slot
from bot.commands.remind import repeated
from bot.informal import nothing
from bot.korean import when
from bot.korean.clock import clock, span, spoken
from bot.korean.denying import denied
from bot.korean.folding import match_key
from bot.listing import picked
from bot.messages import Call
from bot.phrase import sayings
from bot.reminders import Cancel, Reminder, waiting
from bot.slots import Kind

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Entry:
    reminder: Reminder
    text: str


async def answer(scene: Scene, call: Call) -> Reply:
    found = await scene.world.read(lambda db: waiting(db, scene.conversation))
    cancel = call.args.get("cancel")
    if cancel is None and call.args.get("text"):  # /reminders 2번
        cancel = call.args["text"]
    if cancel is None and "all" not in call.args and "any" not in call.args:
        return _listed(scene, found)
    return _cancelled(scene, found, call, cancel or "")


def _listed(scene: Scene, found: list[Reminder], here: bool = False) -> Reply:
    if not found:
        return Reply(scene.locale("reminders_none"), here=here)
    lines = [f"{number}. {_line(scene, each)}" for number, each in enumerate(found[:_SHOWN], start=1)]
    more = [scene.locale("and_more", count=len(found) - _SHOWN)] if len(found) > _SHOWN else []
    choices = tuple(
        Choice(scene.locale("button_cancel", text=_name(scene, each)[:20]), Call("reminders", {"id": str(each.id)}))
        for each in found[:8]
    )
    return Reply("\n".join([scene.locale("reminders_list"), *lines, *more]), choices=choices, here=here, literal=True)


def _cancelled(scene: Scene, found: list[Reminder], call: Call, said: str) -> Reply:
    if not found:
        return Reply(scene.locale("reminders_none"))
    gone = _meant(scene, found, call, said)
    if not gone:
        reply = _listed(scene, found)
        return Reply(f"{scene.locale('reminders_which')}\n{reply.text}", choices=reply.choices, literal=True)
    effect = Cancel(tuple(each.id for each in gone))
    if len(gone) == 1:
        return Reply(scene.locale("reminder_cancelled", text=_line(scene, gone[0])), (effect,), literal=True)
    return Reply(scene.locale("reminders_cancelled", count=len(gone)), (effect,))


def _meant(scene: Scene, found: list[Reminder], call: Call, said: str) -> list[Reminder]:
    """By number, by words, by time; "the timer" alone is the only one there is, or all timers."""
    if "all" in call.args:
        kind = "timer" if "타이머" in match_key(call.args["all"]) else None
        return [each for each in found if kind is None or each.kind == kind]
    entries = [_Entry(each, each.text) for each in found]
    if said and (hits := picked(entries, said)):
        return [entry.reminder for entry in hits]
    if timed := _at_time(scene, found, said or call.args.get("when", "")):
        return timed
    timers = [each for each in found if each.kind == "timer"]
    if "타이머" in match_key(call.args.get("any", "")) and timers:
        return timers
    return found if len(found) == 1 and not said and "when" not in call.args else []


def _at_time(scene: Scene, found: list[Reminder], said: str) -> list[Reminder]:
    time, _ = when.read(said, scene.now)
    if time is None or (time.clock is None and time.day is None):
        return []
    return [each for each in found if _fits(time, each.local)]


def _fits(time: when.When, due: datetime) -> bool:
    """A bare "8시" may be either half of the day's."""
    hour = time.clock is None or (time.clock.hour % 12, time.clock.minute) == (due.hour % 12, due.minute)
    return hour and (time.day is None or time.day == due.date())


def _line(scene: Scene, each: Reminder) -> str:
    language = scene.locale.language
    if each.kind == "timer":
        left = span(max((each.due - scene.now).total_seconds(), 0), language)
        name = f"{scene.locale('reminder_timer')} {each.text}".strip()
        return scene.locale("reminders_timer", name=name, left=left)
    at = spoken(each.local, scene.now, language)
    if each.every:
        at = scene.locale("remind_every", every=repeated(scene, each.every), clock=clock(each.local, language))
    return f"{at} — {_name(scene, each)}"


def _name(scene: Scene, each: Reminder) -> str:
    return each.text or scene.locale(f"reminder_{each.kind}")


_ALL = re.compile(
    r"(?:내|나의|지금|모든|전체|예약된|예약한|설정된|설정한|맞춘|걸어둔|켜진|남은)*(?:알림|알람|알리미|리마인더|타이머)(?:들|설정|예약)?[을를도은이]?"
)


def _is_all(text: str) -> bool:
    return _ALL.fullmatch(match_key(text)) is not None


KINDS = Kind("kind", _is_all)
COMMAND = Command(
    name="reminders",
    korean="알림목록",
    about={"ko": "맞춰 둔 알림과 타이머를 보고 취소해요", "en": "List and cancel reminders and timers"},
    answer=answer,
    said=sayings(__name__),
    meant=nothing,
    refuses=lambda text, call: bool(call.args.keys() & {"cancel", "all", "any"}) and denied(text),
    examples=(
        "내 알림 목록 보여줘",
        "/reminders",
        "타이머 취소해줘",
        "알림 다 취소해줘",
        "1번 알림 삭제해줘",
        "타이머 몇 분 남았어?",
    ),
    slots=(Slot("cancel", "취소", {"ko": "취소할 알림의 번호나 말", "en": "Number or words of the one to cancel"}),),
    spoken={"all": KINDS, "any": KINDS},
    timed=True,
)
