"""One after another within a conversation, side by side across conversations, in turns between people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lanes import Lanes, Slots


class Step:
    """A job that says when it begins, and ends when it is told to."""

    def __init__(self, name: str, diary: list[str]) -> None:
        self.name = name
        self.diary = diary
        self.begun = asyncio.Event()
        self.end = asyncio.Event()

    async def run(self) -> None:
        self.diary.append(f"{self.name} begins")
        self.begun.set()
        await self.end.wait()
        self.diary.append(f"{self.name} ends")


async def soon(true: asyncio.Event) -> None:
    async with asyncio.timeout(5):
        await true.wait()


async def test_one_conversation_s_jobs_run_one_after_another() -> None:
    lanes: Lanes[Step] = Lanes()
    diary: list[str] = []
    first, second = Step("first", diary), Step("second", diary)
    lanes.put("home", first)
    lanes.put("home", second)
    await soon(first.begun)
    assert lanes.jobs("home") == (first, second)
    assert not second.begun.is_set()
    second.end.set()
    first.end.set()
    await soon(second.begun)
    assert diary[:3] == ["first begins", "first ends", "second begins"]
    await lanes.close()


async def test_conversations_do_not_wait_for_each_other() -> None:
    lanes: Lanes[Step] = Lanes()
    steps = [Step(str(number), []) for number in range(50)]
    for number, step in enumerate(steps):
        lanes.put(str(number), step)
    await asyncio.gather(*(soon(step.begun) for step in steps))
    assert set(lanes.all_jobs()) == set(steps)
    await lanes.close()


async def test_an_empty_lane_is_dropped_and_can_begin_again() -> None:
    lanes: Lanes[Step] = Lanes()
    for _ in range(3):
        step = Step("only", [])
        lanes.put("home", step)
        await soon(step.begun)
        step.end.set()
        async with asyncio.timeout(5):
            while lanes.jobs("home"):  # noqa: ASYNC110 a lane tells nobody that it is empty
                await asyncio.sleep(0)
    assert list(lanes.all_jobs()) == []
    assert lanes._lanes == {}


async def test_only_what_has_not_begun_can_be_withdrawn() -> None:
    lanes: Lanes[Step] = Lanes()
    running, waiting = Step("running", []), Step("waiting", [])
    lanes.put("home", running)
    lanes.put("home", waiting)
    await soon(running.begun)
    assert not lanes.withdraw("home", running)
    assert lanes.withdraw("home", waiting)
    assert not lanes.withdraw("home", waiting)
    assert not lanes.withdraw("nowhere", waiting)
    assert lanes.jobs("home") == (running,)
    await lanes.close()


async def test_closing_ends_what_runs_and_drops_what_waits() -> None:
    lanes: Lanes[Step] = Lanes()
    diary: list[str] = []
    first, second = Step("first", diary), Step("second", diary)
    lanes.put("home", first)
    lanes.put("home", second)
    await soon(first.begun)
    await lanes.close()
    assert diary == ["first begins"]


class Broken(Step):
    """A job that breaks."""

    async def run(self) -> None:
        raise ZeroDivisionError(self.name)


async def test_a_job_that_breaks_is_logged_and_those_behind_it_run(caplog: pytest.LogCaptureFixture) -> None:
    lanes: Lanes[Step] = Lanes()
    broken, next_one = Broken("broken", []), Step("next", [])
    lanes.put("home", broken)
    lanes.put("home", next_one)
    await soon(next_one.begun)
    assert "ZeroDivisionError: broken" in caplog.text
    next_one.end.set()
    await lanes.drain(5)


# ---- slots -----------------------------------------------------------------------------------------


class Asking:
    """Somebody who waits for a slot, and keeps it until told to let go."""

    def __init__(self, slots: Slots, person: str, served: list[str]) -> None:
        self.person = person
        self.places: list[int] = []
        self.priority = -1
        self.has_it = asyncio.Event()
        self.let_go = asyncio.Event()
        self.task = asyncio.create_task(self._ask(slots, served))

    async def _ask(self, slots: Slots, served: list[str]) -> None:
        async with slots.hold(self.person, self.places.append) as self.priority:
            served.append(self.person)
            self.has_it.set()
            await self.let_go.wait()


async def everybody_waits() -> None:
    """Let every task that can run reach its next wait."""
    for _ in range(20):
        await asyncio.sleep(0)


async def serve_all(asking: Sequence[Asking]) -> None:
    """Let go of whoever has a slot until nobody wants one."""
    async with asyncio.timeout(5):
        while not all(one.task.done() for one in asking):
            for one in asking:
                if one.has_it.is_set():
                    one.let_go.set()
            await asyncio.sleep(0)


@asynccontextmanager
async def busy(count: int = 1) -> AsyncIterator[tuple[Slots, list[str], list[Asking]]]:
    """Slots that somebody else holds all of."""
    slots, served = Slots(count), list[str]()
    holders = [Asking(slots, f"holder{number}", served) for number in range(count)]
    await everybody_waits()
    served.clear()
    yield slots, served, holders
    for holder in holders:
        holder.let_go.set()
    await asyncio.gather(*(holder.task for holder in holders), return_exceptions=True)


async def test_as_many_as_there_are_slots_have_one_at_once() -> None:
    slots, served = Slots(3), list[str]()
    asking = [Asking(slots, str(number), served) for number in range(5)]
    await everybody_waits()
    assert served == ["0", "1", "2"]
    assert (asking[3].places, asking[4].places) == ([1, 1], [2])
    await serve_all(asking)
    assert (slots._held, slots._queue, slots._turns) == ([], [], {})


async def test_ten_questions_of_one_delay_another_by_one_at_most() -> None:
    async with busy() as (slots, served, holders):
        many = [Asking(slots, "many", served) for _ in range(10)]
        await everybody_waits()
        others = [Asking(slots, name, served) for name in ("a", "b", "c")]
        await everybody_waits()
        await serve_all([*holders, *many, *others])
    assert served == ["many", "a", "b", "c", *["many"] * 9]


async def test_whoever_comes_late_still_waits_for_one_of_each() -> None:
    async with busy() as (slots, served, holders):
        many = [Asking(slots, "many", served) for _ in range(10)]
        await everybody_waits()
        holders[0].let_go.set()
        for one in many[:4]:
            await soon(one.has_it)
            one.let_go.set()
        await soon(many[4].has_it)
        late = Asking(slots, "late", served)
        await everybody_waits()
        assert late.places[-1] <= 2
        await serve_all([*many, late])
    assert served.index("late") <= 6


async def test_the_place_in_line_is_kept_true() -> None:
    async with busy() as (slots, served, holders):
        first, second = Asking(slots, "first", served), Asking(slots, "second", served)
        await everybody_waits()
        assert (first.places[-1], second.places[-1]) == (1, 2)
        first.task.cancel()
        await everybody_waits()
        assert second.places[-1] == 1
        await serve_all([*holders, second])


async def test_calling_off_while_waiting_gives_the_place_free() -> None:
    async with busy() as (slots, served, holders):
        waiting = [Asking(slots, str(number), served) for number in range(4)]
        await everybody_waits()
        waiting[1].task.cancel()
        waiting[2].task.cancel()
        await serve_all([*holders, waiting[0], waiting[3]])
    assert served == ["0", "3"]
    assert (slots._held, slots._queue, slots._turns) == ([], [], {})


async def test_calling_off_in_the_very_moment_the_slot_comes_loses_no_slot() -> None:
    async with busy() as (slots, served, holders):
        waiting = [Asking(slots, str(number), served) for number in range(3)]
        await everybody_waits()
        holders[0].let_go.set()
        waiting[0].task.cancel()  # it runs after the holder, who finds its ticket still in the queue
        asyncio.get_running_loop().call_soon(waiting[1].task.cancel)  # and this one was just handed the slot
        await everybody_waits()
        assert served == ["2"]
        await serve_all([waiting[2]])
    assert (slots._held, slots._queue, slots._turns) == ([], [], {})


async def test_questions_that_were_called_off_do_not_set_their_person_back() -> None:
    async with busy() as (slots, served, holders):
        kept = Asking(slots, "a", served)
        called_off = [Asking(slots, "a", served) for _ in range(9)]
        await everybody_waits()
        for one in called_off:
            one.task.cancel()
        await everybody_waits()
        others = [Asking(slots, "b", served) for _ in range(5)]
        again = Asking(slots, "a", served)
        await everybody_waits()
        await serve_all([*holders, kept, *others, again])
    assert served == ["a", "b", "b", "a", "b", "b", "b"]


async def test_an_answer_that_breaks_gives_its_slot_back() -> None:
    slots = Slots(1)
    with pytest.raises(ZeroDivisionError):
        async with slots.hold("a", lambda _: None):
            raise ZeroDivisionError
    async with asyncio.timeout(5), slots.hold("b", lambda _: None):
        assert len(slots._held) == 1
    assert (slots._held, slots._turns) == ([], {})


# ---- slots of a model that lets answers pause --------------------------------------------------------


def has_it(asking: Sequence[Asking]) -> list[bool]:
    return [one.has_it.is_set() and not one.task.done() for one in asking]


async def test_who_holds_no_slot_is_let_in_while_another_holds_several() -> None:
    slots, served = Slots(4, pauses=True), list[str]()
    many = [Asking(slots, "many", served) for _ in range(20)]
    await everybody_waits()
    nine = [Asking(slots, f"person{number}", served) for number in range(9)]
    await everybody_waits()
    assert has_it(many) == [True] * 4 + [False] * 16
    assert has_it(nine) == [True] * 3 + [False] * 6
    assert [one.priority for one in (*many[:4], *nine[:3])] == [0, 1, 2, 3, 0, 0, 0]
    await serve_all([*many, *nine])
    assert (slots._held, slots._queue, slots._turns) == ([], [], {})


async def test_the_first_question_of_each_comes_before_the_second_of_one() -> None:
    slots, served = Slots(4, pauses=True), list[str]()
    many = [Asking(slots, "many", served) for _ in range(20)]
    nine = [Asking(slots, f"person{number}", served) for number in range(9)]
    await everybody_waits()
    for one in (many[0], *nine[:3]):
        one.let_go.set()
    await everybody_waits()
    assert has_it(nine) == [False] * 3 + [True] * 4 + [False] * 2
    late = Asking(slots, "late", served)
    await everybody_waits()
    assert (late.places, slots.waiting) == ([3], 2 + 16 + 1)
    await serve_all([*many, *nine, late])


async def test_what_was_let_in_over_the_count_is_paid_back_before_a_slot_is_free() -> None:
    slots, served = Slots(2, pauses=True), list[str]()
    many = [Asking(slots, "many", served) for _ in range(3)]
    other = Asking(slots, "other", served)
    await everybody_waits()
    assert has_it([*many, other]) == [True, True, False, True]
    other.let_go.set()
    await everybody_waits()
    assert not many[2].has_it.is_set()
    many[0].let_go.set()
    await everybody_waits()
    assert (many[2].has_it.is_set(), many[2].priority) == (True, 0)
    await serve_all(many)
    assert (slots._held, slots._queue, slots._turns) == ([], [], {})


async def test_nobody_is_let_in_over_the_count_where_everybody_holds_one() -> None:
    slots, served = Slots(2, pauses=True), list[str]()
    asking = [Asking(slots, name, served) for name in "abc"]
    await everybody_waits()
    assert has_it(asking) == [True, True, False]
    await serve_all(asking)


async def test_calling_off_who_was_let_in_over_the_count_leaves_its_place_to_the_next() -> None:
    slots, served = Slots(2, pauses=True), list[str]()
    many = [Asking(slots, "many", served) for _ in range(3)]
    others = [Asking(slots, name, served) for name in "abc"]
    await everybody_waits()
    assert has_it(others) == [True, False, False]
    others[1].task.cancel()  # who waits
    others[0].task.cancel()  # and who was let in
    await everybody_waits()
    assert has_it([*many, others[2]]) == [True, True, False, True]
    await serve_all([*many, others[2]])
    assert (slots._held, slots._queue, slots._turns) == ([], [], {})


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["ask", "ask", "end", "off"])), max_size=40),
)
def test_whatever_happens_every_slot_comes_back(count: int, pauses: bool, doings: list[tuple[str, str]]) -> None:
    async def work() -> None:
        slots, served, asking = Slots(count, pauses=pauses), list[str](), list[Asking]()
        for person, doing in doings:
            match doing:
                case "ask":
                    asking.append(Asking(slots, person, served))
                case "end":
                    for one in [one for one in asking if one.has_it.is_set() and one.person == person][:1]:
                        one.let_go.set()
                case _:
                    for one in [one for one in asking if not one.task.done() and one.person == person][:1]:
                        one.task.cancel()
            if len(asking) % 2:
                await everybody_waits()
            writing = [one for one in asking if one.has_it.is_set() and not one.let_go.is_set()]
            assert sum(not one.task.done() and not one.task.cancelling() for one in writing) <= count * (1 + pauses)
            assert len({(held.person, held.priority) for held in slots._held}) == len(slots._held) or not pauses
        await serve_all(asking)
        assert (slots._held, slots._queue, slots._turns) == ([], [], {})

    asyncio.run(work())
