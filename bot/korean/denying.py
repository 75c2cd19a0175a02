"""Whether what sounds like a wish is one: not whoever denies it, asks about it, excepts some or grants it in vain."""

from __future__ import annotations

import re

_OFF = r"(?:취소해?|삭제해?|지워|빼|꺼|없애)"
_REST = r"(?:다(?:른|\s|$)|전부|모[두든]|싹|나머지|남은|딴)"
# "2번 말고 다 지워", "3번 제외하고 취소"; but "2번 말고 3번 지워", "3번은 제외해줘" and "왜 있어 빼버려" wish it.
_DENIED = re.compile(
    rf"빼고|말고(?!\s+\S)|말고\s+(?:{_OFF}|(?:.*\s)?{_REST})|제외(?!해\s?(?:줘|주|버|라|놔)|시켜|\s?부탁|\s?좀|[.!~\s]*$)|남기고|남겨|놔두고"
    r"|(?:(?<!깨)우|[하끄빼애리])지\s?(?:마|말)|(?:^|\s)안\s?(?:했|지웠|껐)"
    r"|[했웠졌됐껐냈](?:어|니|나|냐|지)요?\s*\?+$|[했웠졌됐껐냈](?:니|냐)$|도\s?(?:돼|될까|되나|되니|괜찮)\S*\?+$"
    rf"|(?<!처음으로\s)되돌|복구|(?:^|\s)왜(?:$|\s(?!.*{_OFF}\s?(?:줘|줘요|버려|주세요|주라|라)[.!~\s]*$))|법$|우리\s?사이"
)

_KEEP = (
    r"(?:적어|써|남겨|기억해|메모해|기록해|저장해|알려|깨워|말해|불러|보여|찾아|맞춰|걸어|켜|꺼|넣어|올려|만들어|지워|뽑아|찍어|골라"
    r"|(?:설정|예약|등록|추가|삭제|취소|초기화|추천|요약|정리|계산)해)"
)
_ALLOWED = r"(?!\s?(?:[돼되될됐됩됨된]|괜찮|좋|상관|무방|쓰[겄것]))"
# "적어놔도 까먹어", "알람 맞춰도 못 일어나"; "적어놔도 돼" allows it, and who says "알려도" in Gyeongsang asks for it.
_CONCEDED = re.compile(
    rf"{_KEEP}\s?(?:(?:[놨뒀줬]어|[놨뒀줬]는데|줘)도{_ALLOWED}\s+\S|(?:[놔둬]|놓아|두어)도{_ALLOWED}(?:\s+\S|[\s.!~…ㅋㅎㅠㅜ]*$)"
    r"|도\s+(?:못|또|소용|자꾸|계속|맨날|금방|아무))"
)
_GIVE = re.compile(
    r"줘(?!도|[서야]|\s?[봤])|주(?:세요|라|십시오|실래|시겠)|줄래|줄\s?수|다오|부탁"
)  # "맞춰놔도 못 일어나니까 깨워줘"


def conceded(text: str) -> bool:
    """Whether something is only granted, and what is said is that it does not help.

    >>> conceded("메모장에 규칙 다 적어놔도"), conceded("7시에 깨워줘도 다시 자"), conceded("메모장에 적어놔도 돼")
    (True, True, False)
    """
    return _CONCEDED.search(text) is not None and not _GIVE.search(text)


_DOING = r"(?:알려|말해|가르쳐|찾아|보여|적어|써|해|뽑아|골라|던져|굴려|세|재|계산해|저장해|취소해?|삭제해?)"
# "다시 안 해도 돼", "며칠 남았는지 말하지 마"; but "그 알림 이제 안 울려도 돼" and "늦지 말라고 알려줘" are wishes.
_NEEDLESS = re.compile(
    rf"안\s?{_DOING}\s?(?:줘|주셔)?도\s?(?:[돼되될됩됨]|괜찮|상관없|좋)"
    r"|(?:알려\s?주|말하|말해\s?주|가르치|물어보|묻|찾|보여\s?주|뽑|던지|굴리|세|놀리)지\s?(?:마|말)(?!라고|고|란)"
    r"|(?:이제|더는|다시는)\s?안\s?(?:할래|볼래|셀래)"
    r"|냐고\s(?:\S+\s)?(?:물어|묻|한\s?거|하더|하네|하길래|그러)"  # "맨날 무슨 요일이냐고 물어봐"
)
_SHUNNED = re.compile(r"(?:뽑|던지|굴리)지\s?말고\s")
_ENDED = re.compile(r"\s(?:취소|삭제)(?:해)?[.!~\s]*$")


def waived(text: str) -> bool:
    """Whether it says that something need not, or shall not, be done, and asks for nothing else.

    >>> waived("다시 안 해도 돼 맘에 들어"), waived("계산 안 해도 돼 환율만 알려줘"), waived("알림 안 해줘도 돼 취소")
    (True, False, False)
    """
    if _ENDED.search(text):
        return False
    return _SHUNNED.search(text) is not None or (_NEEDLESS.search(text) is not None and not _GIVE.search(text))


_SPARES = r"(?:그대로\s?(?:놔\s?)?%s|냅%s|(?:건드리|손대)지\s?%s)"
# Said before or behind what shall be done: "7시는 그대로 두고 3시 것만 꺼줘", "3시 알람만 꺼줘 나머지는 그대로 둬".
_SPARED = re.compile(
    rf"^(?:\S+\s){{0,3}}?\S*[은는건진거]\s?{_SPARES % ('두고', '두고', '말고')}\s+(?=\S)"
    r"|[,.\s]+(?:나머[지진]|(?:다른|남은|딴)\s?\S{1,3}?)[은는건진]?\s?"
    rf"{_SPARES % ('(?:둬|두)', '(?:둬|두)', '(?:마|말)')}\S*[\s.!~]*$"
)
_DONE_TO = re.compile(r"끄|꺼|취소|지우|지워|삭제|없애|바꾸|바꿔|옮|미루|미뤄|빼")
_AND_THEN = re.compile(r"(?:끄|지우|없애|취소하|삭제하)고$")


def but_for_the_rest(text: str) -> str:
    """What shall be done, without what shall stay as it is; the whole text where nothing else is left to do.

    >>> but_for_the_rest("7시는 그대로 두고 3시 알림만 꺼줘"), but_for_the_rest("3시 알람만 끄고 나머진 그대로 둬")
    ('3시 알림만 꺼줘', '3시 알람만 취소해줘')
    """
    rest = _SPARED.sub("", text)
    return _AND_THEN.sub("취소해줘", rest) if rest != text and _DONE_TO.search(rest) else text


def denied(text: str) -> bool:
    """Whether what is said is no wish to have all of it done.

    >>> denied("할 일 다 지우지 마"), denied("2번 빼고 다 취소"), denied("할 일 다 했어?"), denied("2번 할 일 끝냈어")
    (True, True, True, False)
    """
    return _DENIED.search(text.strip()) is not None
