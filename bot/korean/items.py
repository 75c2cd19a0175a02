"""Several things to do in one line: "우유, 계란, 빵", "청소랑 빨래", "장보기 목록: 우유, 계란"."""

from __future__ import annotations

import re

# A heading that only says what follows; "회의 준비: 자료, 노트북" says more, and stays one thing to do.
_LIST = (
    r"(?:장\s?보기|장\s?볼|쇼핑|구매|준비물|(?:해야|사야|챙겨야|준비해야)\s?[할될]|할|살|챙길)"
    r"\s?(?:목록|리스트|일|거|것|물건|준비물)?(?:들)?(?:\s?(?:목록|리스트))?"
)
_DAYS = r"(?:(?:오늘|내일|모레|이번\s?주|다음\s?주|주말에?|나의|내)\s?)*"
_HEADING = re.compile(
    rf"{_DAYS}(?:{_LIST}|목록|리스트)?\s?[:：]\s*(?=\S)|{_DAYS}{_LIST}(?<!일)에다?가?(?:\s?[:：]\s*|\s+)(?=\S)"
)
# Before one thing only where it surely is the list's name: "내일: 치과" says when, "장보기에 쓸 돈 뽑기" what for.
_NAME = re.compile(
    rf"(?:오늘\s|내\s)?(?:{_LIST}\s?[:：]\s*|{_LIST}(?<=[록트])에다?가?(?:\s?[:：]\s*|\s+))(?!있는|적힌|없는)(?=\S)"
)
_ENCLOSED = re.compile(r"[(\[\"'“”‘’「]")
_SIGNS = re.compile(r"\s*(?:,(?![0-9])|(?<![0-9]),|[、\n])\s*|\s+그리고\s+")
_DOTS = re.compile(r"\s*(?<!(?<![가-힣])[월화수목금토일])[·ㆍ]\s*")
_AND = re.compile(r"(?<=[가-힣])(?:이?랑|하고|와|과)\s+(?=\S)")
# What is done alone, so that "와" behind it joins two of them: "청소랑 빨래", but not "엄마랑 통화".
_CHORE = re.compile(
    r"(?:^|\s)\S*(?:청소|빨래|설거지|운동|공부|숙제|과제|장보기|요리|독서|분리수거|세차|다림질|샤워|복습|예습|환기|정리)(?:하기)?$"
    r"|\S\s\S*(?<![아야고])기$"  # "약 먹기", but neither "전기" nor "우리 아기"
)
# The end of a clause: what follows a comma there goes on with it.
_CLAUSE = re.compile(
    r"(?:(?<![라냉화쫄빔장])면|(?<![사광참창신재])고|[해어아려나가와라]서|니까|는데|지만|다가|때|전에|후에|뒤에|까지)$"
)
# The end of a sentence, which is nothing to do; nor is what takes things off a list or is done: "청소랑 빨래 취소".
_SAID = re.compile(
    r"(?:줘요?|주세요|[아어해]요|[가-힣]까요?|[했있없됐]어|[?!])$"
    r"|[가-힣]지\s?(?:마(?:라|요|세요)?|말(?:아\S*|고|자|라\S*)?)$|\s(?:취소|삭제)(?:[해하]\S*)?$|\s(?:지워|빼)(?:[주라고]\S*)?$"
    r"|[했갔왔샀냈됐났썼뒀었았렸졌웠](?:다|음)$"
)
_DEED = re.compile(r"\S\s\S*기$")  # "계란 사기", of which 우유 is another object in "우유, 계란 사기"


def items(text: str) -> list[str]:
    """The things that a text adds; one where it is not plain that they are more.

    >>> items("장보기 목록: 우유, 계란, 빵"), items("청소랑 빨래"), items("엄마랑 통화")
    (['우유', '계란', '빵'], ['청소', '빨래'], ['엄마랑 통화'])
    >>> items("쇼핑 목록에 샴푸"), items("내일: 치과")
    (['샴푸'], ['내일: 치과'])
    """
    if _ENCLOSED.search(text):
        return [text.strip()]
    bare, one = _less(_HEADING, text.strip()), _less(_NAME, text.strip())
    signed = [part.strip(" .") for signs in _SIGNS.split(bare) for part in _dotted(signs) if part.strip(" .")]
    if len(signed) > 1:
        return _joined(signed) if _are_things(signed) else [one]
    joined = _joined([bare])
    return joined if len(joined) > 1 else [one]


def is_headed(text: str) -> bool:
    """Whether it is a list with its name and a colon before it: "쇼핑 목록: 우유, 계란", "살 것: 우유"."""
    found = _NAME.match(text.strip())
    return found is not None and found[0].rstrip().endswith((":", "：")) and not _SAID.search(text.strip())


def _less(heading: re.Pattern[str], text: str) -> str:
    found = heading.match(text)
    return text[found.end() :] if found else text


def are_plain(text: str) -> bool:
    """Whether these are several things and nothing else: no part of them is a sentence."""
    found = items(text)
    return len(found) > 1 and not any(_SAID.search(each) for each in found)


def _dotted(text: str) -> list[str]:
    """ "우유·계란·빵"; two are more often one thing: "서울·부산 출장"."""
    parts = _DOTS.split(text)
    return parts if len(parts) > 2 else [text]


def _are_things(parts: list[str]) -> bool:
    if any(_CLAUSE.search(part) for part in parts[:-1]):
        return False
    nouns = all(not part.endswith("기") for part in parts[:-1])
    if len(parts) == 2 and nouns and parts[-1].count(" ") >= 2:  # "서울, 부산 출장 준비"
        return False
    return not (_DEED.search(parts[-1]) and nouns and all(" " not in part for part in parts[:-1]))


def _joined(parts: list[str]) -> list[str]:
    """Chores joined by a particle are several as well."""
    found: list[str] = []
    for part in parts:
        pieces = [piece.strip() for piece in _AND.split(part)]
        found += pieces if all(_CHORE.search(piece) for piece in pieces[:-1]) else [part]
    return found
