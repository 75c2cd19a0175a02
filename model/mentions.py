"""Does an answer speak of what nobody had spoken of? One that was written to other words may.

An answer with 언니 in it to "형이랑 싸웠어", one with 예순둘 to "마흔다섯에 입학했어요", one that asks "푸딩을요?"
after "아이패드를 깼어" is about somebody else's talk, however near the words are.
"""

from __future__ import annotations

import re

# People by what they are called; whoever has one name of a line has the others.
_PEOPLE = tuple(
    re.compile(names)
    for names in (
        r"엄마|어머니|어머님|모친|친정",
        r"아빠|아버지|아버님|부친",
        r"할머니|할매|외할",
        r"할아버지|할배|외할",
        r"(?<![가-힣])언니",
        r"오빠",
        r"누나",
        r"(?<![가-힣])형(?:이|은|한테|님|도)",
        r"동생",
        r"남편|신랑",
        r"아내|와이프|마누라|집사람",
        r"(?<![가-힣])딸|따님",
        r"(?<![가-힣])아들|아드님",
        r"손주|손녀|손자",
        r"시어머니|시댁|시부모",
        r"남자친구|남친|썸남|애인",
        r"여자친구|여친|썸녀|애인",
        r"팀장|부장|과장|사장|상사",
        r"선생님|쌤|교수",
        r"강아지|멍멍이|댕댕이|(?<![가-힣])개(?:가|는|를|도)",
        r"고양이|냥이|냥",
    )
)
_ONES = "한|두|세|네|다섯|여섯|일곱|여덟|아홉"
_NUMBERS = re.compile(
    rf"[0-9]+|(?:스물|서른|마흔|쉰|예순|일흔|여든|아흔)(?:하나|둘|셋|넷|{_ONES})?|스무|이틀|사흘|나흘|닷새|열흘|보름"
    rf"|(?:{_ONES}|[일이삼사오육칠팔구]?[십백천])\s?(?:살|년|달|개월|시간|군데|번째)"
)
_THAT = re.compile(r"(?<![가-힣])([가-힣]+?)(?:을|를|이랑|한테|에서)요\?")
_SPACES = re.compile(r"\s+")


def mentions_else(answer: str, talk: str) -> bool:
    """Whether it names a person, a number or a thing that `talk` does not.

    >>> mentions_else("언니가 잘못한 거예요?", "형이랑 싸웠어"), mentions_else("양말을요? 찾았어요?", "양말을 물어갔어")
    (True, False)
    """
    said = _SPACES.sub("", talk)
    if any(names.search(answer) and not names.search(talk) for names in _PEOPLE):
        return True
    counted = (_SPACES.sub("", number[0]) for number in _NUMBERS.finditer(answer))
    return any(number not in said for number in counted) or any(that[1] not in said for that in _THAT.finditer(answer))
