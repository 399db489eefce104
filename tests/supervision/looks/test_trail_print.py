# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from supervision.factory import CONSOLE, supervised, user
from supervision.looks.test_trails import keep_fix
from supervision.raised import actor

from tarazy.core.access import Role
from tarazy.supervision.actions.places import Extract, replace_places
from tarazy.supervision.extracts.interface import Found, Kind
from tarazy.supervision.looks.trail_print import print_trail
from tarazy.supervision.reports.document import Facts, Picture, Table

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
MINUTE = timedelta(minutes=1)
STREET = Found(Kind.STREET, "Абай", "", (((66.899, 48.6), (66.901, 48.6)),))


@pytest.mark.parametrize("streets", [True, False])
def test_the_paper_says_what_the_page_says(*, streets: bool) -> None:
    one, operator = supervised(), actor(user("operator", Role.OPERATOR))
    if streets:
        rows = Extract(name="osm", format="geojson", dated_on=date(2026, 11, 1), rows=[STREET])
        replace_places(CONSOLE, rows)
    for minutes in range(90, 60, -1):
        keep_fix(one, NOW - minutes * MINUTE)
    with translation.override("en"):
        since = NOW - 120 * MINUTE
        document = print_trail(operator, one.person.public_id, since, NOW, NOW)
    who, picture, listed = document.sections
    assert isinstance(who.parts[0], Facts)
    assert ("Printed by", "operator") in who.parts[0].rows
    assert ("Purpose", "duty in the control centre") in who.parts[0].rows
    assert isinstance(picture.parts[0], Picture)
    assert ("#c9c6bb" in picture.parts[0].svg) == streets
    assert ("no streets" in str(picture.parts[-1])) == (not streets)
    table = listed.parts[1]
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == [
        "Could not be monitored", "Stop", "Could not be monitored",
    ]  # fmt: skip
    assert ("nearest street: Абай" in table.rows[1][-1]) == streets


def test_a_window_without_a_place_is_printed_as_not_knowing() -> None:
    one, operator = supervised(), actor(user("operator", Role.OPERATOR))
    with translation.override("en"):
        document = print_trail(operator, one.person.public_id, NOW - 60 * MINUTE, NOW, NOW)
    assert "neither presence nor absence" in str(document.sections[1])
