# SPDX-License-Identifier: EUPL-1.2
"""The form of a zone: a circle or corners in plain fields, which the map reads and writes; or the
class of shared zones that somebody is kept out of."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from tarazy.core.errors import Refused
from tarazy.core.web import sentence_of
from tarazy.supervision.actions.demands import RADIUS_M_MAX, Shape
from tarazy.supervision.hours import exceptions_text
from tarazy.supervision.judging.facets import BUFFER_M
from tarazy.supervision.looks.words import shape_of, timetable_words
from tarazy.supervision.looks.zones import Trial, ZonePage, class_as_judged
from tarazy.supervision.models import ConditionKind, Zone, ZoneKind
from tarazy.supervision.order_forms import PlainForm, exceptions_in, hours_in, translated
from tarazy.supervision.presence.geometry import Extent, zone_of
from tarazy.supervision.zone_files import check_order, check_polygon

RADIUS_M_USUAL = 100
OF_CLASS = _("all shared zones of a kind")
CORNERS_LENGTH_MAX = 100_000
EXCEPTIONS_LENGTH_MAX = 20_000


class ZoneForm(PlainForm):
    """A zone and what is asked of it."""

    name = forms.CharField(label=_("Name of the zone"), max_length=120, required=False)
    demand = forms.ChoiceField(label=_("Demand"))
    shape = forms.ChoiceField(label=_("Shape"))
    place_class = forms.ChoiceField(
        label=_("Kind of shared zones"),
        required=False,
        help_text=_("Such as every school. Zones that are added to the kind later count too."),
    )
    lat = forms.FloatField(
        label=_("Latitude of the middle"), required=False, min_value=-90, max_value=90
    )
    lon = forms.FloatField(
        label=_("Longitude of the middle"), required=False, min_value=-180, max_value=180
    )
    radius_m = forms.FloatField(
        label=_("Radius, metres"), required=False, min_value=1, max_value=RADIUS_M_MAX
    )
    corners = forms.CharField(
        label=_("Corners"),
        required=False,
        max_length=CORNERS_LENGTH_MAX,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
        help_text=_("One line each: latitude, longitude. A hole begins after an empty line."),
    )
    buffer_m = forms.FloatField(
        label=_("Buffer, metres"),
        required=False,
        min_value=BUFFER_M[0],
        max_value=BUFFER_M[1],
        help_text=_(
            "A ring before the fence: around a zone to keep out of, inside one to stay in. Whoever"
            " enters it raises an alert of its own, before a breach. Empty: none."
        ),
    )
    hours = forms.CharField(
        label=_("Hours"),
        required=False,
        widget=forms.Textarea({"rows": 3, "data-hours": ""}),
        help_text=_(
            "One line each, such as “Mon-Fri 22:00-06:00”. Empty: always; a curfew needs hours."
        ),
    )

    exceptions = forms.CharField(
        label=_("Exceptions by date"),
        required=False,
        max_length=EXCEPTIONS_LENGTH_MAX,
        widget=forms.Textarea({"rows": 2, "spellcheck": "false"}),
        help_text=_(
            "What begins on one date in place of that day's hours, one line each, such as"
            " “2026-12-31 23:00-06:00” or “2026-12-16: no hours begin”."
        ),
    )

    def __init__(self, *args: Any, page: ZonePage, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial_of(page) | kwargs.pop("initial", {}), **kwargs)
        drawn = [one for one in ZoneKind.choices if one[0] in {ZoneKind.CIRCLE, ZoneKind.POLYGON}]
        keeping_out = not fixed or self.initial.get("demand") == ConditionKind.EXCLUSION
        shapes = [*drawn, (ZoneKind.PLACES, OF_CLASS)] if page.classes else drawn
        self.titles = {name: title for name, title, _ in page.classes}
        choices: dict[str, list[tuple[str, Any]]] = {
            "demand": list(translated(ConditionKind.choices)),
            "shape": list(translated(shapes if keeping_out else drawn)),
            "place_class": [
                ("", _("choose…")),
                *((name, f"{title} ({count})") for name, title, count in page.classes),
            ],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = offered
        self.fields["demand"].disabled = fixed
        for name in ("lat", "lon", "radius_m", "buffer_m"):
            self.fields[name].widget.attrs["step"] = "any"

    def clean_hours(self) -> list[dict[str, object]]:
        """The lines as they are judged."""
        return hours_in(self.cleaned_data["hours"])

    def clean_exceptions(self) -> list[dict[str, object]]:
        """The lines as they are judged."""
        return exceptions_in(self.cleaned_data["exceptions"])

    def clean_buffer_m(self) -> float | None:
        """A ring before the fence; a curfew has none, whatever its hidden field says."""
        curfew = self.cleaned_data.get("demand") == ConditionKind.HOME_CURFEW
        found: float | None = self.cleaned_data["buffer_m"]
        return None if curfew else found

    def clean_corners(self) -> list[list[list[float]]]:
        """Closed rings of longitude and latitude."""
        return _rings(self.cleaned_data["corners"])

    @override
    def clean(self) -> dict[str, Any]:
        """A circle has its middle and radius, a polygon its corners; a curfew hours."""
        said = self.cleaned_data
        if said.get("shape") == ZoneKind.PLACES:
            return self._clean_class(said)
        if not said.get("name") and "name" not in self.errors:
            self.add_error("name", self.fields["name"].error_messages["required"])
        self._clean_drawn(said)
        if said.get("demand") == ConditionKind.HOME_CURFEW and said.get("hours") == []:
            self.add_error("hours", gettext("A curfew needs hours."))
        return said

    def _clean_drawn(self, said: dict[str, Any]) -> None:
        if said.get("shape") == ZoneKind.CIRCLE:
            for name in ("lat", "lon", "radius_m"):
                if said.get(name) is None and name not in self.errors:
                    self.add_error(name, gettext("Click on the map, or type a number."))
            if not {"lat", "lon"} & set(self.errors):
                self._check("lat", check_order, [[said["lon"], said["lat"]]])
        elif said.get("corners") == []:
            self.add_error("corners", gettext("Click the corners on the map, or type them."))
        elif said.get("corners"):
            self._check("corners", check_polygon, said["corners"])

    def _check(self, name: str, check: Callable[[Any], None], places: list[Any]) -> None:
        try:
            check(places)
        except Refused as refused:
            self.add_error(name, sentence_of(refused))

    def _clean_class(self, said: dict[str, Any]) -> dict[str, Any]:
        """Of a class only which one it is; whatever was drawn before is no mistake."""
        for name in ("lat", "lon", "radius_m", "corners", "name"):
            self.errors.pop(name, None)
        if not said.get("place_class"):
            self.add_error("place_class", gettext("Choose the kind of shared zones."))
        if said.get("demand") != ConditionKind.EXCLUSION:
            self.add_error("demand", gettext("A kind of shared zones can only be kept out of."))
        return said

    @property
    def moved(self) -> bool:
        """Whether the zone itself was changed, and not only its hours or its buffer."""
        of_shape = {
            ZoneKind.PLACES: {"place_class"},
            ZoneKind.CIRCLE: {"name", "lat", "lon", "radius_m"},
            ZoneKind.POLYGON: {"name"},
        }
        shape = ZoneKind(self.cleaned_data["shape"])
        if {"shape", *of_shape[shape]} & set(self.changed_data):
            return True
        # Not by their text: a browser sends other ends of lines than were shown.
        drawn = shape is ZoneKind.POLYGON
        return drawn and self.cleaned_data["corners"] != _rings(self.initial.get("corners", ""))

    def drawn(self) -> Shape | str:
        """The shape, or the name of the class, for the action."""
        said = self.cleaned_data
        if said["shape"] == ZoneKind.PLACES:
            found: str = said["place_class"]
            return found
        if said["shape"] == ZoneKind.CIRCLE:
            place = {name: said[name] for name in ("lat", "lon", "radius_m")}
            return Shape(kind=ZoneKind.CIRCLE, **place)
        return Shape(kind=ZoneKind.POLYGON, rings=said["corners"])

    def trial(self) -> Trial:
        """The zone as it would be judged."""
        said, shape = self.cleaned_data, self.drawn()
        zone: Extent
        if isinstance(shape, str):
            zone, name = class_as_judged(shape), self.titles[shape]
        else:
            zone, name = zone_of(shape.kind, asdict(shape)), said["name"]
        return Trial(
            zone=zone,
            name=name,
            kind=ConditionKind(said["demand"]),
            timetable=said["hours"],
            exceptions=said["exceptions"],
            buffer_m=said["buffer_m"],
        )


def initial_of(page: ZonePage) -> dict[str, Any]:
    """What the form shows at first: the condition, the line of the document, the copied zone."""
    shown: dict[str, Any] = {"shape": ZoneKind.CIRCLE, "radius_m": RADIUS_M_USUAL}
    if page.asked is not None:
        shown |= {"name": page.asked.place, "demand": page.asked.kind}
        shown["hours"] = hours_text(page.asked.timetable)
    if page.copied is not None:
        shown |= _shape_shown(page.copied)
        shown.setdefault("name", page.copied.name)
    if page.condition is not None:
        shown |= {"name": page.condition.zone.name, "demand": page.condition.kind}
        shown |= _shape_shown(page.condition.zone)
        shown["hours"] = hours_text(page.condition.timetable)
        shown["exceptions"] = exceptions_text(page.condition.exceptions)
        shown["buffer_m"] = page.condition.buffer_m
    return shown


def hours_text(timetable: list[dict[str, Any]]) -> str:
    """A timetable as the field shows it; empty where it applies always."""
    return "\n".join(timetable_words(timetable)) if timetable else ""


def corners_text(rings: list[list[list[float]]]) -> str:
    """Rings as the field shows them: latitude first, as people say it, and not closed."""
    texts = ["\n".join(f"{lat:.6f}, {lon:.6f}" for lon, lat in ring[:-1]) for ring in rings]
    return "\n\n".join(texts)


def _shape_shown(zone: Zone) -> dict[str, Any]:
    if zone.kind == ZoneKind.PLACES:
        return {"shape": zone.kind, "place_class": zone.place_class}
    if zone.kind == ZoneKind.CIRCLE:
        return {"shape": zone.kind, "lat": zone.lat, "lon": zone.lon, "radius_m": zone.radius_m}
    return {"shape": ZoneKind.POLYGON, "corners": corners_text(shape_of(zone)["rings"])}


def _rings(text: str) -> list[list[list[float]]]:
    rings: list[list[list[float]]] = [[]]
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            rings.append([])
            continue
        parts = line.replace(";", ",").replace(",", " ").split()
        try:
            lat, lon = (float(part) for part in parts)
        except ValueError as error:
            words = gettext("Line {number} is no place: write latitude, longitude.")
            raise forms.ValidationError(words.format(number=number)) from error
        rings[-1].append([lon, lat])
    return [[*ring, ring[0]] for ring in rings if ring]
