"""Small git checkouts of a test's own."""

import subprocess


def commit_all(folder):
    """Makes the folder a git checkout whose commit has all of its files."""
    for arguments in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "First"],
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder
