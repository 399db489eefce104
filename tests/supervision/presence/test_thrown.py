# SPDX-License-Identifier: EUPL-1.2
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.supervision.presence import thrown
from tarazy.supervision.presence.constants import KEPT_FOR, KNOWN_FOR, KNOWN_MAX, METRES_A_DEGREE
from tarazy.supervision.presence.geometry import WGS84
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.motion import Track
from tarazy.supervision.presence.thrown import NOTHING, Throw, Throws

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REST = (0.0,) * 12
"""Twelve minutes at one place."""
THROW = (*REST, 400.0, 405.0, 0.0)
"""It might have been a short ride."""


THROWN = Throws(known=(Throw(NOON - timedelta(hours=2), 43.2, 76.9, 10.0),))
"""To a place 20 km away."""


def path(
    *north_m: float, every_s: float = 60, start: datetime = NOON, lon: float = 76.9
) -> list[Sighting]:
    """A report each minute, so many metres north."""
    return [
        Sighting(start + timedelta(seconds=n * every_s), 43.0 + north / METRES_A_DEGREE, lon, 10.0)
        for n, north in enumerate(north_m)
    ]


def followed(places: Sequence[Sighting], throws: Throws = NOTHING) -> tuple[Track, list[bool]]:
    """The track after these places, and which of them were doubted."""
    track, doubted = Track(throws=throws), list[bool]()
    for one in places:
        track = track.follow(one)
        doubted.append(track.thrown)
    return track, doubted


def often(count: int, stood_s: float | None) -> Throws:
    """Thrown to so many places, one after the other, all of them far away."""
    at = NOON - timedelta(days=1)
    return Throws(known=tuple(Throw(at, 44.0 + n, 76.9, 10.0, stood_s) for n in range(count)))


def learned(places: Sequence[Sighting], throws: Throws = NOTHING) -> tuple[Throw, ...]:
    track, _ = followed(places, throws)
    assert track.throws is not None
    return track.throws.known


@pytest.mark.parametrize(
    ("places", "count"),
    [
        pytest.param(path(*THROW), 1, id="there at once, stood, and back at once"),
        pytest.param(path(*REST, *[800] * 9, 0), 1, id="for nine minutes"),
        pytest.param(path(*REST, 800, 0), 0, id="one wild place is not learned"),
        pytest.param(path(*REST, *[800] * 12, 0), 0, id="who stays for longer was there"),
        pytest.param(path(*REST, *[800] * 4), 0, id="who does not come back is there"),
        pytest.param(path(*REST, 800, 800, 400, 0), 0, id="back by a way"),
        pytest.param(path(*REST, 800, 800, 300, 250), 0, id="back, but not to where it was"),
        pytest.param(path(*REST, 90, 180, 180, 0), 0, id="there on foot"),
        pytest.param(path(*REST, 400, 800, 800, 0), 0, id="there by a way"),
        pytest.param(path(*REST, 800, 1_600, 0), 0, id="who drives on does not stand"),
        pytest.param(path(0, 0, 0, 800, 800, 0), 0, id="it had not rested"),
        pytest.param(path(*THROW, every_s=300), 0, id="reports are too rare to see a way"),
        pytest.param(path(*(0.0,) * 45, 800, 800, 800, 0, every_s=15), 1, id="each 15 seconds"),
        pytest.param(path(*THROW, *REST, 2_000, 2_000, 0), 2, id="two places"),
        pytest.param(path(*THROW, *THROW), 1, id="one place is learned once a day"),
    ],
)
def test_what_is_learned(places: list[Sighting], count: int) -> None:
    assert len(learned(places)) == count


def test_a_place_that_it_was_thrown_to_is_doubted_for_ten_minutes() -> None:
    _, doubted = followed(path(*THROW, *REST, *[390] * 13, 0))
    assert doubted == [False] * 27 + [True] * 10 + [False] * 4


def test_any_other_is_for_eight() -> None:
    _, doubted = followed(path(*REST, *[800] * 10), THROWN)
    assert doubted == [False] * 12 + [True] * 8 + [False] * 2


@pytest.mark.parametrize(
    ("before", "is_doubted"),
    [
        pytest.param((*REST, 80, 80, 80, 80), True, id="moved a little, and rested again"),
        pytest.param((*REST, 80, 80, 80), False, id="not yet"),
        pytest.param((*REST, 80, 160, 240), False, id="on foot"),
        pytest.param((*REST, 105, 105, 105, 105), False, id="moved farther"),
        pytest.param((*REST[:8], 800, *REST[:4]), True, id="one stray report"),
        pytest.param((*REST[:8], 800, *REST[:3]), False, id="which is no rest by itself"),
    ],
)
def test_what_noise_explains_wears_a_rest_and_does_not_end_it(
    before: Sequence[float], is_doubted: bool
) -> None:
    _, doubted = followed(path(*before, before[-1] + 800), THROWN)
    assert doubted[-1] is is_doubted


def test_another_place_is_not() -> None:
    _, doubted = followed(path(*THROW, *REST, *[470] * 9, 0))
    assert not any(doubted)


def test_who_comes_there_by_a_way_is_believed() -> None:
    _, doubted = followed(path(*THROW, *REST, 100, 200, 300, 400, 400))
    assert not any(doubted)


@pytest.mark.parametrize(
    ("leap_m", "every_s", "is_doubted"),
    [
        pytest.param(95, 60, False, id="on foot"),
        pytest.param(105, 60, False, id="on foot, fast"),
        pytest.param(150, 60, True, id="too fast on foot, too near to ride"),
        pytest.param(300, 60, False, id="a short ride"),
        pytest.param(470, 60, False, id="a ride through the town"),
        pytest.param(500, 60, True, id="too far from door to door"),
        pytest.param(500, 120, False, id="not in two minutes"),
        pytest.param(1_000, 120, True, id="too far in two minutes"),
        pytest.param(9_000, 300, False, id="nobody saw what was between"),
    ],
)
def test_of_a_device_that_was_thrown_a_leap_that_is_no_trip_is_doubted(
    leap_m: float, every_s: float, is_doubted: bool
) -> None:
    places = path(*REST, leap_m, leap_m, every_s=every_s)
    assert followed(places, THROWN)[1][-2:] == [is_doubted] * 2
    assert not any(followed(places)[1])
    a_month_later = path(*REST, leap_m, leap_m, every_s=every_s, start=NOON + KNOWN_FOR)
    assert not any(followed(a_month_later, THROWN)[1])


@pytest.mark.parametrize(
    ("after", "owed"),
    [
        pytest.param((800, 800, 0), (0, 0, 0), id="back: it never was there"),
        pytest.param((800, 800, 700), (0, 0, 2), id="on from there: it was"),
        pytest.param((800, 840, 880), (0, 0, 2), id="on from there, slowly"),
        pytest.param((800, 800, 60), (0, 0, 0), id="back, nearly"),
        pytest.param((800, 1_600, 2_400), (0, 0, 2), id="a ride: at the third report"),
        pytest.param((800, 1_600, 1_600), (0, 0, 2), id="a ride that ends there"),
        pytest.param((800, 1_600, 0), (0, 0, 0), id="two strays: it never was there"),
        pytest.param((800, 1_600, 500, 0), (0, 0, 0, 0), id="nor after three"),
        pytest.param((800, 1_600, 500, 500), (0, 0, 0, 0), id="a throw after two strays"),
        pytest.param((800, -700, -700), (0, 0, 0), id="a throw after a stray"),
        pytest.param((800, -700, -700, 0), (0, 0, 0, 0), id="and back"),
        pytest.param((800, 2_200, 2_200), (0, 0, 2), id="a fast ride that ends there"),
        pytest.param((800, 2_400, 2_400), (0, 0, 0), id="too fast for one that ends there"),
        pytest.param((2_000, 4_000, 6_000), (0, 0, 2), id="and not for one that goes on"),
        pytest.param((800, -700, -700, -800), (0, 0, 0, 3), id="on from there: it was"),
        pytest.param((800, *(-700,) * 9), (*(0,) * 8, 8, 0), id="who stands then is there"),
        pytest.param((800, 1_600, 900, 2_400), (0, 0, 0, 3), id="and who rides on then, too"),
        pytest.param((800, 800, 1_600, 0), (0, 0, 0, 0), id="one stray from there says nothing"),
        pytest.param((800, 800, 1_600, 2_400), (0, 0, 0, 3), id="a ride from there does"),
        pytest.param((800, 880, 960), (0, 1, 0), id="on from there on foot: at the next report"),
        pytest.param((800,) * 10, (*(0,) * 8, 8, 0), id="who stays for eight minutes is there"),
    ],
)
def test_what_was_doubted_counts_after_all(after: Sequence[float], owed: Sequence[int]) -> None:
    track, found = Track(throws=THROWN), list[int]()
    for one in path(*REST, *after):
        track = track.follow(one)
        found.append(len(track.owed))
    assert found[len(REST) :] == list(owed)


@pytest.mark.parametrize(
    ("throws", "reports"),
    [
        pytest.param(often(20, 30.0), 5, id="two reports each time"),
        pytest.param(often(60, 30.0), 4, id="and more often: surer"),
        pytest.param(often(60, 60.0), 7, id="mostly two reports and sometimes three"),
        pytest.param(often(5, 30.0), 0, id="of few little is known"),
        pytest.param(often(60, 150.0), 0, id="they are not short"),
        pytest.param(often(60, None), 0, id="learned before that was kept"),
    ],
)
def test_what_might_be_a_short_ride_waits_until_short_throws_are_over(
    throws: Throws, reports: int
) -> None:
    _, doubted = followed(path(*REST, *[300] * 10), throws)
    assert doubted[len(REST) :] == [True] * reports + [False] * (10 - reports)
    month_later = path(*REST, 300, start=NOON + KNOWN_FOR)
    assert not followed(month_later, throws)[1][-1]


@pytest.mark.parametrize(
    ("places", "stood_s"),
    [
        pytest.param(path(*THROW), 30, id="it ends between two reports"),
        pytest.param(path(*REST, *[800] * 9, 0), 450, id="for nine minutes"),
        pytest.param(path(*(0.0,) * 45, *[800] * 4, 0, every_s=15), 37.5, id="each 15 seconds"),
        pytest.param(path(*REST, 800, -700, -700, 0), 30, id="after a stray"),
    ],
)
def test_how_long_it_stood_is_learned(places: list[Sighting], stood_s: float) -> None:
    assert [one.stood_s for one in learned(places, THROWN)[1:]] == [stood_s]


def test_of_reports_near_in_time_one_waits() -> None:
    track, _ = followed(path(*(0.0,) * 45, *[800] * 9, every_s=15), THROWN)
    assert track.throws is not None
    assert track.throws.leap is not None
    assert len(track.throws.leap.waiting) == 5


@pytest.mark.parametrize(("later", "is_known"), [(KNOWN_FOR, True), (KEPT_FOR, False)])
def test_it_is_forgotten(later: timedelta, is_known: bool) -> None:
    known = learned(path(*THROW))
    _, doubted = followed(path(*REST, 400, start=NOON + later), Throws(known=known))
    assert doubted[-1] is is_known
    after = path(*THROW, start=NOON + KEPT_FOR + timedelta(days=1))
    assert len(learned(after, Throws(known=known))) == 1


def test_a_place_is_renewed_on_another_day() -> None:
    known = learned(path(*THROW))
    again = learned(path(*THROW, start=NOON + timedelta(days=2)), Throws(known=known))
    assert [one.at.day for one in again] == [1, 3]


def test_what_was_known_at_a_moment_is_what_had_been_learned_by_then() -> None:
    places = path(*THROW, *REST, 2_000, 2_000, 0)
    whole, cut = learned(places), places[20].at
    assert Throws(known=whole).before(cut).known == learned(places[:20])


def test_there_is_a_limit() -> None:
    full = tuple(Throw(*one) for one in path(*[9_000.0 + 200 * n for n in range(KNOWN_MAX)]))
    assert learned(path(*THROW), Throws(known=full)) == full


def test_pairs_ask_for_none_of_it() -> None:
    track = Track()
    for one in path(*THROW, *THROW):
        track = track.follow(one)
    assert track.throws is None
    assert not track.thrown


def test_it_stands_in_the_tables_as_it_is() -> None:
    track, _ = followed(path(*THROW, *REST, 800, 800))
    throws = track.throws
    assert throws is not None
    assert throws.leap is not None
    assert thrown.read(thrown.kept(throws), throws.rested_s, track.believed) == throws
    gone, _ = followed(path(*THROW, *REST, 800, 1_600))
    assert gone.throws is not None
    assert gone.throws.leap is not None
    assert gone.throws.leap.gone
    assert thrown.read(thrown.kept(gone.throws), 0.0, gone.believed) == gone.throws
    assert thrown.kept(NOTHING._replace(rested_s=60.0)) is None
    assert thrown.read(None, 60.0, None) == NOTHING._replace(rested_s=60.0)


def test_a_row_from_before_it_was_kept_how_long_it_stood_is_read() -> None:
    row = [0.0, None, [["2026-03-01T12:00:00Z", 43.2, 76.9, None]]]
    assert thrown.read(row, 60.0, None).known == (Throw(NOON, 43.2, 76.9, None, None),)


def test_a_leap_is_over_when_the_device_stays() -> None:
    track, _ = followed(path(*REST, 800, 800, 800))
    assert track.throws is not None
    assert track.throws.leap is not None
    place = track.throws.leap.place
    stayed = Sighting(place.at + timedelta(seconds=601), place.lat, place.lon, 10.0)
    assert thrown.read(thrown.kept(track.throws), 120.0, stayed).leap is None
    after = track.follow(stayed)
    assert after.throws is not None
    assert after.throws.leap is None


@given(st.floats(-70, 70), st.floats(-180, 180), st.floats(0, 360), st.floats(1, 3_000))
def test_a_way_is_long_enough(lat: float, lon: float, bearing: float, metres: float) -> None:
    to_lon, to_lat, _ = WGS84.fwd(lon, lat, bearing, metres)
    assert thrown.way_m(lat, lon, to_lat, to_lon) == pytest.approx(metres, rel=0.01)
