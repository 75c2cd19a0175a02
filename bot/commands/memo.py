"""메모: keep a line, list them, find one, take one away."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.afterthoughts import listed, on_list
from bot.command import Choice, Command, Expect, Reply, Scene, Slot
from bot.informal import content, nothing
from bot.korean.denying import denied
from bot.korean.folding import match_key
from bot.korean.quoting import quoted
from bot.listing import picked, renumbered
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
    if found := on_list(call.args.get("after", "")):
        which = renumbered(found[1], call.args.get("listed", ""), [note.id for note in kept])
        return _deleted(scene, kept, which) if which else Reply(scene.locale("memo_gone_already"))
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
    for name, action in (("find", "find"), ("named", "find"), ("delete", "delete")):
        if name in call.args:
            return action, call.args[name].strip()
    if "adding" in call.args:
        return "add", ""
    if said := call.args.get("quoted") or call.args.get("written"):
        return "add", quoted(said)
    note = call.args.get("note", "").strip()
    for action, wish in _WISHES.items():
        if found := wish.fullmatch(note):
            return action, (found["text"] or "").strip()
    text = call.args.get("text", "").strip() or note
    return call.args.get("action") or ("add" if text else "list"), text


def _listed(scene: Scene, kept: list[Note]) -> Reply:
    if not kept:
        return Reply(scene.locale("memo_none"))
    return Reply(
        "\n".join([scene.locale("memo_list"), *_lines(kept)]),
        expect=listed("memo", (note.id for note in kept)),
        literal=True,
    )


def _found(scene: Scene, kept: list[Note], text: str) -> Reply:
    key = match_key(text)
    hits = [(number, note) for number, note in enumerate(kept, start=1) if key in match_key(note.text)]
    if not hits:  # "옥상 메모" may be one to keep
        keep = Choice(scene.locale("memo_keep_it"), Call("memo", {"action": "add", "text": text}))
        return Reply(scene.locale("memo_not_found", text=text), choices=(keep,), literal=True)
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
    "delete": re.compile(r"(?P<text>)(?:삭제|지우기|(?:삭제해|지워|없애)\s?줘요?)"),
    "find": re.compile(r"(?P<text>.+)\s찾아\s?줘요?"),
}
# "메모 잘하는 법", "메모하는 습관": a sentence about memos is none.
_ABOUT = re.compile(
    r"(?:잘|하는|하면|해도|할|한|안|못|많이|자주|앱|어플|습관|지가|지를|를|도|의|광|중독)(?:$|[\s가-힣])"
)
# "메모 좀 해", "메모장에 추가해줘": nothing is said yet that could be kept.
_ADDING = re.compile(
    r"(?:해|남겨|적어|써|(?:추가|작성|기록|저장|등록)해?)(?:\s?(?:줘|줘요|주세요|줄래|둬|놔|봐|라))?"
    r"|(?:할|쓸|남길)[게래]요?|(?:하고|남기고)\s?싶어요?|하자"
)
# "다 지워졌어", "삭제됐어", "지우지 마": what became of the memos, or shall not.
_LOST = re.compile(
    r"(?:다|전부|모두|싹|왜|또|내용이?)?\s*(?:(?:지워|없어|사라)\s?(?:[졌짐져]|지[는면])|(?:삭제|제거)\s?(?:[됐됨]|되[었는면어])|날[아라]갔"
    r"|(?:지우|삭제하|없애)지\s?(?:마|말)).*"
)
_KEPT = re.compile(r"(?:.*\s)?(?:적어|써|저장해)\s?(?:놨|뒀|놓았|두었).*")  # "뭐 적어놨지": an earlier one
_MEMO = re.compile(r"(?:내\s)?(?:메모|매모|메모장)[들]?[가이은는를도]?\s*")
# Before a mere "메모": one word, or words that describe a memo, name one that there is; more are one to keep.
_NAMES = re.compile(r"[^\s0-9]+|.*\s(?:적은|적힌|들어간|나온|관련|있는|쓴|저장한|띄워봐)")


def _is_note(text: str) -> bool:
    """Whether it can stand behind 메모 as one: no sentence about memos, no wish alone."""
    said = text.strip()
    return not (_ABOUT.match(said) or _LOST.fullmatch(said) or _KEPT.fullmatch(said) or _is_adding(said))


def _is_adding(text: str) -> bool:
    return _ADDING.fullmatch(text.strip()) is not None


_REGRETS = re.compile(r"걸\s?그랬|(?:돌려|잃어|먹어|날려|태워)\s?버렸[어다네음]\S*$")  # "메모 좀 해둘걸 그랬다"


def _refused(text: str, call: Call) -> bool:
    """Whether it only tells what became of the memos, or forbids to delete them."""
    if _REGRETS.search(text):
        return True
    if call.args.get("action") != "delete" and "delete" not in call.args:
        return False
    return denied(text) or _LOST.fullmatch(_MEMO.sub("", text, count=1).strip()) is not None


QUOTED = Kind("quoted", lambda text: text.strip().endswith(("라고", "다고")))
NOTE = Kind("note", _is_note, apart=True)
ADDING = Kind("adding", _is_adding)
NAMED = Kind("named", lambda text: _NAMES.fullmatch(text.strip()) is not None)
COMMAND = Command(
    name="memo",
    korean="메모",
    about={"ko": "메모를 적고, 보고, 찾고, 지워요", "en": "Keep, list, find and delete memos"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    sure=0.75,
    refuses=_refused,
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
    spoken={
        "note": NOTE,
        "written": NOTE,
        "quoted": QUOTED,
        "adding": ADDING,
        "delete": TEXT,
        "find": TEXT,
        "named": NAMED,
        "after": Kind("after", lambda text: (found := on_list(text)) is not None and found[0] == "delete"),
    },
)
