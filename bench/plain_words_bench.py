"""`python -m bench.plain_words_bench`: twice the text takes twice the time, whatever it says.

Each list shows the plain words of what people wrote. A pattern that tries again from each mark to
the end would take four times as long for twice the marks, and somebody's note could hold a worker.
"""

import sys
import time

from notes.plain_words import plain_words

MARKS = ("*", "_", "`", "[", "~~", "# ", "- [ ] ", "[a](", "*a _b ", "|---", "|-")
ONCE = 5_000
BAR = 3.0


def seconds(text: str) -> float:
    began = time.perf_counter()
    plain_words(text)
    return time.perf_counter() - began


def ratio(mark: str) -> float:
    """Time for twice the text over time for the text: the least disturbed of runs in turn."""
    runs = [(seconds(mark * ONCE), seconds(mark * 2 * ONCE)) for _ in range(41)]
    once, twice = (min(side) for side in zip(*runs, strict=True))
    return twice / once


def main() -> int:
    found = {mark: ratio(mark) for mark in MARKS}
    for mark, value in found.items():
        print(f"{mark!r:12} {value:.2f} (bar {BAR})")
    return int(max(found.values()) > BAR)


if __name__ == "__main__":
    sys.exit(main())
