"""What Django admin's permissions, addresses and history know people of the user pool by."""

from django.db import models


class PoolPerson(models.Model):
    """Somebody of the user pool, who may never have signed in here.

    Without a table: people are in the pool, and are asked for there.
    """

    sub = models.UUIDField(primary_key=True)

    class Meta:
        managed = False
        verbose_name = "person of the user pool"
        verbose_name_plural = "people of the user pool"

    def __str__(self) -> str:
        return str(self.sub)
