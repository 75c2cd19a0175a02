"""요약: what was said here lately, by the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
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


# Of this chat, not of a book: "삼국지 내용 요약해줘" is the model's.
_OF_THIS = re.compile(
    r"대화|얘기|이야기|[채단]?톡|채팅|메[시세]지|방|위에|앞에|지금까지|여태|방금|아까|최근|그동안|여기|우리|애들|사람들|얘네"
    r"|읽|못\s?[본봤봐]|밀린|쌓인|나눈|오간|올라온|동안|회의|말|글|[0-9한두세]\s?(?:개|줄|마디)"
)
# What happened while one was away: of a chat, where it is not of something else ("조선시대에 무슨 일이 있었는지").
_OF_WHAT_HAPPENED = re.compile(
    r"chat|떠[들든]|수다|스크롤|눈팅|뭐라|뭐래|[뭔무슨]\s?(?:일|소리|난리)|자고\s?일어|너무\s?[길많]|앞부분|요점|결론"
)
_OF_ELSE = re.compile(
    r"논문|기사|뉴스|책|소설|영화|드라마|만화|웹툰|영상|유튜브|강의|수업|교과서|보고서|역사|시대|전쟁|사건|판결|세계|나라|[0-9]년"
)
# Nothing else is named: "아 요약 좀", "summary plz"
_BARE = re.compile(
    r"(?:아|야|그냥|제발|빨리|걍)?[\s,]*(?:요약|summary|tl;?dr)\S{0,4}(?:\s\S{1,4})?[.!~\s]*", re.IGNORECASE
)
_counted = counting("개|줄|마디|건")


def _meant_by(text: str, action: str) -> Mapping[str, str] | None:
    happened = _OF_WHAT_HAPPENED.search(text) and not _OF_ELSE.search(text)
    return _counted(text, action) if happened or _OF_THIS.search(text) or _BARE.fullmatch(text) else None


COMMAND = Command(
    name="summary",
    korean="요약",
    about={"ko": "여기서 나눈 이야기를 모델이 요약해요", "en": "Summarise what was said here lately"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    sure=0.8,
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
