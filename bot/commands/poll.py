"""투표: a poll in the platform's own form."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.command import Command, Expect, Reply, Scene, Slot
from bot.messages import Call, Poll
from bot.options import split
from bot.phrase import sayings
from bot.slots import Kind

_MOST = 10
_LONGEST_QUESTION, _LONGEST_OPTION = 300, 55  # Discord: https://docs.discord.com/developers/resources/poll

_SUBJECT = re.compile(r"([^?:,/|\n]+)\s투표")  # "회식 장소 투표": its last word is no option


def answer(scene: Scene, call: Call) -> Reply:
    said = call.args.get("ballot") or call.args.get("text", "") or call.args.get("subject", "")
    options = call.args.get("options") or call.args.get("several", "")
    if not options and (subject := _SUBJECT.fullmatch(said.strip())):
        return _asking_for_options(scene, subject[1])
    poll = read(said, options)
    if poll is None:
        return Reply(scene.locale("poll_what"), expect=Expect(Call("poll"), "text", strict=True))
    if len(poll.options) == 1:
        return _asking_for_options(scene, poll.question)
    if poll.options == ():
        poll = Poll(poll.question, (scene.locale("poll_yes"), scene.locale("poll_no")))
    return Reply("", poll=poll)


def _asking_for_options(scene: Scene, question: str) -> Reply:
    return Reply(scene.locale("poll_more"), expect=Expect(Call("poll", {"text": question}), "options", strict=True))


def read(text: str, options: str = "") -> Poll | None:
    """Question and options as people write them in one go; None: nothing is asked.

    >>> read("점심 뭐 먹지? 김밥, 라면")
    Poll(question='점심 뭐 먹지?', options=('김밥', '라면'), several=False)
    """
    said = text.strip().strip(":").strip()
    if not said:
        return None
    question, listed = (said, options) if options else _parted(said)
    found = [re.sub(r"^\d+[번.)]\s*", "", option)[:_LONGEST_OPTION] for option in split(_unnumbered(listed))][:_MOST]
    if options and not found:  # a list of one
        found = [options.strip()[:_LONGEST_OPTION]]
    return Poll(question[:_LONGEST_QUESTION] or said[:_LONGEST_QUESTION], tuple(found))


# "오늘 회식 갈까요?", "10/25 모임 참석?": nothing to choose but yes and no; "김밥 vs 라면?" names two.
_QUESTION = re.compile(r"(?:(?!\bvs\b)[^?:\n,|\"“'‘])*(?<=[까지요니나냐석불])\s?[?]", re.IGNORECASE)


def _unnumbered(listed: str) -> str:
    """ "1번 액션 2번 코미디" as "액션, 코미디"."""
    parts = [part.strip() for part in re.split(r"(?:^|\s)\d+\s*[번.)]\s*", listed) if part.strip()]
    return ", ".join(parts) if len(parts) > 1 else listed


def _parted(said: str) -> tuple[str, str]:
    """The question and what may be chosen: after a question mark, a colon or a line, after "~지", or in quotes."""
    if _QUESTION.fullmatch(said):
        return said, ""
    for pattern in (
        r"[\"“'‘](?P<q>[^\"”'’]+)[\"”'’]\s*(?P<o>.*)",
        r"(?P<q>[^?:\n]+[?])\s*(?P<o>.+)",
        r"(?P<q>[^:\n]+)[:\n]\s*(?P<o>.+)",
        r"(?P<q>.*?(?:지|까|을지|ᆯ지|로|할지|갈지|볼지|모일지|먹을지|정하기|고르기))\s+(?P<o>.+\s.+|.+[,/|].+)",
        r"(?P<q>.*?)\s*(?P<o>\S+\s*(?:vs|VS|,|/)\s*.+)",
        r"(?P<q>\S.*?)\s+(?P<o>\S+(?:\s+\S+)+)",
    ):
        if (found := re.fullmatch(pattern, said, re.DOTALL)) and found["q"].strip():
            return found["q"].strip(), found["o"].strip()
    return said, ""


BALLOT = Kind(
    "ballot",
    lambda text: bool(re.search(r"[?,/]|\bvs\b", text)) and (poll := read(text)) is not None and len(poll.options) > 1,
    apart=True,
)
# "여행지 투표 제주 부산 여수": a subject of one word, and three options or more.
NAME = Kind(
    "subject", lambda text: re.fullmatch(r"[가-힣]{2,8}", text.strip()) is not None and text[-1] not in "제날번도은는"
)
_ASKS = re.compile(r"(?:줘|주세요|주십시오|줄래|[까다요])[?.!~]*$")  # "부재자 투표 도입 역사에 대해 알려주십시오"
SEVERAL = Kind("several", lambda text: len(split(text)) > 2 and not _ASKS.search(text), apart=True)
_ABOUT_VOTING = re.compile(
    r"(?:투표|설문|표결|poll)\S*(?:\s+(?:좀|하나|한번|(?:만들|열|올|부|해|진행|돌|부탁)\S*|가자|하자))*"
)

_WISH = re.compile(
    r"(?<=\S)\s+(?:만들어|열어|올려|부쳐|띄워|돌려|진행해|부탁해|해)\s?(?:줘|주세요|주라|줄래|줘요|요)?[.!~]*$"
)


def _meant_by(text: str, action: str) -> Mapping[str, str]:
    """What is to be voted on, where it can be made out; else it is asked for."""
    rest = " ".join(_ABOUT_VOTING.sub(" ", _WISH.sub("", text)).split())
    poll = read(rest) if rest else None
    return {"text": rest} if poll and len(poll.options) > 1 else {}


COMMAND = Command(
    name="poll",
    korean="투표",
    about={"ko": "이 대화방에 투표를 올려요", "en": "Post a poll here"},
    answer=answer,
    said=sayings(__name__),
    meant=_meant_by,
    sure=0.65,
    examples=("투표 만들어줘: 점심 뭐 먹지? 김밥, 라면", "/poll 점심 뭐 먹지? 김밥, 라면", "찬반 투표 하나 열어줘"),
    spoken={"about": NAME, "ballot": BALLOT, "subject": NAME, "several": SEVERAL},
    slots=(
        Slot("text", "질문", {"ko": "무엇을 물어볼까요", "en": "The question"}, required=True),
        Slot("options", "보기", {"ko": "쉼표로 나눈 보기", "en": "Options, with commas between"}),
    ),
)
