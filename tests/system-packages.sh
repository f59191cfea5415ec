#!/bin/sh
# Debian's packages that the tests use as production does: a browser, nginx and PostgreSQL.
missing=""
command -v chromium >/dev/null || missing="$missing chromium"
command -v nginx >/dev/null || missing="$missing nginx-light"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing$missing; only the first time…"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "Not installed:$missing. The tests that need them are skipped by name."
  echo "On Debian or Ubuntu: sudo apt-get install$missing"
fi
