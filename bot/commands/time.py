"""시간: what time it is, here or in another city."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from bot.command import Command, Reply, Scene, Slot
from bot.korean.cities import city_names, find_city
from bot.korean.clock import clock, day
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import Kind, brief

# Who says how late it is: "지금이 몇 시인데 안 자고 뭐해", "너 지금 몇 시인 줄 알아".
_SCOLDS = re.compile(r"몇\s?시(?:인데\s+(?:안|왜|벌써|아직|이제|이러)|인\s?줄\s?(?:알|아))(?!.*(?:알려|말해))")
CITY = Kind("city", brief(find_city), city_names)


def answer(scene: Scene, call: Call) -> Reply:
    language, place = scene.locale.language, call.args.get("place") or call.args.get("text")
    if not place:
        return Reply(scene.locale("time", clock=clock(scene.now, language)))
    city = find_city(place)
    if city is None:
        return Reply(scene.locale("time_unknown_place", place=place))
    there = scene.now.astimezone(ZoneInfo(city.zone))
    when = f"{day(there.date(), scene.now.date(), language)} {clock(there, language)}"
    return Reply(scene.locale("time_there", place=place, clock=when))


COMMAND = Command(
    name="time",
    korean="시간",
    about={"ko": "지금 몇 시인지 알려 줘요", "en": "Tell the time, here or in another city"},
    answer=answer,
    said=sayings(__name__),
    sure=0.75,
    refuses=lambda text, call: _SCOLDS.search(text) is not None,
    exact=True,
    spoken={"country": CITY},
    examples=(
        "지금 몇 시야",
        "/time",
        "몇시에요?",
        "지금 몇 시인지 알려줘",
        "시간 좀 알려줘",
        "현재 시각",
        "뉴욕은 지금 몇 시야?",
    ),
    slots=(Slot("place", "도시", {"ko": "도시나 나라", "en": "A city or a country"}, kind=CITY),),
)
