# SPDX-License-Identifier: EUPL-1.2
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from supervision.factory import Supervised, supervised, user
from supervision.officer import actor, approved, new_order, now, signed_in

from tarazy.core.access import Role
from tarazy.core.models import User
from tarazy.supervision.models import Condition, DraftCondition, Zone

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def typed(**more: object) -> dict[str, object]:
    return {
        "name": "school",
        "demand": "exclusion",
        "shape": "circle",
        "lat": "48.7",
        "lon": "66.9",
        "radius_m": "300",
        "corners": "",
        "hours": "",
        "number": "1",
        "then": "save",
        **more,
    }


def keep_fixes(one: Supervised, places: list[tuple[float, float]]) -> None:
    """Fixes a minute apart, the last one a minute ago, as the gateway's statement stores them."""
    with connection.cursor() as cursor:
        for number, (lat, lon) in enumerate(reversed(places), 1):
            at = now() - number * MINUTE
            cursor.execute("SELECT supervision_ensure_fix_day(%s)", [at.date()])
            cursor.execute(
                "INSERT INTO supervision_fix (device_id, person_id, order_id, at, known_at, lat,"
                " lon, accuracy_m, content, digest) VALUES (%s, %s, %s, %s, %s, %s, %s, 10, '',"
                " %s)",
                [one.device.pk, one.person.pk, one.order.pk, at, at, lat, lon, str(number)],
            )


def test_a_line_of_the_document_gets_its_zone(officer: Client, author: User) -> None:
    me = actor(author)
    order = approved(me, actor(user("approver", Role.SUPERVISOR)), new_order(me))
    asked = DraftCondition.objects.get()
    address = f"/supervision/people/{order.person.public_id}/zones/new?demand={asked.public_id}"
    page = officer.get(address).content.decode()
    assert "Abai 1" in page
    assert "every day 22:00–06:00" in page
    form = typed(name="home", hours="every day 22:00-06:00", radius_m="150")
    assert officer.post(address, form).status_code == 302
    condition = Condition.objects.get()
    asked.refresh_from_db()
    assert (asked.condition, condition.kind) == (condition, "home_curfew")
    assert condition.zone.radius_m == 150
    again = officer.post(address, form)
    assert "drawn this zone meanwhile" in again.content.decode()


def test_what_was_judged_keeps_its_zone_and_hours(officer: Client, one: Supervised) -> None:
    address = f"/supervision/conditions/{one.curfew.public_id}/"
    form = typed(name="home", demand="home_curfew", lat="48.6", radius_m="250")
    answer = officer.post(address, form | {"hours": "every day 21:00-06:00"})
    assert answer.status_code == 302
    one.curfew.refresh_from_db()
    assert one.curfew.zone.radius_m == 100
    assert one.curfew.period.upper <= now()
    after = Condition.objects.filter(period__contains=now()).get()
    assert (after.zone.radius_m, after.zone.replaces) == (250, one.home)
    assert after.timetable[0]["from"] == "21:00"
    assert officer.post(address, form | {"hours": "every day 21:00-06:00"}).status_code == 422
    page = officer.get(f"/supervision/people/{one.person.public_id}/").content.decode()
    assert page.count("21:00–06:00") == 1
    assert "22:00–06:00" not in page


def test_a_date_gets_other_hours_and_keeps_them(officer: Client, one: Supervised) -> None:
    address = f"/supervision/conditions/{one.curfew.public_id}/"
    shown = officer.get(address).content.decode()
    assert "Exceptions by date" in shown
    form = typed(name="home", demand="home_curfew", lat="48.6", radius_m="100", sure="yes")
    form |= {"hours": "every day 22:00-06:00", "exceptions": "31.12.2026 01:00-06:00"}
    assert officer.post(address, form | {"exceptions": "soon 01:00-06:00"}).status_code == 422
    assert not Condition.objects.get().exceptions
    assert officer.post(address, form).status_code == 302
    after = Condition.objects.filter(period__contains=now()).get()
    told = [{"date": "2026-12-31", "hours": [{"from": "01:00", "until": "06:00"}]}]
    assert (after.exceptions, after.zone) == (told, one.home), "the hours changed, not the zone"
    address = f"/supervision/conditions/{after.public_id}/"
    assert "2026-12-31: 01:00–06:00" in officer.get(address).content.decode()
    assert officer.post(address, form | {"exceptions": ""}).status_code == 302
    assert not Condition.objects.filter(period__contains=now()).get().exceptions


def test_other_hours_leave_a_polygon_as_it_was_drawn(officer: Client, one: Supervised) -> None:
    """As a browser sends it: each line of a field ends with two signs."""
    shape = {"shape": "polygon", "lat": "", "lon": "", "radius_m": "", "sure": "yes"}
    corners = "48.7100000001, 66.9\r\n48.72, 66.9\r\n48.72, 66.91\r\n\r\n48.717, 66.901"
    corners += "\r\n48.719, 66.901\r\n48.719, 66.903"
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    assert officer.post(address, typed(corners=corners, **shape)).status_code == 302

    def change(**more: object) -> Condition:
        before = Condition.objects.get(kind="exclusion", period__contains=now())
        address = f"/supervision/conditions/{before.public_id}/"
        shown = officer.get(address).context["form"].initial["corners"].replace("\n", "\r\n")
        form = typed(**({"corners": shown} | shape | more))
        assert officer.post(address, form).status_code == 302
        return Condition.objects.get(kind="exclusion", period__contains=now())

    first = Condition.objects.get(kind="exclusion")
    after = change(hours="Mon-Fri 08:00-17:00")
    assert after.zone == first.zone, "the hours changed, not the zone"
    assert Condition.objects.filter(kind="exclusion").count() == 2
    moved = change(hours="Mon-Fri 08:00-17:00", corners=corners.replace("66.91", "66.92"))
    assert moved.zone.replaces == first.zone


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"demand": "inclusion", "radius_m": "20", "lat": "48.6"}, "hardly larger than"),
        ({"demand": "inclusion"}, "home (home) is not in this zone"),
        ({"lat": "48.6005"}, "covers the person&#x27;s home"),
    ],
)
def test_the_unreasonable_must_be_confirmed(
    officer: Client, one: Supervised, more: dict[str, str], sentence: str
) -> None:
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    answer = officer.post(address, typed(**more))
    assert sentence in answer.content.decode()
    assert Zone.objects.count() == 1
    assert officer.post(address, typed(**more, sure="yes")).status_code == 302
    assert Zone.objects.count() == 2


def test_a_rehearsal_shows_what_last_week_would_have_raised(
    officer: Client, one: Supervised
) -> None:
    keep_fixes(one, [(48.6, 66.9)] * 20 + [(48.7, 66.9)] * 20 + [(48.6, 66.9)] * 20)
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    text = officer.post(address, typed(then="rehearse")).content.decode()
    assert "This would have raised 1 alert:" in text
    assert "school" in text
    assert Zone.objects.count() == 1
    far = officer.post(address, typed(then="rehearse", lat="49")).content.decode()
    assert "This would have raised no alert." in far


def test_a_rehearsal_shows_the_buffer_apart_from_the_zone(officer: Client, one: Supervised) -> None:
    # Of a fence that lies 300 m around 48.7: 600 m before it, 100 m before it, and back.
    away, near = ((48.7 + metres / 111_195, 66.9) for metres in (900, 400))
    keep_fixes(one, [away] * 20 + [near] * 20 + [away] * 20)
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    without = officer.post(address, typed(then="rehearse")).content.decode()
    assert "This would have raised no alert." in without
    assert "before the fence</h4>" not in without
    text = officer.post(address, typed(then="rehearse", buffer_m="200")).content.decode()
    breaches, _, early = text.partition("In the buffer, before the fence</h4>")
    assert "This would have raised no alert." in breaches
    assert early.count("Within 200 m of school") == 1
    assert (Zone.objects.count(), Condition.objects.count()) == (1, 1)


def test_a_rehearsal_shows_ways_that_may_lead_through_the_zone_apart(
    officer: Client, one: Supervised
) -> None:
    south, north = ((48.7 + metres / 111_195, 66.9) for metres in (-600, 600))
    keep_fixes(one, [south] * 20 + [north] * 20)
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    text = officer.post(address, typed(then="rehearse")).content.decode()
    breaches, _, possible = text.partition("Possibly through the zone, between two reports</h4>")
    assert "This would have raised no alert." in breaches
    assert "school" in possible.partition("</ul>")[0]


def test_a_rehearsal_refuses_a_buffer_as_wide_as_the_zone(officer: Client, one: Supervised) -> None:
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    form = typed(then="rehearse", demand="inclusion", lat="48.6", buffer_m="300")
    answer = officer.post(address, form)
    assert answer.status_code == 422
    assert "not deeper than its buffer" in answer.content.decode()


def test_a_rehearsal_without_a_trail_says_that_nothing_is_known(
    officer: Client, one: Supervised
) -> None:
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    text = officer.post(address, typed(then="rehearse")).content.decode()
    assert "nothing can be said" in text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"lat": "", "lon": ""}, "Click on the map, or type a number"),
        ({"lat": "91"}, "less than or equal to 90"),
        ({"lat": "66.9", "lon": "48.7"}, "changed over"),
        ({"radius_m": "0"}, "greater than or equal to 1"),
        ({"radius_m": "60000"}, "less than or equal to 50000"),
        ({"shape": "polygon"}, "Click the corners on the map"),
        ({"shape": "polygon", "corners": "48.6, 66.9\n48.7, 66.9"}, "at least three corners"),
        (
            {"shape": "polygon", "corners": "48.6, 66.9\n48.7, 67\n48.6, 67\n48.7, 66.9"},
            "edges cross",
        ),
        ({"shape": "polygon", "corners": "66.9, 48.6\n67, 48.7\n67, 48.6"}, "changed over"),
        ({"shape": "polygon", "corners": "here"}, "Line 1 is no place"),
        ({"shape": "polygon", "corners": "nan, nan\n1, 1\n2, 1"}, "not on earth"),
        ({"demand": "home_curfew"}, "A curfew needs hours"),
        ({"hours": "whenever"}, "is not understood"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_a_zone_that_is_none_says_what_to_mend(
    officer: Client, one: Supervised, more: dict[str, str], sentence: str
) -> None:
    answer = officer.post(
        f"/supervision/people/{one.person.public_id}/zones/new", typed(**more, sure="yes")
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Zone.objects.count() == 1


def test_a_file_fills_the_fields_and_saves_nothing(officer: Client, one: Supervised) -> None:
    ring = [[66.9, 48.6], [66.91, 48.6], [66.91, 48.61], [66.9, 48.6]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "market"}, "geometry": shape}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    address = f"/supervision/people/{one.person.public_id}/zones/new"

    def taken(body: bytes) -> str:
        form = typed(then="import", name="", file=SimpleUploadedFile("a", body))
        return officer.post(address, form).content.decode()

    text = taken(content)
    assert 'value="market"' in text
    assert "48.600000, 66.900000" in text
    assert "polygon 1 of 1" in text
    assert Zone.objects.count() == 1
    assert "neither GeoJSON nor KML" in taken(b"PK\x03\x04")


def test_a_copy_begins_with_the_other_zone(officer: Client, one: Supervised, author: User) -> None:
    other = supervised("Екінші Адам", officer=author)
    copy = f"/supervision/people/{other.person.public_id}/zones/new?copy={one.home.public_id}"
    assert 'value="48.6"' in officer.get(copy).content.decode()
    theirs = supervised("Бөтен Адам").home.public_id
    copy = f"/supervision/people/{other.person.public_id}/zones/new?copy={theirs}"
    assert officer.get(copy).status_code == 403


def test_others_people_and_conditions_are_out_of_reach(officer: Client, one: Supervised) -> None:
    theirs = supervised("Бөтен Адам")
    person, condition = theirs.person.public_id, theirs.curfew.public_id
    for address in (f"people/{person}/zones/new", f"conditions/{condition}/"):
        assert officer.get(f"/supervision/{address}").status_code == 403
        assert officer.post(f"/supervision/{address}", typed()).status_code == 403
    assert officer.post(f"/supervision/conditions/{condition}/end").status_code == 403
    assert officer.get("/supervision/conditions/cnd_0/").status_code == 404
    own = f"/supervision/people/{one.person.public_id}/zones/new?demand=dcn_0"
    assert officer.get(own).status_code == 404


def test_a_condition_is_ended_by_a_supervisor_and_stays_on_record(
    officer: Client, one: Supervised
) -> None:
    address = f"/supervision/conditions/{one.curfew.public_id}/end"
    assert officer.post(address).status_code == 403
    supervisor = signed_in(user("supervisor", Role.SUPERVISOR))
    assert supervisor.post(address).status_code == 302
    one.curfew.refresh_from_db()
    assert one.curfew.period.upper <= now()
    assert supervisor.post(address).status_code == 422


def test_a_buffer_is_given_changed_and_taken_away(officer: Client, one: Supervised) -> None:
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    answer = officer.post(address, typed(lat="48.9", buffer_m="200", sure="yes"))
    assert answer.status_code == 302
    (first,) = Condition.objects.filter(kind="exclusion")
    assert first.buffer_m == 200
    assert "200" in officer.get(f"/supervision/conditions/{first.public_id}/").content.decode()

    def change(**more: object) -> Condition:
        (now_judged,) = Condition.objects.filter(kind="exclusion", period__contains=now())
        form = typed(lat="48.9", sure="yes", **more)
        edit = f"/supervision/conditions/{now_judged.public_id}/"
        assert officer.post(edit, form).status_code == 302
        return Condition.objects.filter(kind="exclusion", period__contains=now()).get()

    wider = change(buffer_m="300")
    assert (wider.buffer_m, wider.zone) == (300, first.zone)
    moved = change(buffer_m="300", radius_m="400")
    assert (moved.buffer_m, moved.zone.radius_m) == (300, 400)
    assert change(buffer_m="", radius_m="400").buffer_m is None
    first.refresh_from_db()
    assert (first.buffer_m, first.period.upper <= now()) == (200, True)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"buffer_m": "10"}, "greater than or equal to 50"),
        ({"buffer_m": "9000"}, "less than or equal to 5000"),
        ({"buffer_m": "near"}, "Enter a number"),
        ({"buffer_m": "300", "demand": "inclusion", "lat": "48.6"}, "not deeper than its buffer"),
    ],
)
def test_a_buffer_has_bounds(
    officer: Client, one: Supervised, more: dict[str, str], sentence: str
) -> None:
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    answer = officer.post(address, typed(**more, sure="yes"))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Condition.objects.filter(buffer_m__isnull=False).count() == 0
