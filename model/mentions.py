"""Does an answer speak of what nobody had spoken of? One that was written to other words may.

An answer with 언니 in it to "형이랑 싸웠어", one with 예순둘 to "마흔다섯에 입학했어요", one that asks "푸딩을요?"
after "아이패드를 깼어" is about somebody else's talk, however near the words are.
"""

from __future__ import annotations

import re

_END = r"(?=[이가은는을를도의랑와과]|한테|에게|께|님|\s|$|[?!.,])"


def _names(*names: str) -> re.Pattern[str]:
    """As words of their own: no 딸 in 딸기, no 아내 in 알아내."""
    return re.compile(rf"(?<![가-힣])(?:{'|'.join(names)}){_END}")


# How an answer calls somebody, and what in a talk may be that person: 큰언니, 형 때문에, 울엄마.
_PEOPLE = tuple(
    (_names(*names.split()), re.compile(said))
    for names, said in (
        ("엄마 어머니 어머님", "엄마|어머니|어머님|모친|친정|부모|맘"),
        ("아빠 아버지 아버님", "아빠|아버지|아버님|부친|친정|부모"),
        ("할머니", "할머니|할매|외가|조부모"),
        ("할아버지", "할아버지|할배|외가|조부모"),
        ("언니", "언니"),
        ("오빠", "오빠"),
        ("누나", "누나|누님"),
        ("형", "형"),
        ("동생 남동생 여동생", "동생"),
        ("남편", "남편|신랑|영감"),
        ("아내", "아내|와이프|마누라|집사람"),
        ("딸 따님", "딸|따님|애|아이"),
        ("아들 아드님", "아들|아드님|애|아이"),
        ("손주 손녀 손자", "손주|손녀|손자"),
        ("시어머니", "시어머니|시댁|시부모|어머님"),
        ("남자친구 남친", "남자친구|남친|썸남|애인|남자"),
        ("여자친구 여친", "여자친구|여친|썸녀|애인|여자"),
        ("강아지 멍멍이", "강아지|멍멍이|댕댕이|개|[가-힣]견"),
        ("고양이 냥이", "고양이|냥"),
    )
)
_ONES = "한|두|세|네|다섯|여섯|일곱|여덟|아홉"
_NUMBERS = re.compile(
    rf"[0-9]+|(?<![가-힣])(?:(?:스물|서른|마흔|예순|일흔|여든|아흔)(?:하나|둘|셋|넷|{_ONES})?(?![가-힣]{{3}})|이틀|사흘|나흘|닷새|열흘|보름(?!달)"
    rf"|(?:{_ONES}|[일이삼사오육칠팔구]?[십백천])\s?(?:살|년|달|개월|군데))"
)
_CALLED = {"109", "112", "117", "119", "1366", "1388", "1393", "1577", "0199"}  # help lines, which an answer may name
_THAT = re.compile(r"(?<![가-힣])([가-힣]+?)(?:을|를|이랑|한테|에서)요\?")
_SPACES = re.compile(r"\s+")


def mentions_else(answer: str, talk: str) -> bool:
    """Whether it names a person, a number or a thing that `talk` does not.

    >>> mentions_else("언니가 잘못한 거예요?", "형이랑 싸웠어"), mentions_else("양말을요? 찾았어요?", "양말을 물어갔어")
    (True, False)
    """
    said = _SPACES.sub("", talk)
    if any(named.search(answer) and not known.search(talk) for named, known in _PEOPLE):
        return True
    counted = (_SPACES.sub("", number[0]) for number in _NUMBERS.finditer(answer))
    unknown = any(number not in said and number not in _CALLED for number in counted)
    return unknown or any(that[1] not in said for that in _THAT.finditer(answer))
