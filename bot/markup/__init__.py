"""The model's Markdown as one platform-neutral rich text, and its cutting into messages without loss."""

from bot.markup.render import render
from bot.markup.split import split

__all__ = ["render", "split"]
