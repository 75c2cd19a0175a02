"""알림: say something at a time, once or again and again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.command import Command, Expect, Reply, Scene, Slot
from bot.informal import content
from bot.korean import when
from bot.korean.clock import WEEKDAYS, clock, span, spoken
from bot.korean.quoting import quoted
from bot.korean.when import Every, When
from bot.messages import Call
from bot.phrase import sayings
from bot.reminders import LONGEST, MOST, Remind, waiting
from bot.slots import WHEN, Kind


async def answer(scene: Scene, call: Call) -> Reply:
    text, time = _asked(scene, call)
    back = Expect(Call("remind", {"what": text}), "when")
    if time is None:
        return Reply(scene.locale("remind_when"), expect=back)
    if len(await scene.world.read(lambda db: waiting(db, scene.conversation))) >= MOST:
        return Reply(scene.locale("remind_full", most=MOST))
    try:
        due = when.moment(time, scene.now)
    except ValueError:
        return Reply(scene.locale("remind_past"), expect=back)
    effect = Remind("remind", text[:LONGEST], due.astimezone(UTC), str(scene.now.tzinfo), time.every)
    key = "remind_set" if text else "remind_set_bare"
    return Reply(scene.locale(key, when=_told(scene, time, due), text=effect.text), (effect,), literal=True)


def _asked(scene: Scene, call: Call) -> tuple[str, When | None]:
    """What to say and when: a phrase and an option give both apart, "/remind 내일 8시 약 먹기" together."""
    said = next((call.args[name] for name in ("what", "task", "saying", "text") if name in call.args), "")
    time, rest = when.read(call.args.get("when") or said, scene.now)
    return quoted(said if "when" in call.args else rest), time


def _told(scene: Scene, time: When, due: datetime) -> str:
    """When it will be said, so that a misunderstanding shows at once."""
    language = scene.locale.language
    if time.every:
        return scene.locale("remind_every", every=repeated(scene, time.every), clock=clock(due, language))
    if time.after:
        length = span(time.after.total_seconds(), language)
        return scene.locale("remind_after", span=length, clock=spoken(due, scene.now, language))
    return spoken(due, scene.now, language)


def repeated(scene: Scene, every: Every) -> str:
    """매일, 매주 월요일, 매달 1일."""
    locale, days = scene.locale, WEEKDAYS[scene.locale.language]
    if every.unit == "year" and every.month:
        return locale("every_date", lunar=locale("lunar") if every.lunar else "", month=every.month, day=every.day)
    often = every.interval > 1
    name = locale(f"every_other_{every.unit}", count=every.interval) if often else locale(f"every_{every.unit}")
    if every.unit == "week" and every.weekdays:
        return f"{name} {', '.join(days[number] for number in every.weekdays)}"
    day = locale("every_day_of", day=every.day) if every.day else ""
    return f"{name} {day}".strip()


# Who wants to know a way, a reason or a place at some time, asks the model.
_KNOWN = re.compile(
    r"(?:법|방법|이유|뜻|얘기|이야기|노래|장소|맛집|곳|사람|정보|소식|뉴스|(?<=\s)(?:것|거|게)|[는은던]지|까|메뉴|영화|책|음식|요리|레시피|비결|비법|요령|팁|날씨|주가|환율)(?:을|를|좀|은|는|도)?$"
)
# "약 먹으라고", "회의 있다고": what shall be said.
_SAYING = re.compile(r"(?:[라다자냐]고|라구|는 ?[거것]|을 ?[거것]|기|해야 ?돼|가야 ?해|게)$")

TASK = Kind("task", lambda text: not (_KNOWN.search(text.strip()) or re.search(r"[라다자]고$|라구$", text.strip())))
SAYING = Kind("saying", lambda text: _SAYING.search(text.strip()) is not None)


def _meant_by(text: str, action: str) -> Mapping[str, str] | None:
    """A time alone is no wish: "새벽 1시 30분"."""
    time, rest = when.read(text, datetime.now(UTC))
    return {"when": text, "what": quoted(content(rest))} if time and rest.strip() else None


COMMAND = Command(
    name="remind",
    korean="알림",
    about={
        "ko": "정한 시간에 알려 줘요 (내일 아침 8시, 30분 뒤, 매주 월요일 9시)",
        "en": "Remind you at a time, once or repeatedly",
    },
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    sure=0.8,
    examples=(
        "내일 아침 8시에 약 먹으라고 알려줘",
        "/remind 30분 뒤 빨래 꺼내기",
        "7시에 깨워줘",
        "매주 월요일 9시에 회의 알림",
        "30분 뒤에 빨래 꺼내라고 말해줘",
    ),
    slots=(
        Slot(
            "when",
            "언제",
            {"ko": "내일 아침 8시, 30분 뒤, 매주 월요일 9시", "en": "When: 내일 8시, 30분 뒤"},
            required=True,
            kind=WHEN,
        ),
        Slot("what", "내용", {"ko": "알려 줄 말", "en": "What to say"}),
    ),
    spoken={"task": TASK, "saying": SAYING},
    timed=True,
    needs_time=True,
    broad=True,
)
