"""By which words it is known that somebody may mean to end their life, and what is too grave for a light word.

Hearing too much is the smaller harm, yet whoever tells of an old temple (유서 깊은 절), of cold pills (감기약을 다
먹었어) or of hunger (배고파 죽겠다) should not be asked whether they want to die.
"""

from __future__ import annotations

import re


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words))


_MUCH = r"(?:한\s*(?:통|움큼|주먹)|많이|잔뜩|왕창|[0-9]{2,}\s*(?:알|정|개))(?:이나|\s*넘게)?"
_SWALLOW = r"(?:을|를|이?라도|이?나|도|까지|만)?\s*(?:다\s*)?(?:먹|마[시셨실]|삼[키켰])"

_DANGER = _any(
    r"(?<!배고파\s)(?<!배고파서\s)죽고\s*(?:싶|십[어다은]|시[프퍼펐픔플픈])",
    r"죽으려고|죽어\s*버[리릴]|디지고\s*싶",
    r"(?:나|난|그냥|이제|확)\s+죽을\s*(?:래|게|거(?!\s*같))|^죽을\s*(?:래|거(?!\s*같))",
    r"(?:나|난)\s+죽을까(?!\s*봐)|(?:그냥|이제|확)\s+죽을까|(?:먹|마시|뛰어내리|뛰어내려)고?\s*죽을\s*(?:까(?!\s*봐)|래|게|거(?!\s*같))",
    r"죽는\s*[게편]이?\s*(?:더\s*)?(?:[나낫]|좋|편하)",
    r"자살(?!골|률|율|\s*(?:했[다대어](?!야)|하셨|한\s|소식|사건|예방\s*(?:교육|강의|영상)|뉴스))",
    r"유서(?!\s*(?:깊|가\s*깊))",
    r"살기\s*(?:가\s*)?싫|살고\s*싶지\s*않|(?:더\s*이상|이제|난|나)\s+(?:더는\s*)?못\s*살겠(?!다고)|왜\s*살(?:지|아|까|고)",
    r"사라지고\s*싶|눈을?\s*안\s*떴으면|뛰어내리고\s*싶|뛰어내릴|목숨을?\s*끊|손목을?\s*[그긋]|칼로\s*나를",
    rf"(?:농약|세제|락스|독약|독버섯){_SWALLOW}",
    r"번개탄(?!.{0,40}(?:고기|굽|캠핑|삼겹|바[베비]큐|숯))|(?<![가-힣])자해(?:$|[를했하할한](?!.{0,20}(?:뉴스|영상|예방)))|치사량|(?:안\s*아프게|고통\s*없이)\s*죽",
    r"약을?\s*(?:\S+\s+)?모아\s*[놨놓뒀두]|수면제.{0,20}먹으면\s*죽|몇\s*알.{0,20}먹으면\s*죽",
    r"옥상에?\s*(?:혼자\s*)?올라왔[어다]?[\s.]*$|(?:한강|대교|마포)\S*\s*(?:다리\s*)?(?:위|난간)(?:야|에|이야|예요|에요)?[\s.]*$",
    rf"수면제(?:를)?\s*(?:다|여러\s*알|{_MUCH}){_SWALLOW}|약을?\s*{_MUCH}{_SWALLOW}",
)
# What no word for a mood is light enough for: violence, crime, sickness of the mind.
_GRAVE = _any(
    r"때[리려렸]|맞았|폭행|성추행|성폭|죽[여였]|찔렀|학대|복수",
    r"우울증|치매|암[이에]?\s|자살",
)
_LOST = _any("불합격", "낙방", "꼴[등찌]", "탈락")
_FAILED = _any(_LOST.pattern, "망했", "실패", "최악")
_SICK = _any(
    r"재발(?![급행견])|잘못[됐되돼]|사기[를\s]*당|암이래|쓰러[지져졌]|사망",
    r"토(?:했|해|하(?!젓))",
    "설사",
    "다[쳤치]",
    r"아(?:파(?!트)|프(?!리카)|팠|픔)",
    "응급실",
    r"장례|빈소|(?<!출)발인(?!데)|(?<![가-힣])부고(?:를|가|\s|$)|영안실|돌아가[셨시신]|이혼(?:했|하[기려자])|파혼|유산했",
    "잃어버",
    "망가[졌지]",
)


def is_danger(said: str) -> bool:
    """Whether somebody may mean to end their life.

    >>> is_danger("그냥 죽고 싶어"), is_danger("배고파 죽겠다"), is_danger("유서 깊은 절에 다녀왔어")
    (True, False, False)
    """
    return _DANGER.search(said) is not None


def is_grave(said: str) -> bool:
    """Whether it tells of what no word for a mood is light enough for."""
    return _GRAVE.search(said) is not None


def is_lost(said: str) -> bool:
    """Whether it tells of a defeat, which is spelt nearly like a success: 불합격했어."""
    return _LOST.search(said) is not None


def is_unhappy(said: str) -> bool:
    """Whether it tells of a failure, a sickness or a loss, whatever mood its other words suggest."""
    return _FAILED.search(said) is not None or _SICK.search(said) is not None
