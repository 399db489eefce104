# SPDX-License-Identifier: EUPL-1.2
"""Who looks after an officer's people while that officer is away."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField

new_cover_id = maker("cov")


class Cover(models.Model):
    """From and until an officer is away, another one reaches the same people."""

    public_id = PublicIdField(default=new_cover_id)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    period = DateTimeRangeField()
    recorded_by = models.CharField(max_length=40)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="nobody_covers_themselves", condition=~Q(officer=F("substitute"))
            )
        ]

    @override
    def __str__(self) -> str:
        return self.public_id
