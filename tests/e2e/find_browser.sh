#!/usr/bin/env bash
# Makes sure that the browser tests find a Chromium: the one that is installed, else Debian's, else Playwright's own.
# Without any, the browser tests are skipped on a developer's machine and fail in CI.
set -u
for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root="sudo -n"
  echo "Installing Chromium for the browser tests"
  if $as_root apt-get update -qq >/dev/null 2>&1 && $as_root apt-get install -y -qq chromium >/dev/null 2>&1; then
    exit 0
  fi
fi
.venv/bin/python -m playwright install chromium >/dev/null 2>&1 && exit 0
echo "No Chromium could be found or installed; the browser tests need one (CHROMIUM=/path/to/it)." >&2
[ -z "${CI:-}" ]
