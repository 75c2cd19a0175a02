"""What somebody tells, said back to them, as a listener does: "나 오늘 승진했어!" -> "오늘 승진했군요".

Rogers called it reflection of feeling, Weizenbaum's ELIZA (CACM 9(1), 1966) did it in English. In Korean the last
clause stays as it is; its predicate takes 군요 (predicates.py), and the words for whoever speaks are left out.
"""

from __future__ import annotations

import re
import unicodedata

from bot.korean.jamo import coda
from bot.korean.predicates import Back, ends_as_noun, said_back

_SHORTEST, _LONGEST = 4, 36  # letters of what is said back
_WHOLE = 18  # letters of a sentence that is said back whole, not its last clause alone

_NOISE = re.compile(r"[ㄱ-ㅎㅏ-ㅣ^;~♥♡\u2600-\u27bf\U0001f000-\U0001faff\ufe0f]+")
_SIGNS = re.compile(r"[.…!\n]+")
# A sentence ends there, with or without a sign.
_POLITE = re.compile(r"(?:[어아해돼워와려여예에네군가져이]요|니다|이다)$")
# Questions and wishes, whether or not they end in a sign; and what says too much of this bot to be said back.
_ASKS = re.compile(
    r"\?|(?<!\S)(?:왜|뭐|뭘|뭔|뭐가|뭐라고|뭐하|어떻게|어떡\S*|어케|언제|어디|어디서|누가|누구|몇|무슨|어떤|어느|얼마나?|어쩌\S*)(?!\S)"
    r"|[가-힣](?:냐|니|까|까요|나요|래요?|자|라|죠|지요?|줘|줘요|주라|줄래|줄래요|세|세요|시다|봐|봐요|말아|게|[되하있없었겠낫]나|[은는]가)$"
    r"|추천|알려\s?줘|골라\s?줘|지어\s?줘|해\s?줘|해줘라|하자\s|법 좀|법좀|모르겠|뵙겠|반갑"
)
_OF_THE_BOT = re.compile(
    r"(?<!\S)(?:너|넌|너는|너도|너랑|너한테|네|네가|니|니가|당신|이랑이?[는도아가]?|챗봇\S*|봇)(?!\S)"
)
_FOREIGN = re.compile(r"[A-Za-z]{4}|[\"'“”‘’:/<>@#]")
# What can't be turned to the other person by leaving it out: "나만", "나 빼고".
_MINE = re.compile(
    r"(?<!\S)(?:나만|저만|내게|제게|[나저](?:랑|보다|보고|더러|처럼|밖에|를|한테|에게)|날|절|우린|우리[는가도]|[내제]\s?[꺼거])"
    r"|(?<!\S)(?:[나저]\s?(?:빼고|때문|대신|없이|같은|말고|하나|아니)|[내제]\s(?:탓|잘못|앞|뒤|옆|시간|맘|마음대로|말))"
    r"|(?<!\S)(?:전\s(?:남|여|회사|직장|애인|아내|부인)|저\s(?:사람|집|개|애|아이|강아지|고양이))"
)
# What is no news: swearing, what was said before ("배고프다고 했잖아"), what one is told to do.
_NO_NEWS = re.compile(r"씨발|시발|존나|졸라|좆|개같|병신|지랄|[다라자냐]고\s?(?:했|말했)|(?:^|\s)(?:죽어|꺼져|닥쳐)$")
_MYSELF = re.compile(r"(?<!\S)(?<!의\s)(?:[나저](?:는|도)?|내가?|제가?|우리|우리집|저희|저희집)\s+(?=\S)")
_LEADS = re.compile(
    r"\A(?:(?:난|전|울|응|네|넵|아뇨|아니요|글쎄요|아|와|헐|야|하|에휴|휴|오|어|음|아니|근데|그래서|그런데|사실|그냥|글쎄|있잖아|진짜|오늘따라)[\s,]+){1,2}"
)
_AFTERTHOUGHT = re.compile(
    r"진짜로?|세상에|참나|참|거참|증말|하|허허|하하|야호|정말|레알|어휴|후|힝|흑|엉엉|젠장|아오|에고|에휴|나|난"
)
# "배고파 죽겠어": what comes before it is what is told.
_BEYOND_WORDS = re.compile(r"(?:미치|죽|돌|환장하)[겠것을]\S*|죽을\S*")
_LINK = re.compile(r"(?:[가-힣]데|[아어여해]서|와서|져서|니까|더니|다가|면서|지만|길래|느라|[아어해]도|려고|면)$")
_GUESSED = re.compile(r"^[보봐봄봅]")  # "비가 오려나 봐"
_DENIED = re.compile(r"(안|못)([가-힣]+)")
_ONE_WORD = ("안되", "안돼", "안타", "안쓰", "못하", "못해", "못생", "못마")


def echo(text: str) -> Back | None:
    """What is told, as one says it back; None where that would be guessing. Of several sentences the longest whole one.

    >>> echo("나 오늘 승진했다!").noticed, echo("허리가 너무 아파ㅠㅠ").noticed, echo("우리 고양이가 안비켜").considered
    ('오늘 승진했군요', '허리가 너무 아프군요', '고양이가 안 비킨다니')
    >>> echo("배고파?")
    """
    if not is_told(text) or any(each.search(text) for each in (_FOREIGN, _MINE, _NO_NEWS)):
        return None
    backs = [(words, back) for words in _sentences(text) if (back := _reflected(words))]
    told = max(backs, key=lambda one: (not _LINK.search(one[0][-1]), len(one[1].noticed)), default=None)
    return told[1] if told else None


def is_told(text: str) -> bool:
    """Whether a text only tells something: it asks and wishes for nothing, and speaks of no "you"."""
    sentences = [" ".join(words) for words in _sentences(text)]
    return "?" not in text and not any(_ASKS.search(each) or _OF_THE_BOT.search(each) for each in sentences)


def _sentences(text: str) -> list[list[str]]:
    """Words of each; chats have few full stops, so words that can only end a sentence do."""
    said = _NOISE.sub(". ", unicodedata.normalize("NFC", text))
    found: list[list[str]] = []
    for part in _SIGNS.split(said):
        sentence: list[str] = []
        for word in part.split():
            sentence.append(word)
            if _ends(word):
                found.append(sentence)
                sentence = []
        found += [sentence] if sentence else []
    return found


def _ends(word: str) -> bool:
    past = word.endswith(("어", "음", "다")) and coda(word[:-1]) == "ㅆ" and word not in ("갔다", "왔다", "했다")
    return past or _POLITE.search(word) is not None or ends_as_noun(word)


def _reflected(words: list[str]) -> Back | None:
    *before, last = _told(words)
    denial = _DENIED.fullmatch(last)
    if denial and not last.startswith(_ONE_WORD):
        before, last = [*before, denial[1]], denial[2]
    back = said_back(last.rstrip(","), denied=bool(before) and before[-1].endswith(("안", "못", "다고")))
    if back is None or (_GUESSED.search(last) and before and before[-1].endswith(("나", "가", "까"))):
        return None
    lead = " ".join([*before, ""])
    whole = Back(*(_MYSELF.sub("", _LEADS.sub("", lead + way)).strip(" ,") for way in back))
    return whole if _SHORTEST <= len(whole.noticed) <= _LONGEST else None


def _told(words: list[str]) -> list[str]:
    """The last clause, or all of it where that is short, without what only stresses it."""
    while len(words) > 1 and _AFTERTHOUGHT.fullmatch(words[-1]):
        words = words[:-1]
    if len(words) > 1 and _BEYOND_WORDS.fullmatch(words[-1]):
        words = [*words[:-2], words[-2].removesuffix("서")]
    if len(" ".join(words)) <= _WHOLE:
        return words
    starts = (at + 1 for at in range(len(words) - 3, -1, -1) if _LINK.search(words[at].rstrip(",")))
    return words[next(starts, 0) :]
