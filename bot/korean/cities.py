"""Cities of the world that Koreans ask about: time zone, place, names. A country's name stands for its main city."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.korean.folding import match_key

# zone | latitude, longitude in degrees (WGS84, the city's centre) | names, the first is shown
_TABLE = """
Asia/Seoul | 37.57 126.98 | 한국 대한민국 korea
Asia/Tokyo | 35.68 139.69 | 도쿄 일본 동경 tokyo japan
Asia/Tokyo | 34.69 135.50 | 오사카 osaka
Asia/Tokyo | 33.59 130.40 | 후쿠오카 fukuoka
Asia/Tokyo | 43.06 141.35 | 삿포로 sapporo
Asia/Tokyo | 26.21 127.68 | 오키나와 okinawa
Asia/Tokyo | 35.01 135.77 | 교토 kyoto
Asia/Shanghai | 39.90 116.41 | 베이징 중국 북경 beijing china
Asia/Shanghai | 31.23 121.47 | 상하이 상해 shanghai
Asia/Hong_Kong | 22.32 114.17 | 홍콩 hongkong
Asia/Macau | 22.20 113.54 | 마카오 macau
Asia/Taipei | 25.03 121.57 | 타이베이 대만 타이페이 taipei taiwan
Asia/Bangkok | 13.76 100.50 | 방콕 태국 bangkok thailand
Asia/Ho_Chi_Minh | 21.03 105.85 | 하노이 베트남 hanoi vietnam
Asia/Ho_Chi_Minh | 10.82 106.63 | 호치민 사이공
Asia/Ho_Chi_Minh | 16.05 108.20 | 다낭 danang
Asia/Ho_Chi_Minh | 12.24 109.19 | 나트랑 나짱
Asia/Manila | 14.60 120.98 | 마닐라 필리핀 manila philippines
Asia/Manila | 10.32 123.89 | 세부 cebu
Asia/Manila | 11.97 121.92 | 보라카이 boracay
Asia/Singapore | 1.35 103.82 | 싱가포르 싱가폴 singapore
Asia/Kuala_Lumpur | 3.14 101.69 | 쿠알라룸푸르 말레이시아
Asia/Kuala_Lumpur | 5.98 116.07 | 코타키나발루
Asia/Jakarta | -6.21 106.85 | 자카르타 인도네시아 jakarta
Asia/Makassar | -8.41 115.19 | 발리 bali
Asia/Kolkata | 28.61 77.21 | 뉴델리 인도 델리 delhi india
Asia/Kolkata | 19.08 72.88 | 뭄바이 mumbai
Asia/Dubai | 25.20 55.27 | 두바이 아랍에미리트 dubai uae
Europe/Istanbul | 41.01 28.98 | 이스탄불 터키 튀르키예 istanbul
Europe/Moscow | 55.76 37.62 | 모스크바 러시아 moscow russia
Europe/London | 51.51 -0.13 | 런던 영국 london uk
Europe/Paris | 48.86 2.35 | 파리 프랑스 paris france
Europe/Berlin | 52.52 13.41 | 베를린 독일 berlin germany
Europe/Berlin | 50.11 8.68 | 프랑크푸르트 frankfurt
Europe/Berlin | 48.14 11.58 | 뮌헨 munich
Europe/Rome | 41.90 12.50 | 로마 이탈리아 rome italy
Europe/Rome | 45.46 9.19 | 밀라노 milan
Europe/Madrid | 40.42 -3.70 | 마드리드 스페인 madrid spain
Europe/Madrid | 41.39 2.17 | 바르셀로나 barcelona
Europe/Zurich | 47.37 8.54 | 취리히 스위스 zurich
Europe/Prague | 50.08 14.44 | 프라하 체코 prague
Europe/Vienna | 48.21 16.37 | 비엔나 오스트리아 빈 vienna
Europe/Amsterdam | 52.37 4.90 | 암스테르담 네덜란드 amsterdam
Europe/Lisbon | 38.72 -9.14 | 리스본 포르투갈 lisbon
Africa/Cairo | 30.04 31.24 | 카이로 이집트 cairo egypt
America/New_York | 40.71 -74.01 | 뉴욕 미국 미국동부 newyork usa
America/New_York | 38.91 -77.04 | 워싱턴 washington
America/New_York | 42.36 -71.06 | 보스턴 boston
America/Chicago | 41.88 -87.63 | 시카고 chicago
America/Los_Angeles | 34.05 -118.24 | 로스앤젤레스 엘에이 la 미국서부 losangeles
America/Los_Angeles | 37.77 -122.42 | 샌프란시스코 sanfrancisco
America/Los_Angeles | 47.61 -122.33 | 시애틀 seattle
America/Los_Angeles | 36.17 -115.14 | 라스베이거스 라스베가스 lasvegas
America/Toronto | 43.65 -79.38 | 토론토 캐나다 toronto canada
America/Vancouver | 49.28 -123.12 | 밴쿠버 벤쿠버 vancouver
America/Mexico_City | 19.43 -99.13 | 멕시코시티 멕시코 mexico
America/Sao_Paulo | -23.55 -46.63 | 상파울루 브라질 brazil
Pacific/Honolulu | 21.31 -157.86 | 호놀룰루 하와이 honolulu hawaii
Pacific/Guam | 13.44 144.79 | 괌 guam
Pacific/Saipan | 15.18 145.75 | 사이판 saipan
Australia/Sydney | -33.87 151.21 | 시드니 호주 sydney australia
Australia/Melbourne | -37.81 144.96 | 멜버른 melbourne
Pacific/Auckland | -36.85 174.76 | 오클랜드 뉴질랜드 auckland
UTC | 51.48 0.00 | utc gmt 그리니치 세계표준시
"""


@dataclass(frozen=True, slots=True)
class City:
    """`zone` is an IANA name; degrees are WGS84."""

    name: str
    zone: str
    latitude: float
    longitude: float


def find_city(text: str) -> City | None:
    """The city that the whole text names, or the main one of a country."""
    key = match_key(text)
    return _by_name().get(key) or _by_name().get(key.removesuffix("현지"))


def city_names(typed: str) -> list[str]:
    """Names that begin so, for somebody who is typing one."""
    key = match_key(typed)
    return [name for name in _by_name() if name.startswith(key)]


@cache
def _by_name() -> dict[str, City]:
    found: dict[str, City] = {}
    for line in _TABLE.strip().splitlines():
        zone, place, names = (part.strip() for part in line.split("|"))
        latitude, longitude = map(float, place.split())
        city = City(names.split()[0], zone, latitude, longitude)
        found |= {match_key(name): city for name in names.split()}
    return found
