"""할 일: a list to add to, to check off and to clear."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.afterthoughts import listed, on_list
from bot.command import Choice, Command, Expect, Reply, Scene, Slot
from bot.informal import content, numbered
from bot.korean.denying import denied
from bot.korean.folding import match_key
from bot.korean.items import are_plain, is_headed, items
from bot.korean.quoting import quoted
from bot.listing import picked, renumbered
from bot.messages import Call
from bot.notes import LONGEST, MOST, Check, Keep, Note, Remove, notes
from bot.phrase import sayings
from bot.slots import TEXT, WORDS, Kind

_NAMED = 5  # of what there is, where a number is none

_ACTIONS = Kind(
    "action",
    choices=(("add", "추가", "add"), ("list", "목록", "list"), ("done", "완료", "done"), ("delete", "삭제", "delete")),
)


async def answer(scene: Scene, call: Call) -> Reply:
    action, text = _meant(call)
    kept = await scene.world.read(lambda db: notes(db, "todo", scene.conversation))
    if "finished" in call.args:
        done = tuple(note.id for note in kept if note.done)
        return Reply(scene.locale("todo_cleared", count=len(done)), (Remove(done),))
    if found := on_list(call.args.get("after", "")):
        which = renumbered(found[1], call.args.get("listed", ""), [note.id for note in kept])
        return _changed(scene, kept, found[0], which) if which else Reply(scene.locale("todo_gone_already"))
    if "id" in call.args:
        return _pressed(scene, kept, call.args["id"])
    match action:
        case "add" if not text:
            return Reply(scene.locale("todo_what"), expect=Expect(Call("todo", {"action": "add"}), "text", strict=True))
        case "add":
            return _added(scene, kept, items(text))
        case "done" | "delete":
            return _changed(scene, kept, action, text)
        case _:
            return _listed(scene, kept)


def _meant(call: Call) -> tuple[str, str]:
    for action in ("done", "delete"):
        if action in call.args:
            return action, call.args[action].strip()
    text = (call.args.get("text") or call.args.get("item") or call.args.get("thing") or "").strip()
    if match_key(text) in ("하나", "하나더"):  # "할 일 하나 등록할게"
        return "add", ""
    if "action" in call.args:
        return call.args["action"], text
    if call.args.keys() & {"adding", "items", "headed"}:
        return "add", (call.args.get("headed") or call.args.get("items", "")).strip()
    for action, pattern in _TYPED if "text" in call.args else ():
        if typed := pattern.fullmatch(text):
            return action, typed["what"]
    return "add" if text else "list", text


# Behind /todo, which alone gives a text without an action, and where an action stands for itself: "delete 99",
# "2번 완료", "add 우유", "목록".
_NUMBERS = r"[0-9]{1,3}\s?번?(?:(?:\s?(?:,|이?랑|하고|와|과)\s?|\s)[0-9]{1,3}\s?번?)*"
_TYPED = tuple(
    (action, re.compile(typed, re.IGNORECASE))
    for action, typed in (
        ("delete", rf"(?:delete|remove|삭제)\s+(?P<what>{_NUMBERS})"),
        ("delete", rf"(?P<what>{_NUMBERS})\s(?:delete|삭제)"),
        ("done", rf"(?:done|완료)\s+(?P<what>{_NUMBERS})"),
        ("done", rf"(?P<what>{_NUMBERS})\s(?:done|완료)"),
        ("add", r"(?:add|추가)\s+(?P<what>.+)"),
        ("list", r"(?P<what>)(?:list|목록)"),
    )
)


def _added(scene: Scene, kept: list[Note], wished: list[str]) -> Reply:
    if len(kept) + len(wished) > MOST:
        return Reply(scene.locale("todo_full", most=MOST))
    effects = tuple(Keep("todo", text, nth) for nth, text in enumerate(wished))
    if len(wished) == 1:
        return Reply(scene.locale("todo_kept", text=wished[0][:LONGEST]), effects, literal=True)
    return Reply(scene.locale("todo_kept_several", count=len(wished), text=", ".join(wished)), effects, literal=True)


def _listed(scene: Scene, kept: list[Note], here: bool = False) -> Reply:
    if not kept:
        return Reply(scene.locale("todo_none"), here=here)
    left = [(number, note) for number, note in enumerate(kept, start=1) if not note.done]
    buttons = [Choice(f"✓ {note.text[:25]}", Call("todo", {"id": str(note.id)}), number) for number, note in left]
    text = "\n".join([scene.locale("todo_list"), *_lines(kept)])
    return Reply(
        text, choices=tuple(buttons[:10]), expect=listed("todo", (note.id for note in kept)), here=here, literal=True
    )


def _changed(scene: Scene, kept: list[Note], action: str, text: str) -> Reply:
    meant = picked(kept, text)
    if not meant and kept and re.fullmatch(_NUMBERS, text):
        there = ", ".join(f"{number}. {note.text[:25]}" for number, note in enumerate(kept[:_NAMED], start=1))
        more = ", …" if len(kept) > _NAMED else ""
        told = scene.locale("todo_no_number", number=text, count=len(kept), text=f"{there}{more}")
        return Reply(told, expect=listed("todo", (note.id for note in kept)), literal=True)
    if not meant:
        return Reply(scene.locale("todo_which" if kept else "todo_none"))
    return _removed(scene, meant) if action == "delete" else _checked(scene, kept, meant)


def _pressed(scene: Scene, kept: list[Note], id: str) -> Reply:
    """By its button, which may hang under a list from before another was deleted."""
    done = [note for note in kept if str(note.id) == id]
    return _checked(scene, kept, done) if done else Reply(scene.locale("todo_gone_already"))


def _removed(scene: Scene, gone: list[Note]) -> Reply:
    ids = tuple(note.id for note in gone)
    return Reply(scene.locale("todo_gone", text=_names(gone)), (Remove(ids),), literal=True)


def _checked(scene: Scene, kept: list[Note], done: list[Note]) -> Reply:
    ids = tuple(note.id for note in done)
    left = sum(not note.done for note in kept if note.id not in ids)
    return Reply(scene.locale("todo_done", text=_names(done), left=left), (Check(ids),), literal=True)


def _names(these: list[Note]) -> str:
    return ", ".join(note.text for note in these)


def _lines(kept: list[Note]) -> list[str]:
    return [f"{number}. {'✅' if note.done else '⬜'} {note.text}" for number, note in enumerate(kept, start=1)]


def _meant_by(text: str, action: str) -> Mapping[str, str]:
    if action == "clear":
        return {"finished": "한"}
    if action not in ("add", "done", "delete"):
        return {}
    number = numbered(text, "번") if action != "add" else ""
    return {"action": action, "text": f"{number}번" if number else quoted(content(text))}


# "우유, 계란 추가하지 마", but not what stands on a list itself: "술 마시지 말기"
_KEEPS_OUT = re.compile(
    r"(?:(?:추가|등록|저장|기록)\s?하|넣|적|쓰|올리|더하)지\s?(?:마|말)(?!기)\S*(?:\s\S{1,4})?[.!~\s]*$"
)
_NOT_REMOVED = re.compile(r"(?:지우지|지워|빼지|삭제하지)\s?말고\s?(?=완료|체크|끝)")  # "지우지 말고 완료로"


def _changes_nothing(text: str, call: Call) -> bool:
    """ "할 일 다 했어?" asks, and ticks nothing off."""
    if _KEEPS_OUT.search(text):
        return True
    taking = bool(call.args.keys() & {"delete", "done", "finished"}) or call.args.get("action") in ("delete", "done")
    return taking and denied(_NOT_REMOVED.sub("", text))


ITEMS = Kind("items", are_plain, apart=True)
HEADED = Kind("headed", is_headed, apart=True)
ADDING = Kind("adding", lambda text: match_key(text) in ("추가", "등록", "추가해", "등록해"))
FINISHED = Kind("finished", lambda text: match_key(text) in ("완료한", "끝난", "끝낸", "다한", "완료된", "마친", "한"))
AFTER = Kind("after", lambda text: on_list(text) is not None)
COMMAND = Command(
    name="todo",
    korean="할일",
    about={"ko": "할 일을 적고, 보고, 마치고, 지워요", "en": "Keep a to-do list"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    refuses=_changes_nothing,
    examples=(
        "할 일에 보고서 쓰기 추가해줘",
        "/todo",
        "할 일 목록",
        "할 일 1번 다 했어요",
        "세탁소 들르기 할일에서 빼줘",
    ),
    slots=(
        Slot("action", "할일", {"ko": "추가, 목록, 완료, 삭제", "en": "add, list, done or delete"}, kind=_ACTIONS),
        Slot("text", "내용", {"ko": "할 일이나 번호", "en": "The item's text or number"}),
    ),
    spoken={
        "item": WORDS,
        "thing": TEXT,
        "items": ITEMS,
        "headed": HEADED,
        "adding": ADDING,
        "delete": TEXT,
        "done": TEXT,
        "why": TEXT,
        "finished": FINISHED,
        "after": AFTER,
    },
)
