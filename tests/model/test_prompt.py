"""Prompts: people's words never become control tokens, the newest turns fit, training sees what serving sees."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

import model
from bot.errors import ModelRefused
from bot.messages import Message
from model.prompt import Renderer

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LLAMA = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content }}<|eot|>"
    "{% endfor %}{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
STRICT = (  # as Gemma's: no system role, roles must alternate
    "{{ bos_token }}{% for m in messages %}"
    "{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}"
    "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPECIAL = ["<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|end_header_id|>"]
ADDED_BUT_NOT_SPECIAL = ["<|eot|>", "<tool_call>", "</think>"]


def toy_tokenizer(template: str) -> PreTrainedTokenizerFast:
    """A byte-level BPE trained on control tokens' own texts, so that plain merges could spell them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"\s+|[^\s]+"), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator([*SPECIAL, *ADDED_BUT_NOT_SPECIAL] * 50, trainer)
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.add_tokens([AddedToken(text, special=False, normalized=False) for text in ADDED_BUT_NOT_SPECIAL])
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, chat_template=template, bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )


def embedded() -> Renderer:
    return Renderer.load(Path(model.__file__).parent / "assets")


RENDERERS = {
    "embedded": embedded(),
    "chatml": Renderer(toy_tokenizer(CHATML)),
    "llama": Renderer(toy_tokenizer(LLAMA)),
    "strict": Renderer(toy_tokenizer(STRICT)),
}
TOYS = ("chatml", "llama", "strict")
renderers = pytest.mark.parametrize("renderer", RENDERERS.values(), ids=RENDERERS)
toys = pytest.mark.parametrize("renderer", [RENDERERS[name] for name in TOYS], ids=TOYS)

CONTROL_TEXTS = [*SPECIAL, *ADDED_BUT_NOT_SPECIAL, "<usr>", "<sys>", "<pad>", "\U000f0000", "\U000f0001"]
words = st.lists(
    st.one_of(st.text(st.characters(), max_size=6), st.sampled_from([*CONTROL_TEXTS, "안녕", "ㅋㅋ", " ", "\ud83d"])),
    max_size=8,
).map("".join)


def user(text: str) -> Message:
    return Message("user", text)


def bot(text: str) -> Message:
    return Message("assistant", text)


def system(text: str) -> Message:
    return Message("system", text)


def well_formed(text: str) -> str:
    return unicodedata.normalize("NFC", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


@renderers
@given(text=words)
@settings(max_examples=150, deadline=None)
def test_no_id_of_peoples_text_is_a_control_id_and_the_text_comes_back(renderer: Renderer, text: str) -> None:
    ids = renderer.encode(text)
    assert not renderer.control_ids.intersection(ids)
    assert renderer.decode(ids) == well_formed(text)


@renderers
@given(said=words, answered=words, asked=words)
@settings(max_examples=60, deadline=None)
def test_words_never_change_which_control_tokens_a_prompt_has(
    renderer: Renderer, said: str, answered: str, asked: str
) -> None:
    rendered = renderer.render([user(said), bot(answered), user(asked)], 100_000)
    harmless = renderer.render([user("가"), bot("나"), user("다")], 100_000)
    assert [id for id in rendered.ids if id in renderer.control_ids] == [
        id for id in harmless.ids if id in renderer.control_ids
    ]


@toys
def test_a_prompt_has_the_ids_that_the_tokenizer_itself_would_give(renderer: Renderer) -> None:
    messages = [user("안녕 hello"), bot("반가워요!"), user("뭐 해?")]
    own = renderer._tokenizer.apply_chat_template(
        [{"role": message.role, "content": message.content} for message in messages],
        add_generation_prompt=True,
        return_dict=False,
    )
    assert list(renderer.render(messages, 10_000).ids) == own


def test_the_embedded_template_is_question_and_reply() -> None:
    renderer = RENDERERS["embedded"]
    spelled = renderer._tokenizer.convert_ids_to_tokens(list(renderer.render([user("")], 100).ids))
    assert spelled == ["<usr>", "<sys>"]
    assert [renderer._tokenizer.convert_ids_to_tokens(id) for id in renderer.stop_ids] == ["</s>"]


@pytest.mark.parametrize(("name", "stops"), [("chatml", {"</s>", "<|im_end|>"}), ("llama", {"</s>", "<|eot|>"})])
def test_an_answer_ends_at_the_tokens_end_or_at_the_templates(name: str, stops: set[str]) -> None:
    renderer = RENDERERS[name]
    assert {renderer._tokenizer.convert_ids_to_tokens(id) for id in renderer.stop_ids} == stops


def test_a_generation_config_names_further_stops(tmp_path: Path) -> None:
    tokenizer = toy_tokenizer(CHATML)
    tokenizer.save_pretrained(tmp_path)
    (tmp_path / "generation_config.json").write_text('{"eos_token_id": [3, 7]}')
    assert Renderer.load(tmp_path).stop_ids >= {3, 7}
    for spoilt in ("[]", "{", '{"eos_token_id": "</s>"}', '{"eos_token_id": [[3]]}'):
        (tmp_path / "generation_config.json").write_text(spoilt)
        with pytest.raises(ModelRefused, match=r"generation_config\.json"):
            Renderer.load(tmp_path)


@renderers
def test_the_newest_whole_turns_are_kept(renderer: Renderer) -> None:
    messages = [user("첫 질문"), bot("첫 대답"), user("둘째 질문"), bot("둘째 대답"), user("셋째 질문")]
    last_two = renderer.render(messages[2:], 10_000).ids
    rendered = renderer.render(messages, len(last_two))
    assert rendered.ids == last_two
    assert rendered.kept == 3
    assert renderer.render(messages, len(last_two) - 1).kept == 1
    assert renderer.render(messages, 10_000).kept == 5


@renderers
def test_thousands_of_short_turns_are_rendered_a_few_times(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = [message for _ in range(600) for message in (user("ㅋ"), bot("ㅎ"))] + [user("뭐 해?")]
    rendered, plain = [], renderer._template

    def counted(*args: Any, **options: Any) -> str:
        rendered.append(1)
        return plain(*args, **options)

    monkeypatch.setattr(renderer, "_template", counted)
    fitted = renderer.render(talk, 2000)
    assert len(rendered) < 15
    assert len(fitted.ids) <= 2000
    assert len(renderer.render(talk[-fitted.kept - 2 :], 10_000).ids) > 2000, "one turn more would not fit"


@renderers
def test_a_long_question_is_squeezed_in_a_few_rounds(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded, spans = [], renderer._controls.spans

    def counted(text: str, base: int = 0) -> list[tuple[int, int, int]]:
        encoded.append(len(text))
        return spans(text, base)

    monkeypatch.setattr(renderer._controls, "spans", counted)
    question = "가나다 </s><|im_end|>" * 400
    renderer.render([system("짧게 " * 400), user(question)], 300)
    assert sum(length == len(question) for length in encoded) <= 3, "as history, as a prompt, for its end"


@toys
def test_the_system_prompt_stays_when_turns_are_dropped(renderer: Renderer) -> None:
    short = renderer.render([system("짧게 답하세요"), user("질문")], 10_000)
    rendered = renderer.render([system("짧게 답하세요"), user("옛날"), bot("대답"), user("질문")], len(short.ids))
    assert rendered == short
    assert "짧게 답하세요" in renderer.decode(rendered.ids)
    assert rendered.kept == 1


def test_a_template_that_ignores_system_prompts_is_given_none() -> None:
    renderer = RENDERERS["embedded"]
    assert renderer.render([system("짧게"), user("안녕")], 100) == renderer.render([user("안녕")], 100)


def test_a_template_without_system_role_finds_it_before_the_first_question() -> None:
    shown = RENDERERS["strict"].decode(RENDERERS["strict"].render([system("짧게"), user("안녕")], 1000).ids)
    assert "짧게\n\n안녕" in shown


@renderers
def test_a_question_that_is_too_long_loses_its_start(renderer: Renderer) -> None:
    rendered = renderer.render([user("이전"), bot("대답"), user("가나다 " * 300 + "끝이에요")], 60)
    assert len(rendered.ids) <= 60
    assert rendered.kept == 1
    assert "끝이에요" in renderer.decode(rendered.ids)


@renderers
@given(text=words, more=words, spare=st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_any_words_fit_any_room_that_holds_the_template(renderer: Renderer, text: str, more: str, spare: int) -> None:
    room = len(renderer.render([user("")], 1000).ids) + spare
    rendered = renderer.render([system(more * 3), user(more), bot(text), user(text * 3)], room)
    assert len(rendered.ids) <= room


@renderers
def test_no_room_for_the_template_is_an_error(renderer: Renderer) -> None:
    with pytest.raises(ValueError, match="room for 1"):
        renderer.render([user("안녕")], 1)


@renderers
def test_a_prompt_must_end_with_a_question(renderer: Renderer) -> None:
    for messages in ([], [system("짧게")], [user("안녕"), bot("네")]):
        with pytest.raises(ValueError, match="last message"):
            renderer.render(messages, 1000)


@renderers
def test_messages_of_one_person_in_a_row_are_one_question(renderer: Renderer) -> None:
    rendered = renderer.render([bot("먼저 말함"), user("있잖아"), user("나 배고파")], 1000)
    assert rendered.kept == 2
    assert "있잖아\n나 배고파" in renderer.decode(rendered.ids)


@renderers
def test_an_example_marks_every_reply_with_its_stop_and_nothing_else(renderer: Renderer) -> None:
    ids, reply = renderer.example([user("안녕"), bot("반가워요"), user("뭐 해?"), bot("쉬고 있어요")])
    marked = [id for id, mark in zip(ids, reply, strict=True) if mark]
    assert renderer.decode(marked) == "반가워요쉬고 있어요"
    assert sum(id in renderer.stop_ids for id in marked) == 2
    assert sum(id in renderer.control_ids for id in marked) == 2


@renderers
def test_training_sees_the_prompt_that_serving_gives(renderer: Renderer) -> None:
    talk = [user("안녕"), bot("반가워요"), user("뭐 해?")]
    prompt = renderer.render(talk, 1000).ids
    example = renderer.example([*talk, bot("쉬고 있어요")])
    assert example.ids[: len(prompt)] == prompt
    assert example.reply[len(prompt)]
    assert not example.reply[len(prompt) - 1]


@renderers
def test_a_half_written_character_is_not_shown_yet(renderer: Renderer) -> None:
    ids = renderer.encode("좋아요 🦄")
    shown = [renderer.settled(ids[:count]) for count in range(len(ids) + 1)]
    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))
    assert shown[-1] == "좋아요 🦄"


def test_a_tokenizer_without_chat_template_is_refused() -> None:
    tokenizer = toy_tokenizer("")
    with pytest.raises(ValueError, match="chat template"):
        Renderer(tokenizer)


@toys
def test_marks_of_reasoning_are_text_and_marks_of_turns_are_not(renderer: Renderer) -> None:
    tokenizer = renderer._tokenizer
    marks: list[int] = tokenizer.convert_tokens_to_ids(["<|im_start|>", "</think>", "</think>", "</s>"])  # type: ignore[assignment]
    assert renderer.decode([*renderer.encode("음"), *marks, *renderer.encode("네")]) == "음</think></think>네"


def test_a_tokenizer_with_the_first_bots_turns_needs_no_template() -> None:
    tokenizer = toy_tokenizer("")
    tokenizer.chat_template = None
    with pytest.raises(ValueError, match="no chat template"):
        Renderer(tokenizer)
    tokenizer.add_tokens(["<usr>", "<sys>"])
    renderer = Renderer(tokenizer)
    said = renderer.render([user("안녕"), bot("네"), user("<sys>뭐 해?")], 1000).ids
    usr, sys, stop = (tokenizer.get_vocab()[token] for token in ("<usr>", "<sys>", "</s>"))
    assert said == (
        usr,
        *renderer.encode("안녕"),
        sys,
        *renderer.encode("네"),
        stop,
        usr,
        *renderer.encode("<sys>뭐 해?"),
        sys,
    )
    assert renderer.stop_ids == {stop}
