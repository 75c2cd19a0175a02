"""골라줘: one of the options that somebody names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.command import Command, Expect, Reply, Scene, Slot
from bot.informal import numbered
from bot.korean.counting import count
from bot.messages import Call
from bot.options import KINDS, OPTIONS, split
from bot.phrase import sayings
from bot.slots import Kind

_MANY = 8
_COUNTERS = "명|개|가지|곳|사람|장"
_THINGS = {"메뉴", "점심", "저녁", "아침", "오늘", "뭐", "좀"}  # what is wanted, not what there is


def answer(scene: Scene, call: Call) -> Reply:
    said = next((call.args[name] for name in (*KINDS, "named", "between", "text") if name in call.args), "")
    options = _options(said)
    if len(options) < 2:
        return Reply(scene.locale("choose_what"), expect=Expect(Call("choose"), "named"))
    many = min(_how_many(call, said), len(options), _MOST)
    picked = ", ".join(str(option) for option in scene.world.random.sample(options, many))
    return Reply(scene.locale("chosen", option=picked), literal=True)


_MOST = 50  # that are picked at once: more is a list that nobody reads
_RANGE = re.compile(r"(\d{1,6})\s*(?:부터|에서|~|-)\s*(\d{1,6})\s*(?:까지)?(?:의?\s*(?:숫자|수|번호|사이))?")
_NOT_THIS = re.compile(r"^.*\S\s*말고\s+")  # "빨간 거 말고 파란 거랑 초록 거"
_OF_THESE = re.compile(r"\s(?:[이그]\s?(?=중|$))?(?:중(?:에서?)?(?:\s.*)?)?$")  # "치킨 피자 이 중에", "… 중에서 두 명"


def _options(said: str) -> Sequence[object]:
    """What is named, or the numbers from one to another."""
    bare = _OF_THESE.sub("", said.strip())
    if (ends := _RANGE.fullmatch(bare)) and int(ends[1]) < int(ends[2]):
        return range(int(ends[1]), int(ends[2]) + 1)
    return split(_NOT_THIS.sub("", bare))


def _how_many(call: Call, said: str) -> int:
    """How many are to be picked: "두 명"; one where nothing is told."""
    behind = _OF_THESE.search(said)
    told = f"{behind[0] if behind else ''} {call.args.get('what', '').removeprefix('에')}"
    many = call.args.get("count") or numbered(told, _COUNTERS)
    return max(count(many) or 1, 1) if many else 1


# What ends a list of options: "… 중에 하나만 골라줘".
_ASKING = re.compile(
    r"\s*(?:중(?:에서|에|에선)?(?=\s)|(?:골라|뽑|정해|결정|랜덤|택\s?1|추천|대신|하나만|어떤|뭐|누가)\S*).*"
)


# "술래 뽑기! 지호 민서", "사다리 대신 뽑아줘 유나 다은 하린": the wish comes first.
_LEAD = re.compile(
    rf"^(?:(?:둘|셋|넷|다섯)\s중[^,]*?|\S{{1,3}}\s?(?:{_COUNTERS})만?\s|\S*\s?|(?:사다리|제비)\s\S*\s?)(?:뽑기|뽑자|뽑아|골라|정해|돌려)\S*"
    r"(?:\s?(?:줘|주세요|해\s?줘|해\s?주세요))?[\s!.:]+(?=\S+\s+\S)"
)
_AMONG = re.compile(
    r"^(?:둘|셋|넷|다섯)\s중(?:에서|에|하나)?\s|(?:\s(?:ㄱㄱ|택\s?1|택일|좀|ㄱ|니가|네가|너가|하나|둘|셋|넷|그냥|제비|봐라|모르겠다|선택))+$"
)
# "점심 메뉴 좀 골라줘 김치찌개 돈까스 제육", "둘 중 뭐가 나아 검정 코트 베이지 코트": the list comes last.
_BEHIND = re.compile(
    r"^.*?(?:(?:골라|정해|뽑아|(?:제비)?뽑기|돌려)(?:\s?(?:해\s?)?(?:줘|줄래|주세요|봐))"
    r"|둘\s?중에?\s?(?:뭐가 나아|뭐가 낫[냐지]|못 고르겠\S*)(?:\s?[ㅠㅜ]+)?)"
    r"[\s.!:~]+(?P<listed>\S+(?:\s\S+){1,7})$"
)
_OUT_OF = re.compile(rf"\S+\s?(?:{_COUNTERS})\s?중")  # "네 개 중에 골라줘": one of four
_WHO = re.compile(r"^(?:\S+\s)*사람\s(?=\S+\s\S)")  # "뽑아줘 커피 쏠 사람 나 재훈이 형"
_THING = re.compile(r"(?!뭐|뭘|어디|누구|누가|언제)[가-힣A-Za-z0-9]{1,7}(?<![까요줘고데해파네좀거어아는])")
_OF_TWO = re.compile(r"둘\s?중")
_DECIDING = re.compile(r"^결정\s?장애\S*\s(?:(?:왔|옴|온|와|도졌)\S*\s)?")
_EARLIER = re.compile(r"^.*[.!?]\s+(?=[^.!?]*,)")  # "발표자 추첨입니다. 민서, 도윤 중에": sentences before the list
_WAVERS = re.compile(r"골라|고르|뭘로|뭐로|정하|정해|택\s?1|택일|뽑")
# Two words side by side that are one thing: "점심 메뉴 골라줘", "읽을 책".
_OF = re.compile(r"(?:은|는|을|한|할|의|메뉴|이름|번호|노래|영화|책|선물|곳|장소|색|옷)(?:\s|$)")


def _meant_by(text: str, action: str) -> Mapping[str, str] | None:
    """What stands behind a colon or before the asking words; else what is meant stands in the talk."""
    before, _, behind = text.partition(":")
    lead = _LEAD.match(before)
    listed = behind.strip() or _listed_last(before) or (before[lead.end() :] if lead else "") or _listed_first(before)
    listed = _AMONG.sub("", _EARLIER.sub("", listed)).strip()
    options = split(listed)
    wavers = not lead and (_WAVERS.search(text) or _OF_TWO.search(text)) and not _OF.search(listed)
    named = len(options) > 2 or (not lead and options != listed.split()) or wavers
    if not named or not 1 < len(options) <= _MANY or _THINGS & set(options):
        return None
    many = numbered(_OUT_OF.sub(" ", text), _COUNTERS)
    return {"options": listed, "count": many} if many else {"options": listed}


def _listed_first(text: str) -> str:
    return _ASKING.sub("", _DECIDING.sub("", text), count=1)


def _listed_last(text: str) -> str:
    """What stands behind the wish, where each word of it may be a thing: not "골라줘 배고파 죽겠어"."""
    found = _BEHIND.match(text)
    listed = _WHO.sub("", found["listed"]) if found else ""
    if not all(_THING.fullmatch(word) for word in listed.split()):
        return ""
    return listed if len(split(listed)) > (1 if _OF_TWO.search(text) else 2) else ""


# An answer to what to choose among: not another wish, nor a word of talk.
_OTHERWISE = re.compile(r"골라|고르|뽑|정해|추천|^(?:아니?|음|글쎄|그냥|됐|몰라|그게|아무)(?:\s|요|야|거)")
RANGE = Kind("range", lambda text: _RANGE.fullmatch(text.strip()) is not None)
NAMED = Kind("options", lambda text: OPTIONS.accepts(text) and not _OTHERWISE.search(text.strip()))


COMMAND = Command(
    name="choose",
    korean="골라줘",
    about={"ko": "여럿 가운데 하나를 골라 줘요", "en": "Pick one of several options"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    examples=(
        "짜장면 짬뽕 중에 골라줘",
        "/choose",
        "치킨이랑 피자 중에 뭐 먹을까요?",
        "버스탈까 지하철탈까",
        "아아 vs 라떼",
    ),
    slots=(
        Slot(
            "options",
            "보기",
            {"ko": "쉼표로 나눈 보기: 짜장면, 짬뽕", "en": "Options, with commas between"},
            kind=OPTIONS,
        ),
    ),
    broad=True,
    spoken=KINDS | {"named": NAMED, "between": RANGE, "what": Kind("what", lambda text: len(text) <= 12)},
)
