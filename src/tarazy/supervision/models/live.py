# SPDX-License-Identifier: EUPL-1.2
"""Open live streams: one look each, for a purpose and a quarter of an hour."""

from django.conf import settings
from django.db import models
from typing_extensions import override

from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField

new_stream_id = maker("lvs")


class LiveStream(models.Model):
    """Somebody's leave to watch the map move. The ticket itself is kept only as a digest."""

    public_id = PublicIdField(default=new_stream_id)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ticket_digest = models.BinaryField(max_length=32, unique=True)
    purpose = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    wish = models.CharField(max_length=300, blank=True, default="", db_default="")
    """Which alerts a board shows, as its address says it; `alert=ID` for the page of one."""
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return self.public_id
