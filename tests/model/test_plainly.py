"""What the last words in a talk plainly are."""

from __future__ import annotations

import pytest

from model import plainly

TURNS = """
보리랑 두부 중에 어때요? | 두번째꺼 | plain.choice
귀찮으면 짜장면, 속 편한 게 좋으면 볶음밥 어때요? 둘 다 맛있죠? | 앞에 거 | plain.choice
유자차나 생강차요. | 유자로 할게 | plain.choice
갈치조림이 맛있대요! | 나 생선 못 먹어 | against.objects
지갑이나 운동화는 어떠세요? | 앞에 건 작년에 줬어요 | against.objects
따뜻한 우유를 드셔 보세요. | 그거 마시면 배탈이 나서요 | against.objects
잠깐 일어나서 몸을 풀어보는 건 어때요? | 해봤는데 또 졸려 | against.tried
어떤 과목이 제일 어려웠어요? | 그 얘긴 하기 싫어 | secret
마음에 들어요? | 묻지마... | secret
"""


@pytest.mark.parametrize("line", TURNS.strip().splitlines())
def test_words_alone_show_what_some_turns_are(line: str) -> None:
    before, said, expected = line.split(" | ")
    assert plainly.turn(said, before) == expected


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("무슨 일이 있었는지 말해줄래요?", "걔가 내 비밀 다 퍼뜨렸어"),
        ("산책해 보세요.", "좋아 해볼게"),
        ("많이 지쳤나 봐요. 사람이 힘든 거예요?", "응"),
        ("오늘 뭐 했어요?", "작년에 산 신발 신었어"),
    ],
)
def test_other_turns_are_left_to_who_knows_more(before: str, said: str) -> None:
    assert plainly.turn(said, before) == ""


def test_who_laughs_at_the_end_laughs() -> None:
    assert plainly.laughs("침 발랐지요 뭐 ㅎㅎ")
    assert not plainly.laughs("ㅋㅋ 근데 진짜 아파")
