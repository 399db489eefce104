# SPDX-License-Identifier: EUPL-1.2
"""Numbers, check-ins and asked intervals of an order file, and what they do in a replay."""

from typing import Any

import msgspec
import pytest
from supervision.trails import SILENT, at, circle, condition, judged, order, stay, told

from tarazy.core.errors import Refused
from tarazy.supervision.replay.form import Order
from tarazy.supervision.replay.terms import AskedInterval, stretches
from tarazy.supervision.rules import PARAMETERS

MISSED = "S-MISSED-CHECKIN"
FIRST, LAST = "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"


def setting(name: str, value: object, since: str = "06:00") -> dict[str, Any]:
    return {"name": name, "value": value, "since": at(since).isoformat()}


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"rule_settings": [setting("silence", 30)]}, "$.rule_settings[0].name"),
        (
            {"rule_settings": [setting("jumps", 2), setting("silence_min", 9)]},
            "$.rule_settings[1].value",
        ),
        ({"rule_settings": [setting("battery_low_percent", 22)]}, "$.rule_settings[0].value"),
        ({"rule_settings": [setting("silence_min", "30")]}, "$.rule_settings[0].value"),
        ({"rule_settings": [{"name": "jumps", "value": 2}]}, "$.rule_settings[0]"),
        (
            {
                "check_ins": [
                    {"asked_at": at("10:00").isoformat(), "until": at("10:00").isoformat()}
                ]
            },
            "$.check_ins[0].until",
        ),
        (
            {"asked_intervals": [{"since": at("10:00").isoformat(), "seconds": 0}]},
            "$.asked_intervals[0].seconds",
        ),
        ({"asked_intervals": [{"since": "10:00", "seconds": 5}]}, "$.asked_intervals[0].since"),
        ({"asked_intervals": [{"since": FIRST, "seconds": 5}]}, "$.asked_intervals[0].since"),
        (
            {"rule_settings": [{"name": "jumps", "value": 2, "since": LAST}]},
            "$.rule_settings[0].since",
        ),
        ({"check_ins": [{"asked_at": FIRST, "until": LAST}]}, "$.check_ins[0].asked_at"),
        (
            {"check_ins": [{"asked_at": at("10:00").isoformat(), "until": LAST}]},
            "$.check_ins[0].until",
        ),
        (
            {
                "check_ins": [
                    {
                        "asked_at": at("10:00").isoformat(),
                        "until": at("10:30").isoformat(),
                        "noted_at": LAST,
                    }
                ]
            },
            "$.check_ins[0].noted_at",
        ),
    ],
)
def test_what_no_order_may_say_is_refused_by_its_field(terms: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        judged(order(**terms), (), at("10:00"))
    assert caught.value.facts["field"] == field


def silences(until: str, **terms: Any) -> list[str]:
    """When silence was raised, after ten reports from 10:00 on."""
    fitted = order(monitored_since=at("10:00").isoformat(), **terms)
    found = told(judged(fitted, stay(at("10:00"), 10, 0), at(until)).turns, SILENT)
    return [known_at for kind, _, _, _, known_at in found if kind == "raised"]


def test_a_number_of_the_order_holds_from_its_moment_on() -> None:
    assert silences("12:00") == ["10:19:00"]
    fewer = [setting("silence_reports", 5)]
    assert silences("12:00", rule_settings=fewer) == ["10:14:00"]
    # 20 reports, from a moment at which six are missing; then 5, which are too many at once
    later = [setting("silence_reports", 20, "10:15"), setting("silence_reports", 5, "10:20")]
    assert silences("12:00", rule_settings=later) == ["10:20:00"]
    assert silences("10:19:59", rule_settings=later) == []


def test_silence_is_measured_by_the_interval_that_was_asked() -> None:
    asked = [{"since": at("10:05").isoformat(), "seconds": 300}]
    assert silences("12:00", asked_intervals=asked) == ["10:59:00"]
    back = [*asked, {"since": at("10:30").isoformat(), "seconds": 60}]
    assert silences("12:00", asked_intervals=back) == ["10:30:00"]


def test_a_check_in_that_nobody_noted_is_raised_and_one_that_was_is_cleared() -> None:
    asked = {"asked_at": at("10:05").isoformat(), "until": at("10:35").isoformat()}
    trail = stay(at("10:00"), 120, 0)
    done = judged(order(check_ins=[asked]), trail, at("12:00"))
    assert told(done.turns, MISSED) == [("raised", 1, "10:05:00", None, "10:35:00")]
    noted = {**asked, "noted_at": at("10:50").isoformat()}
    done = judged(order(check_ins=[noted]), trail, at("12:00"))
    assert told(done.turns, MISSED)[-1] == ("cleared", 1, "10:05:00", "10:50:00", "10:50:00")


def test_stretches_follow_each_other_to_the_end() -> None:
    asked = [AskedInterval(at("11:00"), 15), AskedInterval(at("10:00"), 300)]
    assert stretches(60, asked, at("10:30")) == [(60, at("10:00")), (300, at("10:30"))]
    whole = [(60, at("10:00")), (300, at("11:00")), (15, at("12:00"))]
    assert stretches(60, asked, at("12:00")) == whole
    assert stretches(60, (), at("12:00")) == [(60, at("12:00"))]


def test_the_schema_of_an_order_has_each_number_with_its_bounds() -> None:
    found = msgspec.json.schema(Order)["$defs"]
    settings = found["Order"]["properties"]["rule_settings"]["items"]
    assert settings["$ref"] == "#/$defs/RuleSetting"
    bounds = {one["properties"]["name"]["const"]: one["properties"] for one in settings["oneOf"]}
    assert set(bounds) == set(PARAMETERS)
    assert set(found["RuleSetting"]["properties"]["name"]["enum"]) == set(PARAMETERS)
    value = bounds["crossing_depth_m"]["value"]
    assert value == {"minimum": 10, "maximum": 500, "default": 10, "multipleOf": 10}
    for name, one in PARAMETERS.items():
        assert one.allows(bounds[name]["value"]["minimum"])
        assert one.allows(bounds[name]["value"]["maximum"])


@pytest.mark.parametrize(("minutes", "known"), [(None, "10:07:00"), (10, "10:17:00")])
def test_a_dwell_is_waited_for_and_the_alert_begins_where_it_was_left(
    minutes: int | None, known: str
) -> None:
    terms = {} if minutes is None else {"rule_settings": [setting("inclusion_exit_min", minutes)]}
    whole = order(condition("inclusion", circle(radius_m=1_000)), **terms)
    out = judged(whole, [*stay(at("10:00"), 5, 0), *stay(at("10:05"), 30, 4_000)], at("10:40"))
    assert told(out.turns) == [("raised", 1, "10:07:00", None, known)]
    brief = [*stay(at("10:00"), 5, 0), *stay(at("10:05"), 8, 4_000), *stay(at("10:13"), 5, 0)]
    assert bool(told(judged(whole, brief, at("10:40")).turns)) is (minutes is None)
