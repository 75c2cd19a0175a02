"""Who may mean to end their life is heard, and whoever only talks like that is not alarmed."""

from __future__ import annotations

import time

import pytest

from model.alarms import is_danger
from model.emergencies import urgency

IN_DANGER = """
죽고 싶어
그냥 죽고싶다
죽고시퍼 진짜
이제 죽을래
나 죽을거야
자살하고 싶어
내가 자살하면 다들 편해지겠지
유서 썼어
유서를 쓰고 있어
살기 싫어
더 이상 못 살겠어
왜 사는지 모르겠고 왜 살아야 하지
수면제 많이 먹었어
수면제를 다 먹었어
약을 한 통 다 먹었어
약 잔뜩 삼켰어
세제를 마셨어
락스라도 마실까
농약이라도 마시고 싶다
농약도 먹었어
수면제라도 먹고 죽을까
수면제 30알 먹었어
약을 한 통이나 먹었어
나 죽을 거야
난 죽을 거니까 찾지 마
그냥 죽을까 봐
죽고 십은데
나 내일 자살한다
자살했어야 했는데
자살 예방 상담 받고 싶어
자살예방센터 번호 알려줘
손목을 그었어
번개탄 샀어
번개탄 어디서 사
약 모아놨어
옥상에 올라왔어
한강 다리 위야
수면제 몇 알 먹으면 죽어?
나 자해했어
"""

NOT_IN_DANGER = """
유서 깊은 절에 다녀왔어
감기약을 다 먹었어
약을 다 먹어서 병원에 또 가야 해
수면제 먹고 잤어
나 죽을거같아 배고파
이제 죽을 거 같아 너무 힘들어 운동
죽을까 봐 무서웠어
죽고시무룩해졌대
배고파 죽겠다
자살골 넣었어
친구가 자살했대
자살한 배우가 생각나
혈압약을 여러 알 먹어
수면제 한 알 먹었어
나 죽을 거 같아
자살 예방 교육 들었어
고양이가 소파에서 뛰어내렸어
웃겨 죽는 줄
번개탄으로 고기 구워 먹었어
옥상에 올라왔는데 노을이 예뻐
한강 다리 위에서 사진 찍었어
용돈 모아놨어
스타트업에 투자해볼까?
"""


@pytest.mark.parametrize("said", IN_DANGER.strip().splitlines())
def test_who_may_mean_it_is_heard(said: str) -> None:
    assert is_danger(said)


@pytest.mark.parametrize("said", NOT_IN_DANGER.strip().splitlines())
def test_a_way_of_speaking_is_no_alarm(said: str) -> None:
    assert not is_danger(said)


ALARMS = """
emergency: 엄마가 숨을 안 쉬어 / 떡이 목에 걸렸어 / 아빠가 갑자기 쓰러졌어 / 의식이 없어 / 집에 불났어 / 불이야
emergency: 할머니 말이 갑자기 어눌해졌어 / 머리가 깨질 것 같고 한쪽 팔에 힘이 없어 / 아기가 열이 40도야 / 감전됐어 / 119
emergency: 칼에 찔렸어 / 교통사고 났어 사람이 다쳤어 / 아빠가 가슴이 아프대 / 엄마가 계단에서 넘어져서 못 일어나
emergency: 동생이 약을 많이 먹었어 / 아이가 뜨거운 물에 데었어 / 아이가 세제를 마셨어 / 물에 빠졌어
emergency: 개가 초콜릿 먹었어 어떡해
violence: 남편이 때려요 / 아빠가 나 때려 / 선생님이 날 만졌어 / 성폭행 당했어 / 강도가 들었어
harm: 사람 죽이고 싶어 / 상사를 죽이고 싶어 / 남편을 죽여버리고 싶어
violence: 옆집에서 비명 소리가 들려 / 누가 우리집 문 따고 들어오려고 해 / 누가 자꾸 따라와
danger.another: 친구가 죽고 싶대 / 동생이 자해를 했어 / 친구가 자살할 것 같아
violence: 다행히 문은 잠갔는데 남편이 칼을 들고 있어요 / 남편이 칼을 들고 있는데 다행히 문은 잠갔어요
violence: 버스에서 내렸는데 누가 자꾸 따라와요
violence: 꿈에서 깼는데 누가 문 따고 들어와요 / 남편이 때려서 집을 떠났어 / 보이스피싱인 줄 알았는데 진짜 납치됐대
emergency: 영화 보다가 아빠가 쓰러졌어요 / 좋아하는 드라마 보다가 엄마가 쓰러졌어 / 영화관에서 아빠가 쓰러졌어요
emergency: 어제 꿈에서 할머니를 봤어. 지금은 엄마가 쓰러졌어 / 엄마가 숨을 안 쉬어 죽었나 봐
emergency: 할머니가 쓰러졌는데 돌아가시면 어떡해
emergency: 강아지가 죽었는데 나도 피가 철철 나 / 아기가 열이 40도인데 약을 먹여도 안 내렸어
emergency: 칼에 찔렸어 옷에 피가 묻어 있어
emergency: 늦잠 자고 일어났더니 엄마가 쓰러졌어 / 영화 보다가 아기가 건전지를 삼켰어
emergency: 엄마가 쓰러졌는데 다행히 숨은 쉬어
emergency: 무서운 꿈 꿔서 깼는데 집에 불났어
emergency.called: 119 불렀어 이제 뭐해 / 구급차 불렀어요 / 응급실 왔어
"""
NO_ALARM = """
웃겨서 숨을 못 쉬겠어
발등에 불났다
고양이가 화분을 때렸어
나무가 쓰러졌어
강아지를 만졌어
나 초콜릿 먹었어
동생이 약 올렸어
살이 빠졌어
사랑에 빠졌어
게임에서 맞았어
친구가 때밀이 수건 샀대
119 드라마 봤어
강아지가 차에 치여서 죽었어
누가 계속 쫓아오는 꿈 꿨어
지쳐 쓰러지겠어
아이가 포도를 좋아해
모기 죽이고 싶어
게임에서 보스 죽이고 싶다
동생이 일기장을 봤어 죽여버릴까
형이 늦잠 자서 못 일어나
교통사고 났었는데 다 나았어
동생이 약을 먹었어
운동하고 다리에 힘이 없어
영화에서 아빠가 쓰러졌어
드라마에서 남편이 아내를 때려
꿈에 누가 문 따고 들어왔어
어제 누가 쫓아오는 꿈을 꿨어
집에 불났어 근데 꿈이었어
아빠가 쓰러졌어. 드라마 얘기야
집에 불났는데 다행히 금방 껐어
교통사고 났는데 다행히 아무도 안 다쳤어
할머니가 쓰러져서 작년에 돌아가셨어
아기가 열이 40도였는데 지금은 내렸어
엄마가 쓰러졌는데 이제 괜찮대
강아지가 숨을 안 쉬더니 무지개다리를 건넜어
딸이 납치됐다고 전화 왔는데 피싱이래
고양이가 초콜릿 먹었는데 괜찮대
고양이가 차에 치여 갔어
형이 늦잠을 너무 자서 못 일어나
주인공이 쓰러지는 영화 봤어
어제 꿈꿨는데 집에 불이 났어
그제 쓰러졌던 친구가 안 다쳐서 다행이야
누가 쫓아오면 정말 무섭죠. 그래도 꿈이라 다행이에요.
"""


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (label, said.strip())
        for label, _, several in (line.partition(": ") for line in ALARMS.strip().splitlines())
        for said in several.split("/")
    ],
)
def test_who_needs_people_at_once_is_heard(label: str, said: str) -> None:
    assert urgency(said) == label


@pytest.mark.parametrize("said", NO_ALARM.strip().splitlines())
def test_what_only_sounds_like_it_is_none(said: str) -> None:
    assert urgency(said) == ""


@pytest.mark.parametrize("words", ["엄마", "엄마 ", "번개탄 ", "수면제 ", "가슴이 아프", "누가 나를 ", "불이 "])
def test_the_same_words_over_and_over_take_no_time(words: str) -> None:
    began = time.process_time()
    urgency(words * 20_000 + "고기")
    assert time.process_time() - began < 5
