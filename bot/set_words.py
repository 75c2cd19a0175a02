"""Settings as people put them: "기억 꺼줘", "다 쓰고 한 번에 보내", "해적 캐릭터로 말해줘", "말 좀 놓자"."""

from __future__ import annotations

import re
from collections.abc import Mapping

_END = r"(?:\s?(?:줘|주라|주세요|줄래|둬|놔|버려|요|라))*[요.!~\s]*"
_ON = r"(?:켜|켬|온|on|활성화|살려)"
_OFF = r"(?:꺼|끄|끔|오프|off|비활성화|해제|내려)"
_SWITCHES = {"memory": r"(?:기억|메모리)(?:하기)?", "streaming": r"(?:스트리밍|스트림|실시간\s?(?:표시|출력|보기))"}
_PLAINLY = {
    name: re.compile(
        rf"(?:대화\s)?{subject}\s?(?:기능|설정|모드|옵션)?[은는을를도만]?\s?(?:좀\s|다시\s)?(?:(?P<on>{_ON})|(?P<off>{_OFF}))"
        rf"(?:\s?(?:해|시켜|하기|고))?{_END}",
        re.IGNORECASE,
    )
    for name, subject in _SWITCHES.items()
}
_SWITCHED_ON = re.compile(
    rf"{_ON}|하도록|해\s?(?:두|둬|놔)|잊어?(?:먹|버|뿌)\S*\s?(?:말|마)|나오게|보이게", re.IGNORECASE
)
_SWITCHED_OFF = re.compile(
    rf"{_OFF}|안\s?하|하지\s?(?:마|말|않)|못\s?하게|한\s?번에|한꺼번에|다\s?(?:쓰고|쓴|적고)|완성된", re.IGNORECASE
)
_ASKED = re.compile(r"[켜꺼]져\s?있|돼\s?있|되어\s?있|뭐로|뭘로|맞나|상태|확인|왜\s|어떤\s성격|뭐뭐")
_CASUAL = r"반말|반모|말\s?(?:좀\s|을\s)?(?:놔|놓|편하)|편한\s?말|요자\s?빼|친구처럼"
_POLITE = r"존댓말|존대|높임|말\s?(?:좀\s|을\s)?높|공손|정중|격식\s?있|습니다체|해요체"
_TONES = re.compile(rf"(?P<casual>{_CASUAL})|(?P<polite>{_POLITE})")
_LEAD = re.compile(
    r"\A(?:(?:너|니|넌|네가|이제|이제부터|인자|인자부터|앞으로|오늘부터|지금부터|지금|그냥|우리|다시|쭉|계속)[는은]?\s+)+"
)
_REASON = re.compile(r".*(?:[라서데고중]|니까|는데|으로)[,.]?\s+(?=\S)")  # "애가 볼 거라 뽀로로": 뽀로로
_KIND = r"(?:캐릭터|캐릭|페르소나|성격|컨셉|역할|느낌|말투)"
_NONE = re.compile(
    rf"{_KIND}[을를은는]?\s?(?:설정\s?)?(?:지우|지워|빼|없애|해제|초기화)"
    r"|원래\s?(?:대로|말투|성격)|기본(?:으로|\s?(?:성격|캐릭|페르소나))"
)
_AS = re.compile(
    rf"(?P<who>\S.*?)\s?(?:같은|처럼|마냥)(?=\s|$|\S{{0,3}}\s?{_KIND})"
    rf"|(?P<role>\S.*?)\s?{_KIND}(?:로|으로|이야|야|[을를]|\s|$)"
)
_BEHIND = re.compile(rf"{_KIND}[을를은는]\s+(?P<who>\S.*?)(?:으로|로)\s+(?:바꿔|바꾸|변경|설정|지정|해|맞춰)")
FORBIDDEN = re.compile(r"지\s?(?:마|말아|말자|말라고)[요세라\s.!~]*$")
_IS = re.compile(r"(?P<who>\S.*?)(?:이야|야)[!.\s]*$")  # 너 이제부터 셜록 홈즈야
_LONGEST = 40  # letters of a role that is named in passing


def switch(text: str) -> Mapping[str, str] | None:
    """The setting and its value, when that is all that is said: "기억 꺼줘", "스트리밍 기능 켜 주세요"."""
    for name, plainly in _PLAINLY.items():
        if found := plainly.fullmatch(text.strip()):
            return {"name": name, "value": str(found.lastgroup)}
    return None


def set_words(text: str, setting: str) -> Mapping[str, str]:
    """The setting and its value, where the words say which; who only asks is shown what there is.

    >>> set_words("글자 나오는 거 정신없으니까 다 쓰고 한 번에 보내줘", "streaming")
    {'name': 'streaming', 'value': 'off'}
    >>> set_words("존댓말 오글거려 반말로 바꿔줘", "style"), set_words("너 이제 해적 캐릭터야", "persona")
    ({'name': 'style', 'value': 'casual'}, {'name': 'persona', 'value': '해적'})
    """
    if _ASKED.search(text):
        return {}
    match setting:
        case "memory" | "streaming":
            value = "off" if _SWITCHED_OFF.search(text) else "on" if _SWITCHED_ON.search(text) else ""
        case "style":
            value = _tone(text)
        case "persona" if _NONE.search(text):
            return {"name": setting, "value": ""}
        case "persona":
            value = _role(text)
        case _:
            return {}
    return {"name": setting, "value": value} if value else {"name": setting}


def _tone(text: str) -> str:
    """The last that is named; "반말 하지 마" wants the other one."""
    tones = [str(found.lastgroup) for found in _TONES.finditer(text)]
    if not tones:
        return ""
    return ("polite" if tones[-1] == "casual" else "casual") if FORBIDDEN.search(text) else tones[-1]


def _role(text: str) -> str:
    """Who it shall speak as; "": nobody is named."""
    said = _LEAD.sub("", text.strip())
    if behind := _BEHIND.search(said):
        who = behind["who"]
    else:
        found = _AS.match(said) or _IS.fullmatch(said)
        who = _REASON.sub("", next(filter(None, found.groupdict().values()), "")) if found else ""
    return " ".join(who.split()) if len(who) <= _LONGEST else ""
