#!/usr/bin/env bash
# How much of sim its tests run: lines, and branches without those that exceptions make. Builds what it needs with
# g++ --coverage in a folder of its own, runs the tests of sim, the rule book and the golden runs (not the storms, which
# take many minutes without optimisation), and prints a table by file. The tests of api/routes are with them: they are
# those of the services around.
#
#   tools/coverage.sh [--missed FILE...]    FILE: the lines and branches of it that no test runs, e.g. sim/decide/alarm.cpp
#
# TIDEPOOL_COVERAGE_TESTS="decide cloud" builds and runs those only. Assertions are off: what callers promise can't be
# tested. The report is build/coverage/report.txt.
set -euo pipefail
exec < /dev/null

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly build=build/coverage
read -ra tests <<< "${TIDEPOOL_COVERAGE_TESTS:-engine model load decide judge control cloud run rules routes golden}"

case "${1-}" in
  "" | --missed) ;;
  -h | --help) sed -n '2,10s/^# \{0,1\}//p' tools/coverage.sh; exit 0 ;;
  *) echo "coverage.sh: unknown argument $1 (--missed, --help)" >&2; exit 2 ;;
esac

# ccache keeps no notes for gcov beside an object that it hands out, so it stays out of this.
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=g++ -DTIDEPOOL_BENCH=OFF \
  -DTIDEPOOL_CCACHE=OFF -DTIDEPOOL_WERROR=OFF "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -DNDEBUG --coverage -fprofile-update=single" > /dev/null
ninja -C "$build" "${TIDEPOOL_JOBS:--j2}" "${tests[@]/%/_test}" > "$build/build.log" || { tail -40 "$build/build.log"; exit 1; }

find "$build" -name '*.gcda' -delete
for test in "${tests[@]}"; do
  echo "== $test" >&2
  RC_PARAMS="seed=1" "$build/tests/${test}_test" > "$build/$test.log" 2>&1 || { tail -40 "$build/$test.log"; exit 1; }
done
python3 tools/coverage_report.py "$build" "$@" | tee "$build/report.txt"
