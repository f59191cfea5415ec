"""What the site itself keeps of notes: only text that is not saved yet."""

from uuid import uuid4

from django.conf import settings
from django.db import models


class Draft(models.Model):
    """What somebody typed in the editor and has not saved, encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # The note that was being edited; empty for a new one.
    noteid = models.CharField(max_length=64, blank=True)
    # Of the content: the same for the same text only.
    digest = models.CharField(max_length=64)
    content = models.TextField()
    kept_at = models.DateTimeField(db_column="created_at", db_index=True)

    def __str__(self) -> str:
        return f"{self.noteid or 'a new note'}, {self.kept_at:%Y-%m-%d %H:%M}"
