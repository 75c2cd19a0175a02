"""Commands are understood however people write them, and ordinary talk stays talk."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest

from bot.command import Command, Reply, all_commands
from bot.messages import Call
from bot.router import Router, pattern

COMMANDS = all_commands()
ROUTER = Router(COMMANDS)
EXAMPLES = [(command.name, example) for command in COMMANDS for example in command.examples]

TALK = """
시간이 너무 빨리 간다
시간 있어?
시간 나면 연락해
시간은 금이야
지금 시간에 밥 먹어도 될까
요즘 시간이 없어서 힘들어
몇 시에 만날까?
내일 몇 시에 일어나야 돼?
회의가 몇 시에 끝났는지 기억나?
몇 시간이나 잤어?
지금 몇 시 비행기 타러 가
몇 시인지도 모르고 잤어
현재 시각 장애인을 위한 앱 추천해 줘
시각 디자인 알려줘
그만두고 싶어
회사를 그만뒀어
이제 그만 만나자
그만큼 좋아해
싸움은 그만하자
그만 좀 울어
술을 멈춰야 하는데
멈춰 있는 시계
중지를 다쳤어
버스가 멈췄어
다시 시작하면 돼
다시 만나서 반가워
다시 생각해 봐
다시다 넣으면 맛있어?
다시는 안 그럴게
처음부터 다시 배우고 싶어
처음부터 다시 만나면 좋겠다
초기화면이 안 떠
핸드폰 초기화하는 법 알려줘
공장 초기화했는데 사진이 다 날아갔어
새 대화명 추천해 줘
새 대화 상대가 필요해
대화가 안 통해
도움이 필요해
친구를 도와줘서 뿌듯해
숙제 도와줘
엄마 도와주고 왔어
이거 도와줄 수 있어?
도움말고 위로가 필요해
명령어가 뭐야?
청소기 사용법 보여줘
사용법이 너무 어려워
시작이 반이다
오늘부터 운동 시작
시작해 볼까?
리눅스 명령어 알려줘
what time is it in Seoul
please stop the music
stop it, you are funny
help me with my homework
/
//
/ 안녕
/etc/passwd 가 뭐야
ㅋㅋㅋ
?!
""".strip().splitlines()


def expansions(phrase: str) -> list[str]:
    """Every sentence that a template stands for: "[a] (b|c)" is "a b", "a c", " b", " c"."""
    alternatives, rest = _alternatives(phrase)
    assert rest == "", f"a bracket too many in {phrase!r}"
    return alternatives


def _alternatives(text: str) -> tuple[list[str], str]:
    found: list[str] = []
    parts: list[list[str]] = []
    while text and text[0] not in ")]":
        head, text = text[0], text[1:]
        if head == "|":
            found, parts = [*found, *map("".join, product(*parts))], []
        elif head in "([":
            inner, text = _alternatives(text)
            assert text[0] == {"(": ")", "[": "]"}[head]
            parts, text = [*parts, inner if head == "(" else [*inner, ""]], text[1:]
        else:
            parts.append([head])
    return [*found, *map("".join, product(*parts))], text


PHRASES = [(command.name, phrase) for command in COMMANDS for phrase in command.phrases]


def test_templates_are_expanded_as_they_say() -> None:
    assert sorted(expansions("[a] (b|c)")) == sorted(["a b", "a c", " b", " c"])
    assert sorted(expansions("x[y[z]]")) == ["x", "xy", "xyz"]


@pytest.mark.parametrize(("name", "phrase"), PHRASES)
def test_everything_that_a_template_stands_for_is_understood(name: str, phrase: str) -> None:
    for sentence in expansions(phrase):
        found = ROUTER.find(sentence)
        assert found == Call(name), sentence


def test_no_sentence_is_claimed_by_two_commands() -> None:
    claims: defaultdict[str, set[str]] = defaultdict(set)
    for name, phrase in PHRASES:
        for sentence in expansions(phrase):
            claims["".join(sentence.split())].add(name)
    for sentence in list(claims):
        claims[sentence] |= {name for name, phrase in PHRASES if pattern(phrase).fullmatch(sentence)}
    assert {sentence: names for sentence, names in claims.items() if len(names) > 1} == {}


def test_no_name_is_claimed_by_two_commands() -> None:
    names = [name for command in COMMANDS for name in (command.name, command.korean)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("name", "phrase"), PHRASES)
def test_no_template_takes_silence(name: str, phrase: str) -> None:
    assert not pattern(phrase).fullmatch("")
    assert "" not in expansions(phrase)


def variants(text: str) -> Iterator[str]:
    """The same, as people's keyboards and clients send it."""
    yield text
    yield "".join(text.split())
    yield f"  {text} ?!… "
    yield text.upper()
    yield unicodedata.normalize("NFD", text)
    if not text.startswith("/"):
        yield "\u200b".join(text)
        yield "\u3164" + "\u3164".join(text) + "\ufeff"
        yield " ".join(text)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_every_example_is_understood_however_it_is_typed(name: str, example: str) -> None:
    for variant in variants(example):
        text = variant.strip() if example.startswith("/") else variant
        call = ROUTER.find(text.removesuffix("?!…").strip() if example.startswith("/") else text)
        assert call, variant
        command = ROUTER.command(call)
        assert command, variant
        assert command.name == name


@pytest.mark.parametrize("text", TALK)
def test_ordinary_talk_stays_talk(text: str) -> None:
    assert ROUTER.find(text) is None
    assert ROUTER.find(unicodedata.normalize("NFD", text)) is None


def test_there_is_much_talk_to_tell_from_commands() -> None:
    assert sum(any("가" <= letter <= "힣" for letter in text) for text in TALK) >= 40
    assert len(set(TALK)) == len(TALK)


@pytest.mark.parametrize("text", ["", " ", "\u3164", "\u200b\u200b", "?" * 10_000, "가" * 10_000, "다시 " * 3_000])
def test_odd_text_is_talk(text: str) -> None:
    assert ROUTER.find(text) is None


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("/start K7QP-3XW2-MN", Call("start", {"text": "K7QP-3XW2-MN"})),
        ("/start\nK7QP-3XW2-MN", Call("start", {"text": "K7QP-3XW2-MN"})),
        ("/start \t K7QP  3XW2 ", Call("start", {"text": "K7QP  3XW2"})),
        ("/시작 코드", Call("시작", {"text": "코드"})),
        ("/new\n", Call("new")),
        ("/unknown thing", Call("unknown", {"text": "thing"})),
    ],
)
def test_a_slash_command_has_its_words(text: str, call: Call) -> None:
    assert ROUTER.find(text) == call


def test_an_unknown_name_is_no_command() -> None:
    assert ROUTER.command(Call("unknown")) is None
    assert ROUTER.command(Call("")) is None


@pytest.mark.parametrize("name", ["time", "시간", "TIME", unicodedata.normalize("NFD", "시간"), "시\u200b간"])
def test_a_command_is_known_by_both_its_names(name: str) -> None:
    command = ROUTER.command(Call(name))
    assert command
    assert command.name == "time"


def test_signs_of_a_template_mean_nothing_else() -> None:
    command = Command("x", "엑스", {"ko": "", "en": ""}, lambda scene, call: Reply(""), ("c++ .* (a|b)?",))
    router = Router([command])
    assert router.find("c++ .* a?") == Call("x")
    assert router.find("ca") == Call("x")  # signs are no part of what is compared
    assert router.find("cxxxxa") is None
