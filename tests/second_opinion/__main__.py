"""`python -m tests.second_opinion`: the API's contract against devcloud and against MiniStack."""

import os
import subprocess
import sys
from pathlib import Path

from tests.clients.environments import ROOT, python

HERE = Path(__file__).parent


def main(arguments):
    interpreter = python(HERE / "requirements.txt", "second-opinion")
    environment = {**os.environ, "MINISTACK_PYTHON": str(interpreter)}
    # Each promise is a line, and each known difference is one with its reason.
    command = [sys.executable, "-m", "pytest", "-v", "-rx", str(HERE), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
