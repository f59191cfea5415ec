"""What the site itself keeps of notes: only text that could not be saved yet."""

from uuid import uuid4

from django.conf import settings
from django.db import models


class Draft(models.Model):
    """What somebody typed in the editor and has not saved, encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # The note that was being edited; empty for a new one.
    noteid = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    content = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="notes_draft_user_digest")
        ]

    def __str__(self) -> str:
        return f"{self.noteid or 'a new note'}, {self.created_at:%Y-%m-%d %H:%M}"
