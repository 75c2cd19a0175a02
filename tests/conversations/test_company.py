"""Manners in company, on both platforms: who is answered, who is not, and who must not hear what."""

from __future__ import annotations

from tests.conversations.stage import Stage
from tests.stage import Script

REFUSAL = "죄송해요, 저는 정해진 분들하고만 이야기해요."


async def test_in_a_group_이랑_is_silent_until_it_is_meant(stage: Stage) -> None:
    async with stage.awake():
        stage.say("점심 뭐 먹지", to=stage.group)
        stage.say("지금 몇 시야", to=stage.group)
        stage.say("그만", to=stage.group)
        stage.say("뭐 먹지?", to=stage.group, mention=True)
        (answer,) = await stage.settled("답: 민수: 뭐 먹지?", to=stage.group)
        stage.say("나는 국수", by=stage.yuna, to=stage.group, reply_to=answer)
        await stage.settled("답: 민수: 뭐 먹지?", "답: 유나: 나는 국수", to=stage.group)
        stage.say("이랑아, 고마워", to=stage.group)
        await stage.settled("답: 민수: 뭐 먹지?", "답: 유나: 나는 국수", "답: 민수: 고마워", to=stage.group)
    assert stage.asked() == [
        "민수: 뭐 먹지?",
        "답: 민수: 뭐 먹지?",
        "유나: 나는 국수",
        "답: 유나: 나는 국수",
        "민수: 고마워",
    ]


async def test_in_a_group_the_answer_is_a_reply_to_the_question(stage: Stage) -> None:
    async with stage.awake():
        question = stage.say("안녕", to=stage.group, mention=True)
        (answer,) = await stage.settled("답: 민수: 안녕", to=stage.group)
    assert answer.answers == question


async def test_other_bots_are_ignored(stage: Stage) -> None:
    async with stage.awake():
        stage.say("안녕", by=stage.robot(), to=stage.group, mention=True)
        stage.say("안녕", to=stage.group, mention=True)
        await stage.settled("답: 민수: 안녕", to=stage.group)
    assert len(stage.model.prompts) == 1


async def test_what_is_said_in_private_never_comes_up_in_a_group_nor_in_another_chat(stage: Stage) -> None:
    theirs = stage.home_of(stage.yuna)
    async with stage.awake():
        stage.say("내 비밀은 42야")
        await stage.settled("답: 내 비밀은 42야")
        stage.say("내 비밀이 뭐지?", to=stage.group, mention=True)
        await stage.settled("답: 민수: 내 비밀이 뭐지?", to=stage.group)
        assert stage.asked() == ["민수: 내 비밀이 뭐지?"]
        stage.say("민수 비밀이 뭐야?", to=theirs)
        await stage.settled("답: 민수 비밀이 뭐야?", to=theirs)
        assert stage.asked() == ["민수 비밀이 뭐야?"]


async def test_topics_of_a_group_are_conversations_apart(stage: Stage) -> None:
    one, two = stage.topic("음식"), stage.topic("여행")
    async with stage.awake():
        stage.say("국수 어때?", to=one, mention=True)
        await stage.settled("답: 민수: 국수 어때?", to=one)
        stage.say("바다 어때?", to=two, mention=True)
        await stage.settled("답: 민수: 바다 어때?", to=two)
        assert stage.asked() == ["민수: 바다 어때?"]
        stage.say("매운 거?", by=stage.yuna, to=one, mention=True)
        await stage.until(lambda: len(stage.texts(one)) == 2)
    assert stage.asked() == ["민수: 국수 어때?", "답: 민수: 국수 어때?", "유나: 매운 거?"]
    assert stage.texts(stage.group) == []


async def test_a_message_that_is_replied_to_reaches_the_prompt_as_a_quote(stage: Stage) -> None:
    async with stage.awake():
        remark = stage.say("국수가 좋아\n정말로", by=stage.yuna, to=stage.group)
        stage.say("이 말 어때?", to=stage.group, mention=True, reply_to=remark)
        await stage.until(lambda: len(stage.texts(stage.group)) == 1)
    assert stage.asked() == ["민수: > 유나: 국수가 좋아 정말로\n이 말 어때?"]


async def test_strangers_hear_one_refusal_and_the_code_makes_an_owner(stage: Stage) -> None:
    theirs = stage.home_of(stage.yuna)
    async with stage.awake(access={"open": False}) as bot:
        stage.say("안녕")
        await stage.settled(REFUSAL)
        stage.say("제발")
        stage.command("start", "AAAA-BBBB-CC")
        stage.command("start", bot.claim_code or "", to=theirs)
        await stage.until(lambda: "주인" in "".join(stage.texts(theirs)))
        stage.say("안녕", to=theirs)
        await stage.until(lambda: stage.texts(theirs)[1:] == ["답: 안녕"])
        assert stage.texts() == [REFUSAL]
    async with stage.awake(access={"open": False}) as bot:
        assert bot.claim_code is None
        stage.say("아직 주인이지?", to=theirs)
        await stage.until(lambda: stage.texts(theirs)[2:] == ["답: 아직 주인이지?"])
    assert stage.texts() == [REFUSAL]


async def test_a_quota_is_said_and_kept(stage: Stage) -> None:
    stage.model = Script(lambda _: "네")
    async with stage.awake(quota={"person_per_minute": 1}):
        stage.say("하나")
        await stage.settled("네")
        stage.say("둘")
        await stage.until(lambda: "조금 쉬었다가" in "".join(stage.texts()))
    assert len(stage.model.prompts) == 1
