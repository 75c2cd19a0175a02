"""내 정보: take along everything that is kept of oneself, or have it deleted for good."""

from __future__ import annotations

from bot.belongings import as_json, belongings
from bot.command import Choice, Command, Reply, Scene, Slot
from bot.forgetting import Erase
from bot.korean.folding import match_key
from bot.messages import Call, File
from bot.phrase import sayings
from bot.slots import Kind

_VERBS = {
    "export": "export download 내보내 내보내기 내보낼 내려받 내려받기 내려받을 다운 다운로드 다운받 다운받기 "
    "추출 추출해 뽑아 백업 백업해 받아",
    "delete": "delete erase 지워 지우 지우기 지울 지워버려 삭제 삭제해 삭제하 삭제하기 없애 없애버려 "
    "제거 제거해 파기 파기해",
}
_ACTIONS = Kind("action", choices=(("export", "내보내기", "export"), ("delete", "삭제", "delete")))


async def answer(scene: Scene, call: Call) -> Reply:
    match call.args.get("action") or _meant(call.args.get("verb") or call.args.get("text", "")):
        case "export":
            return await _export(scene)
        case "delete":
            return _delete(scene, call)
        case _:
            return _offer(scene)


def _meant(verb: str) -> str | None:
    """What a verb asks for: the one in a phrase, or what stands after /mydata."""
    key = match_key(verb)
    return next((action for action, verbs in _VERBS.items() if key in verbs.split()), None)


def _offer(scene: Scene) -> Reply:
    choices = (
        Choice(scene.locale("button_export"), Call("mydata", {"action": "export"})),
        Choice(scene.locale("button_erase"), Call("mydata", {"action": "delete"})),
    )
    return Reply(scene.locale("mydata"), choices=choices)


async def _export(scene: Scene) -> Reply:
    """Only where nobody else reads along."""
    if not scene.incoming.private:
        return Reply(scene.locale("mydata_private"))
    found = await scene.world.read(lambda db: belongings(db, scene.incoming.person))
    count = sum(map(len, found.values()))
    if not count:
        return Reply(scene.locale("mydata_none"))
    file = File(f"irang-mydata-{scene.now:%Y%m%d}.json", as_json(scene.incoming.person, found))
    return Reply(scene.locale("mydata_export", count=count), file=file)


def _delete(scene: Scene, call: Call) -> Reply:
    """Asked once more, and only whoever asked can say yes."""
    person, asked = scene.incoming.person.id, call.args.get("sure")
    if asked is None:
        yes = Call("mydata", {"action": "delete", "sure": person})
        no = Call("mydata", {"action": "delete", "sure": ""})
        choices = Choice(scene.locale("button_erase_yes"), yes), Choice(scene.locale("button_no"), no)
        return Reply(scene.locale("mydata_sure"), choices=choices)
    if asked == "":
        return Reply(scene.locale("mydata_kept"), here=True)
    if asked != person:
        return Reply(scene.locale("mydata_not_yours"))
    return Reply(scene.locale("mydata_erased"), (Erase(),), here=True)


COMMAND = Command(
    name="mydata",
    korean="내정보",
    about={"ko": "내 정보를 내보내거나 모두 지워요", "en": "Export or delete everything kept of you"},
    answer=answer,
    said=sayings(__name__),
    examples=("내 정보 내보내기", "/mydata", "내 정보 지워줘", "내 데이터 다 삭제해줘"),
    slots=(Slot("action", "할일", {"ko": "내보내기나 삭제", "en": "export or delete"}, kind=_ACTIONS),),
    spoken={"verb": Kind("verb", lambda text: _meant(text) is not None)},
)
