"""Lines of chat with made-up personal data, in the ways that people write it: what a scrub is measured on.

It was designed from how Koreans write numbers and addresses, without a look at the rules that it tests.
`python -m tests.training.made_personal` prints the recall by kind, and false alarms on songys.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from training.cleaning.privacy import masked

SONGYS = Path(__file__).resolve().parents[3] / "shared" / "data" / "songys_chatbot" / "ChatbotData.csv"

_HANGUL = "영일이삼사오육칠팔구"
_GONG = "공일이삼사오육칠팔구"
_CARRIERS = (
    "{}", "내 {what} {} 이야", "{}로 보내 줘", "{what} {}", "{what}: {}", "{what}는 {}입니다.", "제 {what}가 {}인데요",
    "혹시 {} 맞아요?", "여기요 {} 확인 부탁드려요", "{} 이거 맞지?ㅋㅋ", "아 맞다 {} 저장해놔", "{}!! 꼭 적어둬",
    "어제 준 {what} {} 아니고 다른 거야", "{what} 바뀌었어요({})", "[{}] 여기로", "급하면 {}", "{}, 알겠지?",
    "친구 {what}가 {}라는데 믿어도 돼?", "어디더라… {} 였나", "{} 부탁해요~", "그럼 {}에 맡겨 둘게", "응 {}",
    "택배는 {} 으로 부탁드립니다", "문의: {} (평일만)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """`secrets`: what must not be left of the line, each for itself."""

    text: str
    kind: str
    secrets: tuple[str, ...]

    def kept_by(self, scrub: Callable[[str], str]) -> bool:
        """Whether any of it can still be read."""
        left = re.sub(r"<[^<>]*>", "", scrub(self.text))
        return any(_shows(left, secret) for secret in self.secrets)


def _shows(text: str, secret: str) -> bool:
    """A number shows when four digits of it in a row do; words when they are there."""
    digits, wanted = _digits(text), _digits(secret)
    if len(wanted) >= 4 and len(wanted) > len(secret) / 3:
        return any(wanted[at : at + 4] in digits for at in range(len(wanted) - 3))
    return secret in text


def _digits(text: str) -> str:
    """The digits of a text, whatever stands between them; separate numbers stay apart."""
    plain = text.translate({0xFF10 + number: str(number) for number in range(10)})
    return re.sub(r"[^0-9영공일이삼사오육칠팔구]{3,}", " ", plain).translate(
        {ord("공"): "0", **{ord(word): str(number) for number, word in enumerate(_HANGUL)}}
        | dict.fromkeys(map(ord, "-. ()/_~–—+－ "))
    )


def lines(count: int, seed: int = 5) -> Iterator[Made]:
    """`count` lines, every kind as often as the others."""
    chance = Random(seed)
    kinds = list(_KINDS.items())
    for number in range(count):
        kind, (what, make) = kinds[number % len(kinds)]
        written, secrets = make(chance)
        carrier = chance.choice(_CARRIERS)
        text = carrier.replace("{what}", chance.choice(what)).replace("{}", written)
        yield Made(text, kind, secrets)


# ---- each kind, as it is written -----------------------------------------------------------------


def _number(chance: Random, digits: int, first: str = "0123456789") -> str:
    return chance.choice(first) + "".join(chance.choice("0123456789") for _ in range(digits - 1))


def _spelled(digits: str, words: str) -> str:
    return "".join(words[int(digit)] if digit.isdigit() else digit for digit in digits)


def _phone(chance: Random) -> tuple[str, tuple[str, ...]]:
    head = chance.choices(
        ["010", "011", "016", "019", "02", "031", "032", "051", "053", "062", "064", "070", "0505"],
        [12, 1, 1, 1, 3, 2, 1, 1, 1, 1, 1, 2, 1],
    )[0]
    middle = _number(chance, 4 if head in ("010", "070", "0505") else chance.choice((3, 4)), "23456789")
    last = _number(chance, 4)
    parts = (head, middle, last)
    shape = chance.randrange(19)
    match shape:
        case 0 | 1 | 2:
            written = "-".join(parts)
        case 3:
            written = " ".join(parts)
        case 4:
            written = ".".join(parts)
        case 5 | 6:
            written = "".join(parts)
        case 7:
            written = f"{chance.choice(('+82', '82', '+82-', '+82 '))}{head[1:]}-{middle}-{last}"
        case 8:
            written = f"+82{head[1:]}{middle}{last}"
        case 9:
            written = f"({head}) {middle}-{last}"
        case 10:
            written = f"{head}){middle}-{last}"
        case 11:
            written = chance.choice((" ", "-", "")).join(_spelled(part, _GONG) for part in parts)
        case 12:
            written = " ".join(_spelled(part, _HANGUL) for part in parts)
        case 13:
            written = f"{_spelled(head, _GONG)} {middle} {last}"
        case 14:
            written = f"{head} {_spelled(middle, _GONG)} {_spelled(last, _GONG)}"
        case 15:
            written = " ".join("".join(parts))
        case 16:
            written = "-".join(parts).translate({ord(str(n)): 0xFF10 + n for n in range(10)} | {ord("-"): "－"})
        case 17:
            written = chance.choice(("/", "_", "~", "–", "—", " - ", ". ")).join(parts)
        case _:
            written = f"{head}-{middle} {last}"
    return written, ("".join(parts[1:]),)


def _resident(chance: Random) -> tuple[str, tuple[str, ...]]:
    born = f"{_number(chance, 2)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    rest = _number(chance, 7, "12345678")
    join = chance.choice(("-", "-", "-", "", " ", " - ", "–", "- ", "ㅡ", "."))
    return f"{born}{join}{rest}", (born + rest,)


def _account(chance: Random) -> tuple[str, tuple[str, ...]]:
    bank, shapes = chance.choice(_BANKS)
    digits = [_number(chance, size) for size in chance.choice(shapes)]
    number = chance.choice(("-", "-", "-", "", " ")).join(digits)
    name = chance.choice((bank, bank, f"{bank} 계좌", f"{bank}:", f"{bank} 계좌번호"))
    written = chance.choice((f"{name} {number}", f"{name} {number}", f"{number} {bank}", f"{number} ({bank})"))
    owner = chance.choice(("", "", " 김민수", " 예금주 이유나"))
    return written + owner, ("".join(digits),)


_BANKS = (
    ("국민은행", ((6, 2, 6), (3, 2, 7))), ("신한은행", ((3, 3, 6),)), ("신한", ((3, 3, 6),)),
    ("우리은행", ((4, 3, 6),)),
    ("하나은행", ((3, 6, 5),)), ("카카오뱅크", ((4, 2, 7),)), ("카뱅", ((4, 2, 7),)), ("토스뱅크", ((4, 4, 4),)),
    ("농협", ((3, 4, 4, 2),)), ("농협은행", ((3, 2, 6),)), ("기업은행", ((3, 6, 2, 3),)),
    ("새마을금고", ((4, 4, 4, 1),)),
    ("우체국", ((6, 2, 6),)), ("SC제일은행", ((3, 2, 6),)), ("케이뱅크", ((3, 3, 6),)), ("국민", ((6, 2, 6),)),
    ("부산은행", ((3, 4, 4, 2),)), ("대구은행", ((3, 2, 6, 1),)), ("수협", ((3, 2, 6, 1),)), ("기업", ((3, 6, 2, 3),)),
)  # fmt: skip


def _mail(chance: Random) -> tuple[str, tuple[str, ...]]:
    names = ("minsu", "yuna.kim", "park_jh", "dev-lee", "happy", "j.choi", "seoul.cat", "lovely", "sunny_day", "kk")
    name = chance.choice(names) + chance.choice(("", _number(chance, 2), _number(chance, 4)))
    domain = chance.choice(
        ("naver.com", "gmail.com", "daum.net", "hanmail.net", "kakao.com", "company.co.kr", "snu.ac.kr")
    )
    spoken = {
        "naver.com": "네이버 닷컴",
        "gmail.com": "지메일 닷컴",
        "daum.net": "다음 닷넷",
        "hanmail.net": "한메일 닷넷",
    }
    match chance.randrange(14):
        case 0 | 1 | 2 | 3:
            written = f"{name}@{domain}"
        case 4:
            written = f"{name}골뱅이{domain}"
        case 5:
            written = f"{name} 골뱅이 {domain}"
        case 6:
            written = f"{name} 골뱅이 {spoken.get(domain, domain.replace('.', '닷'))}"
        case 7:
            written = f"{name} at {domain.replace('.', ' dot ')}"
        case 8:
            written = f"{name}(at){domain}"
        case 9:
            written = f"{name} [at] {domain.replace('.', ' [dot] ')}"
        case 10:
            written = f"{name}@{domain.replace('.', ' 닷 ')}"
        case 11:
            written = f"{name}＠{domain}"
        case 12:
            written = f"{name} @ {domain}"
        case _:
            written = f"{name}@{domain}".upper()
    return written, (name if written.islower() or name in written else name.upper(),)


def _address(chance: Random) -> tuple[str, tuple[str, ...]]:
    city, district = chance.choice(_DISTRICTS)
    house = chance.choice((str(chance.randint(1, 480)), f"{chance.randint(1, 99)}-{chance.randint(1, 40)}"))
    flat = f"{chance.randint(101, 130)}동 {chance.randint(1, 25)}0{chance.randint(1, 9)}호"
    match chance.randrange(9):
        case 0 | 1:
            place = f"{chance.choice(_ROADS)} {house}"
            return chance.choice((f"{city} {district} {place}", f"{district} {place}", place)), (place,)
        case 2:
            place = f"{chance.choice(_ROADS)}{chance.randint(1, 90)}길 {house}"
            return f"{city} {district} {place}", (place,)
        case 3:
            place = f"{chance.choice(_ROADS)} {house}"
            return f"{city} {district} {place}, {flat}", (place, flat)
        case 4:
            place = f"{chance.choice(_DONGS)} {chance.randint(1, 900)}-{chance.randint(1, 60)}"
            return chance.choice((f"{city} {district} {place}", f"{district} {place}번지", place)), (place,)
        case 5:
            place = f"{chance.choice(_DONGS)} {chance.randint(11, 900)}번지"
            return chance.choice((f"{district} {place}", place)), (place,)
        case 6:
            return f"{chance.choice(_DONGS)} {chance.choice(_FLATS)} {flat}", (flat,)
        case 7:
            return f"{chance.choice(_FLATS)} {flat.replace(' ', '')}", (flat.replace(" ", ""),)
        case _:
            unit = chance.choice((flat, flat.replace("동 ", "-")[:-1]))
            return f"{city} {district} {chance.choice(_FLATS)} {unit}", (unit,)


_DISTRICTS = (
    ("서울시", "강남구"), ("서울특별시", "마포구"), ("서울", "관악구"), ("부산광역시", "해운대구"), ("부산", "수영구"),
    ("경기도", "성남시 분당구"), ("경기", "수원시 영통구"), ("대구", "수성구"), ("인천시", "연수구"),
    ("광주광역시", "북구"),
    ("대전", "유성구"), ("강원도", "춘천시"), ("전라남도", "담양군 담양읍"), ("제주", "제주시"),
    ("경기도", "안산시 단원구"),
)  # fmt: skip
_ROADS = (
    "테헤란로",
    "강남대로",
    "판교역로",
    "올림픽로",
    "양화로",
    "센텀중앙로",
    "동일로",
    "월드컵북로",
    "중앙대로",
    "한빛로",
)
_DONGS = ("역삼동", "서교동", "고잔동", "봉천동", "우동", "정자동", "둔산동", "상도1동", "객사리", "애월읍 하귀리")
_FLATS = (
    "래미안아파트",
    "힐스테이트",
    "은마아파트",
    "푸르지오",
    "자이",
    "롯데캐슬",
    "한신아파트",
    "행복빌라",
    "e편한세상",
)


def _card(chance: Random) -> tuple[str, tuple[str, ...]]:
    if chance.random() < 0.1:
        parts = [f"37{_number(chance, 2)}", _number(chance, 6), _number(chance, 5)]
    else:
        parts = [_number(chance, 4, "4569"), *(_number(chance, 4) for _ in range(3))]
    written = chance.choice(("-", "-", " ", "", ".", " - ")).join(parts)
    return written, ("".join(parts),)


def _plate(chance: Random) -> tuple[str, tuple[str, ...]]:
    letter = chance.choice("가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주허하호")
    head, tail = _number(chance, chance.choice((2, 3)), "123456789"), _number(chance, 4)
    written = f"{head}{letter}{chance.choice(('', ' '))}{tail}"
    return chance.choice((written, written, f"서울 {written}")), (written,)


_KINDS: dict[str, tuple[tuple[str, ...], Callable[[Random], tuple[str, tuple[str, ...]]]]] = {
    "전화번호": (("번호", "전화번호", "핸드폰", "연락처", "폰번호", "엄마 번호"), _phone),
    "주민번호": (("주민번호", "주민등록번호", "민번", "주민"), _resident),
    "계좌번호": (("계좌", "계좌번호", "통장"), _account),
    "이메일": (("메일", "이메일", "메일주소"), _mail),
    "주소": (("주소", "집", "회사 주소", "우리집"), _address),
    "카드번호": (("카드", "카드번호", "체크카드"), _card),
    "차량번호": (("차", "차번호", "차량번호"), _plate),
}


# ---- figures -------------------------------------------------------------------------------------


def recall(made: list[Made], scrub: Callable[[str], str] = masked) -> dict[str, tuple[int, int]]:
    """By kind, how many lines are safe, of how many."""
    total, missed = Counter(each.kind for each in made), Counter(each.kind for each in made if each.kept_by(scrub))
    return {kind: (total[kind] - missed[kind], total[kind]) for kind in total}


def false_alarms() -> list[tuple[str, str]]:
    """Everyday lines that are changed though there is nothing personal in them; the corpus is not part of this."""
    with SONGYS.open(encoding="utf-8", newline="") as rows:
        texts = dict.fromkeys(text for row in csv.DictReader(rows) for text in (row["Q"], row["A"]))
    return [(text, now) for text in texts if (now := masked(text)) != text]


def main() -> int:
    made = list(lines(5_000, seed=int(sys.argv[1]) if len(sys.argv) > 1 else 5))
    figures = recall(made)
    for kind, (safe, total) in figures.items():
        print(f"{kind}  {safe} of {total}  {safe / total:.2%}")
    safe, total = (sum(column) for column in zip(*figures.values(), strict=True))
    print(f"together  {safe} of {total}  {safe / total:.2%}")
    for each in [each for each in made if each.kept_by(masked)][:40]:
        print(f"    {each.text}  ->  {masked(each.text)}")
    if SONGYS.is_file():
        alarms = false_alarms()
        print(f"songys: {len(alarms)} lines changed")
        for text, now in alarms[:20]:
            print(f"    {text}  ->  {now}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
