"""Times and days as people say them."""

from __future__ import annotations

from datetime import date, datetime

WEEKDAYS = {
    "ko": ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NEAR = {
    "ko": {-2: "그저께", -1: "어제", 0: "오늘", 1: "내일", 2: "모레"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}


def clock(at: datetime, language: str) -> str:
    """오후 3시 4분; the full hour has no minutes. 3:04 pm.

    >>> clock(datetime(2026, 1, 1, 0, 30), "ko"), clock(datetime(2026, 1, 1, 15), "en")
    ('오전 12시 30분', '3:00 pm')
    """
    hour, afternoon = at.hour % 12 or 12, at.hour >= 12
    if language == "en":
        return f"{hour}:{at.minute:02} {'pm' if afternoon else 'am'}"
    minutes = f" {at.minute}분" if at.minute else ""
    return f"{'오후' if afternoon else '오전'} {hour}시{minutes}"


def day(at: date, today: date, language: str) -> str:
    """오늘, 내일, 12월 25일 금요일; another year is named."""
    if near := _NEAR[language].get((at - today).days):
        return near
    weekday = WEEKDAYS[language][at.weekday()]
    if language == "en":
        year = "" if at.year == today.year else f", {at.year}"
        return f"{weekday}, {_MONTHS[at.month - 1]} {at.day}{year}"
    year = "" if at.year == today.year else f"{at.year}년 "
    return f"{year}{at.month}월 {at.day}일 {weekday}"


def full_day(at: date, language: str) -> str:
    """2026년 11월 21일 토요일; Saturday, November 21, 2026."""
    weekday = WEEKDAYS[language][at.weekday()]
    if language == "en":
        return f"{weekday}, {_MONTHS[at.month - 1]} {at.day}, {at.year}"
    return f"{at.year}년 {at.month}월 {at.day}일 {weekday}"


def spoken(at: datetime, now: datetime, language: str) -> str:
    """내일 오전 8시; tomorrow at 8:00 am."""
    where, when = day(at.date(), now.date(), language), clock(at, language)
    return f"{where} at {when}" if language == "en" else f"{where} {when}"


def span(seconds: float, language: str) -> str:
    """1시간 30분; 1 h 30 min. Less than a second is none.

    >>> span(5400, "ko"), span(61, "en")
    ('1시간 30분', '1 min 1 s')
    """
    left, parts = int(seconds), []
    names = (("일", "d"), ("시간", "h"), ("분", "min"), ("초", "s"))
    for (korean, english), size in zip(names, (86_400, 3600, 60, 1), strict=True):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {english}" if language == "en" else f"{count}{korean}")
    return " ".join(parts) or ("0 s" if language == "en" else "0초")
