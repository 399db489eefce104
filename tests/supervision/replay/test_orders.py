# SPDX-License-Identifier: EUPL-1.2
"""The public form of an order: what is read of it, and what is refused by the name of a field."""

from typing import Any

import msgspec
import numpy as np
import pytest
from supervision.trails import NIGHTS, circle, condition, order

from tarazy.core.errors import Refused
from tarazy.supervision.presence.geometry import WGS84, signed_distance_m
from tarazy.supervision.replay.orders import outages_of, read_orders, subject_of

PERIOD = {"since": "2026-03-10T00:00:00+05:00", "until": "2026-03-12T00:00:00+05:00"}
BACKWARDS = {"since": PERIOD["until"], "until": PERIOD["since"]}
WHOLE = order(
    condition("home_curfew", timetable=NIGHTS, exceptions=[{"date": "2026-03-08"}], period=PERIOD),
    condition("exclusion", {"kind": "polygon", "rings": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}),
    condition(
        "inclusion", {"kind": "corridor", "line": [[76.9, 43.2], [76.95, 43.25]], "width_m": 200}
    ),
    report_interval_s=300,
    permitted_absences=[PERIOD],
    outages=[PERIOD],
    monitored_since="2026-03-03T00:00:00Z",
)


def read(told: Any) -> Any:
    (one,) = read_orders(msgspec.json.encode(told))
    return subject_of(one, 1)


def test_a_whole_order() -> None:
    subject = read(WHOLE)
    assert [one.kind for one in subject.watched] == [
        *("home_curfew", "exclusion", "exclusion_passage", "inclusion")
    ]
    assert [len(one.permitted) for one in subject.watched] == [1, 0, 0, 1]
    assert subject.watched[0].period.since.isoformat() == "2026-03-09T19:00:00+00:00"
    (one,) = read_orders(msgspec.json.encode(WHOLE))
    assert len(outages_of(one)) == 1


def test_a_corridor_is_as_wide_as_it_says() -> None:
    zone = read(WHOLE).watched[3].zone
    azimuth, _, length = WGS84.inv(76.9, 43.2, 76.95, 43.25)
    middle = WGS84.fwd(76.9, 43.2, azimuth, length / 2)[:2]
    beside = WGS84.fwd(*middle, azimuth + 90, 300)[:2]
    lon, lat = np.array([middle, beside]).T
    assert signed_distance_m(zone, lat, lon) == pytest.approx([200, -100], abs=1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"person": None}, "$.person"),
        ({"in_force": None}, "$.in_force"),
        ({"in_force": BACKWARDS}, "$.in_force"),
        (
            {"in_force": {"since": "0001-01-01T00:00:00+10:00", "until": PERIOD["until"]}},
            "$.in_force",
        ),
        (
            {"in_force": {"since": "2026-03-10T00:00:00", "until": PERIOD["until"]}},
            "$.in_force.since",
        ),
        ({"time_zone": None}, "$.time_zone"),
        ({"time_zone": "Mars/Base"}, "$.time_zone"),
        ({"time_zone": "../../etc/passwd"}, "$.time_zone"),
        ({"time_zone": ""}, "$.time_zone"),
        ({"time_zone": "localtime"}, "$.time_zone"),
        ({"conditions": None}, "$.conditions"),
        ({"conditions": [None]}, "$.conditions[0]"),
        ({"conditions": [condition("exclusion"), condition("exclusion")]}, "$.conditions"),
        ({"report_interval_s": 0}, "$.report_interval_s"),
        ({"report_interval_s": 1e400}, "$"),
        ({"permitted_absences": [BACKWARDS]}, "$.permitted_absences[0]"),
        (
            {"permitted_absences": [PERIOD | {"granted_at": "0001-01-01T00:00:00+05:00"}]},
            "$.permitted_absences[0].granted_at",
        ),
        (
            {"permitted_absences": [PERIOD | {"withdrawn_at": "9999-12-31T23:59:59-05:00"}]},
            "$.permitted_absences[0].withdrawn_at",
        ),
        ({"outages": [BACKWARDS]}, "$.outages[0]"),
        ({"monitored_since": "9999-12-31T23:59:59-12:00"}, "$.monitored_since"),
        ({"colour": "red"}, "$"),
    ],
)
def test_a_wrong_order_is_refused_by_the_field(change: Any, field: str) -> None:
    text = msgspec.json.encode(order(condition("exclusion")) | change)
    text = text.replace(b'"report_interval_s":null', b'"report_interval_s":1e400')
    with pytest.raises(Refused) as refused:
        _ = [(outages_of(one), subject_of(one, 1)) for one in read_orders(text)]
    assert str(refused.value.name) == "order_unreadable"
    if field != "$":
        assert refused.value.facts["field"] == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "$.conditions[0].name"),
        ({"kind": "curfew"}, "$.conditions[0].kind"),
        ({"zone": None}, "$.conditions[0].zone"),
        ({"zone": {"kind": "square"}}, "$.conditions[0].zone.kind"),
        ({"zone": circle() | {"radius_m": 0}}, "$.conditions[0].zone.radius_m"),
        ({"zone": circle() | {"lat": 91}}, "$.conditions[0].zone.lat"),
        ({"zone": {"kind": "polygon", "rings": []}}, "$.conditions[0].zone.rings"),
        (
            {"zone": {"kind": "polygon", "rings": [[[0, 0], [1, 1], [0, 0]]]}},
            "$.conditions[0].zone",
        ),
        (
            {"zone": {"kind": "polygon", "rings": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}},
            "$.conditions[0].zone",
        ),
        (
            {"zone": {"kind": "corridor", "line": [[1, 1], [1, 1]], "width_m": 9}},
            "$.conditions[0].zone",
        ),
        (
            {"zone": {"kind": "corridor", "line": [[1, 99], [1, 1]], "width_m": 9}},
            "$.conditions[0].zone",
        ),
        (
            {"timetable": [{"days": [], "from": "22:00", "until": "06:00"}]},
            "$.conditions[0].timetable[0].days",
        ),
        (
            {"timetable": [{"days": [7], "from": "22:00", "until": "06:00"}]},
            "$.conditions[0].timetable[0].days[0]",
        ),
        (
            {"timetable": [{"days": [1], "from": "25:00", "until": "06:00"}]},
            "$.conditions[0].timetable",
        ),
        (
            {"timetable": [{"days": [1], "from": "24:00", "until": "06:00"}]},
            "$.conditions[0].timetable",
        ),
        ({"exceptions": [{"date": "2026-02-30"}]}, "$.conditions[0].exceptions[0].date"),
        (
            {"exceptions": [{"date": "2026-03-01", "hours": [{"from": "aa:bb", "until": "x"}]}]},
            "$.conditions[0].exceptions[0].hours[0].from",
        ),
        ({"period": BACKWARDS}, "$.conditions[0].period"),
        (
            {"period": {"since": "2025-03-10T00:00:00Z", "until": "2025-03-12T00:00:00Z"}},
            "$.conditions[0].period",
        ),
    ],
)
def test_a_wrong_condition_is_refused_by_the_field(change: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        read(order(condition("exclusion") | change))
    assert refused.value.facts["field"] == field


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"null", b"{", b"\xff", b'{"people": [{}]}', b"[" * 9999]
)
def test_what_is_no_order_at_all(text: bytes) -> None:
    with pytest.raises(Refused, match="order_unreadable"):
        read_orders(text)


def test_people_of_a_simulation_are_monitored_since_their_devices_are_worn() -> None:
    terms = {
        "in_force_from": "2026-02-01T00:00:00Z",
        "in_force_until": "2026-05-01T00:00:00Z",
        "conditions": [],
    }
    worn = {"key": "a", "order": terms, "monitored_since": "2026-03-02T04:00:00+05:00"}
    told = {
        "time_zone": "Asia/Almaty",
        "start": "2026-03-02",
        "noise": {"rest_interval_s": 60.0},
        "people": [worn, {"key": "b", "order": terms}],
    }
    first, of_an_earlier_version = read_orders(msgspec.json.encode(told))
    assert str(first.monitored_since) == "2026-03-02 04:00:00+05:00"
    assert str(of_an_earlier_version.monitored_since) == "2026-03-01 19:00:00+00:00"
