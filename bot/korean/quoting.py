"""What stands before 라고 and 자고: a thing's name, or something to do."""

from __future__ import annotations

import re

from bot.korean.josa import RIEUL, final_consonant

_QUOTING = re.compile(r"(?<=.)(?:[라자]고|라구)$")

# Ends of verbs whose stem has no final consonant: 마시라고, 전화하라고. 사라고 is one alone, and not in 의사라고.
_VERB = re.compile(
    r"(?:\b[가오보사주내치타마자재서]|[하끄쓰켜싸빼떼르]|(?:나|들어|돌아|가져|데려|올라|내려)가|(?:나|들어|돌아|가져|데려|다녀|사)오"
    r"|[해와봐어아여]보|[해켜꺼워려어아여]주|보내|꺼내|끝내|고치|마치|마시|드시|계시|돌리|빌리|버리|올리|내리|기다리|그리|살리|말리"
    r"|달리|일어나|만나|떠나|잠그|담그|바꾸|나누|지우|치우|키우|깨우|채우|외우|비우|데우|맞추|멈추|춤추|감추|옮기|맡기|챙기|남기"
    r"|당기|붙이|줄이|먹이|나서)$"
)
# Names that end in 이 themselves, after a consonant: 고양이라고 quotes 고양이, 내일이라고 quotes 내일.
_IN_I = re.compile(
    r"(?:고양|호랑|떡볶|종|[목귀옷책]걸|놀|길|높|깊|넓|원숭|달팽|어린|젊은|늙은|쟁|지팡|손잡|맏|멍멍|야옹|꿀꿀)이$"
)


def quoted(said: str) -> str:
    """What is meant by a text that ends in 라고, 자고 or 다고; any other text as it is.

    >>> quoted("약 먹으라고"), quoted("창문 열라고"), quoted("운동 가자고"), quoted("회의 있다고")
    ('약 먹기', '창문 열기', '운동 가기', '회의 있다')
    >>> quoted("남편은 의사라고"), quoted("내 생일은 5월이라고"), quoted("고양이라고"), quoted("새로 온 아이라고")
    ('남편은 의사', '내 생일은 5월', '고양이', '새로 온 아이')
    """
    text = said.strip()
    stem = _QUOTING.sub("", text)
    if stem == text:
        return re.sub(r"(?<=다)고$", "", text)
    if stem.endswith("으"):
        return f"{stem[:-1]}기"
    return f"{stem}기" if _is_done(stem) or text.endswith("자고") else named(stem)


def named(stem: str) -> str:
    """A noun as it stands before 라고, without the 이 that belongs to 이라고."""
    if stem.endswith(" 이"):
        return stem[:-2]
    closed = stem.endswith("이") and final_consonant(stem[:-1]) and not _IN_I.search(stem)
    return stem[:-1] if closed else stem


def _is_done(stem: str) -> bool:
    """Whether it is a verb's: after a final ㄹ a noun would have 이라고 (열라고, but 교실이라고)."""
    return _VERB.search(stem) is not None or final_consonant(stem) == RIEUL
