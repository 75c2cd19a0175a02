"""A question answered from the operator's documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.command import Brief, Reply
from bot.errors import StoreError
from bot.knowledge import Knowledge
from bot.locale import load
from bot.lookup import look_up

KOREAN = load("ko")


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    knowledge = Knowledge.open(tmp_path / "documents", tmp_path / "index.db")
    (knowledge.folder / "환불.md").write_text("# 환불\n\n환불은 7일 안에 영수증과 함께 신청합니다.\n", "utf-8")
    knowledge.refresh()
    return knowledge


async def test_what_was_found_goes_to_the_model_as_data_and_the_source_below(knowledge: Knowledge) -> None:
    brief = await look_up(knowledge, "환불은 며칠 안에 신청해요?", KOREAN, insist=True, able=True).gather()
    assert isinstance(brief, Brief)
    (message,) = brief.messages
    assert (message.role, "7일 안에" in message.content) == ("user", True)
    assert message.content.endswith("질문: 환불은 며칠 안에 신청해요?")
    assert "환불.md" in brief.after


async def test_a_model_that_cannot_answer_from_a_text_is_not_asked(knowledge: Knowledge) -> None:
    shown = await look_up(knowledge, "환불은 며칠 안에 신청해요?", KOREAN, insist=True, able=False).gather()
    assert isinstance(shown, Reply)
    assert "7일 안에 영수증과" in shown.text
    assert "환불.md" in shown.text.splitlines()[-1]


@pytest.mark.parametrize(("insist", "answer"), [(True, Reply("문서에서 찾지 못했어요.")), (False, None)])
async def test_nothing_found_is_said_only_where_it_was_asked_for(
    knowledge: Knowledge, insist: bool, answer: Reply | None
) -> None:
    assert await look_up(knowledge, "우주선 정비", KOREAN, insist=insist, able=True).gather() == answer


async def test_without_an_index_a_question_is_answered_as_any_other(
    knowledge: Knowledge, caplog: pytest.LogCaptureFixture
) -> None:
    (knowledge.folder.parent / "index.db").unlink()
    assert await look_up(knowledge, "환불은 며칠 안에 신청해요?", KOREAN, insist=False, able=True).gather() is None
    assert "index.db" in caplog.text
    with pytest.raises(StoreError):
        await look_up(knowledge, "환불은 며칠 안에 신청해요?", KOREAN, insist=True, able=True).gather()
