"""설정: how this chat wants to be spoken to, as buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import available_timezones

from bot import overheard
from bot.command import Choice, Command, Effect, Expect, Reply, Scene, Slot
from bot.informal import longest
from bot.korean import places
from bot.korean.cities import find_city
from bot.korean.folding import match_key
from bot.locale import load
from bot.messages import Call
from bot.phrase import sayings
from bot.preferences import Prefer
from bot.set_words import FORBIDDEN, set_words, switch
from bot.slots import Kind, brief

_VALUES = {
    "language": ("ko", "en"),
    "style": ("", "polite", "casual"),
    "memory": ("on", "off"),
    "streaming": ("on", "off"),
}
_FREE = ("place", "persona", "timezone")
_DAYS = ("0", "1", "3", "7")  # for which a group's talk may be kept
_LONGEST_PERSONA = 500


def answer(scene: Scene, call: Call) -> Reply:
    if said := call.args.get("text", ""):  # "/settings 반말"
        worded = _worded(said)
        return (
            answer(scene, Call(call.name, worded))
            if worded
            else _menu(scene, scene.locale("setting_unknown", said=said))
        )
    if switched := switch(call.args.get("switch", "")):
        return answer(scene, Call(call.name, switched))
    name = call.args.get("name", "")
    if "tone" in call.args:
        return _changed(scene, "style", _named(call.args["tone"], _TONES) or "")
    if "tongue" in call.args:
        return _changed(scene, "language", _named(call.args["tongue"], _TONGUES) or "")
    if "place" in call.args:
        return _set(scene, "place", call.args["place"])
    if name == "overhear":
        return _overhear(scene, call.args.get("value"))
    if name in _VALUES and call.args.get("value") in _VALUES[name]:
        return _changed(scene, name, call.args["value"])
    if name in _VALUES:
        return _offered(scene, name)
    if name in _FREE and "value" in call.args:
        return _set(scene, name, call.args["value"])
    if name in _FREE:
        back = Expect(Call("settings", {"name": name}), "value", strict=True)
        return Reply(scene.locale(f"setting_ask_{name}"), expect=back)
    return _menu(scene)


def _menu(scene: Scene, head: str = "", effects: tuple[Effect, ...] = (), **changed: str) -> Reply:
    """Every setting with its value; a button for each."""
    names = [*_VALUES, *_FREE, *([] if scene.incoming.private else ["overhear"])]
    lines = [f"- {_label(scene, name)}: {_shown(scene, name, changed.get(name))}" for name in names]
    choices = tuple(Choice(_label(scene, name), Call("settings", {"name": name})) for name in names)
    text = "\n".join([*([head, ""] if head else []), scene.locale("settings"), *lines])
    return Reply(text, effects, choices=choices, here=_pressed(scene))


def _offered(scene: Scene, name: str) -> Reply:
    values = _VALUES[name]
    choices = tuple(
        Choice(scene.locale(f"value_{name}_{value or 'default'}"), Call("settings", {"name": name, "value": value}))
        for value in values
    )
    return Reply(scene.locale("setting_choose", name=_label(scene, name)), choices=choices, here=_pressed(scene))


def _changed(scene: Scene, name: str, value: str) -> Reply:
    if name == "language":  # who reads the answer shall understand it
        scene = replace(scene, locale=load(value))
    head = scene.locale(
        "setting_set", name=_label(scene, name), value=scene.locale(f"value_{name}_{value or 'default'}")
    )
    if name == "style" and value == "casual" and not scene.world.able():
        head += "\n" + scene.locale("setting_style_small")
    return _menu(scene, head, (Prefer(name, value),), **{name: value})


def _set(scene: Scene, name: str, value: str) -> Reply:
    """A value that people write themselves, checked."""
    said = value.strip()
    if name == "timezone" and said not in available_timezones():
        return Reply(scene.locale("setting_bad_timezone", value=said))
    if name == "place":
        found, city = places.find(said), find_city(said)
        if not found and not city:
            return Reply(scene.locale("place_unknown", place=said))
        if len(found) > 1:
            choices = [
                Choice(places.name(each), Call("settings", {"name": name, "value": each.name})) for each in found
            ]
            return Reply(scene.locale("place_which", place=said), choices=tuple(choices))
        said = found[0].name if found else city.name if city else said
    if len(said) > _LONGEST_PERSONA:
        return Reply(scene.locale("setting_too_long", most=_LONGEST_PERSONA))
    if not said:
        return Reply(scene.locale("setting_unset", name=_label(scene, name)), (Prefer(name, ""),))
    head = scene.locale("setting_set", name=_label(scene, name), value=said)
    if name == "persona" and not scene.world.able():
        head += "\n" + scene.locale("setting_persona_small")
    return Reply(head, (Prefer(name, said),), literal=True)


def _overhear(scene: Scene, days: str | None) -> Reply:
    """Whether what a group says among itself is kept for summaries: an admin decides, and the group is told."""
    if scene.standing not in ("owner", "admin"):
        return Reply(scene.locale("setting_admins_only"))
    if days not in _DAYS:
        choices = tuple(
            Choice(
                scene.locale("overhear_days" if each != "0" else "overhear_off", days=each),
                Call("settings", {"name": "overhear", "value": each}),
            )
            for each in _DAYS
        )
        return Reply(scene.locale("overhear_ask"), choices=choices, here=_pressed(scene))
    if days == "0":
        return Reply(scene.locale("overhear_stopped"), (Prefer("overhear", "0"), overheard.Unhear()))
    return Reply(scene.locale("overhear_announced", bot=scene.bot_name, days=days), (Prefer("overhear", days),))


def _label(scene: Scene, name: str) -> str:
    return scene.locale(f"setting_{name}")


def _shown(scene: Scene, name: str, changed: str | None) -> str:
    value = getattr(scene.preferences, name) if changed is None else changed
    if name in _VALUES:
        return scene.locale(f"value_{name}_{value or 'default'}")
    if name == "overhear":
        return scene.locale("overhear_days", days=value) if value not in ("", "0") else scene.locale("overhear_off")
    if name == "timezone":
        return value or str(scene.now.tzinfo)
    return value or scene.locale("unset")


def _pressed(scene: Scene) -> bool:
    call = scene.incoming.call
    return bool(call and call.name == "do")


NAMES = Kind(
    "setting",
    choices=(
        ("language", "언어", "language"),
        ("style", "말투", "style"),
        ("persona", "성격", "persona"),
        ("place", "내 지역", "my place"),
        ("timezone", "시간대", "time zone"),
        ("memory", "기억", "memory"),
        ("streaming", "실시간 표시", "streaming"),
        ("overhear", "대화 보관", "overhear"),
    ),
)
_TONES = {
    "casual": "반말 반말모드 편하게 편한말 편한말투 친근하게 친구처럼 반말로편하게 말편하게",
    "polite": "존댓말 존대말 존대 해요체 높임말 존댓말모드 공손하게 정중하게 예의바르게",
}
_TONGUES = {"ko": "한국어 한글 한국말 korean", "en": "영어 잉글리시 잉글리쉬 english"}


_TURNED = ("style", "memory")  # of which a prohibition says what is wanted, or is asked about
_FORGETTING = {"name": "memory", "value": "off"}  # deletes what was said: a button asks, unless it is said plainly


def _worded(text: str) -> dict[str, str]:
    """What words behind /settings mean: "반말", "언어 영어", "기억 꺼", "내 지역 수원"; {}: no setting."""
    if found := dict(_meant_by(text, "")):
        return found
    labels = sorted(
        ((label, name) for name, *forms in NAMES.choices for label in (name, *forms)), key=lambda one: -len(one[0])
    )
    label, name = next((one for one in labels if text.casefold().startswith(one[0].casefold())), ("", ""))
    rest = text[len(label) :].strip()
    if name in ("memory", "streaming"):
        return {"name": name} | dict(set_words(rest, name))
    return {"name": name, **({"value": rest} if rest else {})} if name else {}


def _named(text: str, table: Mapping[str, str]) -> str | None:
    key = match_key(text).removesuffix("로").removesuffix("으")
    return next((value for value, names in table.items() if key in names.split()), None)


def _is_place(text: str) -> bool:
    return bool(places.find(text)) or find_city(text) is not None


TONE = Kind("tone", lambda text: _named(text, _TONES) is not None)
TONGUE = Kind("tongue", lambda text: _named(text, _TONGUES) is not None)
PLACE = Kind("place", brief(_is_place), lambda typed: [each.name for each in places.beginning(typed)])


def _meant_by(text: str, action: str) -> Mapping[str, str]:
    if action in ("memory", "streaming", "style", "persona"):
        worded = set_words(text, action)
        if worded == {"name": "persona"}:
            return {}  # who asks about it is shown the settings: a question would take the next words for the answer
        return {"name": "memory"} if worded == _FORGETTING else worded
    for name, kind in (("tone", TONE), ("tongue", TONGUE)):
        if found := longest(text, kind):
            return {name: found}
    if action == "place" and (found := longest(text, PLACE)):
        return {"place": found}
    return {"name": action} if action in (*_VALUES, *_FREE, "overhear") else {}


COMMAND = Command(
    name="settings",
    korean="설정",
    about={
        "ko": "언어, 말투, 성격, 내 지역, 기억 같은 설정을 바꿔요",
        "en": "Language, style, persona, my place, memory …",
    },
    answer=answer,
    said=sayings(__name__),
    exact=True,
    meant=_meant_by,
    ends=True,
    refuses=lambda text, call: FORBIDDEN.search(text) is not None and call.args.get("name") not in _TURNED,
    examples=("설정", "/settings", "설정 보여줘", "내 지역 설정 수원으로 바꿔줘", "기억 꺼줘", "스트리밍 켜 주세요"),
    spoken={
        "word": Kind("word", lambda text: len(text) <= 12),
        "tone": TONE,
        "tongue": TONGUE,
        "switch": Kind("switch", lambda text: switch(text) is not None),
    },
    slots=(
        Slot("name", "항목", {"ko": "바꿀 항목", "en": "What to change"}, kind=NAMES),
        Slot("value", "값", {"ko": "새 값", "en": "The new value"}),
        Slot("place", "지역", {"ko": "내 지역", "en": "My place"}, kind=PLACE),
    ),
)
