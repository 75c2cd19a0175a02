"""알림: say something at a time, once or again and again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clocktime

from bot.afterthoughts import AFTER
from bot.command import Choice, Command, Expect, Reply, Scene, Slot
from bot.informal import content
from bot.korean import when
from bot.korean.clock import WEEKDAYS, clock, day, span, spoken
from bot.korean.quoting import quoted
from bot.korean.when import Every, When
from bot.korean.when.alternatives import either
from bot.messages import Call
from bot.phrase import sayings
from bot.reminders import LONGEST, MOST, Remind, waiting
from bot.slots import WHEN, Kind
from bot.wishes import Wish, asked, is_dated, several

# What is left over of a time that was not understood: "25시에", "3pm에", "매일 30분마다", "매달 여섯째", "30분 전, ".
_MISREAD = re.compile(
    r"(?<!\S)(?:[0-9]{1,3}시(?:에|까지)|(?:2[5-9]|[3-9][0-9])시(?=\s|$)|[0-9]{1,2}\s?[ap]m에?|[0-9]{1,4}분마다"
    r"|(?:[0-9]{1,3}|한|두|세|반)\s?(?:분|시간)(?:\s?전)?(?:이랑|하고|과|,)(?=\s|$)|[월화수목금토일]\s[0-9]{1,2}시(?=\s)"
    r"|(?:and|or)\s(?:mon|tues|wednes|thurs|fri|satur|sun)day(?=\s|$)|(?:매달|매월|매주|매년|격월|아니면)(?=\s|$))",
    re.IGNORECASE,
)

# How far a repeat goes where that is not clear, and which days it leaves out, are more than Every can hold.
_DAY = r"(?:[월화수목금토일]요일|주말|평일|공?휴일|연휴|(?:쉬는|빨간)\s?날|[0-9]{1,2}일)"
_BOUND = re.compile(
    rf"(?<!부터 )(?:(?:[0-9]{{1,2}}\s?월\s?)?{_DAY}|내일|모레|(?:이번|다음)\s?[주달]|연말|올해|월말)까지"
    r"|(?:[0-9]{1,3}|한|두|세|네)\s?(?:일|주일?|달|개월|년)\s?(?:동안|간(?=\s))"
)
_OPEN = re.compile(
    r"(?<!\S)(?:\S+\s)?(?P<end>\S*(?:동안|까지)(?:만|은|는)?)(?=,?\s(?:매|평일|날마다|격[주일월]|[0-9]+\s?(?:시간|분|일|주)마다))"
)
_HOURLY = re.compile(
    r"(?:[0-9]{1,2}|[가-힣]{1,2})\s?시(?:\s?반|\s?[0-9]{1,2}\s?분)?까지|(?:정오|자정|아침|점심|저녁|밤)까지"
)
_SO_OFTEN = re.compile(  # "매일 9시에 3번만"
    r"(?<!\S)(?:[0-9]{1,2}|한|두|세|네|다섯|열)\s?(?:번|회)만(?!\S)|^(?:[0-9]{1,2}|한|두|세|네|다섯|열)\s?(?:번|회)$"
)
_LESS = r"(?:빼고|빼놓고|제외하고|제외)"
_EXCEPTED = re.compile(rf"{_DAY}(?:은|는|만)?\s?{_LESS}|(?<!\S){_LESS}\s{_DAY}")
_LEFT_OUT = re.compile(rf"{_EXCEPTED.pattern}|(?<!\S){_LESS}(?!\S)")

Dues = list[tuple[When, list[datetime]]]  # each day, or repeat, with its times


async def answer(scene: Scene, call: Call) -> Reply:
    said = call.args.get("when") or call.args.get("text", "")
    wishes = several(said, scene.now) or [asked(call, scene.now)]
    doubts = [_doubt(scene, wish, call) for wish in wishes]
    sure = [
        (wish.text, _dues(scene, wish.time, wish.before))
        for wish, doubt in zip(wishes, doubts, strict=True)
        if wish.time and (wish.missing or not doubt)
    ]
    question = _question(scene, wishes, doubts)
    if question and not sure:
        return question
    reply = await _set(scene, sure)
    return replace(question, text=f"{reply.text}\n{question.text}", effects=reply.effects) if question else reply


def _question(scene: Scene, wishes: Sequence[Wish], doubts: Sequence[Reply | None]) -> Reply | None:
    """The first doubt, with the words of the other wishes that have one: only one can be answered at a time."""
    unclear = [(doubt, wish.said) for wish, doubt in zip(wishes, doubts, strict=True) if doubt]
    if not unclear:
        return None
    (question, _), *further = unclear
    if not further:
        return question
    others = scene.locale("remind_one_by_one", wishes=", ".join(f"“{said}”" for _, said in further))
    return replace(question, text=f"{question.text}\n{others}")


def _doubt(scene: Scene, wish: Wish, call: Call) -> Reply | None:
    """What is to be asked before a wish can be set; of a list with a day that there is not, when that shall be."""
    text, time = wish.text, wish.time
    if two := _offered(scene, wish):
        return two
    if wish.missing:
        return _asks(scene, "remind_no_day", when.less(text, wish.missing), day=wish.missing)
    if time is None:
        return _asks(scene, "remind_when", text)
    misread = _MISREAD.search(text) if "when" in call.args and not (wish.aimed or _is_quoted(call, text)) else None
    if misread:
        return _asks(scene, "remind_misread", when.less(text, misread[0]), words=misread[0])
    if time.every and (words := _beyond(scene, wish.said, time.every)):
        return _asks(scene, "remind_bounded", _LEFT_OUT.sub("", text).strip(), words=words)
    return None


def _beyond(scene: Scene, said: str, every: Every) -> str:
    """The words of a wish for a repeat that say more than can be kept."""
    _, left = when.read(said, scene.now)
    found = _BOUND.search(left) or (_EXCEPTED.search(said) if _LEFT_OUT.search(left) else None)
    if (unread := _OPEN.search(said)) and unread["end"] in left.split():
        found = unread
    found = found or _SO_OFTEN.search(content(left))
    if every.unit == "minute":
        found = found or _HOURLY.search(said)
    return " ".join(found[0].split()) if found else ""


def _dues(scene: Scene, time: When, before: timedelta = timedelta()) -> Dues:
    return [(each, due(each, scene.now, before)) for each in (time, *time.others)]


def _asks(scene: Scene, key: str, text: str, **values: str) -> Reply:
    """Asks when it shall be."""
    return Reply(scene.locale(key, **values), expect=Expect(Call("remind", {"what": text}), "when"), literal=True)


def _is_quoted(call: Call, text: str) -> bool:
    """Whether somebody else's words are to be said: in quotation marks."""
    return any(sign in call.args.get("when", text) for sign in "\"“‘'「")


def _offered(scene: Scene, wish: Wish) -> Reply | None:
    """Two times to choose from, where the wish leaves that open."""
    two = either(wish.said)
    if two is None:
        return None
    what = " ".join(word for word in wish.text.split() if not {word, word.removesuffix("에")} & two.words)
    choices = []
    for said in (two.first, two.second):
        time, _ = when.read(said, scene.now)
        if time and not is_dated(time) and wish.time and wish.time.day:  # that of the wish before
            said = f"{wish.time.day:%Y년 %m월 %d일} {said}"
            time, _ = when.read(said, scene.now)
        if time is None or not (ats := due(time, scene.now)):
            return None
        choices.append(Choice(_told(scene, time, ats), Call("remind", {"when": said, "what": what})))
    return Reply(scene.locale("remind_which"), choices=tuple(choices), literal=True)


def _no_room(scene: Scene, kept: int, wanted: int) -> Reply | None:
    """Whether the list is full or the wish too long are two things."""
    if kept >= MOST:
        return Reply(scene.locale("remind_full", most=MOST))
    if kept + wanted > MOST:
        return Reply(scene.locale("remind_many", count=wanted, left=MOST - kept))
    return None


async def _set(scene: Scene, wishes: Sequence[tuple[str, Dues]]) -> Reply:
    """Sets what still lies ahead, each with what it shall say."""
    ahead = [(text[:LONGEST], left) for text, dues in wishes if (left := [one for one in dues if one[1]])]
    if not ahead:
        return _asks(scene, "remind_past", wishes[0][0])
    rows = [(text, at.astimezone(UTC), each.every) for text, dues in ahead for each, ats in dues for at in ats]
    kept = len(await scene.world.read(lambda db: waiting(db, scene.conversation)))
    if full := _no_room(scene, kept, len(rows)):
        return full
    zone = str(scene.now.tzinfo)
    effects = (Remind("remind", text, at, zone, every, nth) for nth, (text, at, every) in enumerate(rows))
    lines = [_promise(scene, ahead)]
    if any(len(ats) < len(clocks(each)) for _, dues in wishes for each, ats in dues):
        lines.append(scene.locale("remind_over"))
    return Reply("\n".join(lines), tuple(effects), expect=AFTER, literal=True)


def _promise(scene: Scene, wishes: Sequence[tuple[str, Dues]]) -> str:
    told = [(text, ", ".join(_told(scene, each, ats) for each, ats in dues)) for text, dues in wishes]
    if len(told) == 1:
        text, time = told[0]
        return scene.locale("remind_set" if text else "remind_set_bare", when=time, text=text)
    lines = (f"- {time}: {text or scene.locale('reminder_remind')}" for text, time in told)
    return "\n".join([scene.locale("remind_set_several"), *lines])


def due(time: When, now: datetime, before: timedelta = timedelta()) -> list[datetime]:
    """When it is to be told on its day: the times that are still ahead."""
    found = []
    for each in clocks(time):
        with suppress(ValueError):
            found.append(when.moment(replace(time, clock=each), now) - before)
    return [at for at in found if at > now]


def clocks(time: When) -> tuple[clocktime | None, ...]:
    """The times of its day; None where it names none."""
    return (time.clock,) if time.after else (time.clock, *time.also)


def _told(scene: Scene, time: When, dues: list[datetime]) -> str:
    """When it will be said, so that a misunderstanding shows at once."""
    language, due = scene.locale.language, dues[0]
    if time.every and time.day and time.every.unit != "minute":
        begin = spoken(due, scene.now, language)
        return scene.locale("remind_every_span", every=again(scene, time.every, dues), clock=begin)
    if time.every:
        return again(scene, time.every, dues)
    if time.after:
        length = span(time.after.total_seconds(), language)
        return scene.locale("remind_after", span=length, clock=spoken(due, scene.now, language))
    more = (clock(at, language) if at.date() == due.date() else spoken(at, scene.now, language) for at in dues[1:])
    return ", ".join([spoken(due, scene.now, language), *more])


def again(scene: Scene, every: Every, dues: Sequence[datetime]) -> str:
    """How often, at which times and till when; of what comes every few hours when it begins."""
    language, how_often = scene.locale.language, repeated(scene, every)
    if every.unit == "minute":
        told = scene.locale("remind_every_span", every=how_often, clock=spoken(dues[0], scene.now, language))
    else:
        told = scene.locale("remind_every", every=how_often, clock=", ".join(clock(at, language) for at in dues))
    if every.until is None:
        return told
    return scene.locale("every_until", day=day(every.until, scene.now.date(), language), every=told)


def repeated(scene: Scene, every: Every) -> str:
    """매일, 매주 월요일, 매달 1일."""
    locale, days = scene.locale, WEEKDAYS[scene.locale.language]
    if every.unit == "year" and every.day:
        return locale("every_date", lunar=locale("lunar") if every.lunar else "", month=every.month, day=every.day)
    if every.unit == "minute":
        return locale("every_span", span=span(every.interval * 60, locale.language))
    often = every.interval > 1
    name = locale(f"every_other_{every.unit}", count=every.interval) if often else locale(f"every_{every.unit}")
    if every.unit == "week" and every.weekdays:
        return f"{name} {', '.join(days[number] for number in every.weekdays)}"
    if every.nth:
        name = locale("every_month_of", month=every.month) if every.unit == "year" else name
        nth = ", ".join(locale("nth_last" if each == when.LAST else f"nth_{each}") for each in every.nth)
        return locale("every_nth", every=name, nth=nth, weekday=", ".join(days[each] for each in every.weekdays))
    on = locale("every_day_of", day=every.day) if every.day else ""
    on = locale("every_last_day") if every.unit == "month" and every.day == _LAST_DAY else on
    return f"{name} {on}".strip()


# Who wants to know a way, a reason or a place at some time, asks the model.
_KNOWN = re.compile(
    r"(?:법|방법|이유|뜻|얘기|이야기|노래|장소|맛집|곳|사람|정보|소식|뉴스|(?<=\s)(?:것|거|게)|[는은던]지|까|메뉴|영화|책|음식|요리|레시피|비결|비법|요령|팁|날씨|주가|환율)(?:을|를|좀|은|는|도|\s좀)*$"
)
# "약 먹으라고", "회의 있다고": what shall be said.
_SAYING = re.compile(r"(?:[라다자냐]고|라구|는 ?[거것]|을 ?[거것]|기|해야 ?돼|가야 ?해|게)$")

TASK = Kind("task", lambda text: not (_KNOWN.search(text.strip()) or re.search(r"[라다자]고$|라구$", text.strip())))
# "알람 내일 9시로 바꿔줘" is no reminder of 바꿔줘.
_CHANGED = re.compile(r"(?:좀\s)?(?:바꿔|변경|옮겨|수정|고쳐|미뤄|늦춰|연기|당겨|앞당겨|조정)(?:\s?(?:해|줘|주)\S*)?")

_UNCHANGED = r"(?:좀\s)?(?:바꾸|옮기|미루|늦추|당기|(?:취소|변경|연기|수정|삭제)하|지우|끄)지\s?(?:마|말)\S*"
_SHIFTED = re.compile(
    rf"(?:(?:전부|모두|다|[둘셋넷]\s?다)\s)?(?:(?:더\s?)?(?:일찍|늦게)|{_CHANGED.pattern}|{_UNCHANGED})"
)

WHAT = Kind("what", lambda text: bool(text.strip()) and _CHANGED.fullmatch(text.strip()) is None)
SAYING = Kind("saying", lambda text: _SAYING.search(text.strip()) is not None)


# Who promises, asks back or complains wants nothing set: "30분 뒤에 전화할게", "왜 안 깨웠어", "7시에 깨워줘서 고마워".
_TOLD = re.compile(
    r"(?:다며|달라니까|했나|놨지|맞췄어|준\s?거\s?맞아)[요.!?~ㅋㅎㅠ\s]*$|(?:^|\s)왜\s|울렸|울려서"
    r"|^(?!.*(?:깨워|알려)\s?(?:줘(?!도)|주세요|주라|줄래)).*못\s?(?:일어[났남]|들[었음])[가-힣]{0,3}[요.!?~ㅋㅎㅠ\s]*$"
    r"|(?:알려|깨워|말해|불러)\s?(?:줘서|줬(?!으면)|달라고\s?(?:했|하)|달랬|줄까|줘야\s?(?:할까|하나|되나))"
    r"|맞춰\s?(?:놨는|놓고|뒀는|놨었)|알[람림]\s?(?:끄고|껐|꺼서|듣고)"
)
_PROMISED = re.compile(r"^(?!.*(?:줘|주세요|달라|줄래)).*(?:줄게|할게|갈게|올게|볼게)[요.!?~ㅋㅎㅠ\s]*$")
# "9시에 여는 카페 알려줘": the time is the café's.
_OF_THINGS = re.compile(r"(?<![나저너에])는\s(?!거|것|게|걸|일|곳)\S+(?<![라다]고)\s(?:좀\s)?(?:알려|찾아|추천)\S*$")


def _is_a_question(call: Call) -> bool:
    """ "100년 뒤 서울 모습 알려줘": of a time that can't be, only what shall surely be said is a wish."""
    said = call.args.get("when", "")
    asked = bool({"task", "what"} & call.args.keys()) and not re.search(r"알람|알림|깨워|모닝콜", said)
    return asked and bool(said) and when.read(said, _ANY_DAY)[0] is None


def _is_a_shift(call: Call) -> bool:
    """ "30분 일찍 알려줘": of what is set already."""
    said = (call.args.get(name, "") for name in ("what", "task", "saying"))
    return any(_SHIFTED.fullmatch(words.strip()) for words in said)


_LAST_DAY = 31  # which every month keeps on its last
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # whether a time is named does not depend on today


_ONLY_ASKS = re.compile(r"^(?:좀\s?|꼭\s?)?(?:알려|깨워|말해|불러)\s?(?:줘|줄래|주라|주세요|달라)?[요.!?~\s]*$")


def _meant_by(text: str, action: str) -> Mapping[str, str] | None:
    """A time alone is no wish: "새벽 1시 30분"."""
    time, rest = when.read(text, _ANY_DAY)
    what = _ONLY_ASKS.sub("", quoted(content(rest)))
    return {"when": text, "what": what} if time and rest.strip() else None


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
    sure=0.9,
    refuses=lambda text, call: (
        any(each.search(text) for each in (_TOLD, _PROMISED, _OF_THINGS)) or _is_a_question(call) or _is_a_shift(call)
    ),
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
            {"ko": "내일 아침 8시, 30분 뒤, 매주 월요일 9시", "en": "When: tomorrow 8am, in 30 minutes"},
            required=True,
            kind=WHEN,
        ),
        Slot("what", "내용", {"ko": "알려 줄 말", "en": "What to say"}),
    ),
    spoken={"what": WHAT, "task": TASK, "saying": SAYING},
    timed=True,
    needs_time=True,
    broad=True,
)
