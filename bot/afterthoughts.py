"""What is said of reminders right after they were set or listed: "1번 취소", "그거 취소해줘", "아니 10시에"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.command import Expect
from bot.korean import when
from bot.messages import Call

# What may follow a promise, and a list: words that bot/commands/reminders.py understands.
AFTER = Expect(Call("reminders", {}), "after", aside=True)
LISTED = Expect(Call("reminders", {"listed": ""}), "after", aside=True)

_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # whether words are a time does not depend on today
_NUMBER = r"(?:(?:[0-9]{1,2}|[첫한두세네]|다섯|여섯|일곱|여덟|아홉|열|[일이삼사오육칠팔구십]{1,2})\s?번\s?째?|첫\s?째)"
_ALL = r"전부|모두|다|싹\s?다|둘\s?다|셋\s?다"
_IT = r"(?:[그이저]|방금|아까|지금|마지막|방금\s?그|아까\s?그)\s?(?:맞춘\s?|설정한\s?|한\s?|말한\s?)?[거것]"
_LEAD = re.compile(r"\s*(?:(?P<no>아니야?|아니다|아냐)|아\s?맞다|아|앗|참|잠깐만?|근데|그럼)?[요,.!\s]*")
_WHICH = re.compile(
    rf"(?:(?P<numbers>{_NUMBER}(?:\s?(?:이?랑|하고|와|과|,)\s?{_NUMBER})*)|(?P<all>{_ALL})|(?P<it>{_IT}))"
    r"\s?(?:[거것꺼]|알림|알람)?[은는을를도만]?(?:\s|$)"
)
_OFF = re.compile(
    r"(?:(?:취소|삭제|해제)(?:할게|할래|하자|해|시켜)?|지워|지울게|없애|꺼|빼|안\s?해도\s?(?:돼|됨|되))"
    r"(?:\s?(?:줘|주라|주세요|줄래|주실래|줄\s?수\s?있어|버려|부탁|부탁해))?[요.!~?ㅠㅜㅋㅎ\s]*"
)
_CHANGED = re.compile(
    r"(?:으?로|에|만)?\s?(?:좀\s)?(?:바꿔|바꾸|변경|옮겨|수정|고쳐|조정|미뤄|늦춰|당겨|앞당겨|연기)[가-힣\s]{0,8}[.!~?]*$"
)
_INSTEAD = re.compile(r"(.+?)\s*말고\s+(.+)")
_ONLY_ASKS = re.compile(r"(?:으?로|에|야|이야)?\s?(?:알려|깨워|해|부탁해?)?\s?(?:줘|주세요|달라고)?[요.!~\s]*")


@dataclass(frozen=True, slots=True)
class Afterthought:
    """`which`: numbers of the list or "전부"; "": what was set last. `to`: its new time; "": it is called off."""

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
    which = (named["numbers"] or named["all"] or "").strip() if named else ""
    if _OFF.fullmatch(rest):
        return Afterthought(which)
    instead = _INSTEAD.fullmatch(rest)
    if instead and _is_a_time(instead[1], plainly=True):
        rest = instead[2]
    plainly = bool(instead) or (lead is not None and lead["no"] is not None)
    return Afterthought(which, rest.strip()) if _is_a_time(rest, plainly=plainly) else None


def _is_a_time(text: str, *, plainly: bool) -> bool:
    """Whether this is another time and nothing else: "10시로 바꿔줘"; `plainly`: behind 아니 "10시에" will do."""
    changed = _CHANGED.search(text)
    time, left = when.read(text[: changed.start()] if changed else text, _ANY_DAY)
    return time is not None and (not left.strip() if changed else plainly and bool(_ONLY_ASKS.fullmatch(left)))
