"""메모: keep a line, list them, find one, take one away."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.command import Choice, Command, Expect, Reply, Scene, Slot
from bot.informal import content, nothing
from bot.korean.denying import denied
from bot.korean.folding import match_key
from bot.korean.quoting import quoted
from bot.listing import picked
from bot.messages import Call
from bot.notes import LONGEST, MOST, Keep, Note, Remove, notes
from bot.phrase import sayings
from bot.slots import TEXT, WORDS, Kind

_ACTIONS = Kind(
    "action",
    choices=(("add", "추가", "add"), ("list", "목록", "list"), ("find", "찾기", "find"), ("delete", "삭제", "delete")),
)


async def answer(scene: Scene, call: Call) -> Reply:
    action, text = _meant(call)
    kept = await scene.world.read(lambda db: notes(db, "memo", scene.conversation))
    if "id" in call.args:
        return _pressed(scene, kept, call.args["id"])
    match action:
        case "add" if not text:
            return Reply(scene.locale("memo_what"), expect=Expect(Call("memo", {"action": "add"}), "text", strict=True))
        case "add" if len(kept) >= MOST:
            return Reply(scene.locale("memo_full", most=MOST))
        case "add" if len(text) > LONGEST:
            return Reply(scene.locale("memo_long", most=LONGEST))
        case "add":
            return Reply(scene.locale("memo_kept", text=text), (Keep("memo", text),), literal=True)
        case "find":
            return _found(scene, kept, text)
        case "delete":
            return _deleted(scene, kept, text)
        case _:
            return _listed(scene, kept)


def _meant(call: Call) -> tuple[str, str]:
    """What to do, with what: named by a template's slot, by an option, or by the words after /memo."""
    for action in ("find", "delete"):
        if action in call.args:
            return action, call.args[action].strip()
    if "quoted" in call.args:
        return "add", quoted(call.args["quoted"])
    note = call.args.get("note", "").strip()
    for action, wish in _WISHES.items():
        if found := wish.fullmatch(note):
            return action, (found["text"] or "").strip()
    text = call.args.get("text", "").strip() or note
    return call.args.get("action") or ("add" if text else "list"), text


def _listed(scene: Scene, kept: list[Note]) -> Reply:
    if not kept:
        return Reply(scene.locale("memo_none"))
    return Reply("\n".join([scene.locale("memo_list"), *_lines(kept)]), literal=True)


def _found(scene: Scene, kept: list[Note], text: str) -> Reply:
    key = match_key(text)
    hits = [(number, note) for number, note in enumerate(kept, start=1) if key in match_key(note.text)]
    if not hits:
        return Reply(scene.locale("memo_not_found", text=text), literal=True)
    return Reply("\n".join(f"{number}. {note.text}" for number, note in hits), literal=True)


def _deleted(scene: Scene, kept: list[Note], text: str) -> Reply:
    gone = picked(kept, text)
    if not gone:
        choices = tuple(Choice(note.text[:30], Call("memo", {"id": str(note.id)})) for note in kept[:10])
        return Reply(scene.locale("memo_which" if kept else "memo_none"), choices=choices)
    return _removed(scene, gone)


def _pressed(scene: Scene, kept: list[Note], id: str) -> Reply:
    """By its button, which may hang under a list from before another was deleted."""
    gone = [note for note in kept if str(note.id) == id]
    return _removed(scene, gone) if gone else Reply(scene.locale("memo_gone_already"))


def _removed(scene: Scene, gone: list[Note]) -> Reply:
    effect = Remove(tuple(note.id for note in gone))
    if len(gone) == 1:
        return Reply(scene.locale("memo_gone", text=gone[0].text), (effect,), literal=True)
    return Reply(scene.locale("memo_gone_many", count=len(gone)), (effect,))


def _lines(kept: list[Note]) -> list[str]:
    return [f"{number}. {note.text}" for number, note in enumerate(kept, start=1)]


def _meant_by(text: str, action: str) -> Mapping[str, str]:
    if action == "add":
        return {"text": quoted(content(text))}
    return {"action": "delete", "text": ""} if action == "delete" else nothing(text, action)


# "메모 삭제", "메모 우유 찾아줘": what to do stands where a note would.
_WISHES = {
    "delete": re.compile(r"(?P<text>)(?:삭제|지우기|(?:삭제해|지워)\s?줘요?)"),
    "find": re.compile(r"(?P<text>.+)\s찾아\s?줘요?"),
}
# "메모 잘하는 법", "메모하는 습관": a sentence about memos is none.
_ABOUT = re.compile(
    r"(?:잘|하는|하면|해도|할|한|안|못|많이|자주|앱|어플|습관|지가|지를|를|도|의|광|중독)(?:$|[\s가-힣])"
)
QUOTED = Kind("quoted", lambda text: text.strip().endswith(("라고", "다고")))
NOTE = Kind("note", lambda text: not _ABOUT.match(text.strip()), apart=True)
COMMAND = Command(
    name="memo",
    korean="메모",
    about={"ko": "메모를 적고, 보고, 찾고, 지워요", "en": "Keep, list, find and delete memos"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    refuses=lambda text, call: (call.args.get("action") == "delete" or "delete" in call.args) and denied(text),
    examples=(
        "메모해줘 우유 두 개 사기",
        "/memo 현관 비번 바꾸기",
        "메모 보여줘",
        "와이파이 메모 찾아줘",
        "2번 메모 지워줘",
    ),
    slots=(
        Slot("action", "할일", {"ko": "추가, 목록, 찾기, 삭제", "en": "add, list, find or delete"}, kind=_ACTIONS),
        Slot("text", "내용", {"ko": "메모 내용이나 번호", "en": "The memo's text or number"}, kind=WORDS),
    ),
    spoken={"note": NOTE, "quoted": QUOTED, "delete": TEXT, "find": TEXT},
)
