"""What of a question carries its meaning: "환불규정이 어떻게 되나요" asks for 환불규정."""

from __future__ import annotations

import re

from bot.terms import folded

# Words that make a question and say nothing about its subject, wherever they stand in a word without spaces.
_CUES = re.compile(
    r"어떻게|어떡하|어떠|어때|어디(?:에서|서|에|로|까지)?|언제(?:까지|부터|쯤)?|얼마(?:나|만큼|동안|정도)?|무엇|무슨|며칠|"
    r"알려|가르쳐|설명해|말해|궁금|할수있|될수있|받을수|수있|수없|가능(?=한|해|할|하|합)|"
    r"(?<![가-힣])몇 ?(?:시|분|일|개|번|명|월|주|살|층|호|대|원|년|가지)(?:에|까지|부터|쯤|이나|정도)?|"
    r"(?<![가-힣])(?:뭐|뭔|왜|몇|누가|누구|어느|어떤|혹시|그럼|그냥|지금|오늘|정말|너무|제발|저는|제가|나는|내가|저희|우리)"
    r"(?=[가-힣]{0,3}(?![가-힣]))"
)
# How verbs end in questions, requests and statements, the longest first: what stands before may be one syllable.
_ENDINGS = re.compile(
    r"(?:할수있을까요|으려면|하려면|려면|합니까|습니까|입니까|됩니까|습니다|입니다|합니다|됩니다|인가요|한가요|은가요|할까요|을까요|"
    r"하나요|되나요|있나요|없나요|있어요|없어요|돼나요|되는지|하는지|인지|는지|나요|까요|니까|가요|해주세요|주세요|줄래요?|해줘요?|줘요?|"
    r"하세요|세요|싶어요|싶은데요?|싶어|싶다|이에요|예요|이야|이죠|이지|했는데요?|는데요?|은데요?|인데요?|하면|되면|으면|해야|"
    r"되는|하는|되어|하고|해서|해요|돼요|되요|어요|아요|네요|군요|지요|냐고|하다|한다|했다|됐다|된다|하기|되기|했어요?|됐어요?)$"
)
_LAST_SYLLABLE = re.compile(r"(?:죠|냐|니|야|요|할|한|지|네|고)$")
_ASKING = re.compile(r"(?:나요|까요|니까|가요|인가|는지|을까|주세요|줘요?|줄래요?|되나|하나|죠|냐)$")
_OF_US = re.compile(
    r"(?<![가-힣])(?:너|넌|널|네|니|당신)(?:은|는|의|도|이|가|을|를|한테)?(?![가-힣])"
)  # the bot itself is meant
# No noun begins with these syllables: whatever follows, it is a verb without a meaning of its own.
_HELPING = re.compile(r"[있없같싶않됐했돼됩됨줬줘]")
_PARTICLES = re.compile(
    r"(?:에서는|에서도|으로는|까지는|부터는|에게서|이라는|라는|이라고|라고|이라도|라도|이란|에서|으로|까지|부터|에게|한테|에는|에도|"
    r"이나|이랑|처럼|보다|마다|은|는|이|가|을|를|의|에|도|만|로|와|과|란|나)$"
)
_EMPTY = frozenset(
    word
    for words in (
        "있 없 되 돼 하 해 된 것 거 게 수 때 좀 저 제 내 나 너 그 이 방법 경우 가능 필요 대해 대한 관해 관련 부탁 받",
        "a an the is are was do does did i you we it my your our what when where how who why which can could may",
        "of to in on at by from with as for and or if me tell about please much many long there",
        "be been has have had that this",
    )
    for word in words.split()
)


def subject(question: str) -> str:
    """The words that a question is about, folded; "" when it is all asking.

    >>> subject("환불규정이 어떻게되나요?"), subject("뭐 해?")
    ('환불규정', '')
    """
    words = (_stripped(word) for word in _CUES.sub(" ", folded(question)).split() if not _HELPING.match(word))
    return " ".join(
        word for word in words if word and word not in _EMPTY and (len(word) > 1 or not "가" <= word <= "힣")
    )


def asks(text: str) -> bool:
    """Whether something is asked: "연차는 며칠이에요", not "연락이 없네", nor "너 이름이 뭐야", which means the bot."""
    words = folded(text)
    if _OF_US.search(words):
        return False
    return text.rstrip().endswith(("?", "？")) or bool(_CUES.search(words) or _ASKING.search(words))


def _stripped(word: str) -> str:
    """The word without the endings that cling to it, one after the other: 환불|되|나요, 고양이|는."""
    word = _ENDINGS.sub("", _ENDINGS.sub("", word))
    for ending in (_LAST_SYLLABLE, _PARTICLES):
        shorter = ending.sub("", word)
        word = shorter if len(shorter) > 1 or shorter in _EMPTY else word
    return word
