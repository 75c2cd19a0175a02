"""/about, "소개": who answers here, and how its answers come about."""

from __future__ import annotations

from bot.command import Command, Reply, Scene
from bot.messages import Call
from bot.phrase import sayings


def answer(scene: Scene, call: Call) -> Reply:
    say = scene.locale
    return Reply("\n\n".join([say("about_who", bot=scene.bot_name), say(_how(scene)), say("about_kept")]))


def _how(scene: Scene) -> str:
    """The model that comes along is too small to be believed, and says what was written for it where it can."""
    return "about_answers" if scene.world.able() else "about_answers_small"


COMMAND = Command(
    name="about",
    korean="소개",
    about={"ko": "누가 어떻게 답하는지 알려 줘요", "en": "Who answers here, and how"},
    answer=answer,
    said=sayings(__name__),
    examples=("/about", "/소개", "봇 소개"),
)
