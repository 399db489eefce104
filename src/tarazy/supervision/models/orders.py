# SPDX-License-Identifier: EUPL-1.2
"""Supervised people, the court's orders with every version, their conditions and zones."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import get_language
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField, SortKeyField
from tarazy.supervision.measures import MeasureKind

new_person_id = maker("per")
new_order_id = maker("ord")
new_condition_id = maker("cnd")
new_zone_id = maker("zon")
new_absence_id = maker("abs")

LATE_UPLOAD_H_DEFAULT = 72
RETAIN_DAYS_DEFAULT = 365


class SameRow(Func):
    """A foreign key as a one-value range, so that GiST can compare it without btree_gist."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, %(expressions)s, '[]')"
    arity = 1


class Measure(StrEnum):
    """Codes of the list that we ship (`measures.toml`); a service may have a list of its own."""

    HOUSE_ARREST = "house_arrest"
    BAIL = "bail"
    RECOGNISANCE = "recognisance"
    PERSONAL_SURETY = "personal_surety"
    RESTRICTION = "restriction_of_liberty"
    SUSPENDED = "suspended_sentence"
    PAROLE = "parole"
    ADMINISTRATIVE = "administrative_supervision"


def measure_choices() -> list[tuple[str, str]]:
    """The service's own list, in the language of the screen; those out of use too."""
    language = get_language() or settings.LANGUAGE_CODE
    kinds: Mapping[str, MeasureKind] = settings.TARAZY.measures
    return [(code, kind.titles.get(language, kind.titles["en"])) for code, kind in kinds.items()]


class ConditionKind(models.TextChoices):
    """What a condition demands of the person."""

    HOME_CURFEW = "home_curfew", said("home curfew")
    INCLUSION = "inclusion", said("stay inside")
    EXCLUSION = "exclusion", said("keep out")


class VersionKind(models.TextChoices):
    """Which document made a version of an order."""

    ORIGINAL = "original", said("order")
    VARIATION = "variation", said("variation")
    EXTENSION = "extension", said("extension")
    EARLY_END = "early_end", said("early end")
    REVOCATION = "revocation", said("revocation")


class ZoneKind(models.TextChoices):
    """Shapes of a zone."""

    CIRCLE = "circle", said("circle")
    POLYGON = "polygon", said("polygon")
    CORRIDOR = "corridor", said("corridor")
    PLACES = "places", said("all places of a class")


class TraceStorage(models.TextChoices):
    """What the court lets us keep of a trace once it is judged."""

    ALL = "all", said("all places")
    BREACHES = "breaches_only", said("places around breaches only")
    COMPLIANCE = "compliance_only", said("no places, only whether the order was kept")


class Route(models.TextChoices):
    """How we hear of a person."""

    DEVICE = "device", said("a bracelet or tracker of ours")
    PHONE = "phone", said("an app on the own smartphone")
    CALLS = "calls", said("no smartphone or data plan: check-ins by call")


class Person(models.Model):
    """Somebody named in a court order. Nobody else has a row here."""

    public_id = PublicIdField(default=new_person_id)
    full_name = models.CharField(max_length=200)
    sort_key = SortKeyField()
    search_key = models.CharField(max_length=300, db_collation="C", default="", db_default="")
    """The name as `naming.fold` writes it in Kazakh, Russian and Latin letters alike."""
    iin_digest = models.BinaryField(max_length=32, null=True, unique=True)
    """By what somebody is found by the individual identification number: an HMAC of it."""
    iin_end = models.CharField(max_length=4, blank=True, default="", db_default="")
    """Its last four digits, to tell namesakes apart; the whole number stands on the scan."""
    birth_date = models.DateField(null=True)
    guardian_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    guardian_phone = models.CharField(max_length=40, blank=True, default="", db_default="")
    route = models.CharField(
        max_length=10, choices=Route.choices, default=Route.DEVICE, db_default="device"
    )
    phone = models.CharField(max_length=40, blank=True, default="")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The person's own log-in, to see the order and the own data."""

    class Meta:
        ordering: ClassVar = ["sort_key", "id"]
        indexes: ClassVar = [models.Index(fields=["sort_key", "id"], name="people_by_name")]

    @override
    def __str__(self) -> str:
        return self.public_id


class Order(models.Model):
    """A court's order as it stands now; how it came to stand so is in its versions.

    `in_force` is what the legal gate asks: until is exclusive. A revocation ends it at once and
    closes the door for late uploads too.
    """

    public_id = PublicIdField(default=new_order_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="orders")
    measure = models.CharField(max_length=30, choices=measure_choices)
    court = models.CharField(max_length=200)
    document_number = models.CharField(max_length=80)
    judge = models.CharField(max_length=200)
    decided_on = models.DateField()
    in_force = DateTimeRangeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    late_upload_h = models.PositiveIntegerField(default=LATE_UPLOAD_H_DEFAULT)
    trace_storage = models.CharField(
        max_length=20, choices=TraceStorage.choices, default=TraceStorage.ALL, db_default="all"
    )
    retain_days = models.PositiveIntegerField(default=RETAIN_DAYS_DEFAULT, db_default=365)
    """How long after the order's end its fixes are kept."""
    forgotten_version = models.PositiveIntegerField(null=True, editable=False)
    """The version after whose end nothing was left to delete: retention looks no more."""
    time_zone = models.CharField(max_length=60)
    rule_settings = models.JSONField(default=list, blank=True, db_default=[])
    """Numbers of rules that the order sets otherwise than usual, each from a moment on, oldest
    first: [{"name": "silence_min", "value": 30, "since": iso}]."""
    version = models.PositiveIntegerField(default=1)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    investigator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            # One order at a time for one person: a second court's decision is a variation.
            ExclusionConstraint(
                name="one_order_at_a_time",
                expressions=[
                    (SameRow("person_id"), RangeOperators.OVERLAPS),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="order_has_a_start_and_an_end",
                condition=Q(in_force__lower_inf=False) & Q(in_force__upper_inf=False),
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class OrderVersion(models.Model):
    """One document of the court about an order. Rows are added, never changed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=VersionKind.choices)
    court = models.CharField(max_length=200)
    document_number = models.CharField(max_length=80)
    judge = models.CharField(max_length=200)
    decided_on = models.DateField()
    in_force = DateTimeRangeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=40)
    approved_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    """The second person; empty where the service itself recorded it."""
    scan = models.ForeignKey(
        "Paper", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["order", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "number"], name="one_version_a_number")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.order_id} v{self.number}"


class Zone(models.Model):
    """A place of an order: a circle on the ellipsoid, a polygon with holes (lon, lat rings), or a
    corridor: its line as the one ring, and its half width as the radius.

    A shared zone (a school, an airport, a border) has a class and no person. The zone of the kind
    `places` stands for all shared zones of its class, so that a condition can name them together.
    """

    public_id = PublicIdField(default=new_zone_id)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="zones"
    )
    """Whose zone it is; empty for a shared one (schools, airports)."""
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=ZoneKind.choices)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    radius_m = models.FloatField(null=True, blank=True)
    rings = models.JSONField(null=True, blank=True)
    place_class = models.CharField(max_length=40, blank=True, default="", db_default="")
    removed_at = models.DateTimeField(null=True, blank=True)
    """When a shared zone stopped to count; it stays on record."""
    replaces = models.ForeignKey(
        "Zone", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The zone that this one was drawn in place of. A zone's shape never changes."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="zone_has_the_shape_of_its_kind",
                condition=Q(
                    kind=ZoneKind.CIRCLE,
                    lat__range=(-90, 90),
                    lon__range=(-180, 180),
                    radius_m__gt=0,
                    rings__isnull=True,
                )
                | Q(kind=ZoneKind.POLYGON, lat=None, lon=None, radius_m=None, rings__isnull=False)
                | Q(
                    kind=ZoneKind.CORRIDOR,
                    lat=None,
                    lon=None,
                    radius_m__isnull=False,  # what is null breaks no rule of a database
                    radius_m__gt=0,
                    rings__isnull=False,
                )
                | Q(kind=ZoneKind.PLACES, lat=None, lon=None, radius_m=None, rings__isnull=True),
            ),
            models.CheckConstraint(
                name="shared_zone_has_a_class",
                condition=Q(person=None) & ~Q(place_class="")
                | Q(person__isnull=False) & Q(place_class=""),
            ),
            models.CheckConstraint(
                name="all_places_are_shared",
                condition=~Q(kind=ZoneKind.PLACES) | Q(person=None),
            ),
            models.CheckConstraint(
                name="only_shared_zones_are_removed",
                condition=Q(removed_at=None) | Q(person=None),
            ),
            models.UniqueConstraint(
                fields=["place_class"],
                name="one_zone_for_a_class",
                condition=Q(kind=ZoneKind.PLACES),
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class Condition(models.Model):
    """One demand of an order, with its own period inside the order's."""

    public_id = PublicIdField(default=new_condition_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=20, choices=ConditionKind.choices)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="conditions")
    period = DateTimeRangeField()
    timetable = models.JSONField(default=list, blank=True)
    """Weekly hours in the order's zone of time: [{"days": [0], "from": "22:00", "until": "06:00"}];
    empty means always."""
    exceptions = models.JSONField(default=list, blank=True, db_default=[])
    """Dates with other hours: [{"date": "2026-03-08", "hours": [{"from": …, "until": …}]}]."""
    buffer_m = models.FloatField(null=True, blank=True)
    """A ring so wide before the fence, with alerts of its own; none where empty."""
    priority = models.PositiveSmallIntegerField(default=0, db_default=0)
    """Of demands to be somewhere, the lower one rests while a higher one applies."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="buffer_is_a_ring_of_a_zone",
                condition=Q(buffer_m=None) | (Q(buffer_m__gt=0) & ~Q(kind="home_curfew")),
            ),
            models.CheckConstraint(
                name="curfew_has_a_timetable",
                condition=~Q(kind=ConditionKind.HOME_CURFEW) | ~Q(timetable=[]),
            ),
            ExclusionConstraint(
                name="one_condition_for_a_zone_at_a_time",
                expressions=[
                    (SameRow("order_id"), RangeOperators.OVERLAPS),
                    (SameRow("zone_id"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class PermittedAbsence(models.Model):
    """When curfews and zones to stay in rest, by whose decision. Times and reasons never change;
    a withdrawal is added. Reasons go when their period is over (actions/records.py)."""

    public_id = PublicIdField(default=new_absence_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="absences")
    period = DateTimeRangeField()
    reason = models.TextField()
    evidence = models.CharField(max_length=200, blank=True, default="")
    """What it rests on: a document's number, a hospital's letter."""
    scan = models.ForeignKey(
        "Paper", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """That paper itself, as it was shown."""
    decided_by = models.CharField(max_length=200)
    """Whose decision it was, as it stands on the paper."""
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=40)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=40, blank=True, default="")
    withdrawn_reason = models.TextField(blank=True, default="")
    judged_until = models.DateTimeField(null=True)
    """Up to when the engine has judged with it; empty where it has not seen it yet."""

    class Meta:
        ordering: ClassVar = ["order", "period", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="absence_has_a_start_and_an_end",
                condition=Q(period__lower_inf=False)
                & Q(period__upper_inf=False)
                & Q(period__isempty=False),
            )
        ]

    @override
    def __str__(self) -> str:
        return self.public_id

    @property
    def until(self) -> datetime:
        """Its end as it stands now: never before its beginning."""
        since: datetime = self.period.lower
        until: datetime = self.period.upper
        return until if self.withdrawn_at is None else min(until, max(since, self.withdrawn_at))
