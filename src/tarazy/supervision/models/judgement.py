# SPDX-License-Identifier: EUPL-1.2
"""What the engine finds: presence, alerts with every version, our own outages, its checkpoint."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.models.devices import Device
from tarazy.supervision.models.duty import Act, Protocol, cause_choices
from tarazy.supervision.models.orders import Condition, Order, Person

new_alert_id = maker("alr")


class Presence(models.TextChoices):
    """Where somebody is with regard to a zone. Not knowing is an answer."""

    INSIDE = "inside", said("inside")
    OUTSIDE = "outside", said("outside")
    UNKNOWN = "unknown", said("unknown")


class AlertState(models.TextChoices):
    """The life of an episode. What cleared by itself still waits for a person's review."""

    ACTIVE = "active", said("active")
    CLEARED = "cleared", said("cleared, to be reviewed")
    WITHDRAWN = "withdrawn", said("withdrawn, to be reviewed")
    ACKNOWLEDGED = "acknowledged", said("acknowledged")
    RESOLVED = "resolved", said("resolved")


class WearerState(models.Model):
    """The last that we know of a person under supervision; derived from the fix store."""

    person = models.OneToOneField(
        Person, primary_key=True, on_delete=models.CASCADE, related_name="state"
    )
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="+")
    heard_at = models.DateTimeField(null=True)
    """Arrival of the last report of any kind."""
    at = models.DateTimeField(null=True)
    """Time of the last place."""
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    speed_kmh = models.FloatField(null=True)
    battery_percent = models.FloatField(null=True)
    battery_at = models.DateTimeField(null=True)
    """Of the newest report that told the battery."""
    doubted = models.JSONField(null=True)
    """A later place that nobody could have reached: it counts only if the next fix lies near it."""
    rested_s = models.FloatField(default=0.0, db_default=0.0)
    """For how long the device has rested, up to a limit (presence/thrown.py)."""
    throws = models.JSONField(null=True)
    """A leap of it that is not over, and where it was thrown."""
    clock_fault_at = models.DateTimeField(null=True)
    """Since when each report has had an impossible time."""
    mock_at = models.DateTimeField(null=True)
    """Since when each place has been an invented one."""
    unplaced_at = models.DateTimeField(null=True)
    """Since when each report has come without a usable place."""
    signs = models.JSONField(null=True)
    """What the device has shown over time (rules/signs.py)."""
    alarms = models.JSONField(null=True)
    """The last of each kind that the device called out: [{"name", "at", "known_at", "count"}]."""
    late = models.JSONField(null=True)
    """Late places that wait to be judged: {"since", "first", "last"}."""
    states = models.BinaryField(null=True)
    """The states of the order's conditions, as presence/packing.py writes them."""
    pending = models.JSONField(null=True)
    """What is suspected and no alert yet: [{"rule", "since", "sentence", "facts"}]."""
    pace = models.CharField(max_length=10, default="usual", db_default="usual")
    """How often its device should report: `close`, `usual` or `rest`."""
    suspected_at = models.DateTimeField(null=True)
    """When something was suspected last."""
    urgency = models.CharField(max_length=10, default="calm")
    """`calm`, `unknown` (silent or nothing heard yet) or `alert`: what the map shows."""
    change = models.BigIntegerField(db_index=True)
    """Grows with every change, so that open maps fetch only what is new."""

    @override
    def __str__(self) -> str:
        return f"state of {self.person_id}"


class PresenceState(models.Model):
    """Where the person of a condition is with regard to its zone, as it was when that last changed.

    What each report moves (evidence, times) stands in the person's row (`WearerState.states`).
    """

    condition = models.OneToOneField(
        Condition, primary_key=True, on_delete=models.CASCADE, related_name="presence"
    )
    state = models.CharField(max_length=10, choices=Presence.choices)
    since = models.DateTimeField()
    at = models.DateTimeField()
    """Time of the last fix that was judged."""
    known_at = models.DateTimeField()
    """When that fix arrived."""
    confirmed_at = models.DateTimeField()
    """Time of the last fix that by itself agreed with the state."""
    log_odds = models.FloatField()
    """Accumulated evidence for being inside, natural logarithm of the odds."""
    evidence = models.JSONField(default=list)
    beyond_m = models.FloatField(default=0.0)
    """How far beyond the fence the last fix lay, up to a limit; 0 inside."""
    crept_m = models.FloatField(default=0.0)
    """How far of that a slow drift explains."""

    @override
    def __str__(self) -> str:
        return f"{self.condition_id}: {self.state}"


class FacetState(models.Model):
    """The same of another facet of a condition: its buffer, or ways through it between fixes."""

    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="facets")
    facet = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=Presence.choices)
    since = models.DateTimeField()
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    log_odds = models.FloatField()
    evidence = models.JSONField(default=list)
    beyond_m = models.FloatField(default=0.0)
    crept_m = models.FloatField(default=0.0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["condition", "facet"], name="one_state_a_facet")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.condition_id} {self.facet}: {self.state}"


class PresenceChange(models.Model):
    """Each change of presence, in the order in which it was judged. Rows are added; what late data
    deny is marked, once."""

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="changes")
    facet = models.CharField(max_length=10, default="zone", db_default="zone")
    """`zone`; `buffer`: of its ring; `passage`: ways through it that are possible, never seen."""
    state = models.CharField(max_length=10, choices=Presence.choices)
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    probability = models.FloatField(null=True)
    """Of the new state, from the evidence; empty for unknown."""
    evidence = models.JSONField(default=list)
    """The fixes that moved it, as in an alert's version."""
    superseded_at = models.DateTimeField(null=True)
    """From when on it was no longer believed."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["condition", "at"], name="changes_in_time")]

    @override
    def __str__(self) -> str:
        return f"{self.condition_id} {self.state} {self.at}"


class Alert(models.Model):
    """An episode: one order, one rule, one condition. Its history is in its versions."""

    public_id = PublicIdField(default=new_alert_id)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="alerts")
    """Empty for an alert about our own service."""
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="alerts")
    condition = models.ForeignKey(
        Condition, null=True, on_delete=models.PROTECT, related_name="alerts"
    )
    no_contact = models.ForeignKey(
        "supervision.NoContact", null=True, on_delete=models.PROTECT, related_name="alerts"
    )
    """The demand to keep away from somebody, where it is about a pair."""
    rule = models.CharField(max_length=40)
    rule_version = models.PositiveIntegerField()
    severity = models.CharField(max_length=10)
    """`critical`, `high` or `low`."""
    state = models.CharField(max_length=15, choices=AlertState.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    known_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    # What people do about it; the engine leaves these alone (actions/alerts.py, actions/steps.py).
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who has it in hand."""
    taken_at = models.DateTimeField(null=True)
    """When somebody first took it in hand."""
    resolved_at = models.DateTimeField(null=True)
    cause = models.CharField(
        max_length=20, choices=cause_choices, blank=True, default="", db_default=""
    )
    protocol = models.ForeignKey(
        Protocol, null=True, on_delete=models.PROTECT, related_name="alerts"
    )
    """The version of the protocol with which it was begun."""
    step = models.PositiveIntegerField(default=0, db_default=0)
    """How many steps of the protocol are behind."""
    due_at = models.DateTimeField(null=True)
    """Until when it must be taken, or the step under way be done; empty: no clock runs."""
    escalated_at = models.DateTimeField(null=True)
    """When the supervisor was first called to it; each call is a version."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-known_at"], name="alerts_open", condition=~Q(state="resolved")),
            models.Index(fields=["person", "-since"], name="alerts_of_a_person"),
            models.Index(fields=["due_at"], name="alerts_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["id"],
                name="alerts_not_begun",
                condition=Q(protocol=None) & ~Q(state="resolved"),
            ),
            models.Index(
                fields=["-resolved_at"],
                name="alerts_resolved",
                condition=Q(resolved_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            # One running episode a cause: a storm of findings is one alert.
            models.UniqueConstraint(
                fields=["order", "rule", "condition", "no_contact"],
                name="one_running_episode_a_cause",
                condition=Q(until=None),
                nulls_distinct=False,
            )
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class AlertVersion(models.Model):
    """What was believed of an alert from `known_at` on. Rows are added, never changed."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=15, choices=AlertState.choices)
    known_at = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    probability = models.FloatField(null=True)
    sentence = models.TextField()
    """The rule's sentence, untranslated, with {names} of `facts`."""
    facts = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    """The fixes that count: [{"at": iso, "lat": …, "lon": …, "accuracy_m": … or null}]."""
    actor = models.CharField(max_length=40)
    note = models.TextField(blank=True, default="")
    act = models.CharField(
        max_length=20, choices=Act.choices, blank=True, default="", db_default=""
    )
    """What a person or the clock did; empty in what the engine writes."""
    about = models.CharField(max_length=120, blank=True, default="", db_default="")
    """What the act was about: the step's kind, the contact's or the next holder's public id."""

    class Meta:
        ordering: ClassVar = ["alert", "number"]
        indexes: ClassVar = [
            models.Index(fields=["-known_at"], name="acts_latest", condition=~Q(act=""))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alert", "number"], name="one_alert_version_a_number")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.alert_id} v{self.number}"


class EngineCheckpoint(models.Model):
    """Up to where the engine has read the fix store; moved in the transaction of its findings."""

    name = models.CharField(max_length=40, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    fix_id = models.BigIntegerField(default=0)
    judged_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return f"{self.name} at {self.transaction}/{self.fix_id}"


class Heartbeat(models.Model):
    """When a process of ours last said that it lives."""

    process = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"{self.process} {self.at}"


class Outage(models.Model):
    """A time in which our own service did not listen: never counted as a device's silence."""

    process = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-until"], name="outages_latest")]

    @override
    def __str__(self) -> str:
        return f"{self.process} {self.since} to {self.until}"
