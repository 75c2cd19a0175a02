"""What sort of answer a question waits for."""

from __future__ import annotations

import time
import unicodedata

import pytest

from bot.korean.questions import ends_asking, exclaims, sort

SORTED = """
왜 어른들은 맨날 공부만 하래? => reason
뜨개질 중인데 점점 넓어져요 왜이러지ㅠㅠ => reason
러닝화에 이십만원 쓰는거 오바야? => allowed
마흔다섯에 방송대 입학했습니다 주책일까요 => allowed
내가 너무 예민한 건가 => amiss
수능 백일 남았는데 아직 개념도 못 끝냈어요 저 망한거죠 => over
썸남이 답장을 ㅇㅇ 으로만 해 이거 끝난거지? => over
제가 뭘 잘못한 걸까요 => fault
나이 들수록 친구가 줄어드는 게 당연한건가요 => common
나만 이래? => common
이번 달 배달비만 팔만원 나온 거 실화냐 => outrage
천 피스 퍼즐에 한 조각이 없다 이게 말이 되냐 => outrage
달팽이도 하품한다는 거 알았어? => known
떡볶이에 대파 넣으면 맛있는 거 알아요? => known
라면에 식초 넣어봤어? 은근 괜찮다 => done
삑사리 나면 어쩌죠 => worry
공동창업자가 그만두고 싶대요 어떻게 말을 꺼내야 할지 => words
수학 38점 맞았는데 엄마한테 어떻게 말하지 => words
라면에 우유 넣는거 어떻게 생각해 => opinion
이 색 어때요? => opinion
미역국에 마늘 넣어요 안 넣어요? => either
여행을 갈까 그냥 묶어둘까 => either
외계인은 있다고 생각해 없다고 생각해? => either
배고픈데 뭐 먹지 => idea
금붕어 이름 뭘로 할까? => idea
상견례 자리에서 국 쏟았어요 어떡해요 => lost
이사를 가야 하나 => shall
학부모님이 밤 열한 시에 전화하시는데 받아야 하나요 => shall
그만두는 게 나을까 고민이에요 => shall
손톱 무는 버릇 어떻게 고쳐요? => how
상사가 농담하면 다들 어떻게 하세요 => others
건강검진 재검 나왔는데 괜찮겠지... => hoped
엄마가 카톡에 점을 찍는데 화난거 아니겠지? => hoped
이름을 서윤이로 할지 도담이로 할지 못 정하겠어요 뭐가 나아요? => either
길에서 만원 주웠는데 파출소에 갖다줘야 해? => shall
혼자 오셨냐고 크게 물어보는거 나만 싫어? => common
고백받았는데 너라면 어떻게 할 거야? => yours
나 오늘 화 한 번 안 냈다 칭찬해줘 => praise
안경 맞췄는데 세상이 이렇게 선명한거였어? => marvel
다섯 잔.. 많죠? => agreed
실밥 뽑으러 가는데 그거 아픈가요? => whether
회사 그만두고 빵집 차리면 망할까? => whether
나를 알아보긴 하는 걸까 => whether
이름이 뭐예요? => fact
너라면 로또 되면 누구한테 말할거야? => yours
다른 사람들은 부모님한테 얼마나 자주 전화해요? => others
뭐라고 쓰지 => words
적다가 더 복잡해지면? => worry
"""

TOLD = """
오늘 승진했어요!
글쎄 국민학교 동창이지 뭐야
택시 몰다가 옛날 담임선생님을 태웠지 뭡니까
면접에서 뭐 했냐길래 쉬었다고 솔직하게 말해버렸다
말을 잘하는 사람이 부러워요 저는 꼭 집에 와서야 할 말이 생각나요
둘 다 아니고 선생님이 무서워
나 누나랑 싸웠어 우리 언니가
한 달에 한 통 나올까 말까예요. 좀 섭섭합니다
강아지가 귀여워
예를 들어?
남편이 주식으로 얼마 잃었는지 말을 안 해줘요
썸남이 내가 보낸 밈에 '그게 뭐예요?' 라고 답했어
떡볶이는 밀떡이지 무슨 쌀떡이야
기쁜데 솔직히 겁도 나요
된장찌개를 두그릇 먹었다 이게 뭐라고 이리 좋냐
"""


@pytest.mark.parametrize(("said", "expected"), [line.split(" => ") for line in SORTED.strip().splitlines()])
def test_how_a_question_is_put_says_what_it_waits_for(said: str, expected: str) -> None:
    assert sort(said) == expected
    assert sort(unicodedata.normalize("NFD", said)) == expected


@pytest.mark.parametrize("said", TOLD.strip().splitlines())
def test_what_only_looks_like_a_question_has_no_sort(said: str) -> None:
    assert sort(said) == ""


def test_an_earlier_sentence_counts_where_it_has_a_question_mark() -> None:
    assert sort("러닝화 이십만원 오바야? 너무 예뻐") == "allowed"
    assert not ends_asking("오 진짜 되네요? 근데 이제 양이 5인분")
    assert ends_asking("근데 이거 왜 이러지ㅋㅋ")


def test_an_exclamation_is_no_question() -> None:
    assert exclaims("손녀가 스티커를 붙였는데 모르고 나갔지 뭐냐")
    assert not exclaims("이건 뭐야?")


@pytest.mark.parametrize(
    "said", ["", "?", "ㅋㅋㅋ", "…", "가" * 20_000, "왜 " * 5_000, "어떻게 말 " * 4_000, "할지 " * 1_300, "“" * 4_000]
)
def test_anything_is_read_in_time(said: str) -> None:
    # A thousandth of what the longest takes read whole. The best of three: a garbage collection takes its own.
    assert min(_took(said) for _ in range(3)) < 0.2


def _took(said: str) -> float:
    began = time.process_time()
    assert isinstance(sort(said), str)
    return time.process_time() - began
