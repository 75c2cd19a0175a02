"""The questions whose answers are being waited for or written, in the lanes of their conversations."""

from __future__ import annotations

from collections.abc import Iterable

from bot.lanes import Job, Lanes
from bot.messages import MessageRef
from bot.question import Question


class UnderWay:
    """What dialogue asks of the lanes: they hold other jobs, too, and know none of them."""

    def __init__(self, lanes: Lanes[Job]) -> None:
        self._lanes = lanes

    def put(self, question: Question) -> None:
        self._lanes.put(question.conversation, question)

    def of(self, conversation: str) -> list[Question]:
        """The oldest first."""
        return _questions(self._lanes.jobs(conversation))

    def about(self, ref: MessageRef) -> Question | None:
        """The latest one that answers this message."""
        return next((question for question in reversed(self._all()) if question.asks(ref)), None)

    def drop(self, ref: MessageRef) -> None:
        """The message asks nothing any more."""
        for question in self._all():
            if question.asks(ref):
                question.drop(ref)

    def stop(self, conversation: str, row: str) -> None:
        """End what is being written here; `row`: the answer to this row alone, if there is one."""
        for question in self.of(conversation):
            if question.writing and row in ("", str(question.rows[0])):
                question.halt("stop")

    def _all(self) -> list[Question]:
        return _questions(self._lanes.all_jobs())


def _questions(jobs: Iterable[Job]) -> list[Question]:
    return [job for job in jobs if isinstance(job, Question)]
