"""Which place people mean, and when they have to be asked."""

from __future__ import annotations

import csv
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.korean import places
from bot.korean.atlas import TABLE
from bot.korean.places import MOST, Place, find, name


def named(text: str) -> list[str]:
    return [place.name for place in find(text)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("고잔동", "경기도 안산시 단원구 고잔동"),  # not 인천's 논현고잔동, which only contains it
        ("인천 고잔동", "인천광역시 남동구 논현고잔동"),
        ("안산 고잔동", "경기도 안산시 단원구 고잔동"),
        ("안산시 단원구 고잔동", "경기도 안산시 단원구 고잔동"),
        ("경기도 고잔동", "경기도 안산시 단원구 고잔동"),
        ("안산 고잔", "경기도 안산시 단원구 고잔동"),
        ("단원구", "경기도 안산시 단원구"),
        ("부천 중동", "경기도 부천시 원미구 중동"),
        ("제천 명동", "충청북도 제천시 중앙.의림.명동"),
        ("명동", "서울특별시 중구 명동"),
        ("신안 홍도", "전라남도 신안군 흑산면홍도출장소"),
        ("종로3가", "서울특별시 종로구 종로1.2.3.4가동"),
    ],
)
def test_a_town_is_found_by_its_name_and_the_regions_before_it(said: str, meant: str) -> None:
    assert named(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("서울", "서울특별시"),
        ("서울시", "서울특별시"),
        ("부산", "부산광역시"),
        ("경기", "경기도"),
        ("충남", "충청남도"),
        ("경북", "경상북도"),
        ("제주", "제주특별자치도"),
        ("세종", "세종특별자치시"),
        ("수원", "경기도 수원시"),
        ("강릉", "강원특별자치도 강릉시"),
        ("해운대", "부산광역시 해운대구"),
        ("강남", "서울특별시 강남구"),
        ("분당", "경기도 성남시 분당구"),
        ("종로", "서울특별시 종로구"),
        ("공주", "충청남도 공주시"),
        ("구미", "경상북도 구미시"),
        ("사상", "부산광역시 사상구"),
        ("안동", "경상북도 안동시"),
    ],
)
def test_a_region_needs_no_ending(said: str, meant: str) -> None:
    assert named(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("판교", "경기도 성남시 분당구 판교동"),
        ("서천 판교", "충청남도 서천군 판교면"),
        ("잠실", "서울특별시 송파구 잠실동"),
        ("여의도", "서울특별시 영등포구 여의동"),
        ("대관령", "강원특별자치도 평창군 대관령면"),
        ("울릉도", "경상북도 울릉군"),
    ],
)
def test_what_everybody_knows_needs_no_ending_either(said: str, meant: str) -> None:
    assert named(said) == [meant]


@pytest.mark.parametrize("said", ["고잔", "역삼", "중앙", "서현", "상계", "홍도"])
def test_other_towns_need_their_ending_or_a_region(said: str) -> None:
    assert find(said) == ()


@pytest.mark.parametrize("said", ["", " ", "중", "동", "서", "남", "북", "?", "중의", "동이", "가" * 500])
def test_one_syllable_and_nonsense_are_no_place(said: str) -> None:
    assert find(said) == ()


@pytest.mark.parametrize(
    "said", ["고양이", "동안", "상당", "연기", "하면", "지나면", "지금도", "내일도", "자동차", "친구", "기분", "사랑은"]
)
def test_ordinary_words_are_no_place(said: str) -> None:
    assert find(said) == ()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("전라북도", "전북특별자치도"),
        ("전북", "전북특별자치도"),
        ("전북특별자치도 전주시", "전북특별자치도 전주시"),
        ("전라북도 전주시", "전북특별자치도 전주시"),
        ("강원도", "강원특별자치도"),
        ("강원", "강원특별자치도"),
        ("강원도 춘천시", "강원특별자치도 춘천시"),
        ("제주도", "제주특별자치도"),
        ("제주도 서귀포시", "제주특별자치도 서귀포시"),
        ("경기도 광주군", "경기도 광주시"),
        ("인천 남구", "인천광역시 미추홀구"),
        ("경북 군위군", "대구광역시 군위군"),
        ("경상북도 군위군 군위읍", "대구광역시 군위군 군위읍"),
        ("괴산군 증평읍", "충청북도 증평군 증평읍"),
        ("진해시", "경상남도 창원시 진해구"),
    ],
)
def test_a_renamed_place_is_found_by_both_names(said: str, meant: str) -> None:
    assert named(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("마산", "경상남도 마산시"),
        ("마산시 월영동", "경상남도 창원시 마산합포구 월영동"),
        ("마산 월영동", "경상남도 창원시 마산합포구 월영동"),
        ("일산", "경기도 고양시 일산구"),
        ("일산 정발산동", "경기도 고양시 일산동구 정발산동"),
        ("연기군 금남면", "세종특별자치시 금남면"),
        ("청원군", "충청북도 청원군"),
        ("청원", "충청북도 청주시 청원구"),
    ],
)
def test_what_no_longer_exists_stands_behind_what_does(said: str, meant: str) -> None:
    assert named(said) == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("중구", ["서울", "부산", "대구", "인천", "대전", "울산"]),
        ("남구", ["부산", "대구", "광주", "울산", "경상북도 포항시"]),  # 인천's is 미추홀구 now
        ("강서구", ["서울", "부산"]),
        ("고성", ["경상남도", "강원"]),
        ("고성군", ["경상남도", "강원"]),
        ("위례동", ["서울", "경기도 성남시", "경기도 하남시"]),
        ("논현동", ["서울", "인천"]),  # of two numbered ones each
        ("서구", ["부산", "대구", "인천", "광주", "대전"]),
        ("경상도", ["경상북도", "경상남도"]),
    ],
)
def test_a_name_of_several_places_is_asked_about(said: str, meant: list[str]) -> None:
    found = named(said)
    assert len(found) == len(meant)
    assert all(full.startswith(region) for full, region in zip(found, meant, strict=True))


def test_a_name_of_very_many_places_is_asked_about_with_as_many_as_fit() -> None:
    assert len(find("중앙동")) == MOST == 8
    assert len(set(named("중앙동"))) == 8


def test_a_province_wins_alone_and_a_region_before_it_asks_for_the_city() -> None:
    assert named("광주") == ["광주광역시"]
    assert named("경기 광주") == ["경기도 광주시"]
    assert named("광주시") == ["광주광역시", "경기도 광주시"]  # both are called so


def test_numbered_towns_are_one_place_in_their_middle() -> None:
    [whole], [first], [second] = find("역삼동"), find("역삼1동"), find("역삼 2동")
    assert whole.name == "서울특별시 강남구 역삼동"  # though 용인 has a 역삼동 too, of one part
    assert whole.latitude == pytest.approx((first.latitude + second.latitude) / 2)
    assert whole.longitude == pytest.approx((first.longitude + second.longitude) / 2)
    assert named("용인 역삼동") == ["경기도 용인시 처인구 역삼동"]


@pytest.mark.parametrize("said", ["부암동", "신사동", "송정동", "신촌동", "논현동"])
def test_only_a_town_of_seoul_that_outgrew_all_others_wins_alone(said: str) -> None:
    assert len(find(said)) > 1


def test_a_number_may_be_written_with_je() -> None:
    assert named("창신1동") == named("창신제1동") == ["서울특별시 종로구 창신제1동"]


@pytest.mark.parametrize("said", ["서울강남구", "서울 강남 구", "서울강남", "서울특별시  강남구", " 서 울 강 남 구 "])
def test_spaces_mean_nothing(said: str) -> None:
    assert named(said) == ["서울특별시 강남구"]


@pytest.mark.parametrize("said", ["고잔동", "서울 강남구", "헤운대", "안산시 단원구 고잔동", "강릉시내"])
def test_letters_taken_apart_are_the_same_letters(said: str) -> None:
    assert find(unicodedata.normalize("NFD", said)) == find(said) != ()


TAILS = ["의", "은", "는", "이", "가", "에", "에서", "쪽", "지역", "근처", "시내", " 쪽은", " 시내에서는", " 근처에"]


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("said", ["강릉", "부산", "고잔동", "제주도", "서울 강남구", "중구"])
def test_what_follows_a_name_does_not_hide_it(said: str, tail: str) -> None:
    assert find(said + tail) == find(said) != ()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("헤운대", "부산광역시 해운대구"),
        ("해운데", "부산광역시 해운대구"),
        ("부산 헤운대는", "부산광역시 해운대구"),
        ("서기포", "제주특별자치도 서귀포시"),
        ("영동포구", "서울특별시 영등포구"),
        ("수언시", "경기도 수원시"),
    ],
)
def test_one_jamo_may_be_wrong_in_a_long_name(said: str, meant: str) -> None:
    assert named(said) == [meant]


@pytest.mark.parametrize("said", ["부선", "해온데", "훼운데", "대전시헤운대", "중앙돈"])
def test_a_short_name_two_slips_a_wrong_region_or_many_readings_are_no_place(said: str) -> None:
    assert find(said) == ()


@pytest.mark.parametrize("said", ["대구 해운대구", "강남구 서울", "해운대 서울", "서울 서울", "서울 고잔동"])
def test_a_region_has_to_lie_round_what_follows(said: str) -> None:
    assert find(said) == ()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("고잔동", "안산시 단원구 고잔동"),
        ("인천 고잔동", "인천 남동구 논현고잔동"),
        ("서울", "서울특별시"),
        ("전북", "전북특별자치도"),
        ("수원", "수원시"),
        ("강원 고성군", "강원 고성군"),
        ("경남 고성군", "경남 고성군"),
        ("경기 광주시", "경기 광주시"),
        ("제주시", "제주시"),
        ("조치원읍", "세종 조치원읍"),
        ("포항 남구", "포항시 남구"),
    ],
)
def test_a_place_is_shown_as_people_say_it(said: str, shown: str) -> None:
    [place] = find(said)
    assert name(place) == shown


def test_what_is_shown_leads_back_to_the_place() -> None:
    for said in ["고잔동", "중구", "고성", "위례동", "중앙동", "광주시", "조치원", "마산", "가거도", "세종"]:
        assert all(find(name(place)) == (place,) for place in find(said))


def test_every_name_of_the_table_finds_its_place() -> None:
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    lost = [row["name"] for row in rows if not any(near(place, row) for place in find(row["name"]))]
    assert len(rows) > 5000
    assert lost == []


def near(place: Place, row: dict[str, str]) -> bool:
    """Within some 15 km: the present centre of a renamed region may lie that far from that of the old one."""
    north = place.latitude - float(row["latitude"])
    return abs(north) < 0.15 and abs(place.longitude - float(row["longitude"])) < 0.15


def test_the_table_can_be_read_before_the_first_question() -> None:
    places.load()
    assert find("부산")


@given(st.text(st.one_of(st.characters(), st.sampled_from("서울강남구고잔동중앙 시도의은")), max_size=60))
def test_no_text_is_too_strange_to_look_up(text: str) -> None:
    assert len(find(text)) <= MOST
