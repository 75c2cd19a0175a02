"""A stranger's chat template, looked at before it is rendered."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from bot.errors import ModelRefused

_LONGEST = 100_000  # characters; the longest known ones have a fifth of it
_DEPTH = 4  # loops in loops: over messages, their parts, tools and the tools' parameters
_ROUNDS = 1000


def check(place: Path, template: str) -> None:
    """Raises ModelRefused for a template that could run for ever; transformers' sandbox keeps it from doing harm."""
    if len(template) > _LONGEST:
        raise ModelRefused(f"{place}: a chat template of {len(template)} characters: at most {_LONGEST} are read")
    try:
        tree = Environment(extensions=["jinja2.ext.loopcontrols"]).parse(_plain(template))  # noqa: S701 never rendered
    except (TemplateSyntaxError, RecursionError):
        raise ModelRefused(f"{place}: the chat template is not in Jinja's language") from None
    _check(place, tree, 0)


def _check(place: Path, node: nodes.Node, depth: int) -> None:
    if isinstance(node, nodes.For):
        depth += 1
        if depth > _DEPTH or node.recursive:
            raise ModelRefused(f"{place}: the chat template has loops in loops in loops: it could run for ever")
    if isinstance(node, nodes.Include | nodes.Import | nodes.FromImport | nodes.Extends):
        raise ModelRefused(f"{place}: the chat template wants other files: one that stands by itself is needed")
    if isinstance(node, nodes.Const) and isinstance(node.value, int) and node.value > _ROUNDS:
        raise ModelRefused(f"{place}: the chat template counts to {str(node.value)[:20]}: it could run for ever")
    for child in node.iter_child_nodes():
        _check(place, child, depth)


def _plain(template: str) -> str:
    """transformers' own tag round the bot's words, which marks them for training and does nothing else."""
    return template.replace("{% generation %}", "").replace("{% endgeneration %}", "")
