"""A model that takes over from another is warm, and nothing is left of what warmed it."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from bot.errors import ModelRefused
from bot.longlived import keep_for_good
from bot.messages import Message, Sampling
from model.exchanges import Exchange, write
from model.schedule import Request
from model.serving import Options, open_folder, warm_up
from tests.model.test_lora import adapter_folder
from tests.model.tiny import saying, tiny_folder, tiny_model, tiny_tokenizer


def test_a_warm_engine_has_written_for_every_slot_and_remembers_nothing(tmp_path: Path) -> None:
    engine = open_folder(tiny_folder(tmp_path / "model", saying("ab")), Options(threads=1, slots=3)).engine
    together = 0
    step = engine.step

    def watched() -> object:
        nonlocal together
        produced = step()
        together = max(together, engine.running)
        return produced

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "step", watched)
        warm_up(engine)
    assert together == 3
    assert (engine.running, engine.waiting, engine.kept.size) == (0, 0, 0)


def test_an_adapter_says_what_came_with_its_base_and_what_it_was_taught_itself(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "model")
    write(folder, [Exchange("", "배고파", "뭐 먹고 싶어요?"), Exchange("", "졸려", "푹 자요.")])
    adapters = {name: adapter_folder(tmp_path / name, tiny_model(), "gpt2", 1) for name in ("plain", "taught")}
    write(adapters["taught"], [Exchange("", "배고파", "밥 먹어요!", people=("0123456789abcdef",))])
    serving = open_folder(folder, Options(threads=1, adapters=adapters))

    def answers(text: str) -> dict[str, str]:
        return {name: one.answer([Message("user", text)]) for name, one in serving.repertoires.items()}

    assert answers("졸려") == {"": "푹 자요.", "plain": "푹 자요.", "taught": "푹 자요."}
    assert answers("배고파") == {"": "뭐 먹고 싶어요?", "plain": "뭐 먹고 싶어요?", "taught": "밥 먹어요!"}


def test_where_nothing_came_with_the_model_nothing_is_said_for_it(tmp_path: Path) -> None:
    adapter = adapter_folder(tmp_path / "taught", tiny_model(), "gpt2", 1)
    write(adapter, [Exchange("", "배고파", "밥 먹어요!", people=("0123456789abcdef",))])
    folder = tiny_folder(tmp_path / "model")
    assert open_folder(folder, Options(threads=1, adapters={"taught": adapter})).repertoires == {}


def test_a_warm_engine_answers_as_a_cold_one(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "model", saying("ab"))
    cold, warm = (open_folder(folder, Options(threads=1, slots=3)).engine for _ in range(2))
    warm_up(warm)
    request = Request("one", tuple(b"ab?"), Sampling(max_tokens=6, temperature=0.0))
    for engine in (cold, warm):
        engine.add(request)
    assert [cold.step() for _ in range(6)] == [warm.step() for _ in range(6)]


@pytest.mark.parametrize("vocabulary", [200, 258])  # less than its words, and without the template's last token
def test_a_tokenizer_that_knows_more_than_the_weights_is_refused(tmp_path: Path, vocabulary: int) -> None:
    folder = tiny_folder(tmp_path / "model", tiny_model(vocabulary))
    with pytest.raises(ModelRefused, match=f"the weights end at {vocabulary - 1}"):
        open_folder(folder, Options(threads=1))


def test_an_added_token_that_nothing_becomes_may_lie_beyond_the_weights(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "model")
    tokenizer = tiny_tokenizer()
    tokenizer.add_special_tokens({"pad_token": "<pad>"})
    tokenizer.save_pretrained(folder)
    engine = open_folder(folder, Options(threads=1)).engine
    with pytest.raises(ValueError, match="the token 259"):
        engine.add(Request("one", (259,), Sampling()))


def test_what_is_kept_for_good_is_not_looked_through_again() -> None:
    try:
        keep_for_good()
        assert gc.get_freeze_count() > 10_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()
