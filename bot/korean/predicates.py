"""The last word of a statement, said back: 아파 -> 아프군요, 놓침 -> 놓쳤군요, 온대 -> 온다고 하는군요.

What can be said back depends on the stem, and on whether it is a verb's: only those have 는 before 군요. The common
ones are listed (verbs.txt, adjectives.txt, written for this); any other in 하다 is a verb's, but for what is said
twice (말똥말똥하다).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from bot.korean.conjugation import adnominal, before_n, infinitive, noun, past
from bot.korean.jamo import coda, with_coda
from bot.korean.josa import final_consonant


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Endings of a plain statement, without 요. Before the first of them a stem's ㄹ falls away.
_OF_N = _words("네 네여 는데 는걸 는다 는구나")
_PLAIN = (*_OF_N, *_words("다 당 지 거든 더라 더라고 더라구 더군 더구만 습니다 슴다 잖아 음 은데 구나"))
_AFTER_PAST = (*_PLAIN, *_words("어 엉 어여 어용 단다 답니다 으"))
_HEARD = _words("대 다네 다더라 다던데 답니다")  # what somebody else said
_IS = _words("이에요 예요 이예요 에여 이에여 입니다 이다 임 이야 이네 이당 이거든 인데 이라서")
_SAID_TO_BE = _words("이래 이라네 이라더라")
_KEPT = ("없", "싶", "같")  # said back as they are, like whatever ends in ㅆ
_GOES_ON = ("되", "오", "나", "맞", "보")  # what is denied in ㅁ and still so: "안 옴"
# Nouns that look like verbs that end a sentence; of one syllable all but these do.
_NOUNS = _words(
    "처음 다음 마음 웃음 얼음 걸음 모음 믿음 죽음 울음 볶음 튀김 조림 무침 느낌 도움 싸움 모임 알림 떨림 기침 그림 "
    "게임 아침 점심 지금 조금 요즘 이름 사람 가끔 주름 여름 구름 씨름 흐름 졸음 젊음 물음 차림 꾸밈 다툼"
)
_ONE_SYLLABLE = ("함", "옴", "됨")
_THING = ("거", "것", "때문")

_How = Literal["now", "done", "heard"]


class Back(NamedTuple):
    """What was told, said back: 아프군요, 놓쳤군요; and as what something is said about: 아프다니, 놓쳤다니."""

    noticed: str
    considered: str


class _Stem(NamedTuple):
    stem: str
    is_verb: bool
    how: _How


def said_back(word: str, *, denied: bool = False) -> Back | None:
    """None when the word is not known to end a statement. `denied`: 안 or 못 stands before it.

    >>> said_back("아파요").noticed, said_back("놓침").noticed, said_back("간대").noticed, said_back("생일이야").noticed
    ('아프군요', '놓쳤군요', '간다고 하는군요', '생일이군요')
    >>> said_back("아파요").considered, said_back("안비켜").considered, said_back("생일이야").considered
    ('아프다니', '안비킨다니', '생일이라니')
    >>> said_back("고양이")
    """
    polite = word.endswith("요") and not word.endswith(("에요", "예요"))
    core = word[:-1] if polite else word
    return _kept(core) or _of_stem(core, denied=denied) or _of_noun(core) or _of_stem(core, denied=denied, glued=True)


def ends_as_noun(word: str) -> bool:
    """Whether it is a verb that ends a sentence as a noun (놓침, 함), and no noun that is used as one (웃음, 처음)."""
    found = _forms().get(word) or _regular(word)
    can_be = word not in _NOUNS and (len(word) > 1 or word in _ONE_SYLLABLE)
    return can_be and found is not None and found.is_verb and found.how == "done"


def _kept(core: str) -> Back | None:
    """Of what shows by its letters alone how it is said back: the past, 있다, 없다, 싶다, 같다."""
    for head, ending in _cuts(core):
        if coda(head) != "ㅆ" and not head.endswith(_KEPT):
            continue
        if ending in _HEARD and coda(head) in ("ㅆ", "ㅄ"):
            return Back(f"{head}다고 하는군요", f"{head}다니")
        if ending in _AFTER_PAST or (head.endswith("같") and ending in ("아", "애")):
            return Back(f"{head}군요", f"{head}다니")
    return None


def _of_stem(core: str, *, denied: bool, glued: bool = False) -> Back | None:
    """`glued`: other words stand before it without a blank ("끓여먹음"); 휴가 is none of 가다."""
    for start in range(1, len(core) - 1) if glued else (0,):
        if found := _stem(core[start:]):
            return Back(*(core[:start] + way for way in _reflected(found, denied=denied)))
    return None


def _of_noun(core: str) -> Back | None:
    for ending in _SAID_TO_BE:
        if name := _before(core, ending):
            said = name + ("이라" if final_consonant(name) else "라")
            return Back(f"{said}고 하는군요", f"{said}니")
    for ending in _IS:
        if name := _before(core, ending):
            eaten = ending.startswith("이") and not final_consonant(name)  # "오이야" is a cucumber, and no 오
            return _named(f"{name}이" if eaten else name)
    if core.endswith("중"):
        return _named(core)
    return _named(core[:-1]) if core[:-1].endswith(_THING) and core.endswith(("야", "임")) else None


def _named(name: str) -> Back:
    joint = "이" if final_consonant(name) else ""
    return Back(name + ("" if name.endswith("것") else joint) + "군요", f"{name}{joint}라니")


def _before(core: str, ending: str) -> str:
    return core.removesuffix(ending) if core.endswith(ending) else ""


def _reflected(found: _Stem, *, denied: bool) -> Back:
    stem, is_verb, how = found
    declared = _declared(stem) if is_verb else stem + ("라" if stem.endswith("아니") else "다")
    if how == "heard":
        return Back(f"{declared}고 하는군요", f"{declared}니")
    lasting = stem.endswith(("어하", "아하")) or (denied and stem.endswith(_GOES_ON))
    if how == "done" and is_verb and not lasting:
        return Back(f"{past(stem)}군요", f"{past(stem)}다니")
    return Back(f"{before_n(stem)}는군요" if is_verb else f"{stem}군요", f"{declared}니")


def _declared(stem: str) -> str:
    """간다, 먹는다."""
    return with_coda(stem, "ㄴ") + "다" if coda(stem) in ("", "ㄹ") else f"{stem}는다"


# ---- which stem it is ----------------------------------------------------------------------------


def _stem(word: str) -> _Stem | None:
    """Of a whole word; None: none is known."""
    known = _forms().get(word) or _regular(word)
    return known or next((found for head, ending in _cuts(word) if (found := _ended(head, ending))), None)


def _regular(word: str) -> _Stem | None:
    """Of what ends in 하다 or in the 시 of respect, which no list could hold: 비교해, 안 하셔, 편찮으세요."""
    match word[-1]:
        case "해":
            return _first((f"{word[:-1]}하",), "now")
        case "함":
            return _first((f"{word[:-1]}하",), "done")
        case "셔":
            return _first((f"{word[:-1]}시",), "now")
        case "세":  # of a verb it asks for something
            return _first((f"{word[:-1]}시",), "now", verbs=False)
    return None


def _ended(head: str, ending: str) -> _Stem | None:
    if ending in ("다", "당", "데", *_HEARD) and coda(head) == "ㄴ":  # 간다, 추운데, 온대
        return _with_n(head, ending)
    if ending == "니다" and coda(head) == "ㅂ":
        return _first((with_coda(head, ""), with_coda(head, "ㄹ")), "now")
    if ending == "는대":
        return _first((head, with_coda(head, "ㄹ")), "heard", verbs=True)
    if ending == "대":
        return _first((head,), "heard", verbs=False)
    if ending in _PLAIN:
        restored = (with_coda(head, "ㄹ"),) if ending in _OF_N and not coda(head) else ()
        verbs = False if ending in ("다", "당", "은데", "구나") else None
        return _first((head, *restored), "done" if ending == "음" else "now", verbs=verbs)
    return None


def _with_n(head: str, ending: str) -> _Stem | None:
    if ending == "데":
        stem = _adnominals().get(head)
        return _Stem(stem, is_verb=False, how="now") if stem else None
    stems = (with_coda(head, ""), with_coda(head, "ㄹ"))
    return _first(stems, "heard" if ending in _HEARD else "now", verbs=True)


def _first(stems: tuple[str, ...], how: _How, *, verbs: bool | None = None) -> _Stem | None:
    """The first that is known; `verbs`: only verbs, or only adjectives."""
    for stem in stems:
        is_verb = _is_verb(stem)
        if is_verb is not None and verbs in (None, is_verb):
            return _Stem(stem, is_verb, how)
    return None


def _is_verb(stem: str) -> bool | None:
    """None: no known stem."""
    known = _stems().get(stem)
    if known is None and stem.endswith("시") and len(stem) > 1:
        plain = stem.removesuffix("시")
        return next(
            (is_verb for each in (plain, plain.removesuffix("으")) if (is_verb := _stems().get(each)) is not None), None
        )
    if known is None and stem.endswith("하") and len(stem) > 2:
        root = stem[:-1]
        return root[: len(root) // 2] * 2 != root and not root.endswith(("만", "듯", "직"))
    return known


def _cuts(word: str) -> Iterator[tuple[str, str]]:
    """Beginning and ending, the longest beginning first; neither is empty."""
    return ((word[:cut], word[cut:]) for cut in range(len(word) - 1, 0, -1))


@cache
def _stems() -> dict[str, bool]:
    """True: a verb's."""
    return dict.fromkeys(_listed("verbs.txt"), True) | dict.fromkeys(_listed("adjectives.txt"), False)


def _listed(name: str) -> list[str]:
    words = files(__package__).joinpath(name).read_text(encoding="utf-8").split()
    return [word[:-1] for word in words]


@cache
def _forms() -> dict[str, _Stem]:
    """Words whose ending can't be cut off."""
    stems = _stems().items()
    nouns = {noun(stem): _Stem(stem, is_verb, "done") for stem, is_verb in stems}
    return nouns | {infinitive(stem): _Stem(stem, is_verb, "now") for stem, is_verb in reversed(stems)}


@cache
def _adnominals() -> dict[str, str]:
    return {adnominal(stem): stem for stem, is_verb in _stems().items() if not is_verb}
