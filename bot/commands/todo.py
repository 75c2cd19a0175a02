"""할 일: a list to add to, to check off and to clear."""

from __future__ import annotations

from collections.abc import Mapping

from bot.afterthoughts import listed, on_list
from bot.command import Choice, Command, Expect, Reply, Scene, Slot
from bot.informal import content, numbered
from bot.korean.denying import denied
from bot.korean.folding import match_key
from bot.korean.quoting import quoted
from bot.listing import picked, renumbered
from bot.messages import Call
from bot.notes import LONGEST, MOST, Check, Keep, Note, Remove, notes
from bot.phrase import sayings
from bot.slots import TEXT, WORDS, Kind

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
        case "add" if len(kept) >= MOST:
            return Reply(scene.locale("todo_full", most=MOST))
        case "add":
            return Reply(scene.locale("todo_kept", text=text[:LONGEST]), (Keep("todo", text),), literal=True)
        case "done" | "delete":
            return _changed(scene, kept, action, text)
        case _:
            return _listed(scene, kept)


def _meant(call: Call) -> tuple[str, str]:
    for action in ("done", "delete"):
        if action in call.args:
            return action, call.args[action].strip()
    text = (call.args.get("text") or call.args.get("item") or "").strip()
    return call.args.get("action") or ("add" if text else "list"), text


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


def _takes_none(text: str, call: Call) -> bool:
    """ "할 일 다 했어?" asks, and ticks nothing off."""
    taking = bool(call.args.keys() & {"delete", "done", "finished"}) or call.args.get("action") in ("delete", "done")
    return taking and denied(text)


FINISHED = Kind("finished", lambda text: match_key(text) in ("완료한", "끝난", "끝낸", "다한", "완료된", "마친", "한"))
AFTER = Kind("after", lambda text: on_list(text) is not None)
COMMAND = Command(
    name="todo",
    korean="할일",
    about={"ko": "할 일을 적고, 보고, 마치고, 지워요", "en": "Keep a to-do list"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    refuses=_takes_none,
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
    spoken={"item": WORDS, "delete": TEXT, "done": TEXT, "why": TEXT, "finished": FINISHED, "after": AFTER},
)
