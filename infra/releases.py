"""Which source bundles a stack really ran, in their order, and which of them to go back to.

AWS keeps no such history: CloudFormation deletes the application version that it replaces, and
Elastic Beanstalk tells events of the last six weeks only (its DescribeEvents). So a list of keys
lies in the artifacts' bucket: what runs is written down before it is replaced and after that, so
that a deployment which is cut off loses nothing.
"""

import json
from pathlib import Path

from infra.artifacts import ArtifactStore

# As few characters of a commit as git itself takes for one.
SHORTEST_NAME = 4


class ReleaseError(Exception):
    """There is no release to go back to, or no history to read; the message says what to do."""


class Releases:
    """The record of one stack; one that is made again after its deletion has another."""

    def __init__(self, store: ArtifactStore, stack_id: str) -> None:
        self._store = store
        # arn:…:stack/<name>/<uuid>
        self._key = f"notesite/deployed/{stack_id.split('/', 1)[1]}.json"

    def deployed(self) -> list[str]:
        """The keys of the bundles that were deployed, the latest last."""
        content = self._store.read(self._key)
        if content is None:
            return []
        try:
            keys = json.loads(content)
        except ValueError:  # neither JSON nor, as its subclass UnicodeDecodeError, text
            keys = None
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise ReleaseError(
                f"s3://{self._store.bucket}/{self._key} is no list of source bundles' keys: fix "
                "it, or delete it to begin again with what runs now."
            )
        return keys

    def record(self, key: str) -> list[str]:
        """Writes down that this is deployed, and returns the whole history.

        The same bundle again is no deployment of its own.
        """
        history = self.deployed()
        if history[-1:] != [key]:
            history.append(key)
            self._store.put(self._key, json.dumps(history, indent=1).encode())
        return history


def version(key: str) -> str:
    """The commit in a bundle's key."""
    return Path(key).stem.removeprefix("notesite-")


def before(present: str, deployed: list[str]) -> str:
    """The bundle that the present one took over from.

    Where the present one never came to run, that is what ran last. Who goes back to a bundle has
    given up those after it: they are not gone back to by themselves.
    """
    if deployed[-1] != present:
        return deployed[-1]
    line: list[str] = []
    for key in deployed:
        if key in line:
            del line[line.index(key) + 1 :]
        else:
            line.append(key)
    if len(line) < 2:
        raise ReleaseError(
            f"{version(present)} took over from no version. {_others(deployed, present)}"
        )
    return line[-2]


def named(name: str, deployed: list[str], present: str) -> str:
    """The one deployed bundle whose commit begins with the name."""
    commit = name.removeprefix("notesite-")
    if len(commit) < SHORTEST_NAME:
        raise ReleaseError(f"Name a version by {SHORTEST_NAME} characters of its commit or more.")
    found = {
        key
        for key in deployed
        if version(key).startswith(commit) or commit.startswith(version(key))
    }
    if len(found) > 1:
        several = ", ".join(sorted(map(version, found)))
        raise ReleaseError(f"{name} can be {several}: name more of the commit.")
    if not found:
        raise ReleaseError(f"No version {name} was deployed. {_others(deployed, present)}")
    (key,) = found
    if key == present:
        raise ReleaseError(f"{version(key)} is what is deployed now.")
    return key


def _others(deployed: list[str], present: str) -> str:
    """What can be named, the latest first."""
    others = [key for key in dict.fromkeys(reversed(deployed)) if key != present]
    if not others:
        return "There is no other."
    return f"What was deployed and can be named: {', '.join(map(version, others))}."
