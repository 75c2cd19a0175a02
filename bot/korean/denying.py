"""Whether who speaks of taking things away wishes it: not whoever denies it, asks about it or excepts some."""

from __future__ import annotations

import re

_DENIED = re.compile(
    r"빼고|말고|제외|남기고|남겨|놔두고|[우하끄빼애리]지\s?(?:마|말)|(?:^|\s)안\s?(?:했|지웠|껐)"
    r"|[했웠졌됐껐냈](?:어|니|나|냐|지)요?\s*\?+$|[했웠졌됐껐냈](?:니|냐)$|도\s?(?:돼|될까|되나|되니|괜찮)\S*\?+$"
    r"|되돌|복구|(?:^|\s)왜(?:\s|$)|법$|우리\s?사이"
)


def denied(text: str) -> bool:
    """Whether what is said is no wish to have all of it done.

    >>> denied("할 일 다 지우지 마"), denied("2번 빼고 다 취소"), denied("할 일 다 했어?"), denied("2번 할 일 끝냈어")
    (True, True, True, False)
    """
    return _DENIED.search(text.strip()) is not None
