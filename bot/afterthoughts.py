"""What is said right after reminders were set, or a list was shown: "그거 취소해줘", "아니 10시에", "2번 했어"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.command import Expect
from bot.korean import when
from bot.messages import Call

AFTER = Expect(Call("reminders", {}), "after", aside=True)  # what may follow a promise

_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # whether words are a time does not depend on today
_NUMBER = r"(?:[0-9]{1,2}\s?번(?:\s?째)?|(?:[첫한두세네]|다섯|여섯|일곱|여덟|아홉|열)\s?번\s?째|첫\s?째)"
_NUMBERS = rf"(?:[0-9]{{1,2}}\s?,\s?)*{_NUMBER}(?:(?:\s?(?:이?랑|하고|와|과|,)\s?|\s){_NUMBER})*"
_ALL = r"전부|모두|다|싹\s?다|(?:둘|셋|넷)\s?다|[두세네]\s?개\s?(?:다|모두|전부)"
_LAST = r"마지막\s?(?:[거것]|번째)?|맨\s?(?:끝|마지막|뒤)\s?[거것]?"
_IT = r"(?:[그이저]|방금|아까|지금|방금\s?그|아까\s?그)\s?(?:맞춘\s?|설정한\s?|한\s?|말한\s?)?[거것]"
_LEAD = re.compile(
    r"\s*(?:(?P<no>아니야?|아니다|아냐|ㄴㄴ)|아\s?맞다|(?:아|앗|참|잠깐만?|근데|그럼)(?![가-힣]))?[요,.!\s]*(?:(?:됐고|됐어|미안)[요,.\s]*)?"
)
_WHICH = re.compile(
    rf"(?:(?P<numbers>{_NUMBERS})|(?P<all>{_ALL})|(?P<last>{_LAST})|(?P<it>{_IT}))"
    r"\s?(?:[거것꺼]|알림|알람)?[은는을를도만]?(?:\s|$)"
)
_OFF = re.compile(
    r"(?:(?:취소|삭제|해제)(?:할게|할래|하자|해|시켜)?|지워|지울게|없애|꺼|빼|없던\s?(?:걸|일|거)로(?:\s?(?:할게|하자|해))?|안\s?해도\s?(?:돼|됨|되))"
    r"(?:\s?(?:줘|주라|주세요|줄래|주실래|줄\s?수\s?있어|버려|부탁|부탁해|고고))?[요.!~?ㄱㅠㅜㅋㅎ\s]*"
)
_DONE = re.compile(
    r"(?:다\s?)?(?:했(?:어|음|다|네|습니다)|완료(?:했어|함|해)?|끝(?:냈어|났어|냄|남)?|체크(?:해)?|마쳤어|마침|함)"
    r"(?:\s?(?:줘|주세요))?[요.!~ㅋㅎ\s]*"
)
_CHANGED = re.compile(
    r"(?:으?로|에|만)?\s?(?:좀\s)?(?:바꿔|바꾸(?:자|고\s?싶어)|바꿀[래게]|변경|옮겨|수정|고쳐|조정|미뤄|늦춰|앞?당겨|연기|연장|늘려|줄여"
    r"|(?:더\s)?(?:일찍|늦게))(?:\s?(?:해|하자|할래|알려|깨워))?(?:\s?(?:줘|주라|주세요|줄래|주실래|부탁해?|요))*[.!~?\s]*$"
)
_TO = re.compile(r"(?:으?로|까지만?)(?:\s?해\S*)?[요.!~\s]*$")  # "10시로": nobody says that of anything else right then
_LATER = re.compile(r"(하루|이틀|사흘|나흘|일주일|[0-9]{1,2}일)(?:만|씩)?(?=\s?(?:미뤄|늦춰|연기))")
_FIELD = re.compile(r"(?:날짜|요일|시간|시각|날)[을를은는만]\s+")  # "날짜를 화요일로"
_IS = re.compile(r"(?<=[일시분반])(?:이?야|이?에요|이?예요|이?요|임|이고)(?=[요.!~\s]*$)")
_INSTEAD = re.compile(r"(.+?)\s*말고\s+(.+)")
_ONLY_ASKS = re.compile(r"(?:으?로|에|야|이야)?\s?(?:알려|깨워|해|부탁해?)?\s?(?:줘|주세요|달라고)?[요.!~\s]*")


LAST = "마지막"


def counted(which: str) -> int | None:
    """How many "둘 다" are; 0: "전부", of which that is open; None: it speaks of no whole.

    >>> counted("둘 다"), counted("전부"), counted("1번")
    (2, 0, None)
    """
    said = "".join(which.split())
    if not re.fullmatch(_ALL, said):
        return None
    return {"둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4}.get(said[0], 0)


def listed(command: str, ids: Iterable[int]) -> Expect:
    """What may follow a list of a command's entries, which are known by their ids: it may be another list by then."""
    return Expect(Call(command, {"listed": " ".join(map(str, ids))}), "after", aside=True)


@dataclass(frozen=True, slots=True)
class Afterthought:
    """`which`: numbers of the list, "전부" or LAST; "": what was set last. `to`: its new time; "": it is called off."""

    which: str
    to: str = ""


def afterthought(text: str) -> Afterthought | None:
    """None: it speaks of something else.

    >>> afterthought("1번 취소해줘"), afterthought("아니 10시에")
    (Afterthought(which='1번', to=''), Afterthought(which='', to='10시에'))
    """
    lead = _LEAD.match(text)
    rest = text[lead.end() :] if lead else text
    named = _WHICH.match(rest)
    rest = rest[named.end() :] if named else rest
    which = (named["numbers"] or named["all"] or (named["last"] and LAST) or "").strip() if named else ""
    if _OFF.fullmatch(rest):
        return Afterthought(which)
    instead = _INSTEAD.fullmatch(rest)
    if instead and _is_a_time(instead[1], plainly=True):
        rest = instead[2]
    rest = _LATER.sub(r"\1 뒤로", _FIELD.sub("", rest.strip()))
    if lead and lead["no"]:
        rest = _IS.sub("", rest)
    plainly = bool(instead or _TO.search(rest)) or (lead is not None and lead["no"] is not None)
    return Afterthought(which, rest) if _is_a_time(rest, plainly=plainly) else None


def on_list(text: str) -> tuple[str, str] | None:
    """What becomes of which entries of the list just shown: "delete" or "done" of "1번"; None: it is no such wish."""
    named = _WHICH.match(text.strip())
    if named is None or not named["numbers"]:
        return None
    rest = text.strip()[named.end() :]
    action = "delete" if _OFF.fullmatch(rest) else "done" if _DONE.fullmatch(rest) else ""
    return (action, named["numbers"].strip()) if action else None


def _is_a_time(text: str, *, plainly: bool) -> bool:
    """Whether this is another time and nothing else: "10시로 바꿔줘"; `plainly`: behind 아니 "10시에" will do."""
    changed = _CHANGED.search(text)
    time, left = when.read(text[: changed.start()] if changed else text, _ANY_DAY)
    return time is not None and (not left.strip() if changed else plainly and bool(_ONLY_ASKS.fullmatch(left)))
