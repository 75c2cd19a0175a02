"""Who may mean to end their life is heard, and whoever only talks like that is not alarmed."""

from __future__ import annotations

import pytest

from model.alarms import is_danger

IN_DANGER = """
죽고 싶어
그냥 죽고싶다
죽고시퍼 진짜
이제 죽을래
나 죽을거야
자살하고 싶어
내가 자살하면 다들 편해지겠지
친구가 자살할 것 같아
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
"""


@pytest.mark.parametrize("said", IN_DANGER.strip().splitlines())
def test_who_may_mean_it_is_heard(said: str) -> None:
    assert is_danger(said)


@pytest.mark.parametrize("said", NOT_IN_DANGER.strip().splitlines())
def test_a_way_of_speaking_is_no_alarm(said: str) -> None:
    assert not is_danger(said)
