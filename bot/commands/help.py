"""/help: every command, made from the commands themselves."""

from __future__ import annotations

from bot.command import Command, Reply, Scene
from bot.messages import Call


def answer(scene: Scene, call: Call) -> Reply:
    lines = (_line(command, scene.locale.language) for command in scene.commands)
    return Reply("\n".join([scene.locale("help_intro", bot=scene.bot_name), "", *lines]))


def _line(command: Command, language: str) -> str:
    said = command.examples[0]
    example = "" if said.startswith("/") else f" — “{said}”"
    return f"- /{command.name} ({command.korean}): {command.about[language]}{example}"


COMMAND = Command(
    name="help",
    korean="도움말",
    about={"ko": "무엇을 할 수 있는지 알려 줘요", "en": "Show what I can do"},
    answer=answer,
    phrases=("(도움말|명령어|사용법) [(좀|을|를)] [(보여|알려)[줘][요]]", "도와줘[요]"),
    examples=("도움말", "/help", "명령어 알려줘", "사용법 보여줘요"),
)
