"""How the stems of Korean verbs and adjectives change before endings: 걷(다) -> 걸어, 춥(다) -> 추운, 만들(다) -> 만듦.

The classes are those of the Korean spelling rules (한글 맞춤법 §18). Where a stem could be of two (묻다 is "ask" and
"bury"), the commoner word decides.
"""

from __future__ import annotations

from bot.korean.jamo import coda, composed, decomposed, with_coda

_BRIGHT = "ㅏㅑㅗ"  # vowels after which 어 is 아
_MELTS = {"ㅣ": "ㅕ", "ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅚ": "ㅙ"}  # a stem's vowel together with 어: 마시 + 어 = 마셔
_GROWS = ("ㅟ", "ㅢ")  # 쉬어, 띄어
# Irregular ones of a coda that mostly stays, regular ones of a coda that mostly changes.
_D_TO_R = ("걷", "듣", "깨닫", "묻", "싣", "붇", "일컫")
_S_FALLS = ("낫", "짓", "붓", "잇", "긋", "젓")
_B_STAYS = ("입", "잡", "씹", "접", "꼽", "뽑", "업", "집", "좁", "넓", "짧", "얇", "밟", "뵙", "수줍")
_B_TO_O = ("돕", "곱")
_H_STAYS = ("좋", "낳", "놓", "넣", "쌓", "땋", "찧", "닿")
_REO = ("이르", "푸르", "누르")  # 이르러
_RU_STAYS = ("따르", "치르", "들르", "다다르", "우러르")  # 따라, not 딸라


def infinitive(stem: str) -> str:
    """With 아 or 어, as it is spoken.

    >>> [infinitive(stem) for stem in ("가", "먹", "하", "춥", "모르", "듣", "예쁘", "낫", "파랗")]
    ['가', '먹어', '해', '추워', '몰라', '들어', '예뻐', '나아', '파래']
    """
    if stem.endswith(("하", "되")):
        return stem[:-1] + ("해" if stem.endswith("하") else "돼")
    if stem.endswith(_REO):
        return stem + "러"
    if stem.endswith("르") and len(stem) > 1 and not stem.endswith(_RU_STAYS):
        return with_coda(stem[:-1], "ㄹ") + ("라" if _is_bright(stem[:-1]) else "러")
    if not coda(stem):
        return _melted(stem)
    if _loses_h(stem):
        return _with_nucleus(with_coda(stem, ""), "ㅐ")
    if coda(stem) == "ㅂ" and not stem.endswith(_B_STAYS):
        return with_coda(stem, "") + ("와" if stem in _B_TO_O else "워")
    return _before_vowel(stem) + ("아" if _is_bright(stem) else "어")


def adnominal(stem: str) -> str:
    """An adjective before what it describes.

    >>> [adnominal(stem) for stem in ("예쁘", "작", "춥", "힘들", "파랗", "재미있")]
    ['예쁜', '작은', '추운', '힘든', '파란', '재미있는']
    """
    if stem.endswith(("있", "없")):
        return stem + "는"
    if coda(stem) in ("", "ㄹ") or _loses_h(stem):
        return with_coda(stem, "ㄴ")
    return _joined(stem, "은", "운")


def noun(stem: str) -> str:
    """As a noun, which is how much of what is told in chats ends.

    >>> [noun(stem) for stem in ("가", "먹", "춥", "만들")]
    ['감', '먹음', '추움', '만듦']
    """
    if coda(stem) in ("", "ㄹ"):
        return with_coda(stem, "ㄻ" if coda(stem) else "ㅁ")
    return _joined(stem, "음", "움")


def past(stem: str) -> str:
    """
    >>> [past(stem) for stem in ("가", "먹", "하", "춥")]
    ['갔', '먹었', '했', '추웠']
    """
    return with_coda(infinitive(stem), "ㅆ")


def before_n(stem: str) -> str:
    """As it stands before 는 and 네: ㄹ falls away.

    >>> before_n("만들"), before_n("먹")
    ('만드', '먹')
    """
    return with_coda(stem, "") if coda(stem) == "ㄹ" else stem


def _joined(stem: str, ending: str, after_b: str) -> str:
    if coda(stem) == "ㅂ" and not stem.endswith(_B_STAYS):
        return with_coda(stem, "") + after_b
    return _before_vowel(stem) + ending


def _before_vowel(stem: str) -> str:
    """걷 -> 걸, 짓 -> 지."""
    if stem.endswith(_D_TO_R):
        return with_coda(stem, "ㄹ")
    return with_coda(stem, "") if stem.endswith(_S_FALLS) else stem


def _melted(stem: str) -> str:
    nucleus = decomposed(stem[-1])[1]
    if nucleus == "ㅡ":
        return _with_nucleus(stem, "ㅏ" if stem[:-1] and _is_bright(stem[:-1]) else "ㅓ")
    return stem + "어" if nucleus in _GROWS else _with_nucleus(stem, _MELTS.get(nucleus, nucleus))


def _loses_h(stem: str) -> bool:
    return coda(stem) == "ㅎ" and not stem.endswith(_H_STAYS)


def _is_bright(word: str) -> bool:
    return decomposed(word[-1])[1] in _BRIGHT


def _with_nucleus(word: str, nucleus: str) -> str:
    onset, _, last = decomposed(word[-1])
    return word[:-1] + composed(onset, nucleus, last)
