"""People who keep asking, and remember what they asked."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter, defaultdict

from tests.kill.judge import Verdict, judge, unanswered
from tests.kill.questions import TIME, Question
from tests.kill.worlds import World

_EVERY = 0.4  # seconds between two messages
_PATIENCE = 12  # so many messages without an answer, and people wait
_GROUP_SHARE = 0.08  # Telegram allows 20 calls a minute into a group


class Traffic:
    """`questions` and `commands` by place."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self._world = world
        self._chance = chance
        self._numbers = itertools.count(1)
        self.questions: defaultdict[int, list[Question]] = defaultdict(list)
        self.commands: Counter[int] = Counter()

    def ask(self, place: int, *, paragraphs: int = 1) -> None:
        question = Question(next(self._numbers), paragraphs)
        self.questions[place].append(question)
        self._world.speak(place, question.text)

    def ask_time(self, place: int) -> None:
        self.commands[place] += 1
        self._world.speak(place, TIME)

    async def flow(self) -> None:
        """Ask until cancelled: mostly questions, now and then one with a long answer, now and then the time."""
        while True:
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * _EVERY)
            if self.open() >= _PATIENCE:
                continue
            place = self._somewhere()
            dice = self._chance.random()
            if dice < 0.15:
                self.ask_time(place)
            else:
                self.ask(place, paragraphs=self._world.paragraphs if dice > 0.93 else 1)

    def _somewhere(self) -> int:
        group = self._world.places - 1
        return group if self._chance.random() < _GROUP_SHARE else self._chance.randrange(group)

    def open(self) -> int:
        """Messages without an answer so far."""
        places = range(self._world.places)
        return sum(unanswered(self.questions[p], self.commands[p], self._world.shown(p)) for p in places)

    @property
    def asked(self) -> int:
        return sum(map(len, self.questions.values())) + self.commands.total()

    def judged(self) -> Verdict:
        verdicts = (
            judge(place, self.questions[place], self.commands[place], self._world.shown(place))
            for place in range(self._world.places)
        )
        return sum(verdicts, Verdict())
