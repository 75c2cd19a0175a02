"""What the last words in a talk plainly are, by those words and what the bot had just said: no classifier is asked.

"두번째 거" after "보리랑 두부 중에 어때요?" picks, "나 생선 못 먹어" can't follow a suggestion, "그 얘긴 하기 싫어"
won't tell. Few words, which look like much else to a classifier that knows texts by their n-grams.
"""

from __future__ import annotations

import re

PICKS, DECLINES, OBJECTS, TRIED = "plain.choice", "against.declines", "against.objects", "against.tried"
SECRET, AGREES, LAUGHS = "secret", "agreeme", "laugh"

_AGREES = re.compile(r"^(?:역시|맞아|맞아요|맞습니다|그[치쵸쳐]|그니까|그러니까|인정|ㅇㅈ|[내제]\s말이)(?![가-힣])")
_LONGEST = 120  # characters of what can be plain by its words alone
_DECLINED = re.compile(r"^(?:싫어|싫은데|싫음|됐어|됐고)(?![가-힣])")
_LAST = re.compile(r"[전후]자(?:로|요)?$")
_OFFERED = re.compile(r"중에|(?:[이]?나|이?랑|하고|와|과|아니면)\s\S|\?\s.+\?")
_PICKED = re.compile(
    r"(?:^|\s)(?:(?:첫|두|세)\s?번째|앞에?|뒤에?|앞엣|뒤엣)\s?(?:거|꺼|것|게|걸로|껄로)?(?:\s?\S{1,5})?$"
    r"|(?:^|\s)\S+(?:으?로)\s?(?:할게|할래|하자|갈게|갈래|정했|고를|부탁|주세|줘|먹을)\S{0,3}$|(?:이|그|저)걸로(?:\s?\S{1,4})?$|\s쪽(?:으로)?$"
)
_SUGGESTED = re.compile(
    r"(?:어때요|어떨까요|어떠세요|어떠신가요|볼래요|(?<!나\s)(?<!나)봐요|보세요|보는\s건|좋대요|맛있대요|좋아하실|좋을\s거예요|드세요|좋겠네요|것\s같아요)[.?!~]*(?:\s|$)"
)
_CANNOT = re.compile(
    r"못\s?(?:먹|마|하|가|해|타|써|쓰)|안\s?(?:먹|마|맞|좋아|돼|되|어울)|싫|별로|말고|무서|무섭|자신\s?없|배탈|알레르기|귀찮|비싸|비싼|멀어|멀다|너무\s?멀"
    r"|작년|재작년|지난\s?(?:주|번|달|해)|저번|아까|[줬렸갔었봤]\S?요?$|없(?:어|는데|어요|거든)|뿐이|뿐인|[인앤은운]데\??$"
)
_DONE = re.compile(r"이미|벌써|해\s?봤는데|했는데|해\s?봤[어지]|다\s?해\s?봤")
_FOLLOWS = re.compile(r"좋(?:아|네|다|은)|그럴게|그래야|해\s?볼게|할게|고마|감사|오케이|ㅇㅋ|굿|알겠")
_WONT_TELL = re.compile(
    r"(?:말|얘[기긴]|이야기|대답)\S*\s?(?:.{0,6})싫|안\s?(?:알려|말할|말해)|말\s?(?:안|못)\s?(?:해|할|하)|^비밀|비밀(?:이\S{1,2})?$"
    r"|묻지\s?마|물어보지\s?마|노코멘트|안\s?하면\s?안"
)
# Few letters that hang on nothing before them: greetings, farewells, how somebody is, rain, small wishes.
_BY_ITSELF = re.compile(
    r"안[녕뇽]|하이루?|헬로|ㅎㅇ|굿모닝|나\s?왔[어당]|바이|빠이|[ㅂ]{2}|ㅂㅇ|잘\s?가|잘\s?있어|나\s?갈게|(?:내일|낼)\s?봐"
    r"|잘\s?자요?|굿나잇|굿밤|(?:나\s?)?잘게|자야지|배[고거]파|피곤해|졸려|졸리다|지친다|지쳤어|심심[해행]?|외로워|외롭다"
    r"|우울해|슬퍼|슬프다|힘들[어다]|속상해|행복해|사랑해|미안해?|땡큐|ㄱㅅ|[뭐머모]\s?해|누구야|[비눈]\s?(?:온다|와)|놀아줘|웃겨줘|안아줘"
)
_LAUGHTER = re.compile(r"(?:[ㅋㅎ]{2,}|허허|하하|헤헤|히히)[\s.!~]*$")


def by_itself(said: str) -> str:
    """The few letters, without marks, of what says the same wherever in a talk it stands; "": it needs what was before.

    >>> by_itself("배고파ㅠㅠ"), by_itself("왜?")
    ('배고파', '')
    """
    bare = said.strip(" .!?~ㅋㅎㅠㅜ^")
    return bare if _BY_ITSELF.fullmatch(bare) else ""


def turn(said: str, before: str) -> str:
    """The label of such a turn (training/listening.toml); "": it is none that words alone show.

    >>> turn("두번째꺼", "보리랑 두부 중에 어때요?"), turn("나 생선 못 먹어", "갈치조림이 맛있대요!")
    ('plain.choice', 'against.objects')
    """
    if len(said) > _LONGEST:
        return ""
    words, before = said.strip(" .!~"), before[-_LONGEST:]
    if _WONT_TELL.search(words):
        return SECRET
    suggested = _SUGGESTED.search(before) is not None
    if ((suggested or _OFFERED.search(before)) and _PICKED.search(words)) or (suggested and _LAST.search(words)):
        return PICKS
    if _AGREES.search(words):
        return AGREES
    if _DECLINED.search(words):
        return DECLINES
    if not suggested or _FOLLOWS.search(words):
        return ""
    return TRIED if _DONE.search(words) else OBJECTS if _CANNOT.search(words) else ""


def laughs(said: str) -> bool:
    """Whether somebody laughs at the end of what they say."""
    return _LAUGHTER.search(said) is not None
