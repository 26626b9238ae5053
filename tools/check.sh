#!/usr/bin/env bash
# From a fresh machine to all tests: installs what is missing (as root), builds `dev` and `asan`, runs every test in
# both, and compares runs between compilers (determinism.sh). Status 0 means that all of it passed.
#
#   tools/check.sh [--force] [--long]
#
#   --force   run again although nothing changed since the last green run (CI=true implies it)
#   --long    the long fuzz and soak runs too: tests see TIDEPOOL_LONG=1
set -euo pipefail
exec < /dev/null

cd "$(dirname "${BASH_SOURCE[0]}")/.."

force=no
length=short
if [[ ${CI-} == true ]]; then force=yes; fi
for argument in "$@"; do
  case "$argument" in
    --force) force=yes ;;
    --long) length=long ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' tools/check.sh; exit 0 ;;
    *) echo "check.sh: unknown argument $argument (--force, --long, --help)" >&2; exit 2 ;;
  esac
done

# Tests compare with the golden files; a variable left over from rewriting them would make them all agree.
unset UPDATE_GOLDEN TIDEPOOL_LONG
seconds_per_test=300
if [[ $length == long ]]; then
  export TIDEPOOL_LONG=1
  seconds_per_test=7200
fi

tools/install-deps.sh all

# ---- Has anything changed since the last green run? ----------------------------------------------------------

# Every file that is not ignored, tracked or not; without git, every file outside of build/.
source_files() {
  if [[ -e .git ]] && git ls-files --error-unmatch CMakeLists.txt > /dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard
  else
    find . \( -path ./build -o -path ./.git \) -prune -o \( -type f -o -type l \) -print0
  fi | LC_ALL=C sort -z -u
}

# One hash over names, modes and contents, the tools, every installed package and what else steers a build.
state() {
  {
    source_files | xargs -0 stat --format '%n %f' 2> /dev/null || true  # A deleted file is missing from both lists,
    source_files | xargs -0 sha256sum 2> /dev/null || true              # and that changes the hash as it should.
    for tool in g++ clang++ cmake ninja; do command -v "$tool"; "$tool" --version; done
    dpkg-query --show
    env | grep -E '^(CC|CXX|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|CMAKE_[A-Z_]*|ASAN_OPTIONS|UBSAN_OPTIONS)=' | sort || true
  } 2>&1 | sha256sum | cut -d ' ' -f 1
}

readonly records=build/check   # green-short, green-long: the state that passed, when, and what ctest said.
mkdir -p "$records"
before=$(state)

if [[ $force == no ]]; then
  for record in "$records/green-long" "$records/green-short"; do  # A long run has done all that a short one does.
    if [[ $length == long && $record == *short ]]; then continue; fi
    if [[ -f $record && $(head -n 1 "$record") == "$before" ]]; then
      echo "check.sh: nothing changed since the last green run: $(sed -n 2p "$record"); --force runs again."
      echo "It ended with:"
      sed 1,2d "$record"
      exit 0
    fi
  done
fi

# ---- Build and test; one failure does not hide the next ------------------------------------------------------

failures=()

test_preset() {
  local preset=$1
  rm -f "$records/$preset.log"
  echo "== $preset: build"
  if ! { cmake --preset "$preset" > "$records/$preset.configure.log" 2>&1 || { cat "$records/$preset.configure.log"; false; }; } ||
     ! cmake --build --preset "$preset" -j2 -- -k 0; then
    failures+=("$preset does not build")
    return
  fi
  echo "== $preset: tests"
  if ! ctest --preset "$preset" -j2 --timeout "$seconds_per_test" 2>&1 | tee "$records/$preset.log"; then
    failures+=("$preset tests")
  fi
}

# From ctest's "... tests passed, ... tests failed out of ..." to its end.
closing_lines() {
  local preset
  for preset in dev asan; do
    echo
    echo "$preset:"
    sed -n '/tests passed, .* failed out of/,$p' "$records/$preset.log" 2> /dev/null || echo "not run"
  done
}

test_preset dev
test_preset asan

echo "== determinism across compilers"
if ! tools/determinism.sh; then
  failures+=("determinism across compilers")
fi

closing_lines
if [[ ${#failures[@]} -gt 0 ]]; then
  printf 'check.sh: FAILED: %s\n' "${failures[@]}" >&2
  exit 1
fi

# Files edited while the tests ran were not all tested together: no record then.
if [[ $(state) == "$before" ]]; then
  { echo "$before"; echo "$(date -u '+%Y-%m-%d %H:%M UTC'), $length"; closing_lines; } > "$records/green-$length"
fi
