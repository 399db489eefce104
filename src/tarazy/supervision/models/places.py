# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the operator's own extracts, for a search and for what is near a place.

Nearness is asked of a box in Mercator's metres (`spot`, in places.sql): that map keeps angles, so
what is nearest on it is nearest on earth, and PostgreSQL's own index finds it without PostGIS.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField

new_extract_id = maker("ext")


class PlaceKind(models.TextChoices):
    """What a place is."""

    HOUSE = "house", said("house")
    STREET = "street", said("street")
    SETTLEMENT = "settlement", said("settlement")


class PlaceExtract(models.Model):
    """One file that was taken in. A later one of the same name takes its place, whole."""

    public_id = PublicIdField(default=new_extract_id)
    name = models.CharField(max_length=40, unique=True)
    format = models.CharField(max_length=20)
    dated_on = models.DateField()
    """How old what it says is: the date of the extract."""
    taken_at = models.DateTimeField()
    places = models.PositiveIntegerField()
    refused = models.JSONField(default=dict)
    """How many rows were refused for what, and how many are no addresses."""

    class Meta:
        ordering: ClassVar = ["name"]

    @override
    def __str__(self) -> str:
        return self.public_id


class Place(models.Model):
    """A house, a settlement, or a piece of a street from one end to the other (degrees)."""

    extract = models.ForeignKey(
        PlaceExtract, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    """No constraint of the database: it would ask for each of millions of rows. Only the actions
    of places.py write, and they write both together."""
    kind = models.CharField(max_length=10, choices=PlaceKind.choices)
    title = models.CharField(max_length=200)
    within = models.CharField(max_length=200, blank=True, default="")
    lat = models.FloatField()
    lon = models.FloatField()
    lat_to = models.FloatField()
    lon_to = models.FloatField()
    search_key = models.CharField(max_length=300, db_collation="C", blank=True, default="")
    """Words as `naming.fold` writes them; empty where another piece of the street is searched."""
    grams = ArrayField(models.CharField(max_length=3), default=list)
    """Three letters each, of the words searched: for what was mistyped."""

    class Meta:
        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
