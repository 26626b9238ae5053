#!/usr/bin/env bash
# Whether a run is a function of its scenario alone: builds the program with two compilers, each without and with
# full optimisation, runs bundled scenarios with all four, and compares the fingerprints of their journals and all that
# the runs came to, byte for byte. Any difference fails.
#
#   tools/determinism.sh [SCENARIO...]    default: those of scenarios/{basic,policies,hooks,faults}
set -euo pipefail
exec < /dev/null

start=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly builds=(gcc-O0 gcc-O3 clang-O0 clang-O3)

shopt -s nullglob
scenarios=(scenarios/{basic,policies,hooks,faults}/*.json)
if [[ $# -gt 0 ]]; then
  scenarios=()
  for given in "$@"; do
    case "$given" in
      /*) scenarios+=("$given") ;;
      *) scenarios+=("$start/$given") ;;
    esac
  done
fi
if [[ ${#scenarios[@]} -eq 0 ]]; then
  echo "determinism.sh: no scenarios to compare" >&2
  exit 1
fi

for build in "${builds[@]}"; do
  echo "Building build/$build/tidepool"
  cmake --preset "$build" > /dev/null
  cmake --build --preset "$build" --target tidepool -j2
done

# A run that misses an objective ends with a status of its own, so the status is compared, not judged.
outcome() {  # build scenario -> "<fingerprint> status <n> results <hash>"
  local build=$1 scenario=$2 output status=0 fingerprint
  output=$("build/$build/tidepool" run "$scenario" --json) || status=$?
  fingerprint=$(grep -oE '"fingerprint" *: *"?[[:alnum:]:_-]+' <<< "$output" | sed -E '1!d; s/^"fingerprint" *: *"?//') || true
  if [[ -z $fingerprint ]]; then
    echo "determinism.sh: $scenario: the $build build gave no fingerprint (status $status)" >&2
    return 1
  fi
  echo "$fingerprint status $status results $(sha256sum <<< "$output" | cut -c 1-16)"
}

failures=0
for scenario in "${scenarios[@]}"; do
  reference=$(outcome "${builds[0]}" "$scenario") || { failures=$((failures + 1)); continue; }
  for build in "${builds[@]:1}"; do
    found=$(outcome "$build" "$scenario") || { failures=$((failures + 1)); continue; }
    if [[ $found != "$reference" ]]; then
      echo "determinism.sh: $scenario: ${builds[0]} gives $reference, $build gives $found" >&2
      failures=$((failures + 1))
    fi
  done
done

if [[ $failures -gt 0 ]]; then
  echo "determinism.sh: $failures of $(( ${#scenarios[@]} * (${#builds[@]} - 1) )) comparisons failed" >&2
  exit 1
fi
echo "determinism: ${#scenarios[@]} scenarios, equal fingerprints from ${builds[*]}"
