"""By which words it is known that somebody needs help from people at once: 119, 112, or a hand beside another's life.

A small model would ask how the day was. Its answer to these must not depend on what it understands; it says "if that is
happening now", since a word alone does not tell.
"""

from __future__ import annotations

import re

from model.alarms import is_danger

_SENTENCE_END = re.compile(r"(?<=[.!?\n])")
_JOKING = re.compile(r"ㅋㅋ|ㅎㅎ|웃[겨기긴]|배꼽")
# What a dream, a film or a caller who lies told of. Who only watched one, or woke from one, is awake.
_TOLD = re.compile(
    r"(?:꿈|영화|드라마)(?:에서|\s*속)(?!처럼|\s*(?:깨|깼))|꿈에\s(?!그리|그린)|꿈(?:을|도)?\s*꿨(?!.{0,20}깼)"
    r"|피싱\s*(?:전화|문자|메일)|돌아가시기\s*전"
)
# Said behind what happened: it was never there.
_UNREAL = re.compile(
    r"[는은던]\s*(?:꿈|영화|드라마)(?!\S?\s*보)|(?:꿈|영화|드라마)(?:였|이었|이[야라]|야|예요|이에요|\s*(?:이야기|얘기))"
    r"|피싱(?:이[래었더야]|같|\s*같|인\s*(?:것|거|듯))"
)
# Said behind what happened, and not doubted: it is over, for better or worse.
_OVER = re.compile(
    r"(?:죽었|돌아가셨|떠났)(?!나|는지|을까|을지|으면)(?<!여행\s떠났)(?<!여행을\s떠났)|돌아가신(?!\s*것\s*같)|무지개\s*다리|하늘나라"
    r"|묻어\s*[주줬]|(?<!안\s)(?:괜찮대|내려[갔왔]|내렸)(?!는데|지만)|다행(?!히)"
    r"|다행히\s*(?:\S{1,8}\s+){0,2}(?:안\s*다[쳤치]|무사|괜찮|멀쩡|꺼졌|껐|깨어났|나았)"
)

_SOMEBODY = (
    r"(?:아이|아기|애기?|딸|아들|조카|동생|언니|누나|오빠|형|엄마|아빠|어머니|아버지|할머니|할아버지|남편|아내|친구|손주|강아지|고양이|개|댕댕이)"
    r"(?:가|이|는|은|도)?"
)
_POISON = r"(?:세제|락스|농약|살충제|쥐약|건전지|배터리|동전|단추|자석|초콜릿|포도|양파|자일리톨)"
_SWALLOWED = r"(?:을|를|도)?\s*(?:다\s*)?(?:먹었|먹어\s*버|마셨|마신|삼[켰킨키])"

_EMERGENCY = re.compile(
    "|".join(
        (
            r"숨을?\s*(?:잘\s*)?(?:안|못)\s*쉬|숨이\s*(?:안\s*쉬어|멎)|호흡이?\s*(?:없|멈|멎)|질식|목에\s*걸[렸려]",
            r"의식이?\s*없|의식을?\s*잃|안\s*깨어나|(?<!나무가\s)(?<!자전거가\s)(?<!간판이\s)쓰러(?:[졌져]|지(?!겠))",
            r"물에\s*빠[졌진]|감전|경련|발작|심장\s*마비|말이\s*(?:갑자기\s*)?어눌|피가\s*(?:안\s*멈|멈추지\s*않|철철)|피를\s*토",
            r"(?:한쪽|반쪽|왼쪽|오른쪽|갑자기)\s*(?:팔|다리|얼굴|손|몸)?[에이]?\s*(?:힘이\s*(?:없|빠)|마비)",
            r"가슴이\s*\S{0,8}\s*(?:아프|조[여이]|쥐어짜)\S{0,8}\s.{0,20}식은땀|열이?\s*(?:4[0-2]|39[.][5-9])\s*도",
            r"(?<!발등에\s)(?<!발등에)(?<!전화통에\s)(?<!입에\s)(?<!속에\s)불이?\s*났|^불이야|가스\s*(?:냄새|가\s*새)|차에\s*치(?:였|여(?!\s*갔))",
            r"칼에\s*찔|교통\s*사고가?\s*(?:났|당했)(?!었)|(?:뜨거운|끓는)\s*물[에을]?\s*(?:\S{1,8}\s+)?(?:데[었였]|뎄|쏟[았아]|부었)",
            rf"{_SOMEBODY}\s*(?:\S{{1,8}}\s+)?(?:가슴|심장)이?\s*(?:너무\s*|많이\s*)?(?:아프[대다]|아파|조인[대다])",
            rf"{_SOMEBODY}\s*(?:(?!늦잠)\S{{1,8}}\s+){{0,3}}못\s*(?:일어나(?:[요.!?]|\s|$)|일어나(?:세|시|셔)|움직)|배를\s*.{{0,8}}못\s*움직",
            r"^\s*119[\s!?.]*$",
        )
    )
)
_TOO_MANY = r"(?:약|수면제|진통제|타이레놀)(?:을|를)?\s*(?:한\s*통|통째로|많이|잔뜩|왕창|여러\s*알)"
_POISONED = re.compile(rf"{_SOMEBODY}\s*(?:\S{{1,12}}\s+)?(?:{_POISON}|{_TOO_MANY}){_SWALLOWED}")
# Who would hurt somebody, in earnest or in anger; flies and foes in games are nobody.
_HARM = re.compile(
    r"(?:죽이|죽여\s*버리|해치|패\s*죽이)고\s*싶|죽여\s*버릴\s*(?:거|래|테)|죽일\s*(?:거야|래|테다)|칼로\s*찌르"
)
_NOBODY = re.compile(r"모기|벌레|바퀴|파리|개미|나방|쥐를|쥐새끼|몹|보스|좀비|게임|몬스터|시간을?\s*죽|적을")
_CALLED = re.compile(
    r"(?:119|112|구급차|경찰)(?:에|를|을|는|도)?\s*(?:벌써\s*|방금\s*|이미\s*)?(?:불렀|부름|전화했|신고했|왔)"
    r"|응급실[에]?\s*(?:왔|도착|이야|이에요|와\s*있)"
)
_VIOLENCE = re.compile(
    r"(?:남편|아내|아빠|엄마|아버지|어머니|새아빠|새엄마|남친|남자친구|여친|애인|삼촌|선생님|선배|상사|사장님?)(?:이|가|은|는|한테)?\s*(?:\S{1,12}\s+){0,3}"
    r"(?:때[려리렸린]|팼어|패요|목을?\s*졸|발로\s*찼|칼을?\s*들)"
    r"|(?:아빠|엄마|남편|남친|선배|애들|친구들)한테\s*(?:\S{1,12}\s+){0,2}맞[았고]"
    r"|(?:선생님|삼촌|아저씨|상사|선배|사촌|새아빠|아빠|오빠|누가)\S{0,2}\s*(?:\S{1,12}\s+){0,2}(?:날|나를|저를|제|내|몸을|몸)\s*(?:\S{1,12}\s+){0,2}만[졌지]"
    r"|성폭행|성추행\s*당|강간|불법\s*촬영|몰카\s*(?:당|찍[혔혀])|스토킹\s*당|납치(?:하려|될|됐|범)|강도가|협박\s*(?:당|받)|감금(?:당|됐)"
    r"|(?:옆집|윗집|아랫집|앞집|밖|복도|골목)\S*\s*.{0,8}비명"
    r"|누가\s*(?:\S{1,12}\s+){0,2}(?:따라|쫓아)\s*[와오]|문\s*따고\s*들어"
)
_ANOTHERS_LIFE = re.compile(
    r"죽고\s*싶(?:대|다고\s*(?:해|하|그래|말|톡|연락|문자))|죽겠다고\s*(?:연락|문자|톡)|자살하겠(?:대|다고)"
    r"|(?:친구|동생|언니|누나|오빠|형|남편|아내|엄마|아빠|딸|아들|조카|걔|남친|여친|동료|제자|학생)\S{0,2}\s*(?:\S{1,12}\s+){0,2}(?:자해|자살할\s*것|자살하려)"
)


def urgency(said: str) -> str:
    """The words that are called for before all others; "": none.

    >>> urgency("엄마가 숨을 안 쉬어"), urgency("119 불렀어"), urgency("남편이 때려요"), urgency("친구가 죽고 싶대")
    ('emergency', 'emergency.called', 'violence', 'danger.another')
    >>> urgency("영화 보다가 아빠가 쓰러졌어"), urgency("영화에서 아빠가 쓰러졌어")
    ('emergency', '')
    >>> urgency("아빠가 쓰러져서 돌아가셨어")
    ''
    >>> urgency("웃겨서 숨을 못 쉬겠어ㅋㅋ"), urgency("발등에 불났다"), urgency("고양이가 화분을 때렸어")
    ('', '', '')
    """
    if _ANOTHERS_LIFE.search(said):
        return "danger.another"
    if _CALLED.search(said):
        return "emergency.called"
    if _HARM.search(said) and not _NOBODY.search(said):
        return "harm"
    joking = _JOKING.search(said) is not None
    happened = _without_stories(said)
    if not joking and _is_so(_POISONED, happened, _OVER):
        return "emergency"
    if is_danger(said):
        return "danger"
    if joking:
        return ""
    if _is_so(_VIOLENCE, happened):  # that the blows are over, or the door is locked by good luck, makes nobody safe
        return "violence"
    return "emergency" if _is_so(_EMERGENCY, happened, _OVER) else ""


def _without_stories(said: str) -> str:
    """What is told of the world. A dream's sentence alone is left out: the next one may be of whoever woke up."""
    return "".join(sentence for sentence in _SENTENCE_END.split(said) if not _TOLD.search(sentence))


def _is_so(what: re.Pattern[str], said: str, *ended: re.Pattern[str]) -> bool:
    """Whether it happened, and nothing that is said behind it takes that back."""
    ends = [found.end() for found in what.finditer(said)]
    return bool(ends) and not any(back.search(said, ends[-1]) for back in (_UNREAL, *ended))
