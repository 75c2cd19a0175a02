"""What time words are made of, and what may stand right after them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from bot.korean.numbers import number
from bot.korean.when.values import Piece

# Makes a piece of a match, knowing what day it is; None: it was no time word after all.
Maker = Callable[[re.Match[str], date], Piece | None]
Reader = tuple[re.Pattern[str], Maker]

_DIGIT = "[일이삼사오육륙칠팔구]"
_NATIVE_ONE = "한|두|세|네|다섯|여섯|일곱|여덟|여덜|아홉"

TEENS = rf"{_DIGIT}?십{_DIGIT}?"
SINO = rf"(?:{TEENS}|{_DIGIT})"
NATIVE = rf"(?:(?:열\s?|스물\s?|서른\s?|마흔\s?|쉰\s?)?(?:{_NATIVE_ONE})|열|스무|서른|마흔|쉰)"
HOUR = rf"(?:열\s?한|열\s?두|열|{_NATIVE_ONE})"
PARTS = "오전|오후|아침|점심|저녁|새벽|한밤중|한밤|밤|대낮|한낮|낮"
WEEKDAYS = "월화수목금토일"
CLOCK_AHEAD = rf"(?=\s?(?:{PARTS})?\s?(?:(?:[0-9]{{1,2}}|{HOUR})\s?(?:시|:)|정오|자정))"
WEEKDAY = rf"(?P<weekday>[{WEEKDAYS}])(?:요일|욜)"

# Words that people write right behind a time word without a blank: 내일날씨, 5분타이머, 7시알람.
_FOLLOWERS = (
    r"날씨|날시|미세|초미세|대기질|공기|기온|우산|알람|알림|알려|알랴|깨워|깨우|타이머|일정|예약|약속|회의|메뉴|환율|주가"
    r"|운세|뭐|뭘|몇|무슨|어때|[비눈](?=[와오올]|\s|$)"
)
_GLUED = (
    rf"(?:{PARTS}|정오|자정)(?![가-힣])|(?:{PARTS}).?[0-9한두세네다여일아열]|(?:{PARTS})(?:에|때|{_FOLLOWERS})"
    rf"|[{WEEKDAYS}](?:요일|욜)|주말|[0-9]{{1,4}}(?:시|분|초|월|일|년|:|/)|{HOUR}시|{_FOLLOWERS}"
)
# Nothing that would make another word of it follows.
END = rf"(?=[^가-힣0-9A-Za-z]|$|{_GLUED})"

_UNTIL = "까지는|까지만|까지|까진|부터는|부터"
_WITHIN = r"\s?(?:중으로|중에|안에|안으로|내로|내에|내내)"
_ABOUT = r"\s?이후에?|\s?정도에?|쯤에는|쯤에|쯤엔|쯤|즈음에?|경에?|께"
DAY_TAIL = rf"(?:{_WITHIN}|에는|에도|에만|에|엔|{_UNTIL}|은|는|도|만|의|쯤에|쯤|께|로|이|가)?"
_AND = rf"(?:하고|이?랑|와|과){CLOCK_AHEAD}"
CLOCK_TAIL = rf"(?:{_ABOUT}|가?\s?되(?:면|거든|자마자)|에는|에도|에만|에서|에다|에|엔|{_UNTIL}|의|으?로)?"
_BETWEEN = rf"\s?(?:에서|부터|[~\-]|와|과|이?랑|하고)\s?(?:{PARTS})?\s?(?:[0-9]{{1,2}}|{HOUR})\s?시\s?사이(?:쯤)?에?"
# "8시에깨워줘" lacks its blank; "8시에요" only says what time it is.
CLOCK_END = rf"(?:(?P<each>마다){END}|{_BETWEEN}{END}|{_AND}|{CLOCK_TAIL}{END}|에(?=[가-힣])(?![요여용염]))"
DAY_END = DAY_TAIL + END


def whole(text: str) -> int:
    """The number that a numeral pattern matched."""
    value = number(text)
    if value is None:
        raise ValueError("no number")
    return int(value)
