# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, datetime
from math import inf, nan

import pytest
from django.utils import translation
from supervision.factory import CONSOLE, Supervised, supervised, user
from supervision.raised import actor

from tarazy.core.access import Actor, Role
from tarazy.core.audit import log
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.demands import Shape
from tarazy.supervision.actions.shared_zones import share_zone
from tarazy.supervision.looks.map_print import LISTED_MAX, Window, print_map
from tarazy.supervision.models import WearerState, ZoneKind
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import Document, Listing, Picture, Table, Words

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
AROUND = Window(west=66.85, south=48.57, east=66.95, north=48.63)


def stands(one: Supervised, lat: float | None = 48.6, urgency: str = "calm") -> None:
    lon = None if lat is None else 66.9
    WearerState.objects.create(
        person=one.person, order=one.order, lat=lat, lon=lon, at=NOW, urgency=urgency, change=1
    )


def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


def printed(who: Actor, window: Window = AROUND) -> Document:
    with translation.override("en"):
        return print_map(who, window, NOW)


def table_of(document: Document) -> list[tuple[str, ...]]:
    table = document.sections[2].parts[0]
    assert isinstance(table, Table)
    return [row[1:4] for row in table.rows]


def test_who_is_in_the_window_is_named_who_needs_checking_first() -> None:
    first, second = supervised("Айгүл Бірінші"), supervised("Берік Екінші")
    away, nowhere = supervised("Ғалым Алыста"), supervised("Дана Белгісіз")
    stands(first)
    stands(second, urgency="alert")
    stands(away, lat=49.9)
    stands(nowhere, lat=None)
    document = printed(operator())
    assert table_of(document) == [
        ("Берік Екінші", "3-118/2026", "needs checking"),
        ("Айгүл Бірінші", "3-118/2026", "as ordered"),
    ]
    assert document.lead.startswith("2 people under an order in force")
    assert "no place is known, and who are on no map: 1" in str(document.sections[2])
    picture = document.sections[1].parts[0]
    assert isinstance(picture, Picture)
    assert (">1</text>" in picture.svg, ">3</text>" in picture.svg) == (True, False)
    assert "Triangle: needs checking" in str(document.sections[1].parts[1])
    assert "Scale on A4" in str(document.sections[0])


def test_a_layer_that_is_off_is_not_printed() -> None:
    calm, alert = supervised("Айгүл Бірінші"), supervised("Берік Екінші")
    stands(calm)
    stands(alert, urgency="alert")
    told = table_of(printed(operator(), replace(AROUND, others=False)))
    assert [name for name, *_ in told] == ["Берік Екінші"]


def test_an_officer_prints_the_own_caseload_alone() -> None:
    officer = user("an.officer", Role.OFFICER)
    own, other = supervised("Өз Адамы", officer=officer), supervised("Бөтен Адам")
    stands(own)
    stands(other)
    assert [name for name, *_ in table_of(printed(actor(officer)))] == ["Өз Адамы"]
    with pytest.raises(Refused) as refused:
        printed(actor(officer), replace(AROUND, person_id=other.person.public_id))
    assert refused.value.name == CoreRefusal.NOT_PERMITTED


def test_the_zones_of_the_chosen_person_are_a_look_of_their_own() -> None:
    one = supervised()
    stands(one)
    circle = Shape(kind=ZoneKind.CIRCLE, lat=48.61, lon=66.91, radius_m=150.0)
    share_zone(CONSOLE, "school", "No. 1", circle, title="schools")
    before = log.size()
    document = printed(operator(), replace(AROUND, person_id=one.person.public_id, shared=True))
    verbs = [str(one.leaf) for one in log.newest(log.size(), log.size() - before)]
    for verb in ("map.print", "person.zones", "zones.shared"):
        assert sum(f"supervision.{verb}" in leaf for leaf in verbs) == 1
    picture, zones = document.sections[1].parts[0], document.sections[3].parts[0]
    assert isinstance(picture, Picture)
    assert isinstance(zones, Listing)
    assert zones.lines == ("home curfew: home",)
    assert picture.svg.count('stroke-dasharray="1 2"') == 1


def test_a_wide_window_says_that_its_scale_holds_in_the_middle_only() -> None:
    stands(supervised())
    who = operator()
    country = printed(who, Window(west=46.0, south=40.0, east=88.0, north=56.0))
    assert "in the middle of so wide a window" in str(country.sections[1])
    for edges in (
        (46.0, 88.0),
        (-200.0, 160.0),
        (406.0, 448.0),
        (-300.0, 500.0),
    ):  # also around the earth
        around = Window(west=edges[0], south=-86.0, east=edges[1], north=86.0)
        assert len(table_of(printed(who, around))) == 1


def test_a_long_list_says_how_many_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LISTED_MAX > 1
    monkeypatch.setattr("tarazy.supervision.looks.map_print.LISTED_MAX", 1)
    for name in ("Айгүл Бірінші", "Берік Екінші", "Ғалым Үшінші"):
        stands(supervised(name))
    document = printed(operator())
    assert len(table_of(document)) == 1
    assert Words("2 more are in the picture: print a smaller window to have them listed.") in (
        document.sections[2].parts
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"west": nan},
        {"north": inf},
        {"south": 48.63, "north": 48.57},
        {"west": 67.0, "east": 66.0},
        {"south": 86.0, "north": 89.0},
        {"west": -1e9, "east": -1e9 + 1},
    ],
)
def test_a_window_that_is_none_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(Refused) as refused:
        print_map(operator(), replace(AROUND, **wrong), NOW)  # type: ignore[arg-type]
    assert refused.value.name == Refusal.BAD_PLACE
