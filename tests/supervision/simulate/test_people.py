# SPDX-License-Identifier: EUPL-1.2
"""Fictional people: orders that make sense, zones that their routines keep to."""

from datetime import UTC, datetime

import numpy as np

from tarazy.supervision.simulate.city import city_of
from tarazy.supervision.simulate.people import SHARES, Term, draw_profiles, populate
from tarazy.supervision.simulate.records import Polygon

TERM = Term(datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC))
PROFILES = draw_profiles(3, 120)
WEARERS = populate(3, city_of(1), PROFILES, TERM).wearers


def test_profiles_come_in_their_shares() -> None:
    drawn = draw_profiles(1, 20_000)
    for profile, share in SHARES.items():
        assert abs(drawn.count(profile) / 20_000 - share) < 0.015


def test_the_same_seed_and_index_give_the_same_person() -> None:
    again = populate(3, city_of(1), PROFILES[:10], TERM).wearers
    assert [w.person for w in again] == [w.person for w in WEARERS[:10]]


def test_everybody_has_an_order_with_conditions_and_a_home() -> None:
    for wearer in WEARERS:
        order = wearer.person.order
        assert order.in_force_from < order.in_force_until
        assert order.conditions
        assert wearer.person.family_name
        assert wearer.person.address
        assert wearer.person.born_on.year in range(1955, 2007)


def test_home_zones_hold_the_home_with_room_and_exclusion_zones_do_not() -> None:
    for wearer in WEARERS:
        east, north = (np.array([value]) for value in wearer.life.home.door)
        for condition, fence in zip(wearer.person.order.conditions, wearer.fences, strict=True):
            beyond = fence.beyond_m(east, north)[0]
            assert beyond > 100 if condition.kind == "exclusion" else beyond < -30


def test_polygons_are_closed_and_every_kind_of_zone_occurs() -> None:
    conditions = [c for wearer in WEARERS for c in wearer.person.order.conditions]
    assert {c.kind for c in conditions} == {"home_curfew", "inclusion", "exclusion"}
    polygons = [c.zone for c in conditions if isinstance(c.zone, Polygon)]
    assert 0 < len(polygons) < len(conditions)
    assert all(ring[0] == ring[-1] for zone in polygons for ring in zone.rings)


def test_some_live_together() -> None:
    households = [wearer.person.household for wearer in WEARERS]
    assert len(set(households)) < len(households)
    for wearer in WEARERS:
        head = WEARERS[wearer.person.household]
        assert head.life.home == wearer.life.home
