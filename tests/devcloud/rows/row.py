"""A documented fact in its own words, and the exchange that shows it."""

import pytest


class Rows:
    """The rows of one subject: each becomes a case whose id is what AWS documents."""

    def __init__(self):
        self.cases = []

    def __call__(self, words):
        def register(check):
            self.cases.append(pytest.param(check, id=words))
            return check

        return register
