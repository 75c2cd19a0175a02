"""Who is called by name, and who is only talked about."""

from __future__ import annotations

import pytest

from bot.korean.calling import called


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("이랑아, 뭐 해?", "뭐 해?"),
        ("이랑아 뭐 해?", "뭐 해?"),
        ("이랑아!", ""),
        ("이랑", ""),
        ("이랑?", ""),
        ("이랑, 안녕", "안녕"),
        ("이랑: 안녕", "안녕"),
        ("@이랑아 안녕", "안녕"),
        ("이랑님 안녕하세요", "안녕하세요"),
        ("이랑씨… 있어요?", "있어요?"),
        ("이랑아~ 놀자", "놀자"),
        ("  이랑아\n\n안녕", "안녕"),
        ("\u200b이랑아 안녕", "안녕"),
        ("\ufeff\u3164이랑아 안녕", "안녕"),
    ],
)
def test_a_name_with_a_sign_that_it_is_a_call(text: str, rest: str) -> None:
    assert called(text, "이랑") == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "이랑 같이 갈래?",
        "고양이랑 놀았어",
        "나 이랑아 좋아해",
        "이랑아버지가 오셨다",
        "이랑이라는 봇 써 봤어?",
        "이랑은 어디 있어?",
        "사랑아 안녕",
        "이\u3164랑아 안녕하세요",
        "안녕 이랑아",
    ],
)
def test_talk_about_somebody_is_no_call(text: str) -> None:
    assert called(text, "이랑") is None


@pytest.mark.parametrize("name", ["a.b", "C++", "(봇)", "[x", "\\d", "Irang"])
def test_a_name_is_a_name_and_no_pattern(name: str) -> None:
    assert called(f"{name}, hi", name) == "hi"
    assert called(f"{name.upper()}: hi", name) == "hi"
    assert called("axb, hi", name) is None


def test_ten_thousand_letters_are_looked_at_quickly() -> None:
    assert called("이랑아" + " " * 10_000 + "안녕", "이랑") == "안녕"
    assert called(" " * 10_000 + "안녕", "이랑") is None
    assert called("이랑" + "아" * 10_000, "이랑") is None
