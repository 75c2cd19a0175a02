"""Dates, times, lengths and repeats in Korean text: "내일 아침 8시", "다음 주 수요일", "30분 후", "매주 월수금".

The rules, where Korean leaves a choice:

Clock
- A bare "7시" is the next 7 o'clock ahead, 07:00 or 19:00. 0 and 13 to 24 are as they stand, so is "07:30".
- With a day or a repeat ("내일 3시", "매주 월요일 3시") 1 to 6 is the afternoon, 7 to 11 the morning, 12 noon. On a
  text about getting up (깨워, 기상, 모닝콜, 일어나) 4 to 6 is the morning as well. With 오늘, when that time is over
  and the other half of the day's is not, that one.
- 오전 0–12 (12: midnight, the day's beginning), 오후 0–12, 새벽 0–7 and 12 (midnight), 아침 4–11, 점심 10–3,
  낮 10–5, 저녁 4–12, 밤 6–12 and, on the day after, 1–5. An hour outside is no time: "아침 3시".
- 밤 12시, 24시 and 자정 are the end of the day named: "오늘 자정" is tomorrow's 00:00.
- Without a number: 새벽 05:00, 아침 08:00, 오전 09:00, 점심 12:00, 낮 13:00, 오후 15:00, 저녁 19:00, 밤 21:00. It
  counts with a particle (저녁에, 점심때, 아침마다) or right behind a day (내일 아침); "아침 먹었어" is a meal.

Days
- Weeks begin on Monday. "이번 주 월요일" is this week's even when it is over; "다음 월요일" is next week's.
- "월요일" is the next one ahead; on a Monday that is today if a clock still ahead was said, else in a week.
- "이번 월요일" is the next one, today included. On Sunday 주말 is what is left of it.
- "25일" is this month's or, when that is over, the next month's that has one; "12월 25일" is the next one ahead;
  today counts as ahead in both. A year (올해, 내년, 2027년) settles it.
- "3일 뒤" is a day, "3일 동안", "열흘" and "일주일" are lengths, "3일" is a day of the month. "30분" is a length.
- "셋째 주 월요일" is the third Monday of the month named; of this month or, when that is over, of the next one.
- 음력 dates go by the Korean lunar tables (to 2050); inserted months (윤달) can't be named.
- 말일 is day 31, and a repeat on a day that a month lacks is on that month's last.
- "2시간마다" and "30분 간격으로" first come so long from now, or at the time that is said with them.
- "7시마다" and "아침마다" are every day or, said with a weekday or 주말, every such day.
- A repeat ends where a day with 까지, or 동안, 간, 내내 or 만 behind a length or a week, stands beside its other words:
  "금요일까지 매일 9시", "이번 달 매일 8시", "3일만 매일 9시". "일주일 동안 밤 10시" and "12월 1일부터 5일까지 9시" are
  every day, and so are "9시에 알려줘 금요일까지" and "금요일까지 9시, 13시"; "금요일까지 9시" is that Friday. Days are
  counted from the first one on which it comes, weeks of a weekly one from today; the midnight of "금요일까지 매일 밤
  11시랑 12시" comes a last time on Saturday.
- "월요일부터 매일 9시" begins next Monday; "월요일부터 금요일까지 9시" without 매일 is every working day, for ever.

The first day, clock, length and repeat of a text count; others stay in it, and so do
- a length that does not say 뒤 or 후 beside anything else: "내일 8시에 30분 산책";
- what can't be: 13월 40일, 25시, 2월 30일;
- what only looks like a time: 3분의 1, 셋째 주, and 5분마다 (less than ten minutes apart: nobody wants that).
Time words must begin a word (but for figures: "알람7시") and end one, or be followed by a particle or by a word such
as 날씨, 알람, 타이머.

Lists and names, only where a clock follows
- "월수금 6시" and "화요일 목요일 8시" are every week; "월수금" alone is nothing.
- "9시, 13시", "8시랑 1시": times of the same day, each bare hour the first that comes after the one before. From the
  evening on that is the midnight after and what follows it: "저녁 9시, 12시", "밤 11시랑 1시", "저녁 9시, 새벽 2시".
- "월요일 9시랑 화요일 10시": days with a time each, parted by 랑, 하고, 와, 과, 그리고, 또 or a comma; "내일이랑 모레
  9시": days with one time; "30분 뒤랑 1시간 뒤": both lengths. What is left open goes on from the day before: the month
  in "12월 24일이랑 25일", the week in "다음 주 월요일이랑 화요일", morning or evening in "오늘이랑 내일 8시". A repeat
  goes on ("매주 월요일 9시랑 수요일 10시"); "월요일 9시부터 화요일 10시까지" is no list. A day that its month lacks
  is left out ("11월 30일이랑 31일 9시": `missing` tells which).
- "크리스마스 아침 9시", "추석 전날 8시": the day of that name (bot/korean/festivals.py), the next one ahead or, in
  "내년 설날 9시", that year's.
"""

from bot.korean.when.moments import MORNING, following, moment
from bot.korean.when.reading import begins, less, missing, no_day, read, words
from bot.korean.when.values import LAST, Every, When

__all__ = [
    "LAST",
    "MORNING",
    "Every",
    "When",
    "begins",
    "following",
    "less",
    "missing",
    "moment",
    "no_day",
    "read",
    "words",
]
