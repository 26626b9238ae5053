#!/usr/bin/env bash
# From a fresh machine to a finished run: installs what is missing (as root), builds the program, runs one scenario.
# Called again with nothing to do, it only runs the scenario.
set -euo pipefail
exec < /dev/null

cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools/install-deps.sh build

echo "Building build/release/tidepool"
cmake --preset release > /dev/null
cmake --build --preset release --target tidepool -j2

echo
exec build/release/tidepool run scenarios/basic/first_group.json
