"""Words for when no exchange fits: by what was asked, by what is felt, by what a turn of the talk calls for.

A folder's exchanges.jsonl has them, {"to": "glad", "answered": "…"}, and classifiers (ears.py) tell which are meant.
Where not even the kind is known, "to": "statement" or "question". Who tells something hears that their mood was
understood, "to": "mood.gloomy.embarrassed", "answered": "{told} 민망했겠어요.": what they told stands in it, said back
(bot/korean/echo.py). Who asks, "to": "asked.advice.gift" by what about, or "to": "way.reason" by how it is put
(bot/korean/questions.py), and whoever goes on in a talk, "to": "turn.plain.choice", gets something to hold on to. What
is said "to": "danger", "emergency" or "violence" comes before all else
(emergencies.py): that should not depend on what a small model knows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.korean import questions
from bot.korean.echo import echo, is_told
from bot.messages import Message
from model import plainly
from model.alarms import is_grave, is_unhappy
from model.ears import NEVER, Chances, Ears, surest
from model.emergencies import urgency
from model.exchanges import Anything, before_last

# Chance from which a label is believed. To what is told at the start, wishing to hear more fits nearly always.
_LIKELY, _LIKELY_IN_A_TALK, _SURE = 0.5, 0.7, 0.95
# The same of a label and of its first half alone.
_FELT, _FELT_ABOUT = 0.55, 0.6
_CHEERED = 0.75  # of a good mood: cheer for what is none is odder than pity
_STORY = 0.6  # of the mood of what was told before
_ASKED, _ASKED_ABOUT = 0.5, 0.8
_TURNED, _TURNED_ABOUT = 0.5, 0.6
_ASKED_THOUGH_TOLD = 0.95  # of what is put like something told
_SURELY_URGENT = 0.85
# What must be among the words where help is needed at once: "국 쏟았어 어떡해" only looks like it.
_HURT = re.compile(
    r"눈|피[가나를\s]|불|숨|목|데[었였인일]|뎄|화상|뜨거|끓|쓰러|삼[켰키킨]|먹었|먹은|마[셨신]|물[렸린]|쏘[였인]|감전|독|락스|세제|가스|열이"
    r"|의식|다[쳤친]|베[였인이]|부러|떨어[졌진]|빠[졌진]|경련|찢|박[혔힌]|끼[었였인]|꼈|걸[렸린]|벌[에이]|뱀|토[했하]|찔[렸린]|맞[았은]|전기|아[파프픈]|응급"
)
_TURNED_OVER = 0.6  # of the half that is the opposite of what the talk was about
_CLEARLY = 0.8  # of what two texts are compared by
_OPPOSITE = {"bright", "gloomy"}
_URGENT = "advice.urgent"
_SURELY_ASKED, _PLAINLY_ASKED = 0.6, 0.8  # of a label, in the middle of a talk, in a turn that asks and in another
_ONCE_MORE = ("asking.another", "against.declines")
_GOOD_NEWS = re.compile(r"(?<!불)합격|붙었|당첨|성공|임신|승진|1등|일등|우승|이겼")
_WONDERS = re.compile(r"(?:까|지|죠|는지|려나)요?[\s?!~.ㅋㅎㅠㅜ]*$")  # "왜 그럴까" asks nobody, "왜 못 먹어?" the bot
# Who says much and doesn't name the bot asks nothing about it, but may want something of it.
_WISHES = {f"bot.{what}" for what in ("can", "comfort", "may", "memory", "play", "praise", "topic")}
_OF_ANYONE = ("whether", "fact")
_WEIGHS = re.compile(r"고민|할지|할까")
_MARKED = re.compile(r"\?[\s?!~.ㅋㅎㅠㅜ]*$")  # as a question
_OF_ME = re.compile(r"(?<!\S)(?:저는|저도|저라면|제가|제\s)")
_TO_IT = re.compile(r"(?<!\S)(?:너|넌|니|네|당신|이랑|챗봇|봇|AI|인공지능)")
_NO_DOUBT = 0.85  # of a turn that words alone show to be another
_FELT_IN_TURN = 0.8  # of a turn whose mood nothing else bears out
# Ways to ask that the few words of a talk leave no doubt of.
_PLAINLY_PUT = {
    "allowed",
    "amiss",
    "common",
    "fault",
    "hoped",
    "known",
    "lost",
    "opinion",
    "over",
    "reason",
    "words",
    "worry",
    "yours",
}
# Subjects whose words send people to who knows better: where one is sure, no way to put it goes before it.
_CAREFUL = {"advice.cook", "advice.health", "advice.mind", "advice.pet", "advice.repair", "fact.law"}
_SURELY_CAREFUL = 0.97
# What there is more than one answer to, each naming something.
_NAMED = {"advice.menu", "advice.name", "bot.play"}
_BELIEVED_FROM = {"secret": 0.9, "change": 0.8}  # turns that words show better
_TELLING = 4  # letters from which a text tells enough to know a mood by it
_FRAGMENT = 4  # letters up to which a text says less than what came before it
_ENDING = 64  # characters at the end of a text, by which a question is known
_ASKS = re.compile(r"(\?|까|나요|니|냐|가요|어때|뭐야|뭘까|뭐지|할래|알아|추천.*|알려.*)[\s?!~.ㅋㅎㅠㅜ]*$")

_CHEERFUL = "bright"
# Moods whose words name a thing: hunger or cold, where none was meant, is odder than the wrong sort of sadness.
_CONCRETE = {"bored", "hungry", "bright.calm", "bright.fun", "bright.lucky", "bright.relieved", "bright.tasty"} | {
    f"gloomy.{mood}" for mood in ("cold", "grief", "heartbreak", "hot", "loss", "nervous", "noisy")
}
_FELT_CONCRETE = 0.85
# What fits no talk about something mournful, where a follow-up's few letters only look like it.
_LIGHT = ("bright", "plain.detail", "plain.just", "plain.opinion", "plain.yes")
_MOURNFUL = {
    f"gloomy.{mood}" for mood in ("grief", "heartbreak", "hurt", "sad", "lonely", "ill", "injured", "worried", "loss")
}
_TO_THE_BOT = ("sorry", "secret", "rude", "tease", "praisebot", "thanks", "bye", "change")
_TO_THE_BOT_LETTERS = 18  # of the longest text that is nothing but that
_FACTS = ("plain", "plain.detail", "plain.yes")  # which say little, but in what they are part of
_NOT_BY_ITS_LOOKS = 0.8  # chance of a turn from which it is more than a likeness


class Listening:
    """A folder's words, and which of them are meant."""

    def __init__(self, words: Sequence[Anything], ears: Ears | None = None) -> None:
        self._words = words
        self._ears = ears or Ears()
        self.labels = frozenset(one.to for one in words)

    def plainly(self, messages: Sequence[Message]) -> list[str]:
        """To what the last words in a talk plainly are (plainly.py); nothing where something grave is told, or where
        they are even more surely something else."""
        said, before, told = messages[-1].content, before_last(messages), _told_before(messages)
        grave = is_grave(said) or is_grave(told) or urgency(told)
        turn = plainly.turn(said, before) if before and not grave else ""
        if not turn or surest(self._ears.turn(said, before, told), _NO_DOUBT):
            return []
        return self._to(f"turn.{turn}")

    def kind(self, messages: Sequence[Message], sure: float = _LIKELY) -> str:
        """What kind of thing the last message is; "" when that is less likely than `sure`."""
        return surest(self._ears.kind(messages[-1].content, before_last(messages)), sure)

    def differ(self, one: str, another: str) -> bool:
        """Whether two texts surely ask about different things, or tell of the opposite."""
        asked, asked_too = self._ears.asked(one), self._ears.asked(another)
        if asked and asked_too:
            about = surest(asked, _CLEARLY), surest(asked_too, _CLEARLY)
            return all(about) and about[0] != about[1]
        felt = {surest(self._ears.mood(text), NEVER, _CLEARLY) for text in (one, another)}
        return felt == _OPPOSITE and not (asked or asked_too)

    def alarmed(self, unanswered: Sequence[str]) -> list[str]:
        """What is said where people are needed at once, 109, 112 or 119; nothing else.

        Of several messages, the newest first, a life in danger comes before all; else the newest counts.
        """
        heard = [label for said in unanswered if (label := urgency(said))]
        label = next((one for one in heard if one.startswith("danger")), next(iter(heard), ""))
        return self._to(label) or self._to(label.partition(".")[0])

    def anything(self, messages: Sequence[Message]) -> list[str]:
        """What can be answered to the last message, whatever it means; not what was answered there before."""
        fitting = self._in_turn(messages) or self._felt(messages[-1].content) or self._of_its_kind(messages)
        answered = {one.content for one in messages if one.role == "assistant"}
        return [one for one in fitting if one not in answered] or fitting

    def _in_turn(self, messages: Sequence[Message]) -> list[str]:
        """To what is asked at the start, and to what a turn in the middle of a talk calls for."""
        said, before, told = messages[-1].content, before_last(messages), _told_before(messages)
        if not before:
            return self._asked(said)
        turns = self._ears.turn(said, before, told) if told and any(map(str.isalnum, said)) else {}
        story = surest(self._ears.mood(told), _STORY, _STORY)
        turn = _believed(turns, said, before)
        if {turn, story.partition(".")[0]} == _OPPOSITE or (turn in _TO_THE_BOT and len(said) > _TO_THE_BOT_LETTERS):
            turn = surest(turns, NEVER, _TURNED_OVER)
            turn = "" if turn in _TO_THE_BOT else turn
        asked = self._asked_in(turn, said, told)
        if asked == _URGENT:
            return self._to(f"asked.{asked}")
        if not is_grave(said) and (answers := self._answered_in(asked, turn, said, before)):
            return answers
        light = turn.startswith(_LIGHT) and turns.get(turn, 0.0) < _NOT_BY_ITS_LOOKS
        unsure = bool(turns) and not turn and not self._felt(said)
        dark = light and self._is_dark(turn, told, said)
        if dark or is_grave(said) or (is_unhappy(said) and not turn.startswith(("gloomy", "asking", _CHEERFUL))):
            return self._to("turn.gloomy")
        if turn.startswith(("gloomy", _CHEERFUL)) and turns.get(turn, 0.0) < _FELT_IN_TURN:
            return self._borne_out(turn, story, said)
        if turn in _FACTS and story.startswith("gloomy."):
            return [one for one in self._to(f"turn.{story}") if "{" not in one]
        if unsure and plainly.laughs(said):
            return self._to(f"turn.{plainly.LAUGHS}")
        if unsure:
            return self._to("turn.plain.gloomy" if story in _MOURNFUL else "turn.heard")
        return self._said_back(f"turn.{turn}", said)

    def _borne_out(self, turn: str, story: str, said: str) -> list[str]:
        """Words for a turn whose mood is likely, if what was told before, or the words themselves, speak for it."""
        half = turn.partition(".")[0]
        if plainly.laughs(said) and half == "gloomy" and story not in _MOURNFUL:
            return self._to(f"turn.{plainly.LAUGHS}")
        if surest(self._ears.mood(said), NEVER, _STORY) == half or story.startswith(half):
            return self._said_back(f"turn.{turn}", said)
        return self._to("turn.heard")

    def _answered_in(self, asked: str, turn: str, said: str, before: str) -> list[str]:
        """To what is asked in the middle of a talk."""
        way = _way(said) if turn.startswith("asking") or questions.ends_asking(said) else ""
        if asked or turn in _ONCE_MORE:
            return self._to(f"asked.{asked}")
        if way not in _PLAINLY_PUT:
            of_itself = _TO_IT.search(said) or _OF_ME.search(before)
            return self._to("turn.asking.bot" if of_itself else f"way.{way}") if _MARKED.search(said) else []
        if way == "reason" and not _WONDERS.search(said):
            return self._to("turn.asking.why")
        return self._to(f"way.{way}")

    def _asked_in(self, turn: str, said: str, told: str) -> str:
        """What such a turn asks about: something of its own, or for another answer to what was asked before."""
        if turn in _ONCE_MORE:
            return subject if (subject := self._subject(told, _ASKED)) in {*_NAMED, _URGENT} else ""
        asked = self._subject(said, _SURELY_ASKED if turn.startswith("asking") else _PLAINLY_ASKED)
        return asked if asked == _URGENT or not is_told(said) else ""

    def _asked(self, said: str) -> list[str]:
        """To what is asked at the start."""
        chances = self._ears.asked(said)
        asked = self._subject(said, _ASKED, NEVER if is_told(said) else _ASKED_ABOUT)
        if asked == _URGENT:
            return self._to(f"asked.{asked}")
        if is_grave(said) or not chances:
            return []
        way = _way(said)
        sure = chances.get(asked, 0.0) >= _ASKED_THOUGH_TOLD
        if not way and not sure and not _WEIGHS.search(said):
            return []
        long = len(said) > _TO_THE_BOT_LETTERS
        if asked.startswith("bot") and asked not in _WISHES and way and long and not _TO_IT.search(said):
            asked = ""
        if way in _OF_ANYONE and _TO_IT.search(said) and not asked.startswith("bot"):
            asked = next((one for one in chances if one.startswith("bot.")), "bot")
        if asked in _CAREFUL and chances[asked] >= _SURELY_CAREFUL:
            way = ""
        return self._by_way("" if way == "how" and not sure else asked, way)

    def _by_way(self, asked: str, way: str) -> list[str]:
        """Words by what is asked about where those fit whatever is asked about it, else by how it is put."""
        if way == "yours":
            return self._to("way.yours")
        if asked.startswith("bot") or way in ("", "idea", "how") or (way == "fact" and asked.startswith("fact")):
            return self._to(f"asked.{asked}") or self._to(f"way.{way}")
        return self._to(f"way.{way}") or self._to(f"asked.{asked}")

    def _subject(self, said: str, sure: float, sure_of_half: float = NEVER) -> str:
        """What is asked about; help at once (119) only where that is quite sure."""
        chances = self._ears.asked(said)
        asked = surest(chances, sure, sure_of_half)
        urgent = chances.get(_URGENT, 0.0) >= _SURELY_URGENT and _HURT.search(said) is not None
        return "" if asked == _URGENT and not urgent else asked

    def _is_dark(self, turn: str, told: str, said: str) -> bool:
        """Whether what was told before, or the words for it, leaves no room for a light answer."""
        if turn.startswith(_CHEERFUL) and sum(map(str.isalnum, said)) > _FRAGMENT:
            return is_grave(said) or is_unhappy(said)
        both = f"{told} {said}"
        return is_grave(both) or is_unhappy(both) or surest(self._ears.mood(told), _FELT) in _MOURNFUL

    def _felt(self, said: str) -> list[str]:
        """What shows that the mood of what is told was understood; nothing where it isn't sure, and to what asks."""
        if sum(map(str.isalnum, said)) < _TELLING or not is_told(said) or is_grave(said):
            return []
        moods = self._ears.mood(said)
        mood = surest(moods, _FELT, _FELT_ABOUT)
        if mood in _CONCRETE and moods[mood] < _FELT_CONCRETE:
            mood = surest(moods, NEVER, _FELT_ABOUT)
        if mood.startswith(_CHEERFUL) and (is_unhappy(said) or not surest(moods, NEVER, _CHEERED)):
            return []
        return self._said_back(f"mood.{mood}", said)

    def _of_its_kind(self, messages: Sequence[Message]) -> list[str]:
        ending = messages[-1].content[-_ENDING:]
        asks = _ASKS.search(ending) and not questions.exclaims(ending)
        said = messages[-1].content
        if asks and not is_grave(said) and (words := self._to(f"way.{_way(said)}")):
            return words
        kind = self.kind(messages, _LIKELY if asks else _LIKELY_IN_A_TALK if before_last(messages) else _SURE)
        return self._to(kind) or self._to("question" if asks else "statement")

    def _said_back(self, to: str, said: str) -> list[str]:
        """These words, with what was told in its place; those without a place for it where it can't be said back."""
        lines = self._to(to)
        told = echo(said) if any("{" in line for line in lines) else None
        if told is None:
            return [line for line in lines if "{" not in line]
        ways = {"{told}": told.considered, "{noticed}": told.noticed}
        back = [
            line.replace(way, words)
            for line in lines
            for way, words in ways.items()
            if way in line and not _says_twice(words, line)
        ]
        return back or [line for line in lines if "{" not in line]

    def _to(self, to: str) -> list[str]:
        return [one.answered for one in self._words if one.to == to]


def _way(said: str) -> str:
    """How a question is put; "합격이래요 어떡해" is at no loss."""
    way = questions.sort(said)
    return "" if way == "lost" and _GOOD_NEWS.search(said) else way


def _believed(turns: Chances, said: str, before: str) -> str:
    """The likeliest turn, but for those that the words deny: who asks puts it as a question, and who says no to a
    question corrects nobody."""
    turn = surest(turns, _TURNED, _TURNED_ABOUT)
    if turn.startswith("asking") and turn not in (*_ONCE_MORE, "asking.request") and not questions.ends_asking(said):
        return ""
    if turn == "against.correct" and before.rstrip().endswith("?"):
        return ""
    return "" if turns.get(turn, 1.0) < _BELIEVED_FROM.get(turn, 0.0) else turn


def _says_twice(told: str, line: str) -> bool:
    """ "손이 떨린다니 떨리겠어요": the feeling had been named."""
    feeling = line.split()[-1]
    return "{" not in feeling and (told.split()[-1][0] == feeling[0] or feeling[:2] in told)


def _told_before(messages: Sequence[Message]) -> str:
    """What the person had said before the bot's last words; "": nothing."""
    earlier = [one.role for one in messages[:-1]]
    at = len(earlier) - 1 - earlier[::-1].index("assistant") if "assistant" in earlier else 0
    return next((one.content for one in reversed(messages[:at]) if one.role == "user"), "")
