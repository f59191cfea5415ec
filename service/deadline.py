"""How long one request may go on asking DynamoDB."""

from time import monotonic

from service.errors import TableUnavailable

# Every call has two tries and a pause (service/dynamodb.py). One that begins at the last moment and
# is not answered ends before the function's time does (10 s). Only an answer that comes in drops,
# each before its time-out, can outlast that: then Lambda ends the function.
SECONDS_PER_REQUEST = 2.0


class Deadline:
    """Starts with the request; a request of many calls looks at it before each of them."""

    def __init__(self) -> None:
        self._at = monotonic() + SECONDS_PER_REQUEST

    def check(self) -> None:
        """Raises TableUnavailable when no further call may begin."""
        if monotonic() > self._at:
            raise TableUnavailable
