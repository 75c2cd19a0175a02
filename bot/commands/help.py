"""/help: every command, made from the commands themselves; "/help 날씨": how one of them is used."""

from __future__ import annotations

from bot.command import Command, Reply, Scene, Slot, all_commands
from bot.informal import nothing
from bot.korean.folding import match_key
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import Kind


def answer(scene: Scene, call: Call) -> Reply:
    shown = [command for command in scene.commands if not command.hidden]
    asked = match_key(call.args.get("text", "") or call.args.get("command", ""))
    chosen = next((each for each in shown if asked in _names(each)), None)
    if asked and chosen:
        return Reply(_page(scene, chosen))
    lines = [f"- {each.korean} /{each.name}: {each.about[scene.locale.language]}" for each in shown]
    return Reply("\n".join([scene.locale("help_intro", bot=scene.bot_name), "", *lines, "", scene.locale("help_more")]))


def _names(command: Command) -> tuple[str, str]:
    return match_key(command.name), match_key(command.korean)


def _is_command(text: str) -> bool:
    return any(match_key(text) in _names(each) for each in all_commands() if not each.hidden)


def _page(scene: Scene, command: Command) -> str:
    """What one command does, and how people say it."""
    said = [f"- “{example}”" for example in command.examples]
    return "\n".join([f"**{command.korean}** /{command.name}", command.about[scene.locale.language], "", *said])


COMMAND = Command(
    name="help",
    korean="도움말",
    about={"ko": "무엇을 할 수 있는지 알려 줘요", "en": "Show what I can do"},
    answer=answer,
    said=sayings(__name__),
    meant=nothing,
    sure=0.95,
    examples=("도움말", "/help", "명령어 알려줘", "사용법 보여줘요", "뭐 할 수 있어?"),
    slots=(Slot("command", "명령", {"ko": "자세히 볼 명령: 날씨", "en": "The command to explain: weather"}),),
    spoken={"command": Kind("command", _is_command)},
)
