"""What is told is said back whole and right, or not at all."""

from __future__ import annotations

import unicodedata

import pytest

from bot.korean.conjugation import infinitive, noun, past
from bot.korean.echo import echo, is_told
from bot.korean.predicates import said_back

NOTICED = """
나 오늘 처음으로 잡채 만들어 봤어요 => 오늘 처음으로 잡채 만들어 봤군요
전학 왔는데 아는 애가 한 명도 없어 => 아는 애가 한 명도 없군요
할머니가 보내주신 총각김치가 너무 맛있어서 밥 세공기 먹었어 => 밥 세공기 먹었군요
우리집 고양이가 내 노트북 위에서 안비켜 => 고양이가 노트북 위에서 안 비키는군요
둘째가 태어나니까 첫째가 자꾸 울어요 => 첫째가 자꾸 우는군요
허리가 아파서 앉아있기도 힘드네요 => 허리가 아파서 앉아있기도 힘들군요
감기 걸린듯 목이 칼칼함 => 감기 걸린듯 목이 칼칼하군요
새벽 세신데 눈이 말똥말똥함 => 새벽 세신데 눈이 말똥말똥하군요
버스 눈앞에서 놓침ㅠㅠ => 버스 눈앞에서 놓쳤군요
친한 친구가 이민 간대 => 친한 친구가 이민 간다고 하는군요
오늘 천일이에요ㅎㅎ => 오늘 천일이군요
조별과제 나 혼자 다 하는 중 => 조별과제 혼자 다 하는 중이군요
퇴근하고 싶다 => 퇴근하고 싶군요
이거 오이야 => 이거 오이군요
강아지가 아파서 병원 갔다 왔어 => 강아지가 아파서 병원 갔다 왔군요
아버지가 말을 안 하셔 => 아버지가 말을 안 하시는군요
밤마다 꿉꿉해 죽겠어 => 밤마다 꿉꿉하군요
남편이 설거지를 안 해요 진짜로 => 남편이 설거지를 안 하는군요
퇴사한다고 오늘 말했습니다. 속이 시원하네요 => 퇴사한다고 오늘 말했군요
아침에 조깅 3키로 뛰었어요 작년엔 백 미터도 못 뛰었는데 => 아침에 조깅 3키로 뛰었군요
버스 눈앞에서 놓침 기사님이랑 눈도 마주쳤는데 => 버스 눈앞에서 놓쳤군요
말할까 말까 삼 주째 고민 중입니다 => 말할까 말까 삼 주째 고민 중이군요
"""

CONSIDERED = """
고양이가 안 비켜 => 고양이가 안 비킨다니
반장 됐어요!! => 반장 됐다니
다리가 너무 아파 => 다리가 너무 아프다니
내일 개학이야 => 내일 개학이라니
월세 또 오른대 => 월세 또 오른다니
이건 돈이 아님 => 이건 돈이 아니라니
"""

# Questions, wishes, what is said to the bot, and what can't be turned to the other person by leaving "나" out.
NEVER = """
배고파?
밥 먹었니
점심 뭐 먹지
회사 때려치울까
취미 하나 추천해줘
너는 좋겠다
이랑이는 귀엽네
나만 미워하는 것 같아
나 때문에 엄마가 울었어
걔가 날 버렸어
전 남친이 결혼했어
이게 다 내 탓이야
배고프다고 했잖아
아 존나 힘들어
친구들이 나 빼고 놀러갔더라
무릎이 쑤시는 거 보니 비가 오려나 봅니다
뭐라고 말해야 할지 모르겠어
git push 했다
https://example.com 봤어
안녕
고양이
...
"""


def _pairs(lines: str) -> list[list[str]]:
    return [line.split(" => ") for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("said", "back"), _pairs(NOTICED))
def test_what_is_told_is_said_back(said: str, back: str) -> None:
    found = echo(said)
    assert found
    assert found.noticed == back


@pytest.mark.parametrize(("said", "back"), _pairs(CONSIDERED))
def test_something_can_be_said_about_it(said: str, back: str) -> None:
    found = echo(said)
    assert found
    assert found.considered == back


@pytest.mark.parametrize("said", NEVER.strip().splitlines())
def test_what_asks_wishes_or_is_not_understood_is_not_said_back(said: str) -> None:
    assert echo(said) is None


def test_letters_that_come_apart_are_read_as_one() -> None:
    assert echo(unicodedata.normalize("NFD", "허리가 너무 아파")) == echo("허리가 너무 아파")


@pytest.mark.parametrize(
    "said", ["", " ", "ㅋㅋㅋ", "!" * 3000, "아파 " * 1000, "다" * 3000, "\n\n", "\ud800", "💥" * 50]
)
def test_nothing_breaks_it(said: str) -> None:
    assert echo(said) is None or len(said) > 20


def test_a_question_is_not_told() -> None:
    assert is_told("오늘 승진했어!")
    assert not is_told("오늘 승진했어. 어때?")
    assert not is_told("너 바보야")


@pytest.mark.parametrize(
    "stem", ["가", "먹", "하", "춥", "모르", "듣", "예쁘", "낫", "파랗", "만들", "돕", "따르", "푸르", "쉬"]
)
def test_every_form_of_a_stem_is_understood(stem: str) -> None:
    forms = [infinitive(stem), past(stem) + "어", noun(stem), stem + "지"]
    understood = {form: bool(said_back(form)) for form in forms}
    assert all(understood.values()), understood
