#!/usr/bin/env bash
# Write requirements.lock and requirements-dev.lock from pyproject.toml; versions stay unless --upgrade is given.
set -euo pipefail
cd "$(dirname "$0")/.."

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
python3 -m venv "$temp/venv"
"$temp/venv/bin/pip" install --quiet --disable-pip-version-check uv

compile() {
    "$temp/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links pyproject.toml "$@" >/dev/null
}
compile "$@" --output-file requirements.lock
compile "$@" --constraint requirements.lock --group dev --output-file requirements-dev.lock
! grep -nE 'https?://' requirements.lock requirements-dev.lock
