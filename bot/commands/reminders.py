"""알림목록: what will be said here, and how to call it off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.afterthoughts import AFTER as AFTER_A_PROMISE
from bot.afterthoughts import LAST, Afterthought, afterthought, counted, listed
from bot.command import Choice, Command, Reply, Scene, Slot
from bot.commands.remind import again
from bot.expecting import PRESS
from bot.korean import when
from bot.korean.clock import span, spoken
from bot.korean.denying import denied
from bot.korean.folding import match_key
from bot.listing import picked, renumbered
from bot.messages import Call
from bot.phrase import sayings
from bot.reminders import Cancel, Move, Reminder, newest, waiting
from bot.rescheduling import Shift, moved, several, shift, to
from bot.slots import WHEN, Kind

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Entry:
    reminder: Reminder
    text: str


async def answer(scene: Scene, call: Call) -> Reply:
    found = await scene.world.read(lambda db: waiting(db, scene.conversation))
    if "id" in call.args:
        return _called_off(scene, found, call.args["id"])
    if thought := afterthought(call.args.get("after", "")):
        latest = await scene.world.read(lambda db: newest(db, scene.conversation, scene.incoming.person))
        if "listed" in call.args and thought.which != LAST:
            which = renumbered(thought.which, call.args["listed"], [each.id for each in found])
            if thought.which and not which:
                return Reply(scene.locale("reminder_gone"))
            thought = replace(thought, which=which)
        return _thought_again(scene, found, latest, thought, listed="listed" in call.args)
    cancel = call.args.get("cancel")
    asked = call.args.get("text", "")
    if "change" in call.args or (_CHANGE.search(asked) and WHEN.accepts(asked)):
        return _moved(scene, found, shift(call.args.get("when") or asked))
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
    text = "\n".join([scene.locale("reminders_list"), *lines, *more])
    return Reply(
        text, choices=choices, expect=listed("reminders", (each.id for each in found[:_SHOWN])), here=here, literal=True
    )


def _thought_again(
    scene: Scene, found: list[Reminder], latest: list[Reminder], thought: Afterthought, *, listed: bool
) -> Reply:
    """What follows a promise or a list: without a number it is about what was set last, or the only one listed."""
    if thought.which == LAST:
        about = found[-1:] if listed else latest[-1:]
    elif not listed and len(latest) > 1 and counted(thought.which) in (0, len(latest)):
        about = latest
    else:
        about = found if thought.which or listed else latest
    if not (about or listed):
        return Reply(scene.locale("reminder_gone"))
    if thought.to:
        reply = _moved(scene, about, to(thought.which.removeprefix(LAST), thought.to))
        return replace(reply, expect=AFTER_A_PROMISE) if about is latest and reply.effects else reply
    if about and (about is latest or thought.which == LAST):
        return _off(scene, about)
    return _cancelled(scene, about, Call("reminders", {}), thought.which)


def _called_off(scene: Scene, found: list[Reminder], id: str) -> Reply:
    """By its button: the list, with what was called off above it, or why nothing was."""
    gone = next((each for each in found if str(each.id) == id), None)
    left = _listed(scene, [each for each in found if each is not gone], here=_pressed(scene))
    head = scene.locale("reminder_cancelled", text=_line(scene, gone)) if gone else scene.locale("reminder_gone")
    effects = (Cancel((gone.id,)),) if gone else ()
    return replace(left, text=f"{head}\n\n{left.text}", effects=effects)


def _pressed(scene: Scene) -> bool:
    call = scene.incoming.call
    return bool(call and call.name == PRESS)


def _cancelled(scene: Scene, found: list[Reminder], call: Call, said: str) -> Reply:
    if not found:
        return Reply(scene.locale("reminders_none"))
    gone = _meant(scene, found, call, said)
    return _off(scene, gone) if gone else _unsure(scene, found, "reminders_which")


def _unsure(scene: Scene, found: list[Reminder], question: str) -> Reply:
    """The list, and above it which of them is to be named."""
    reply = _listed(scene, found)
    return replace(reply, text=f"{scene.locale(question)}\n{reply.text}")


def _off(scene: Scene, gone: list[Reminder]) -> Reply:
    effect = Cancel(tuple(each.id for each in gone))
    if len(gone) == 1:
        return Reply(scene.locale("reminder_cancelled", text=_line(scene, gone[0])), (effect,), literal=True)
    return Reply(scene.locale("reminders_cancelled", count=len(gone)), (effect,))


def _moved(scene: Scene, found: list[Reminder], shifted: Shift | None) -> Reply:
    """At another time: those that are named, or the only one there is."""
    if not found:
        return Reply(scene.locale("reminders_none"))
    if shifted is None:
        return Reply(scene.locale("reminder_move_when"))
    if several(shifted, scene.now):
        return Reply(scene.locale("reminder_move_one"))
    _, words = when.read(shifted.which, scene.now)
    named = _named(found, shifted.which)
    meant = (named or _named(found, words) or _at_time(scene, found, shifted.which)) if shifted.which else found
    if not meant or (len(meant) > 1 and not named):
        return replace(_unsure(scene, found, "reminders_which_moves"), choices=())
    to = [(each, at) for each in meant if (at := moved(each, shifted, scene.now))]
    if len(to) < len(meant):
        return Reply(scene.locale("reminder_move_when"))
    lines = [_line(scene, replace(each, due=due.astimezone(UTC), every=every)) for each, (due, every) in to]
    effects = tuple(Move(each.id, due, every) for each, (due, every) in to)
    if len(lines) == 1:
        return Reply(scene.locale("reminder_moved", text=lines[0]), effects, literal=True)
    text = "\n".join([scene.locale("reminders_moved"), *(f"- {line}" for line in lines)])
    return Reply(text, effects, literal=True)


def _named(found: list[Reminder], said: str) -> list[Reminder]:
    """By number, by words, or all of them; none where "둘 다" is said of three."""
    if (count := counted(said)) is not None:
        return found if count in (0, len(found)) else []
    return [entry.reminder for entry in picked([_Entry(each, each.text) for each in found], said)]


def _meant(scene: Scene, found: list[Reminder], call: Call, said: str) -> list[Reminder]:
    """By number, by words, by time; "the timer" alone is the only one there is, or all timers."""
    if "all" in call.args:
        kind = "timer" if _TIMERS.search(match_key(call.args["all"])) else None
        return [each for each in found if kind is None or each.kind == kind]
    if said and (named := _named(found, said)):
        return named
    if timed := _at_time(scene, found, said or call.args.get("when", "")):
        return timed
    timers = [each for each in found if each.kind == "timer"]
    if "타이머" in match_key(call.args.get("any", "")) and timers:
        return timers
    return found if len(found) == 1 and not said and "when" not in call.args else []


def _at_time(scene: Scene, found: list[Reminder], said: str) -> list[Reminder]:
    time, _ = when.read(said, scene.now)
    times = (time, *time.others) if time and (time.clock or time.day) else ()
    return [each for each in found if any(_fits(one, each.local) for one in times)]


def _fits(time: when.When, due: datetime) -> bool:
    """A bare "8시" may be either half of the day's."""
    clocks = [(each.hour % 12, each.minute) for each in (time.clock, *time.also) if each]
    return (not clocks or (due.hour % 12, due.minute) in clocks) and time.day in (None, due.date())


def _line(scene: Scene, each: Reminder) -> str:
    language = scene.locale.language
    if each.kind == "timer":
        left = span(max((each.due - scene.now).total_seconds(), 0), language)
        name = f"{scene.locale('reminder_timer')} {each.text}".strip()
        return scene.locale("reminders_timer", name=name, left=left)
    at = spoken(each.local, scene.now, language)
    if each.every:
        at = again(scene, each.every, [each.local])
    return f"{at} — {_name(scene, each)}"


def _name(scene: Scene, each: Reminder) -> str:
    return each.text or scene.locale(f"reminder_{each.kind}")


_ALL = re.compile(
    r"(?:reminders|alarms|timers)|(?:내|나의|지금|모든|전체|예약된|예약한|설정된|설정한|맞춘|걸어둔|켜진|남은)*(?:알림|알람|알리미|리마인더|타이머)(?:들|설정|예약)?[을를도은이만]?"
)

_TIMERS = re.compile(r"타이머|timer")

_CHANGE = re.compile(r"바꿔|바꾸|변경|옮겨|옮기|수정|고쳐|미뤄|미루|늦춰|늦추|연기|당겨|당기|조정|말고")
# Who denies it, asks whether it was done or complains: "알림 9시로 바꾸지 마", "바꿨어?", "바꿔줬잖아".
_UNCHANGED = re.compile(
    r"[꾸기루추우하치]지\s?(?:마|말|않)|[꿨뤘겼췄됐했줬](?:어|니|나|냐|지|잖|는)(?!.*(?:줘|주세요|주라)[요.!~\s]*$)"
)
_LEFT_ALONE = re.compile(r"(?:건드리|손대)지\s?(?:마|말)|그대로\s?(?:놔|두|둬)")


def _is_all(text: str) -> bool:
    return _ALL.fullmatch(match_key(text)) is not None


def _meant_by(text: str, action: str) -> Mapping[str, str]:
    """The list, unless a time is named that one shall have."""
    return {"change": text} if action == "change" and WHEN.accepts(text) else {}


def _refused(text: str, call: Call) -> bool:
    """Nothing is changed for a denial, and no time without naming one."""
    if _LEFT_ALONE.search(text):
        return True
    if "change" in call.args and "when" not in call.args:
        return True
    if "change" in call.args:  # "3시 말고 4시에" is a wish
        return denied(text.replace("말고", "")) or _UNCHANGED.search(text) is not None
    return bool(call.args.keys() & {"cancel", "all", "any"}) and (denied(text) or "말고" in text)


KINDS = Kind("kind", _is_all)
CHANGE = Kind("change", lambda text: counted(text) is not None)
AFTER = Kind("after", lambda text: afterthought(text) is not None)
COMMAND = Command(
    name="reminders",
    korean="알림목록",
    about={"ko": "맞춰 둔 알림과 타이머를 보고 취소해요", "en": "List and cancel reminders and timers"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    sure=0.7,
    refuses=_refused,
    examples=(
        "내 알림 목록 보여줘",
        "/reminders",
        "타이머 취소해줘",
        "알림 다 취소해줘",
        "1번 알림 삭제해줘",
        "타이머 몇 분 남았어?",
    ),
    slots=(Slot("cancel", "취소", {"ko": "취소할 알림의 번호나 말", "en": "Number or words of the one to cancel"}),),
    spoken={"all": KINDS, "any": KINDS, "change": CHANGE, "after": AFTER},
    timed=True,
)
