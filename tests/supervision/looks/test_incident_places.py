# SPDX-License-Identifier: EUPL-1.2
"""The fixes of a court report: those that count are never cut, and every cut is said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from supervision.factory import Supervised, supervised
from supervision.raised import raised
from supervision.reported import keep_fixes, rows_of, text_of

from tarazy.core.access import Actor
from tarazy.supervision.looks import incident_places
from tarazy.supervision.looks.incident import Incident, incident
from tarazy.supervision.models import Alert, AlertVersion, Audience

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def one() -> Supervised:
    return supervised(now=NOW)


def seen(*times: datetime, lat: float | None = 48.6) -> list[dict[str, Any]]:
    lon = None if lat is None else 66.9
    return [{"at": at.isoformat(), "lat": lat, "lon": lon, "accuracy_m": 12.0} for at in times]


def report(who: Actor, alert: Alert) -> Incident:
    return incident(who, alert.public_id, Audience.SERVICE, NOW)


def counting(found: Incident) -> list[datetime]:
    return [fix.at for fix in found.fixes if fix.at in found.counted]


def test_a_short_alert_has_all_of_its_fixes_and_says_so(
    one: Supervised, investigator: Actor
) -> None:
    times = [NOW - HOUR + n * MINUTE for n in range(60)]
    keep_fixes(one, times)
    found = report(investigator, raised(one, NOW, evidence=seen(times[50])))
    assert [fix.at for fix in found.fixes] == times[20:]
    text = text_of(found.document)
    assert "All fixes from half an hour before" in text
    assert "Not all fixes" not in text


def test_of_too_many_fixes_the_first_are_kept_and_all_that_count(
    one: Supervised, investigator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_places, "FIXES_MAX", 10)
    times = [NOW - HOUR + n * MINUTE for n in range(60)]
    keep_fixes(one, times)
    alert = raised(one, NOW, since=times[30], evidence=seen(times[31], times[55]))
    found = report(investigator, alert)
    assert [fix.at for fix in found.fixes] == [*times[:10], times[31], times[55]]
    text = text_of(found.document)
    assert "All fixes" not in text
    assert "There are more than 10 fixes in that time: the first 10 are here" in text
    assert [row[0] for row in rows_of(found.document, "Fixes") if row[6] == "yes"] == ["11", "12"]


def test_an_alert_of_four_days_keeps_its_first_and_its_last_evidence(
    one: Supervised, investigator: Actor
) -> None:
    """Its span ends after 48 hours, and what it rests on lies at both ends and before it."""
    begin = NOW - 96 * HOUR
    early, first, last = begin - HOUR, begin, NOW - HOUR
    keep_fixes(one, [early, first, begin + HOUR, begin + 60 * HOUR, last])
    alert = raised(one, NOW, since=begin, evidence=seen(early, first))
    AlertVersion.objects.create(
        alert=alert, number=2, state="active", known_at=last, since=begin, sentence="Still away.",
        probability=0.99, evidence=seen(last), actor="sys_engine",
    )  # fmt: skip
    found = report(investigator, alert)
    assert counting(found) == [early, first, last]
    assert [fix.at for fix in found.fixes] == [early, first, begin + HOUR, last]
    assert "It went on for longer than 48 hours" in text_of(found.document)


def test_places_that_retention_deleted_are_not_called_silence(
    one: Supervised, investigator: Actor
) -> None:
    gone = raised(one, NOW, evidence=seen(NOW - 5 * MINUTE, lat=None))
    never = raised(one, NOW, rule="S-SIGNAL-LOST", condition=None, probability=None)
    deleted, silent = "were deleted: the time for which they may be kept is over", "on silence"
    for alert, said, unsaid in ((gone, deleted, silent), (never, silent, deleted)):
        text = text_of(report(investigator, alert).document)
        assert said in text
        assert unsaid not in text


def test_a_caption_says_no_more_than_the_picture_shows(
    one: Supervised, investigator: Actor
) -> None:
    keep_fixes(one, [NOW - n * MINUTE for n in range(1, 5)])
    without_zone = raised(one, NOW, rule="S-STRAP-TAMPER", condition=None, probability=None)
    text = text_of(report(investigator, without_zone).document)
    assert "none of them counts. No zone is drawn." in text
    with_zone = raised(one, NOW, evidence=seen(NOW - 2 * MINUTE))
    text = text_of(report(investigator, with_zone).document)
    assert "The fixes that count, numbered as in the table. The zone is drawn." in text
