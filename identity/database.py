"""The database connection of a request that waits for somebody else's answer."""

from django.db import connection


def release_connection() -> None:
    """Give a pooled connection back until the next query, unless a transaction is under way.

    Django keeps it for the whole request. Requests that wait for a slow Cognito or a slow API
    would otherwise hold all of the pool, and those that could be answered would wait for them.
    """
    if "pool" in connection.settings_dict["OPTIONS"] and not connection.in_atomic_block:
        connection.close()
