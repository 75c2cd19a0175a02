"""요약: what was said here lately, by the model."""

from __future__ import annotations

from datetime import timedelta

from bot import overheard
from bot.command import Brief, Command, Consult, Reply, Scene, Slot
from bot.informal import counting
from bot.korean.counting import count
from bot.korean.days import day_in
from bot.messages import Call, Message
from bot.phrase import sayings
from bot.slots import counted

_USUAL, _MOST = 50, 300
_LONGEST = 6000  # characters of a conversation that a small window may hold
_FEWEST = 2  # messages that are worth a summary


def answer(scene: Scene, call: Call) -> Consult:
    async def gather() -> Brief | Reply:
        wanted = min(count(call.args.get("count") or call.args.get("text") or "") or _USUAL, _MOST)
        since = scene.now - timedelta(days=7)
        if "when" in call.args and (day := day_in(call.args["when"], scene.now)):
            since = scene.now.replace(year=day.year, month=day.month, day=day.day, hour=0, minute=0)
        address = scene.incoming.address
        said = await scene.world.read(lambda db: overheard.recent(db, address, wanted, since))
        if not scene.world.able():
            return Reply(scene.locale("needs_model"))
        if len(said) < _FEWEST:
            private = scene.incoming.private
            return Reply(scene.locale("summary_nothing" if private else "summary_nothing_group"))
        lines = (f"{name or scene.bot_name}: {' '.join(text.split())}" for _, name, text in said)
        asked = scene.locale("summary_ask", text=_newest("\n".join(lines)))
        return Brief((Message("user", asked),), scene.locale("summary_of", count=len(said)))

    return Consult(gather)


def _newest(text: str) -> str:
    """The end of a long text, from the beginning of a line."""
    return text if len(text) <= _LONGEST else text[-_LONGEST:].partition("\n")[2]


COMMAND = Command(
    name="summary",
    korean="요약",
    about={"ko": "여기서 나눈 이야기를 모델이 요약해요", "en": "Summarise what was said here lately"},
    answer=answer,
    said=sayings(__name__),
    meant=counting("개|줄|마디|건"),
    examples=("지금까지 대화 요약해줘", "/summary", "여기 무슨 얘기 했어? 요약 좀", "최근 메시지 50개만 요약해주세요"),
    slots=(
        Slot(
            "count",
            "개수",
            {"ko": "메시지 몇 개를 볼까요 (300까지)", "en": "How many messages (up to 300)"},
            kind=counted(_MOST),
        ),
    ),
    timed=True,
)
