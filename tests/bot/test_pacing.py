"""Calls keep to the windows that a platform allows; the clock here is moved by hand."""

from __future__ import annotations

import asyncio

import pytest

from bot.messages import Address
from bot.pacing import Pacer
from bot.ports import Limits, Pace

HOME, OTHER = Address("stage", "home"), Address("stage", "other")


class Hand:
    """A clock that goes when it is pushed."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


AMPLE = Pace(1000, 0.01)


def pacer(hand: Hand, *, bot: Pace = AMPLE, chat: Pace = AMPLE) -> Pacer:
    limits = Limits(
        length=100,
        measure=lambda body: len(body.text),
        edit_every=0,
        typing_every=None,
        bot_pace=bot,
        chat_pace=lambda _: chat,
        idempotent=True,
    )
    return Pacer(limits, hand)


async def must_wait(pacer: Pacer, hand: Hand, to: Address, seconds: float) -> None:
    """A call that may be made after `seconds` by the hand's clock, and no moment sooner."""
    turn = asyncio.create_task(pacer.turn(to))
    for share in (0.0, 0.5, 0.49):
        hand.now += seconds * share
        await asyncio.sleep(0.003)
        assert not turn.done()
    hand.now += seconds * 0.0101
    async with asyncio.timeout(5):
        await turn


async def at_once(pacer: Pacer, to: Address, times: int = 1) -> None:
    for _ in range(times):
        async with asyncio.timeout(0.5):
            await pacer.turn(to)


async def test_a_full_window_is_waited_for_and_not_a_moment_longer(hand: Hand) -> None:
    chat = pacer(hand, chat=Pace(3, 0.01))
    await at_once(chat, HOME, 3)
    await must_wait(chat, hand, HOME, 0.01)


async def test_one_chat_s_window_is_not_another_s(hand: Hand) -> None:
    each = pacer(hand, chat=Pace(2, 0.01))
    await at_once(each, HOME, 2)
    await at_once(each, OTHER, 2)
    await must_wait(each, hand, HOME, 0.01)


async def test_the_topics_of_a_forum_share_their_group_s_window(hand: Hand) -> None:
    group = pacer(hand, chat=Pace(2, 0.01))
    await at_once(group, Address("stage", "g", "1"))
    await at_once(group, Address("stage", "g", "2"))
    await must_wait(group, hand, Address("stage", "g", "3"), 0.01)


async def test_the_whole_bot_has_a_window_too(hand: Hand) -> None:
    whole = pacer(hand, bot=Pace(3, 0.01))
    for number in range(3):
        await at_once(whole, Address("stage", str(number)))
    await must_wait(whole, hand, Address("stage", "fourth"), 0.01)


async def test_a_window_slides(hand: Hand) -> None:
    sliding = pacer(hand, chat=Pace(2, 0.01))
    await at_once(sliding, HOME)
    hand.now += 0.006
    await at_once(sliding, HOME)
    await must_wait(sliding, hand, HOME, 0.004)
    await must_wait(sliding, hand, HOME, 0.006)


async def test_a_parked_chat_waits_alone(hand: Hand) -> None:
    parked = pacer(hand)
    parked.park(HOME, 0.02, everywhere=False)
    await at_once(parked, OTHER)
    await must_wait(parked, hand, HOME, 0.02)


async def test_a_platform_that_is_parked_everywhere_waits_everywhere(hand: Hand) -> None:
    parked = pacer(hand)
    parked.park(HOME, 0.02, everywhere=True)
    await must_wait(parked, hand, OTHER, 0.02)


async def test_a_shorter_parking_does_not_undo_a_longer_one(hand: Hand) -> None:
    parked = pacer(hand)
    parked.park(HOME, 0.05, everywhere=False)
    parked.park(HOME, 0.01, everywhere=False)
    await must_wait(parked, hand, HOME, 0.05)


async def test_what_can_be_left_out_leaves_half_of_the_window(hand: Hand) -> None:
    half = pacer(hand, chat=Pace(4, 0.01))
    assert [half.spare(HOME) for _ in range(4)] == [True, True, False, False]
    await at_once(half, HOME, 2)
    await must_wait(half, hand, HOME, 0.01)


async def test_nothing_is_spared_for_a_parked_chat(hand: Hand) -> None:
    parked = pacer(hand)
    parked.park(HOME, 1.0, everywhere=False)
    assert not parked.spare(HOME)
    assert parked.spare(OTHER)
    hand.now += 1.0
    assert parked.spare(HOME)


async def test_a_window_of_one_call_still_lets_through_what_can_be_left_out(hand: Hand) -> None:
    single = pacer(hand, chat=Pace(1, 0.01))
    assert single.spare(HOME)
    assert not single.spare(HOME)


async def test_chats_at_rest_are_dropped_and_parked_ones_kept(hand: Hand) -> None:
    many = pacer(hand)
    many.park(HOME, 1000.0, everywhere=False)
    for number in range(1000):
        await at_once(many, Address("stage", str(number)))
        hand.now += 0.1
    assert len(many._chats) < 100
    assert not many.spare(HOME)


async def test_who_waits_is_not_overtaken(hand: Hand) -> None:
    full = pacer(hand, bot=Pace(1, 0.01))
    await at_once(full, HOME)
    order: list[int] = []

    async def turn(number: int) -> None:
        await full.turn(Address("stage", str(number)))
        order.append(number)

    first = asyncio.create_task(turn(1))
    await asyncio.sleep(0)
    hand.now += 0.01  # there is room now, and somebody new comes before the first has woken up
    second = asyncio.create_task(turn(2))
    async with asyncio.timeout(5):
        await first
        hand.now += 0.01
        await second
    assert order == [1, 2]


async def test_a_chat_that_waits_for_itself_holds_up_nobody(hand: Hand) -> None:
    busy = pacer(hand, bot=Pace(100, 0.01), chat=Pace(1, 10.0))
    await at_once(busy, HOME)
    waiting = asyncio.create_task(busy.turn(HOME))
    await asyncio.sleep(0)
    await at_once(busy, OTHER)
    assert not waiting.done()
    waiting.cancel()


async def test_who_gives_up_waiting_lets_the_next_one_go(hand: Hand) -> None:
    full = pacer(hand, bot=Pace(1, 0.01))
    await at_once(full, HOME)
    first, second = asyncio.create_task(full.turn(HOME)), asyncio.create_task(full.turn(OTHER))
    await asyncio.sleep(0)
    first.cancel()
    hand.now += 0.01
    async with asyncio.timeout(5):
        await second
