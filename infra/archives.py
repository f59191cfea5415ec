"""ZIP files that are the same, byte for byte, whenever and wherever they are made."""

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# The earliest time that a ZIP file can hold: a file's own would make two archives differ.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class ArchivedFile:
    """One file: where it lies, and what it is in the archive."""

    source: Path
    name: str
    executable: bool = False


def write_archive(target: Path, files: Iterable[ArchivedFile]) -> None:
    """The archive, with the files in the order of their names."""
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(files, key=lambda file: file.name):
            entry = zipfile.ZipInfo(file.name, FIXED_TIME)
            entry.create_system = 3  # Unix, whichever system this is: modes count on it.
            entry.external_attr = (0o100755 if file.executable else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.source.read_bytes())
