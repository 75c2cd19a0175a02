"""What sort of answer a question waits for, by how it is put: "왜 …지" wonders, "…해야 하나" decides.

Who doesn't know the matter can still answer the sort. Korean shows it at the end of the sentence, by the ending (-ㄹ까,
-나, -지, -냐) and the words before it.
"""

from __future__ import annotations

import re
import unicodedata

_NOISE = re.compile(r"[ㄱ-ㅎㅏ-ㅣ^~;♥♡\u2600-\u27bf\U0001f000-\U0001faff\ufe0f]+")
_POLITELY = ("까요", "나요", "가요")
_SENTENCES = re.compile(r"(?<=[?!.…])\s+|(?<=[.…!?]{2})|(?<=[까나가]요)\s+|\n")
_SIGNS = " ?!.,…"
_QUOTED = re.compile(r"['\"‘“][^'\"’”]*['\"’”]")
_TELLS = re.compile(r"(?:다|음|슴|함|임|됨|네요?|군요?|구나|거든요?|더라고?요?|라니)$")
# "동창이지 뭐야" exclaims.
_EXCLAIMS = re.compile(r"지\s?(?:뭐|뭡|모)(?!\s)\S{0,3}$|이게\s?뭐라고|지\s무슨\s")
# What is said behind the question: "…해야 하나 고민이에요", "…일까 궁금하네".
_BEHIND = re.compile(
    r"(?:\s+(?:진짜로?|정말|도대체|대체|솔직히|다들|나|난|응|참|하|휴|에휴"
    r"|(?:고민|궁금|모르겠|걱정)\S{0,4}))+$"
)
_ALONE = re.compile(r"(?<!\S)[나저]만\s\S+$")  # "나만 싫어?"
_WHATEVER = re.compile(r"(?<!\S)(?:뭐|뭘|뭔|무슨|무엇|어디|누구|누가|몇|얼마|어느|어떤|언제)")
_WHOLE = 1000  # characters at the end of a text that are looked at
_LONGEST = 160  # letters at the end of a sentence that are looked at: some patterns take the square of that
_FRAGMENT = 5  # letters of what is too short to ask anything by itself: "예를 들어?"

_WHETHER = (
    r"(?:(?<!니)까|(?<=[가-힣])(?<![각억신화끝만일살혼이])나|냐|(?<![언머아더으라])니|[은는인던런한된운간큰쁜른건]가"
    r"|죠|(?<![아버미돼])지|려나|는지|을지|건지|런지)[요여]?"
)
# What people fear they are; of others it is said with other endings.
_UNFIT = (
    r"오바|오버|주책|유난|민폐|실례|쪼잔|늦었|늦은|욕\s?먹|꼰대|유치|찌질|철없|속물|궁상|청승|사치|과한|과하"
    r"|없어\s?보|속\s?보"
)
_AMISS = r"이상|나쁜|나빴|너무한|심한|심했|한심|이기적|못됐|못된|너무했|속\s?좁|예민|별난|까다로|소심|미친|바보"
_ME = r"(?<!\S)(?:내가|제가|나만|저만|나는|저는|난|전|나|저)(?!\S)"
_OVER = r"끝난|끝났|망한|망했|틀렸|틀린|글렀|글른|차인|물\s?건너간"
_TO_SAY = r"쓰[지면]|적[지으]|보내|말|꺼내|거절|고백|사과|대답|답장|얘기|이야기|설명|전하|전해|부탁|위로|달래"
_HOW_TO_SAY = r"(?:어떻게|뭐라고?|언제|어케)"
_WHAT = r"(?<!\S)(?:뭐|뭘|뭔|무슨|무엇|무얼|어디|어딜|누구|누굴|몇|어느|어떤|언제)"
# "싫어할까" and "…는 걸까" are no plans of whoever asks.
_SHALL = (
    r"(?:(?<!망)(?<![싫좋미힘]어)(?<!생각|행복|후회|이해|기억|인정|허락|걱정|당황|불편)"
    r"(?:[갈살볼말쓸탈잘쉴둘뺄팔낼풀놀할줄]|[먹입읽씻찾받듣참앉]을|버릴|바꿀|배울|그만둘|끊을|보낼|만날|키울|따질"
    r"|떠날|옮길|넣을|지를|접을|고를|시킬|마실|빌릴|갚을|들을|지울|나갈)까)"
)
_AT_A_LOSS = (
    r"(?:어떡|어뜩|어쩌[지죠나냐]|어쩜\s?좋|어쩌면\s?좋|어째야|어캄|우짜|이를\s?어|(?<!다들\s)어떻게\s?(?:하|해|함))"
)

# The first that is found counts.
_SORTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile("|".join(patterns)))
    for name, *patterns in (
        ("praise", r"칭찬\s?(?:좀\s?|한번\s?)?(?:해|받)"),
        ("yours", r"너라면|너\s?같으면|이랑이?라면|당신이라면"),
        ("done", r"[아어해와]\s?(?:봤|보셨)\S{0,3}$", r"(?:해|어|아)?\s?본\s?적\S{0,2}\s?있\S{0,3}$"),
        ("marvel", r"(?:이렇게|이리|이토록)\s.*(?:거였|것이었|건가|거구나|줄이야)\S{0,2}$"),
        ("known", r"(?:거|것|줄|사실|말)[은는도]?\s?(?:알[아지죠]|알았|알고\s?있|아세|아시|아냐고)\S{0,4}$"),
        (
            "outrage",
            r"실화|말이\s?[되돼]|이게\s?맞|있을\s?수\s?있는|제정신",
            r"너무(?:한|하는)?\s?거\s?아[니닌냐]|너무하지\s?않|어이없지\s?않",
        ),
        ("over", rf"(?:{_OVER})\s?(?:거|건|것|걸)?\s?(?:이?겠|일)?(?:{_WHETHER}|야|같아요?|맞\S{{1,2}})$"),
        ("fault", rf"잘못(?:한|했|인|된|일)\S{{0,2}}\s?\S{{0,3}}{_WHETHER}$"),
        (
            "common",
            rf"(?<!\S)[나저]만\s.*(?:{_WHETHER}|거야|[이그]래)$",
            rf"(?:당연|정상)(?:한|인)?\s?(?:거|건|것)?\S{{0,2}}{_WHETHER}$",
            rf"다들\s(?!.*(?:어떻|어케|뭐|뭘|왜|어디|얼마|몇|언제)).*(?:{_WHETHER}|해요?|아요?|어요?)$",
        ),
        (
            "allowed",
            rf"(?:{_UNFIT})\S{{0,3}}\s?(?:거|건|것)?\S{{0,3}}(?:{_WHETHER}|야|해|돼|요)$",
        ),
        ("amiss", rf"{_ME}.*(?:{_AMISS})\S{{0,3}}\s?(?:거|건|것)?\S{{0,3}}(?:{_WHETHER}|야|해|돼)$"),
        ("hoped", r"(?:아니|괜찮|별일\s?없|별거\s?아니|안\s?그러|되|나)\S{0,2}겠[지죠]\S{0,1}$"),
        ("reason", r"(?<!\S)(?:왜|왤|어째서|무슨\s?이유로)"),
        ("worry", r"(?:면|다가|까\s?봐)\s?(?:어떡|어뜩|어떻게\s?(?:하|해|되|돼)|어쩌|어캄|우짜)\S{0,4}$"),
        (
            "words",
            rf"{_HOW_TO_SAY}\s(?:\S+\s)?(?:{_TO_SAY})\S{{0,7}}(?:\s\S{{1,5}})?$",
            rf"(?:{_TO_SAY})\S{{0,3}}\s{_HOW_TO_SAY}\s?\S{{0,5}}(?:\s\S{{1,4}})?$",
        ),
        (
            "opinion",
            r"(?:어떻게|어찌|어케)\s?생각|생각이?\s?어때|어떤\s?것\s?같",
            r"어때요?$|어떠[세신]\S{1,3}$|어떤가요?$",
        ),
        (
            "either",
            r"\S(까|나|냐|야)(?:요)?\??\s(?:\S+\s){0,2}\S*[^\s지]\1요?$",
            r"(?<!\S)(?P<does>\S{2,})\s안\s?(?P=does)$|(?:있|없)다고\s\S+\s(?:있|없)다고",
            r"(?<!\S)아니면\s|중에\s(?:뭐|뭘|어느|어떤|어디|누)|\S\s?vs\s?\S|[할갈살볼]지\s.*[할갈살볼]지.*(?:뭐|어느|어떤)",
        ),
        ("idea", rf"{_WHAT}\S*\s.*(?:까|지|나|게\s?좋\S{{0,5}}|면\s?좋\S{{0,5}})[요여]?$|{_WHAT}\S*지$"),
        ("lost", rf"{_AT_A_LOSS}\S{{0,5}}(?:\s\S{{1,4}})?$"),
        (
            "others",
            r"다른\s사람들?은\s|다들\s.*(?:어떻게|뭐|뭘|어디|얼마|몇|언제)|남들은\s|보통\s.*(?:하나요|해요|하나|하죠)$",
        ),
        ("how", r"(?<!\S)(?:어떻게|어찌|어케|어떤\s?식으로)"),
        (
            "shall",
            rf"{_SHALL}(?:\s?말까)?[요여]?$|까\s?말까[요여]?$",
            r"[가-힣]야\s?(?:하[나는]|되[나는]|돼|할까|될까|할지|될지|하겠지|해)\S{0,4}$",
            r"(?:게|쪽이|편이)\s?(?:나을|낫|좋을|나은)\S{0,5}$|[가-힣]도\s?(?:될|되[나는]|돼|괜찮)\S{0,5}$",
        ),
        (
            "fact",
            rf"(?:{_WHAT}|(?<!\S)(?:누가|얼마나?|어째)).*(?:{_WHETHER}|야|[예에]요|했어|했어요|는데요?|을까)$",
            r"(?<!\S)(?:뭐야|뭐지|뭐예요|누구야|누구세요)$",
        ),
        ("agreed", r"(?:지\s?않|잖)\S{0,4}$|맞[지죠나]\S{0,3}$|(?:지|죠|그치|그쵸|아니야|아냐|아닌가요?)$"),
        ("whether", rf"(?:{_WHETHER}|던가|습니까|입니까|합니까|됩니까|는\s?거야|은\s?거야|인\s?거야)$"),
    )
)

SORTS = tuple(name for name, _ in _SORTS)


def sort(said: str) -> str:
    """The sort of the question that a text ends with, or has in it with a question mark; "": none that is known.

    >>> sort("라면에 우유 어떻게 생각해?"), sort("이 나이에 피아노는 주책인가요"), sort("왜 그 맛이 안 나지ㅠㅠ")
    ('opinion', 'allowed', 'reason')
    >>> sort("오늘 승진했어요!"), sort("글쎄 국민학교 동창이지 뭐야")
    ('', '')
    """
    *earlier, last = _sentences(said) or [""]
    asked = [last, *(one for one in reversed(earlier) if "?" in one or one.endswith(_POLITELY))]
    return next((found for one in asked if (found := _of(one))), "")


def ends_asking(said: str) -> bool:
    """Whether the last sentence asks something."""
    return bool(_of((_sentences(said) or [""])[-1]))


def exclaims(said: str) -> bool:
    """Whether what looks like a question ends with an exclamation: "동창이지 뭐야"."""
    return _EXCLAIMS.search(said.strip(_SIGNS)) is not None


def _sentences(said: str) -> list[str]:
    said = said[-_WHOLE:]
    plain = _NOISE.sub(" ", _QUOTED.sub(" ", unicodedata.normalize("NFC", said)))
    return [" ".join(one.split())[-_LONGEST:] for one in _SENTENCES.split(plain) if one.strip(_SIGNS)]


def _of(sentence: str) -> str:
    marked, said = "?" in sentence, sentence.strip(_SIGNS)
    if exclaims(said) or (_TELLS.search(said) and not marked):
        return ""
    said = _BEHIND.sub("", said).strip(_SIGNS)
    if marked and _ALONE.search(said):
        return "common"
    if marked and said.endswith(("면", "면요")):
        return "worry"
    plain = "fact" if _WHATEVER.search(said) else "whether"
    plain = plain if marked and sum(map(str.isalnum, said)) >= _FRAGMENT else ""
    return next((name for name, pattern in _SORTS if pattern.search(said)), plain)
