"""`python -m tests.other_provider`: the site with the certified oidc-provider, from npm."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.clients.environments import ROOT
from tests.environment import variables

HERE = Path(__file__).parent
INSTALLED = ROOT / ".local" / "other-provider"


def main(arguments):
    if not (shutil.which("node") and shutil.which("npm")):
        print("The provider needs Node 20.19 or later with npm: install it.", file=sys.stderr)
        return 1
    shutil.copytree(HERE / "node", INSTALLED, dirs_exist_ok=True)
    install = ["npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run([*install, "--loglevel=error"], cwd=INSTALLED, check=True)
    environment = {**os.environ, **variables(), "OTHER_PROVIDER": str(INSTALLED)}
    # Once for all sites: two at a time would take each other's files away.
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    # Each promise is a line.
    command = [sys.executable, "-m", "pytest", "-v", str(HERE), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
